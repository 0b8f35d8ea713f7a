"""Answers evaluations of a task for R replicates, charges the simulated clock, keeps the record."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.oracle.budget import Budget
from nasbench_sim.oracle.charging import check_budget
from nasbench_sim.oracle.memory import Memory
from nasbench_sim.oracle.record import Block, Ledger, Record, running_sum
from nasbench_sim.oracle.streams import NOISE, REPAIR, Streams
from nasbench_sim.oracle.target import Target, check_target
from nasbench_sim.oracle.task import Task
from nasbench_sim.spaces.product import Array

STALLED = 1000
"""A replicate ends after this many evaluations in a row that spend nothing of its budget."""


class Oracle:
    """The simulated world of R replicates with one worker: values, clock and record.

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
        check_target(task, budget)
        self.task = task
        self.budget = budget
        self.seeds = tuple(seeds)
        self.spent = np.zeros(len(self.seeds))  # seconds, or evaluations that count
        self.clock = np.zeros(len(self.seeds))
        self.limit = budget.seconds if budget.seconds is not None else float(budget.evaluations or 0)
        self.running = np.ones(len(self.seeds), dtype=bool)
        self._noise = Streams(seeds, NOISE) if task.draws else None
        self._repairs = (
            Streams(seeds, REPAIR) if task.penalty is not None and task.infeasible == "resample" else None
        )
        self.memory = Memory(task, len(self.seeds)) if Memory.needed(task) else None
        self._idle = np.zeros(len(self.seeds), dtype=np.int64)
        self._owed: NDArray[np.float64] | None = None
        self._can_idle = task.repeats == "free" or (budget.seconds is not None and _some_cost_nothing(task))
        self._ledger = Ledger(budget, task.space.compact_dtype)
        self.target = None if budget.target is None else Target(task, budget, len(self.seeds))

    def repaired(self, index: Array) -> Array:
        """Return what is evaluated in the place of proposals (R, q): feasible ones, if the task says so."""
        if self._repairs is None or self.task.penalty is None:
            return index
        return self.task.penalty.repaired(index, self.task.space, self._repairs)

    def charge(self, seconds: NDArray[np.float64]) -> None:
        """Charge each replicate, shape (R,), for its searcher's own work: with what it evaluates next."""
        self._owed = seconds if self._owed is None else self._owed + seconds

    def evaluate(
        self, index: Array, level: Array | None = None, configuration: NDArray[np.int64] | None = None
    ) -> NDArray[np.float64]:
        """Evaluate proposals, one after the other within each replicate.

        Parameters
        ----------
        index
            Official indices of any integer type, shape (R, q), known to be valid; -1 where a replicate
            proposes nothing. One that proposes nothing at all has ended.
        level
            Places in the task's fidelities, shape (R, q); the highest by default. A replicate that proposes
            nothing at places of -1 waits for the others.
        configuration
            Which of the replicate's trainings each is a moment of, shape (R, q), by numbers from 0 that tell
            them apart; by default those of one architecture are one. Where repeats are free they are anyway.

        Returns
        -------
        array of float64, shape (R, q) or (R, q, objectives)
            Signed so that larger is better; -inf where the table has no value or nothing was proposed.
        """
        goes_on = going_on(index, level)
        evaluated = self._in_parts if self.task.trains else self._evaluate
        values = evaluated(index, level, configuration)
        goes_on &= ~self.stalled
        if not goes_on.all():
            self._ledger.end(~goes_on)
        self.running &= goes_on & (self.spent < self.limit)
        return values

    def _in_parts(
        self, index: Array, level: Array | None, configuration: NDArray[np.int64] | None
    ) -> NDArray[np.float64]:
        """Evaluate proposals that are trained for it, in parts that are within the budget for sure."""
        left = self.running.copy()
        values = np.full(index.shape, -np.inf)
        start = 0
        while start < index.shape[1] and left.any():
            most = self.limit - self.spent[left].max()  # one evaluation counts for one at most
            single = self.budget.seconds is not None or self.target is not None
            part = slice(start, start + (1 if single else int(most)))
            asked = np.where(left[:, None], index[:, part], -1)
            more = (None if one is None else one[:, part] for one in (level, configuration))
            values[:, part] = self._evaluate(asked, *more)
            left &= self.running & (self.spent < self.limit) & ~self.stalled
            start = part.stop
        return values

    def _evaluate(
        self, index: Array, level: Array | None, configuration: NDArray[np.int64] | None
    ) -> NDArray[np.float64]:
        block = self.answer(index.T, *(None if one is None else one.T for one in (level, configuration)))
        self._ledger.append(block)
        self.clock = block.clock[-1]
        if self.budget.seconds is not None:
            self.spent = self.clock
        else:
            self.spent = self.spent + self._counted(block)
        told = self.told(block)
        if self.target is not None:
            self._end_at_target(self.target, block, told)
        return told.swapaxes(0, 1)

    def _end_at_target(self, target: Target, block: Block, told: NDArray[np.float64]) -> None:
        """End replicates with the evaluation by which they reach the target."""
        for row, index in enumerate(block.index):
            proposed = index if block.proposed is None else np.where(block.proposed[row], index, -1)
            level = None if block.level is None else block.level[row]
            self._ledger.end(target.update(proposed, told[row], level), len(block.index) - 1 - row)
        self.running &= ~target.reached

    def stop(self, replicates: NDArray[np.bool_]) -> None:
        """End replicates (True in shape (R,)): what they evaluated stands, and nothing more is."""
        self._ledger.end(replicates)
        self.running &= ~replicates

    @staticmethod
    def _counted(block: Block) -> Any:
        """Count the evaluations of each replicate in a block, or give the number that all have."""
        if block.counts is None:
            return len(block.index) if block.proposed is None else block.proposed.sum(axis=0)
        counts = block.counts if block.proposed is None else block.counts & block.proposed
        return counts.sum(axis=0)

    def answer(
        self, index: Array, level: Array | None, configuration: NDArray[np.int64] | None = None
    ) -> Block:
        """Look up what proposals, of shape (q, R), observe and cost; otherwise as `evaluate`."""
        task = self.task
        index = np.ascontiguousarray(index, dtype=task.space.index_dtype)  # widened, whatever it came in
        if task.trains:  # nothing for replicates that have spent their budget
            index = np.where(self.running & (self.spent < self.limit), index, -1)
        proposed = None if index.min() >= 0 else index >= 0
        asked = index if proposed is None or task.trains else np.where(proposed, index, 0)
        there = proposed if level is None or level.min() >= 0 else (index >= 0) & (level >= 0)
        uniform = self._drawn(there, index.shape)
        remembers = self.memory is not None and (level is not None or task.repeats == "free")
        if task.fidelities and level is None:
            level = np.full(index.shape, len(task.fidelities) - 1)
        # What is trained is observed first: its seconds are measured by that.
        observed = task.observe(asked, None, level) if task.trains else None
        cost, counts = task.seconds(asked, level), None
        if self.memory is not None and remembers:
            uniform, cost, charged = self.memory.charge(index, level, uniform, cost, configuration)
            counts = charged if task.repeats == "free" else None
        elif proposed is not None:
            cost = np.where(proposed, cost, 0.0)
        if self._owed is not None:
            cost = self._with_owed(cost, index, self._owed)
        if self._can_idle:
            spends = cost > 0 if counts is None or self.budget.seconds is not None else counts
            some = np.logical_and(spends, index >= 0).any(axis=0)
            self._idle = np.where(some, 0, self._idle + (index >= 0).sum(axis=0))
        if observed is None:
            observed = task.observe(asked, uniform, level)
        return Block(asked, observed, cost, running_sum(cost, self.clock), counts, proposed, level)

    def _with_owed(
        self, cost: NDArray[np.float64], index: Array, owed: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Add what replicates owe to the cost of their first proposal, shape (q, R)."""
        rows = np.flatnonzero((index >= 0).any(axis=0))
        cost = cost.copy()
        cost[(index[:, rows] >= 0).argmax(axis=0), rows] += owed[rows]
        left = owed.copy()
        left[rows] = 0.0
        self._owed = left if left.any() else None
        return cost

    def _drawn(self, there: NDArray[np.bool_] | None, shape: tuple[int, ...]) -> NDArray[np.float64] | None:
        """Draw what chooses the runs, shape (q, R): one number for each proposal that is there, in its order.

        So a replicate draws the same however many proposals others make beside it.
        """
        if self._noise is None:
            return None
        if there is None:
            return self._noise.uniform(shape[0]).T
        uniform = np.zeros(shape)
        counts = there.sum(axis=0)
        for count in np.unique(counts[counts > 0]).tolist():
            rows = np.flatnonzero(counts == count)
            slots = np.argsort(~there[:, rows], axis=0, kind="stable")[:count]
            uniform[slots, rows] = self._noise.uniform(count, rows).T
        return uniform

    @property
    def stalled(self) -> NDArray[np.bool_]:
        """Whether each replicate has ended because nothing that it proposed spent anything for long."""
        return np.asarray(self._idle >= STALLED)

    def told(self, block: Block) -> NDArray[np.float64]:
        """Return what a searcher is told of evaluations, shape (q, R) or (q, R, objectives)."""
        task, proposed = self.task, block.proposed
        values = task.signed(block.observed)
        if task.penalty is not None:
            values = task.penalty.apply(values, block.index)
        missing = np.isnan(values)
        if task.several:
            missing |= missing.any(axis=-1, keepdims=True)
            proposed = None if proposed is None else proposed[..., None]
        if proposed is not None:
            missing |= ~proposed
        return np.where(missing, -np.inf, values) if missing.any() else values

    def fraction_spent(self) -> float:
        """Compute the mean part of the budget that the replicates have spent, from 0 to 1."""
        return float(np.minimum(self.spent / self.limit, 1.0).mean())

    def record(self) -> Record:
        """Return what was evaluated within the budget."""
        return self._ledger.record()


def _some_cost_nothing(task: Task) -> bool:
    """Tell whether some evaluation may cost nothing; of a space too large to list, that is not known."""
    if task.trains:
        return False
    if not task.space.listed:
        return True
    return any(bool((one.costs <= 0).any()) for one in task.fidelities or [task])


def going_on(index: Array, level: Array | None) -> NDArray[np.bool_]:
    """Tell which replicates have not ended, by proposals as of `Oracle.evaluate`: some propose, some wait."""
    goes_on = (index >= 0).any(axis=1)
    return np.asarray(goes_on if level is None else goes_on | (level < 0).all(axis=1))
