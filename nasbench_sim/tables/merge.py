"""Several tables of one space as one, every column checked against the others that say the same."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.errors import NasbenchSimError, RequestError
from nasbench_sim.tables.column import Column
from nasbench_sim.tables.epoch_blocks import EpochBlocks
from nasbench_sim.tables.numbers import Data, mean_of_runs
from nasbench_sim.tables.table import Table

TOLERANCE = 1e-6
"""Two sources may differ by this part of the larger value: float32 and sums in another order."""
TOLERANCE_PERCENT = 1e-4
"""Two published accuracies may differ by this much, in percent: a hundredth of one test image."""

Entry = tuple[Column, Data]
_Named = tuple[Column, Data, str]


class MergeConflictError(NasbenchSimError):
    """Two tables give different values for one quantity; the message shows which, where and by how much."""


def merge(name: str, tables: Sequence[Table]) -> Table:
    """Give one table of all columns; of the columns that answer one question, one that all agree with.

    The column that covers the most architectures is served (then the one with the most runs and epochs,
    then a published rather than a derived one, then the first); the others fill in what it lacks, on the
    runs and epochs that it has, after the values that both have were compared. A mean over runs is
    compared with the mean of the runs of another. Axes are never widened by a column that covers less:
    three full curves don't turn a column of 15,625 final values into one of NaN.

    Parameters
    ----------
    name
        Name of the new table.
    tables
        Tables of one space.

    Raises
    ------
    RequestError
        For tables of different spaces.
    MergeConflictError
        Where two values of one quantity differ by more than `TOLERANCE` of the larger one, or
        `TOLERANCE_PERCENT` for values in percent.

    Examples
    --------
    >>> import nasbench_sim as nbs
    >>> table = nbs.load_table("nas-bench-201")
    >>> merge("twice", [table, table]).schema == table.schema
    True
    """
    if not tables:
        raise RequestError("merge takes at least one table")
    spaces = sorted({table.space.name for table in tables})
    if len(spaces) > 1:
        raise RequestError(f"tables of different spaces do not merge: {', '.join(spaces)}")
    groups: dict[Any, list[_Named]] = {}
    for table in tables:
        for position, column in enumerate(table.schema):
            groups.setdefault(column.key, []).append((column, table.data(position), table.name))
    merged = [_combined(group) for group in groups.values()]
    provenance = {"merged": [{"name": table.name, "hash": table.hash} for table in tables]}
    return Table(name, tables[0].space, merged, provenance)


def _combined(group: list[_Named]) -> Entry:
    """Give the one column of a group."""
    group = sorted(group, key=lambda entry: (-entry[0].coverage, -_cells(entry[0]), entry[0].derived))
    column, data, name = group[0]
    notes = [column.note] if column.note else []
    for other in group[1:]:
        compared, filled, data = _checked((column, data, name), other)
        if compared and other[0].source != column.source:
            notes.append(f"equals {other[0].source} for {compared:,} architectures")
        if filled:
            notes.append(f"{filled:,} values are from {other[0].source}")
    column = column.with_fields(note="; ".join(dict.fromkeys(notes)))
    return column, data


def _cells(column: Column) -> int:
    return max(1, len(column.seeds)) * max(1, len(column.epochs))


def _checked(base: _Named, other: _Named) -> tuple[int, int, Data]:
    """Compare two columns where both have values, and fill in what the base lacks.

    Returns
    -------
    int, int, Data
        Of how many architectures values were compared, how many were filled in, and the base with them.
    """
    column, data, name = base
    compared = np.zeros(data.shape[0], dtype=bool)
    count, filled = 0, None
    our_blocks, their_blocks = EpochBlocks(column, data), EpochBlocks(*other[:2])
    for epoch in _common_epochs(column, other[0]):
        theirs = their_blocks.at(epoch)
        rows = np.flatnonzero(~np.isnan(theirs.reshape(len(theirs), -1)).all(axis=1))
        if not len(rows):
            continue
        own = our_blocks.at(epoch, rows)
        pairs = _pairs(column, own, other[0], theirs)
        named, apart = _unnamed_runs(column, own, other[0], theirs)
        for a, b, seed in pairs:
            both = ~np.isnan(a) & ~np.isnan(b)
            _agree((column, name), (other[0], other[2]), a, b, both, epoch, seed)
            compared |= both
            lacking = np.isnan(a) & ~np.isnan(b) & ~apart
            if lacking.any() and (seed is not None or not column.seeds):
                if filled is None:
                    filled = np.array(data[...], dtype=np.float64)
                count += int(lacking.sum())
                target = filled[..., column.epochs.index(epoch)] if epoch is not None else filled
                if column.seeds:
                    target[lacking, column.seeds.index(seed)] = b[lacking]
                    for nameless in [at for at, name in enumerate(column.seeds) if name is None]:
                        target[named & lacking, nameless] = np.nan  # these are the named ones now
                else:
                    target[lacking] = b[lacking]
    return int(compared.sum()), count, data if filled is None else filled


def _unnamed_runs(
    a: Column, own: NDArray[np.float64], b: Column, theirs: NDArray[np.float64]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Tell where runs without a seed are those that the other names, and where that can't be told.

    An architecture's runs are the same in both. As many named as nameless ones take their place; of another
    number it is not known which is which, and none is filled in, so that no run counts twice.
    """
    nameless = [at for at, seed in enumerate(a.seeds) if seed is None]
    if not nameless or not b.seeds or a.seeds == b.seeds:
        nowhere = np.zeros(own.shape[0], dtype=bool)
        return nowhere, nowhere
    count = np.isfinite(own[:, nameless]).sum(axis=1)
    as_many = np.isfinite(theirs).sum(axis=1) == count
    return (count > 0) & as_many, (count > 0) & ~as_many


