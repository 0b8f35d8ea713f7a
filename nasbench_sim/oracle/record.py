"""What was evaluated, replicate by replicate: while it grows, and cut where the budget ends."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.oracle.budget import Budget
from nasbench_sim.spaces.product import Array


@dataclasses.dataclass(frozen=True)
class Record:
    """Evaluations of R replicates in order of their end; what lies beyond `length` is not part of a run."""

    index: Array
    """Official indices, shape (R, n)."""
    observed: NDArray[np.float64]
    """The objective as observed, in its own unit and direction, shape (R, n) or, of several objectives,
    (R, n, objectives); NaN where missing."""
    cost: NDArray[np.float64]
    """Seconds charged, shape (R, n)."""
    clock: NDArray[np.float64]
    """Simulated seconds at the end of each evaluation, shape (R, n)."""
    length: NDArray[np.int64]
    """Evaluations of each replicate, shape (R,)."""
    start: NDArray[np.float64] | None = None
    """Simulated seconds at the start of each evaluation, shape (R, n); None for one worker."""
    worker: NDArray[np.int64] | None = None
    """Which worker evaluated, shape (R, n); None for one worker."""
    level: NDArray[np.int64] | None = None
    """Places in the task's fidelities, shape (R, n); None where it has none."""
    counts: NDArray[np.bool_] | None = None
    """False for repeats that are free and count for no evaluation, shape (R, n); None where all count."""


_FIRST_ROWS = 2**14  # of a column at most, before anything is known
_MANY = 200  # columns


def joined(records: Sequence[Record]) -> Record:
    """Join the records of several chunks of replicates as one; shorter ones are filled up."""
    if len(records) == 1:
        return records[0]
    longest = max(record.index.shape[1] for record in records)

    def stacked(field: str) -> Array | None:
        parts = [getattr(record, field) for record in records]
        if parts[0] is None or parts[0].ndim == 1:
            return None if parts[0] is None else np.concatenate(parts)
        return np.concatenate(
            [
                np.pad(part, ((0, 0), (0, longest - part.shape[1]), *((0, 0),) * (part.ndim - 2)))
                for part in parts
            ]
        )

    return Record(**{field.name: stacked(field.name) for field in dataclasses.fields(Record)})  # type: ignore[arg-type]


@dataclasses.dataclass(frozen=True)
class Block:
    """Evaluations that were proposed together: arrays of shape (q, R), one row a step of all replicates."""

    index: Array
    observed: NDArray[np.float64]
    """Shape (q, R) or, of several objectives, (q, R, objectives)."""
    cost: NDArray[np.float64]
    clock: NDArray[np.float64]
    """Simulated seconds at the end of each, shape (q, R)."""
    counts: NDArray[np.bool_] | None
    """False for a repeat that is free; None where everything counts that was proposed."""
    proposed: NDArray[np.bool_] | None
    """None where everything was proposed."""
    level: Array | None


_FIELDS = tuple(field.name for field in dataclasses.fields(Block))


