"""Several tables of one space as one, every column checked against the others that say the same."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.errors import MergeConflictError, RequestError
from nasbench_sim.tables.column import Column
from nasbench_sim.tables.epoch_blocks import EpochBlocks
from nasbench_sim.tables.numbers import Data, mean_of_runs
from nasbench_sim.tables.sparse import Sparse, present, read_rows
from nasbench_sim.tables.table import Table

TOLERANCE = 1e-6
"""Two sources may differ by this part of the larger value: float32 and sums in another order."""
TOLERANCE_PERCENT = 1e-4
"""Two published accuracies may differ by this much, in percent: a hundredth of one test image."""

SUPPLEMENT = "answers what names an epoch or a run."
"""How the note begins of a column that stays beside the one that is served."""

Entry = tuple[Column, Data]
_Named = tuple[Column, Data, str]


def merge(name: str, tables: Sequence[Table]) -> Table:
    """Give one table of all columns; of the columns that answer one question, one that all agree with.

    The column that covers the most architectures is served (then the one with the most runs and epochs,
    then a published rather than a derived one, then the first); the others fill in what it lacks, on the
    runs and epochs that it has, after the values that both have were compared. A mean over runs is
    compared with the mean of the runs of another. Axes are never widened by a column that covers less:
    three full curves don't turn a column of 15,625 final values into one of NaN. A column with epochs or
    runs that the served one lacks stays beside it, as a supplement: it answers the questions that name one
    of these. A question that names none gets what it got without it.

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
        for column, data in table.supplements:
            plain = column.with_fields(note=column.note.removeprefix(SUPPLEMENT).strip())
            groups[column.key].append((plain, data, table.name))
    merged, supplements = [], []
    for group in groups.values():
        served, *beside = _combined(group)
        merged.append(served)
        for column, data in beside:
            marked = column.with_fields(note=f"{SUPPLEMENT} {column.note}".strip())
            supplements.append((marked, data))
    provenance = {"merged": [{"name": table.name, "hash": table.hash} for table in tables]}
    return Table(name, tables[0].space, merged, provenance, supplements=supplements)


def _combined(group: list[_Named]) -> list[Entry]:
    """Give the one column of a group, and after it those that have epochs or runs which it lacks."""
    group = sorted(group, key=lambda entry: (-entry[0].coverage, -_cells(entry[0]), entry[0].derived))
    column, data, name = group[0]
    notes = [note for note in column.note.split("; ") if note]
    beside = []
    for other in group[1:]:
        found = _checked((column, data, name), other)
        data = found.data
        if found.compared and other[0].source != column.source:
            notes.append(f"equals {other[0].source} for {found.compared:,} architectures")
        if found.filled:
            notes.append(f"{found.filled:,} values are from {other[0].source}")
        if found.left or not _within(other[0], column):
            beside.append(other)
    rows = present(data)
    coverage = column.coverage if rows is None else len(rows)
    column = column.with_fields(note="; ".join(dict.fromkeys(notes)), coverage=coverage)
    return [(column, data), *(_combined(beside) if beside else [])]


def _within(other: Column, column: Column) -> bool:
    """Tell whether all epochs and named runs of a column are on the axes of another."""
    seeds = {seed for seed in other.seeds if seed is not None}
    return set(other.epochs) <= set(column.epochs) and seeds <= set(column.seeds)


def _cells(column: Column) -> int:
    return max(1, len(column.seeds)) * max(1, len(column.epochs))


class _Found(NamedTuple):
    """What comparing two columns came to."""

    compared: int
    """Of how many architectures both have values."""
    filled: int
    """How many values the base got."""
    left: bool
    """Whether runs are left that the base could not take, since it is not known which of its own they are."""
    data: Data
    """The numbers of the base, filled in."""


def _checked(base: _Named, other: _Named) -> _Found:
    """Compare two columns where both have values, and fill in what the base lacks."""
    column, data, name = base
    compared = np.zeros(data.shape[0], dtype=bool)
    filling, left = _Filling(data, other[1]), False
    our_blocks, their_blocks = EpochBlocks(column, data), EpochBlocks(*other[:2])
    for epoch in _common_epochs(column, other[0]):
        theirs = their_blocks.at(epoch)
        rows = np.flatnonzero(~np.isnan(theirs.reshape(len(theirs), -1)).all(axis=1))
        if not len(rows):
            continue
        own = our_blocks.at(epoch, rows)
        pairs = _pairs(column, own, other[0], theirs)
        named, apart = _unnamed_runs(column, own, other[0], theirs)
        left = left or bool((apart | _nameless_only(column, own, other[0], theirs)).any())
        for a, b, seed in pairs:
            both = ~np.isnan(a) & ~np.isnan(b)
            _agree((column, name), (other[0], other[2]), a, b, both, epoch, seed)
            compared |= both
            lacking = np.flatnonzero(np.isnan(a) & ~np.isnan(b) & ~apart)
            if len(lacking) and (seed is not None or not column.seeds):
                target = filling.at(None if epoch is None else column.epochs.index(epoch))
                place = filling.places(lacking)
                if column.seeds:
                    target[place, column.seeds.index(seed)] = b[lacking]
                    these = place[named[lacking]]
                    for nameless in [at for at, seed in enumerate(column.seeds) if seed is None]:
                        target[these, nameless] = np.nan  # these are the named ones now
                else:
                    target[place] = b[lacking]
                filling.count += len(lacking)
    return _Found(int(compared.sum()), filling.count, left, filling.data)


class _Filling:
    """The numbers of a column, copied when the first value is filled in: only the rows that have any."""

    def __init__(self, data: Data, other: Data) -> None:
        self.count = 0
        self._data, self._other = data, other
        self._rows: NDArray[np.int64] | None = None
        self._copy: NDArray[np.float64] | None = None

    def at(self, epoch: int | None) -> NDArray[np.float64]:
        """Give the copy's numbers at a position on the epoch axis, to write to; None where there is none."""
        if self._copy is None:
            own, others = present(self._data), present(self._other)
            if own is None or others is None:
                self._copy = np.array(self._data[...], dtype=np.float64)
            else:
                self._rows = np.union1d(own, others)
                self._copy = read_rows(self._data, self._rows)
        return self._copy if epoch is None else self._copy[..., epoch]

    def places(self, index: NDArray[np.intp]) -> NDArray[np.intp]:
        """Give the rows of the copy that are those of official indices."""
        return index if self._rows is None else np.searchsorted(self._rows, index)

    @property
    def data(self) -> Data:
        """The numbers with what was filled in."""
        if self._copy is None:
            return self._data
        return self._copy if self._rows is None else Sparse(self._data.shape[0], self._rows, self._copy)


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


def _nameless_only(
    a: Column, own: NDArray[np.float64], b: Column, theirs: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Tell where one has no run at all, and the other has what no seed names: a mean, or nameless runs."""
    if not a.seeds:
        return np.zeros(own.shape[0], dtype=bool)
    at = [place for place, seed in enumerate(b.seeds) if seed is None]
    nameless = (~np.isnan(theirs[:, at])).any(axis=1) if b.seeds else ~np.isnan(theirs)
    return np.asarray(nameless & np.isnan(own).all(axis=1))


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
