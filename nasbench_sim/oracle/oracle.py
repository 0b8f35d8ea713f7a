"""Answers evaluations of a task for R replicates, charges the simulated clock, keeps the record."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.errors import RequestError
from nasbench_sim.oracle.budget import Budget
from nasbench_sim.oracle.streams import NOISE, Streams
from nasbench_sim.oracle.task import Task
from nasbench_sim.oracle.trajectories import Record
from nasbench_sim.spaces.product import Array

STALLED = 1000
"""A replicate whose repeats are free ends after this many evaluations in a row that were all repeats."""


class Oracle:
    """The simulated world of R replicates: values, clock and record.

    Parameters
    ----------
    task, budget
        What is optimised, and what each replicate may spend.
    seeds
        The search seeds; the noise of a replicate depends on its own seed only.

    Raises
    ------
    RequestError
        For a budget in seconds on a task whose cost is unknown for some architecture.
    """

    def __init__(self, task: Task, budget: Budget, seeds: Sequence[int]) -> None:
        check_budget(task, budget)
        self.task = task
        self.budget = budget
        self.seeds = tuple(seeds)
        self._noise = Streams(seeds, NOISE) if task.draws else None
        self._record = _Blocks(task, len(self.seeds))
        self._spent = np.zeros(len(self.seeds))  # seconds, or evaluations that count
        self._limit = budget.seconds if budget.seconds is not None else float(budget.evaluations or 0)
        self._idle = np.zeros(len(self.seeds), dtype=np.int64)
        self.running = np.ones(len(self.seeds), dtype=bool)

    def evaluate(self, index: Array) -> NDArray[np.float64]:
        """Evaluate proposals, one after the other within each replicate.

        Parameters
        ----------
        index
            Official indices, shape (R, q), known to be valid; -1 where a replicate proposes nothing. One
            that proposes nothing at all has ended.

        Returns
        -------
        array of float64, shape (R, q)
            Signed so that larger is better; -inf where the table has no value or nothing was proposed.
        """
        task = self.task
        proposed = None if index.min() >= 0 else index >= 0
        asked = index if proposed is None else np.where(proposed, index, 0)
        uniform = self._noise.uniform(index.shape[1]) if self._noise is not None else None
        observed = task.observe(asked, uniform)
        cost = task.costs[asked]
        counts = np.ones(index.shape, dtype=bool) if proposed is None else proposed
        if task.repeats == "free":
            observed, cost, counts = self._free_repeats(index, observed, cost, counts)
        self._record.add(asked, observed, cost, proposed, counts)
        amount = cost if self.budget.seconds is not None else counts
        if proposed is None:
            self._spent += amount.sum(axis=1)
        else:
            self._spent += (amount * proposed).sum(axis=1)
            self.running &= proposed.any(axis=1)
        self.running &= self._spent < self._limit
        values = observed if task.sign == 1 else -observed
        missing = np.isnan(values) if proposed is None else np.isnan(values) | ~proposed
        return np.where(missing, -np.inf, values) if missing.any() else values

    def fraction_spent(self) -> float:
        """Give the mean part of the budget that the replicates have spent, from 0 to 1."""
        return float(np.minimum(self._spent / self._limit, 1.0).mean())

    def record(self) -> Record:
        """Give what was evaluated within the budget."""
        return self._record.within(self.budget)

    def _free_repeats(
        self,
        index: Array,
        observed: NDArray[np.float64],
        cost: NDArray[np.float64],
        counts: NDArray[np.bool_],
    ) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]:
        """Give evaluations of an architecture that the replicate knows its first value, at no cost."""
        observed, cost, counts = observed.copy(), cost.copy(), counts.copy()
        for slot in range(index.shape[1]):
            known, value = self._record.first_value(index[:, slot], index[:, :slot], observed[:, :slot])
            observed[known, slot] = value[known]
            cost[known, slot] = 0.0
            counts[known, slot] = False
        self._idle = np.where((counts & (index >= 0)).any(axis=1), 0, self._idle + index.shape[1])
        self.running &= self._idle < STALLED
        return observed, cost, counts


class _Blocks:
    """The record while it grows: blocks of shape (R, q) in the order of evaluation."""

    def __init__(self, task: Task, replicates: int) -> None:
        self._task = task
        self._replicates = replicates
        self._index: list[Array] = []
        self._observed: list[NDArray[np.float64]] = []
        self._cost: list[NDArray[np.float64]] = []
        self._proposed: list[NDArray[np.bool_] | None] = []
        self._counts: list[NDArray[np.bool_]] = []

    def add(
        self,
        index: Array,
        observed: NDArray[np.float64],
        cost: NDArray[np.float64],
        proposed: NDArray[np.bool_] | None,
        counts: NDArray[np.bool_],
    ) -> None:
        """Append a block."""
        self._index.append(index)
        self._observed.append(observed)
        self._cost.append(cost)
        self._proposed.append(proposed)
        self._counts.append(counts)

    def first_value(
        self, index: Array, earlier_index: Array, earlier_observed: NDArray[np.float64]
    ) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
        """Tell, for one architecture a replicate, whether it was evaluated before, and its first value."""
        known = np.zeros(self._replicates, dtype=bool)
        value = np.full(self._replicates, np.nan)
        blocks = zip(
            [*self._index, earlier_index],
            [*self._observed, earlier_observed],
            [*self._proposed, None],
            strict=True,
        )
        for block_index, block_observed, proposed in blocks:
            same = block_index == index[:, None]
            if proposed is not None:
                same &= proposed
            if not same.shape[1]:
                continue
            new = same.any(axis=1) & ~known
            rows = np.flatnonzero(new)
            value[rows] = block_observed[rows, same[rows].argmax(axis=1)]
            known |= new
        return known, value

    def within(self, budget: Budget) -> Record:
        """Give the record up to the end of the budget."""
        index = np.concatenate(self._index, axis=1)
        observed = np.concatenate(self._observed, axis=1)
        cost = np.concatenate(self._cost, axis=1)
        counts = np.concatenate(self._counts, axis=1)
        if any(proposed is not None for proposed in self._proposed):
            proposed = np.concatenate(
                [
                    np.ones(block.shape, dtype=bool) if mask is None else mask
                    for block, mask in zip(self._index, self._proposed, strict=True)
                ],
                axis=1,
            )
            order = np.argsort(~proposed, axis=1, kind="stable")
            index, observed, cost, counts = (
                np.take_along_axis(part, order, axis=1) for part in (index, observed, cost, counts)
            )
            length = proposed.sum(axis=1)
        else:
            length = np.full(self._replicates, index.shape[1])
        clock = np.cumsum(cost, axis=1)
        if budget.seconds is None:
            within = np.asarray(np.cumsum(counts, axis=1) - counts < float(budget.evaluations or 0))
        else:
            within = np.asarray(clock - cost < budget.seconds)
            if budget.overshoot == "drop":
                within &= clock <= budget.seconds
        length = np.minimum(length, _leading_true(within))
        return Record(index, observed, cost, clock, length)


def _leading_true(flags: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Count the True before the first False of each row."""
    ended = ~flags
    return np.asarray(np.where(ended.any(axis=1), ended.argmax(axis=1), flags.shape[1]))


def check_budget(task: Task, budget: Budget) -> None:
    """Raise the error for a budget that the task cannot be charged against."""
    if budget.seconds is None:
        return
    unknown_cost = int(np.isnan(task.costs).sum())
    if unknown_cost:
        raise RequestError(
            f"a budget in seconds needs the cost of every architecture; {unknown_cost:,} have none "
            f"(cost: {task.cost or 'the table has no training time for this objective'}); "
            "use Budget(evaluations=...) or give the task a cost"
        )
    if not (task.costs > 0).any():
        raise RequestError("a budget in seconds never ends on a task whose evaluations cost nothing")