class Ledger:
    """What one worker evaluates in each of R replicates, block after block.

    Parameters
    ----------
    budget
        What each replicate may spend.
    index_dtype
        Of the official indices as they are kept.
    """

    def __init__(self, budget: Budget, index_dtype: Any) -> None:
        self._budget = budget
        self._dtypes = {"index": np.dtype(index_dtype)}
        self._columns: dict[str, Array] = {}  # shape (capacity, R, ...), of the fields of blocks
        self._rows = 0
        self._ended: NDArray[np.int64] | None = None

    def end(self, replicates: NDArray[np.bool_], before: int = 0) -> None:
        """Write nothing down any more for replicates (True in shape (R,)) that have ended.

        Parameters
        ----------
        before
            How many of the last rows come after their end.
        """
        if not replicates.any():
            return
        if self._ended is None:
            self._ended = np.full(len(replicates), np.iinfo(np.int64).max)
        self._ended[replicates] = np.minimum(self._ended[replicates], self._rows - before)

    def append(self, block: Block) -> None:
        """Write a block down."""
        begin, self._rows = self._rows, self._rows + len(block.index)
        if block.proposed is not None and "proposed" not in self._columns:
            self._column("proposed", block.proposed)[:begin] = True
        for field in _FIELDS:
            value = getattr(block, field)
            if value is not None:
                self._column(field, value)[begin : self._rows] = value
            elif field in self._columns:
                self._column(field, self._columns[field])[begin : self._rows] = True  # all were proposed

    def _column(self, field: str, like: Array) -> Array:
        """Return a column that has room for all rows."""
        column = self._columns.get(field)
        capacity = 0 if column is None else len(column)
        if capacity < self._rows:
            capacity = max(self._rows, 2 * capacity, min(self._budget.evaluations or 0, _FIRST_ROWS))
            larger = np.empty((capacity, *like.shape[1:]), dtype=self._dtypes.get(field, like.dtype))
            if column is not None:
                larger[: len(column)] = column
            self._columns[field] = column = larger
        assert column is not None
        return column

    def record(self) -> Record:
        """Return what was evaluated up to the end of the budget."""
        written = {field: column[: self._rows] for field, column in self._columns.items()}
        proposed = written.pop("proposed", None)
        if self._ended is not None:
            goes_on = np.arange(self._rows)[:, None] < self._ended
            proposed = goes_on if proposed is None else proposed & goes_on
        if proposed is not None:  # what was, comes first
            order = np.argsort(~proposed, axis=0, kind="stable")
            written = {field: ordered(column, order, axis=0) for field, column in written.items()}
        index, observed, cost, clock = (written[field] for field in ("index", "observed", "cost", "clock"))
        length = np.full(index.shape[1], len(index)) if proposed is None else proposed.sum(axis=0)
        budget = self._budget
        if budget.seconds is not None:
            within = np.ones(clock.shape, dtype=bool)  # the first begins at 0
            np.less(clock[:-1], budget.seconds, out=within[1:])
            if budget.overshoot == "drop":
                within &= clock <= budget.seconds
            length = np.minimum(length, _leading_true(within))
        elif "counts" in written:
            counts = written["counts"]
            within = np.cumsum(counts, axis=0) - counts < float(budget.evaluations or 0)
            length = np.minimum(length, _leading_true(np.asarray(within)))
        else:
            length = np.minimum(length, budget.evaluations or 0)
        level = written["level"].astype(np.int64).T if "level" in written else None
        counted = written["counts"].T if "counts" in written else None
        return Record(index.T, observed.swapaxes(0, 1), cost.T, clock.T, length, level=level, counts=counted)


def running_sum(cost: NDArray[np.float64], before: NDArray[np.float64]) -> NDArray[np.float64]:
    """Add numbers (n, R) up, row after row from `before` (R,): in this order whatever n and R are.

    So a clock is the same to the last bit for one replicate and for many, and for proposals one by one and
    together. Of many columns, numpy adds whole rows several times as fast as it accumulates.
    """
    if len(cost) == 1:
        return cost + before
    if cost.shape[1] < _MANY:
        return np.cumsum(np.concatenate([before[None], cost]), axis=0)[1:]
    sums = np.empty_like(cost)
    now = before
    for row, out in zip(cost, sums, strict=True):
        now = np.add(now, row, out=out)
    return sums


def ordered(array: Array, order: NDArray[np.intp], axis: int = 1) -> Array:
    """Sort one axis of an array of shape (R, n) or (R, n, objectives), each replicate by its own order."""
    return np.take_along_axis(array, order[..., None] if array.ndim > order.ndim else order, axis=axis)


def _leading_true(flags: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Count the True before the first False of each column."""
    ended = ~flags
    return np.asarray(np.where(ended.any(axis=0), ended.argmax(axis=0), len(flags)))


def masked(array: Array, beyond: NDArray[np.bool_], missing: float) -> Array:
    """Return an array of shape (R, n) or (R, n, objectives) with what lies beyond the runs replaced."""
    if not beyond.any():
        return array
    return np.where(beyond if array.ndim == 2 else beyond[..., None], missing, array)
