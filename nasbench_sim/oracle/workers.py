"""Several simulated workers on one clock, event by event, for all replicates at once."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.oracle.budget import Budget
from nasbench_sim.oracle.oracle import Oracle
from nasbench_sim.oracle.record import Block, Record, ordered
from nasbench_sim.oracle.target import Target
from nasbench_sim.oracle.task import Task
from nasbench_sim.spaces.product import Array


@dataclasses.dataclass(frozen=True)
class Finished:
    """The evaluation that ends next in each replicate, shapes (R,) and (R,) or (R, objectives)."""

    index: Array
    values: NDArray[np.float64]
    level: Array | None
    configuration: NDArray[np.int64] | None
    slot: NDArray[np.int64]


class Workers:
    """The simulated world of R replicates with several workers each.

    Replicates stay in lockstep: a step is one evaluation begun, or one ended, in every replicate, however
    different their clocks are. A value is known to the searcher when its evaluation ends. What an evaluation
    costs is the time that it takes; one that repeats a running one for nothing ends with it.

    Parameters
    ----------
    task, budget, seeds
        As of `Oracle`. An evaluation counts that begins before the seconds are spent (and ends before, where
        the budget drops what overshoots), or that is among the first so many to begin.
    """

    def __init__(self, task: Task, budget: Budget, seeds: Sequence[int]) -> None:
        self.oracle = Oracle(task, budget, seeds)
        self.now = np.zeros(len(self.oracle.seeds))
        """When the last evaluation ended, shape (R,)."""
        self.busy = 0
        """Workers that evaluate, the same number in every replicate."""
        shape = (len(self.oracle.seeds), budget.workers)
        self._rows = np.arange(shape[0])
        self._end = np.full(shape, np.inf)  # of idle workers too
        self._index = np.full(shape, -1, dtype=task.space.index_dtype)
        self._values = np.zeros((*shape, len(task.objectives)) if task.several else shape)
        self._level = np.zeros(shape, dtype=np.int64)
        self._configuration = np.zeros(shape, dtype=np.int64)
        self._slot = np.zeros(shape, dtype=np.int64)
        self._columns: list[tuple[Array, ...]] = []
        self._open = np.ones(shape[0], dtype=bool)  # those of whom more is written down
        self._ending = False  # some have ended while others still evaluate

    @property
    def room(self) -> bool:
        """Whether an evaluation can begin now."""
        waits = self._ending and self.oracle.budget.mode == "synchronous"
        return self.busy < self._end.shape[1] and not waits

    def goes_on(self) -> bool:
        """Tell whether any replicate still runs; of those that have ended nothing more is written down."""
        self._open &= self.oracle.running
        return bool(self._open.any())

    def begin(
        self, slot: int, index: Array, level: Array | None, configuration: NDArray[np.int64] | None = None
    ) -> None:
        """Begin an evaluation in every replicate.

        Parameters
        ----------
        slot
            The place in its batch, given back when it ends.
        index, level, configuration
            Shape (R,), as of `Oracle.evaluate`; -1 takes a worker for no time at all.
        """
        oracle = self.oracle
        worker = np.isinf(self._end).argmax(axis=1)
        more = (None if part is None else part[None] for part in (level, configuration))
        block = oracle.answer(index[None], *more)
        cost, proposed = block.cost[0], index >= 0
        counts = proposed if block.counts is None else block.counts[0]
        start = np.maximum(self.now, self._end_of_training(index, block, configuration))
        end = start + np.where(proposed, cost, 0.0)
        oracle.running &= ~oracle.stalled
        kept = self._open & (oracle.spent < oracle.limit)
        if oracle.budget.seconds is not None:
            kept &= start < oracle.limit
        if oracle.budget.seconds is None:
            oracle.spent += counts & proposed
        elif oracle.budget.overshoot == "drop":
            kept &= end <= oracle.limit
        self._columns.append(
            (
                np.where(kept & proposed, block.index[0], -1),
                block.observed[0],
                cost,
                start,
                end,
                worker,
                np.zeros_like(worker) if block.level is None else block.level[0],
                counts,
            )
        )
        at = (self._rows, worker)
        self._end[at], self._index[at], self._slot[at] = end, index, slot
        self._values[at] = oracle.told(block)[0]
        self._level[at] = 0 if block.level is None else block.level[0]
        if configuration is not None:
            self._configuration[at] = configuration
        self.busy += 1

    def _end_of_training(
        self, index: Array, block: Block, configuration: NDArray[np.int64] | None
    ) -> NDArray[np.float64]:
        """Return when the running training ends that these proposals repeat or continue; -inf for none."""
        task, memory = self.oracle.task, self.oracle.memory
        if memory is None:
            return np.full(len(index), -np.inf)
        known = np.zeros(len(index), dtype=bool) if block.counts is None else ~block.counts[0]
        same = (self._index == index[:, None]) & np.isfinite(self._end)
        if block.level is not None:
            level = block.level[0]
            known |= block.cost[0] < task.seconds(block.index[0], level)
            same &= memory.training[self._level] == memory.training[level][:, None]
        if configuration is not None and not memory.shared:
            same &= self._configuration == configuration[:, None]
        ends = np.where(same & (known & (index >= 0))[:, None], self._end, -np.inf)
        return np.asarray(ends.max(axis=1))

    def finish(self) -> Finished:
        """End the evaluation that ends first in each replicate, and move the clocks there."""
        worker = self._end.argmin(axis=1)
        at = (self._rows, worker)
        self.now = self._end[at]
        self._end[at] = np.inf
        self.busy -= 1
        self._ending = self.busy > 0
        oracle = self.oracle
        if oracle.budget.seconds is not None:
            oracle.spent = self.now.copy()
        oracle.running &= oracle.spent < oracle.limit
        level = self._level[at] if oracle.task.fidelities else None
        if oracle.target is not None:
            oracle.target.update(self._index[at], self._values[at], level)
            oracle.running &= ~oracle.target.reached
        return Finished(self._index[at], self._values[at], level, self._configuration[at], self._slot[at])

    def record(self) -> Record:
        """Return what was evaluated within the budget, in order of the end."""
        columns = [np.stack(parts, axis=1) for parts in zip(*self._columns, strict=True)]
        order = np.argsort(np.where(columns[0] < 0, np.inf, columns[4]), axis=1, kind="stable")
        index, observed, cost, start, end, worker, level, counts = (ordered(part, order) for part in columns)
        length = (index >= 0).sum(axis=1)
        if self.oracle.target is not None:
            length = self._to_target(index, observed, level, length)
        return Record(
            index,
            observed,
            cost,
            end,
            length,
            start,
            worker,
            level if self.oracle.task.fidelities else None,
            counts if self.oracle.task.repeats == "free" else None,
        )

    def _to_target(
        self,
        index: Array,
        observed: NDArray[np.float64],
        level: NDArray[np.int64],
        length: NDArray[np.int64],
    ) -> NDArray[np.int64]:
        """Cut what ends after the target was reached: those evaluations were still running."""
        task = self.oracle.task
        target = Target(task, self.oracle.budget, len(index))
        told = np.where(np.isnan(observed), -np.inf, task.signed(observed))
        for place in range(index.shape[1]):
            own = np.where(place < length, index[:, place], -1)
            new = target.update(own, told[:, place], level[:, place] if task.fidelities else None)
            length = np.where(new, np.minimum(length, place + 1), length)
        return length

    def stop(self, replicates: NDArray[np.bool_]) -> None:
        """End replicates (True in shape (R,)): nothing more begins, and what runs comes to its end."""
        self.oracle.running &= ~replicates
