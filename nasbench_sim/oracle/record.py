"""What was evaluated, replicate by replicate: while it grows, and cut where the budget ends."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

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


def joined(records: Sequence[Record]) -> Record:
    """Give the records of several chunks of replicates as one; shorter ones are filled up."""
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
    """Evaluations that were proposed together: arrays of shape (R, q)."""

    index: Array
    observed: NDArray[np.float64]
    cost: NDArray[np.float64]
    counts: NDArray[np.bool_] | None
    """False for a repeat that is free; None where everything counts that was proposed."""
    proposed: NDArray[np.bool_] | None
    """None where everything was proposed."""
    level: Array | None


def in_sequence(blocks: Sequence[Block], budget: Budget) -> Record:
    """Give what one worker evaluated, block after block, up to the end of the budget."""
    proposed = None
    if any(block.proposed is not None for block in blocks):
        proposed = np.concatenate(
            [
                np.ones(block.index.shape, dtype=bool) if block.proposed is None else block.proposed
                for block in blocks
            ],
            axis=1,
        )
        order = np.argsort(~proposed, axis=1, kind="stable")

    def together(parts: Sequence[Array]) -> Array:
        whole = np.concatenate(parts, axis=1)
        return whole if proposed is None else ordered(whole, order)

    index, observed, cost = (
        together([getattr(block, name) for block in blocks]) for name in ("index", "observed", "cost")
    )
    counts = [block.counts for block in blocks if block.counts is not None]
    levels = [block.level for block in blocks if block.level is not None]
    length = np.full(len(index), index.shape[1]) if proposed is None else proposed.sum(axis=1)
    clock = np.cumsum(cost, axis=1)
    if budget.seconds is not None:
        within = clock - cost < budget.seconds
        if budget.overshoot == "drop":
            within &= clock <= budget.seconds
        length = np.minimum(length, _leading_true(np.asarray(within)))
    elif counts:
        counted = together(counts)
        within = np.cumsum(counted, axis=1) - counted < float(budget.evaluations or 0)
        length = np.minimum(length, _leading_true(np.asarray(within)))
    else:
        length = np.minimum(length, budget.evaluations or 0)
    return Record(
        index, observed, cost, clock, length, level=together(levels).astype(np.int64) if levels else None
    )


def ordered(array: Array, order: NDArray[np.intp]) -> Array:
    """Sort the second axis of an array of shape (R, n) or (R, n, objectives), a row at a time."""
    return np.take_along_axis(array, order[..., None] if array.ndim > order.ndim else order, axis=1)


def _leading_true(flags: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Count the True before the first False of each row."""
    ended = ~flags
    return np.asarray(np.where(ended.any(axis=1), ended.argmax(axis=1), flags.shape[1]))


def masked(array: Array, beyond: NDArray[np.bool_], missing: float) -> Array:
    """Give an array of shape (R, n) or (R, n, objectives) with what lies beyond the runs replaced."""
    if not beyond.any():
        return array
    return np.where(beyond if array.ndim == 2 else beyond[..., None], missing, array)