def _common_epochs(a: Column, b: Column) -> list[int | None]:
    if not a.epochs and not b.epochs:
        return [None]
    return [epoch for epoch in a.epochs if epoch in set(b.epochs)]


def _pairs(
    a: Column, own: NDArray[np.float64], b: Column, theirs: NDArray[np.float64]
) -> list[tuple[NDArray[np.float64], NDArray[np.float64], int | None]]:
    """Give what has to be equal: run by run where both name the runs, else the means over the runs."""
    if a.seeds == b.seeds and a.seeds:
        return [(own[:, at], theirs[:, at], seed) for at, seed in enumerate(a.seeds)]
    named = [seed for seed in a.seeds if seed is not None and seed in b.seeds]
    pairs = [(own[:, a.seeds.index(seed)], theirs[:, b.seeds.index(seed)], seed) for seed in named]
    mean_own, mean_theirs = (mean_of_runs(x) if x.ndim == 2 else x for x in (own, theirs))
    if a.seeds and b.seeds:  # a mean says something only where both have the same number of runs
        same = np.isfinite(own).sum(axis=1) == np.isfinite(theirs).sum(axis=1)
        mean_theirs = np.where(same, mean_theirs, np.nan)
    return [*pairs, (mean_own, mean_theirs, None)]


def _agree(
    base: tuple[Column, str],
    other: tuple[Column, str],
    own: NDArray[np.float64],
    theirs: NDArray[np.float64],
    both: NDArray[np.bool_],
    epoch: int | None,
    seed: int | None,
) -> None:
    column = base[0]
    if column.unit == "%":
        allowed = np.full(own.shape, TOLERANCE_PERCENT)
    else:
        allowed = TOLERANCE * np.maximum(np.abs(own), np.abs(theirs)) + 1e-12
    difference = np.abs(own - theirs)
    wrong = np.flatnonzero(both & (difference > allowed))
    if len(wrong):
        worst = int(wrong[np.argmax(difference[wrong])])
        where = "".join(f", {word} {value}" for word, value in (("epoch", epoch), ("seed", seed)) if value)
        first, second = (f"table {name!r} ({of.source})" for of, name in (base, other))
        raise MergeConflictError(
            f"{column.describe()}: two tables differ for {len(wrong):,} of {int(both.sum()):,} "
            f"architectures, most at index {worst}{where}: {own[worst]:.10g} in {first}, "
            f"{theirs[worst]:.10g} in {second}; nothing was merged"
        )
