"""What has to be true of a table of NAS-Bench-201, whatever it was merged from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.errors import RequestError
from nasbench_sim.tables.column import Column
from nasbench_sim.tables.table import Table


class Finding(NamedTuple):
    """One thing that was checked."""

    what: str
    good: bool
    detail: str


_BEST = {"cifar10": (6111, 94.3733), "cifar100": (9930, 73.5133), "ImageNet16-120": (857, 47.3111)}
_KNOWN: list[tuple[int, float, str, dict[str, Any]]] = [
    (0, 82.092, "val_accuracy", {"dataset": "cifar10", "schedule": 200, "seed": 777}),
    (0, 81.616, "val_accuracy", {"dataset": "cifar10", "schedule": 200, "seed": 888}),
    (0, 82.24, "val_accuracy", {"dataset": "cifar10", "schedule": 200, "seed": 999}),
    (0, 85.86333, "test_accuracy", {"dataset": "cifar10", "schedule": 200}),
    (0, 0.129306, "params", {"dataset": "cifar10"}),
    (0, 15.64737, "flops", {"dataset": "cifar10"}),
]
_EDGETPU_MISSING = 4699


def check(table: Table) -> Iterator[Finding]:
    """Check the ranges of every column, and for NAS-Bench-201 the published facts; units are the columns'.

    Yields
    ------
    Finding
        One a column and one a fact, where the table has the column.
    """
    for position, column in enumerate(table.schema):
        yield _ranges(column, table.data(position))
    if table.space.name != "nas-bench-201":
        return
    for index, value, metric, question in _KNOWN:
        yield from _fact(table, index, value, metric, question)
    for dataset, (index, value) in _BEST.items():
        yield from _best(table, dataset, index, value)
    for column in table.schema:
        if column.metric == "latency" and column.device == "edgetpu":
            missing = table.space.size - column.coverage
            yield Finding(
                f"{column.describe()} is missing for {_EDGETPU_MISSING:,}",
                missing == _EDGETPU_MISSING,
                f"missing for {missing:,}",
            )


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


def _fact(table: Table, index: int, value: float, metric: str, question: dict[str, Any]) -> Iterator[Finding]:
    try:
        found = table.query(index, metric, **question)
    except RequestError:
        return  # this table does not have it
    asked = ", ".join(f"{key}={part!r}" for key, part in question.items())
    yield Finding(f"{metric}({asked}) of {index} is {value}", bool(abs(found - value) < 6e-5), f"{found:.6f}")


def _best(table: Table, dataset: str, index: int, value: float) -> Iterator[Finding]:
    try:
        numbers: NDArray[np.float64] = table.values("test_accuracy", dataset=dataset, schedule=200)
    except RequestError:
        return
    if np.isnan(numbers).any():
        return  # a part of the architectures has no known best
    best = float(numbers.max())
    good = abs(best - value) < 6e-5 and bool(np.isclose(numbers[index], best, atol=1e-9))
    yield Finding(
        f"the best test accuracy on {dataset} is {value}, of {index}",
        good,
        f"{best:.4f} of {int(np.argmax(numbers))}",
    )
