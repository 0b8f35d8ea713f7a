"""What has to be true of a table, whatever it was merged from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from nasbench_sim.tables.column import Column
from nasbench_sim.tables.table import Table


class Finding(NamedTuple):
    """One thing that was checked."""

    what: str
    good: bool
    detail: str


def check(table: Table) -> Iterator[Finding]:
    """Check the ranges of every column, and the published facts of its benchmark; units are the columns'.

    Yields
    ------
    Finding
        One a column and one a fact, where the table has the column.
    """
    for position, column in enumerate(table.schema):
        yield _ranges(column, table.data(position))
    facts = table.space.benchmark.part("invariants")
    if facts is not None:
        yield from facts(table)


def _ranges(column: Column, data: Any) -> Finding:
    """Check a column for infinite values, its coverage, and the range of its unit."""
    low, high, covered = np.inf, -np.inf, 0
    step = max(1, 2**22 // max(1, int(np.prod(data.shape[1:]))))
    for start in range(0, data.shape[0], step):
        block = np.asarray(data[start : start + step])
        present = ~np.isnan(block)
        covered += int(present.reshape(len(block), -1).any(axis=1).sum())
        if present.any():
            low, high = min(low, float(block[present].min())), max(high, float(block[present].max()))
    least, most = _bounds(column)
    good = least <= low <= high <= most and np.isfinite([low, high]).all() and covered == column.coverage
    detail = f"{low:.6g} to {high:.6g} {column.unit}, {covered:,} architectures".replace("  ", " ")
    return Finding(f"{column.describe()} is in range", bool(good), detail)


def _bounds(column: Column) -> tuple[float, float]:
    if column.unit == "%":
        # A reconstruction of a part of 3,000 images carries the rounding of the whole.
        return (-0.1, 100.1) if column.derived else (0.0, 100.0)
    if column.unit in ("s", "ms", "mJ", "M", "nats"):
        return 0.0, np.inf
    return -np.inf, np.inf
