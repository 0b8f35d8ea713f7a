"""What replicates did, and what they observed of the best so far: the arrays behind trajectories."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.errors import RequestError
from nasbench_sim.oracle.budget import Budget
from nasbench_sim.oracle.frozen import frozen
from nasbench_sim.oracle.record import Record, masked
from nasbench_sim.oracle.task import Task


class Runs:
    """What R replicates of one searcher did on one task, in arrays that cannot be written to.

    Parameters
    ----------
    record
        The evaluations.
    task, budget
        What was optimised and what could be spent.
    searcher
        Name of the searcher.
    hyperparameters
        All of them, as plain JSON types.
    seeds
        The search seeds.
    wall_seconds
        How long the simulation took, in real time.
    attributes
        What the person who ran it wants to be known of it, as plain JSON types.
    """

    def __init__(
        self,
        record: Record,
        *,
        task: Task,
        budget: Budget,
        searcher: str,
        hyperparameters: Mapping[str, Any],
        seeds: Sequence[int],
        wall_seconds: float,
        attributes: Mapping[str, Any] | None = None,
    ) -> None:
        longest = int(record.length.max(initial=0))
        beyond = (np.arange(longest)[:, None] >= record.length).T  # in memory as the record: step by step

        def kept(array: NDArray[Any] | None, missing: float) -> Any:
            return None if array is None else frozen(masked(array[:, :longest], beyond, missing))

        self.index = frozen(kept(record.index, -1).astype(task.space.compact_dtype, copy=False))
        self.observed = kept(record.observed, np.nan)
        self.cost = kept(record.cost, np.nan)
        self.clock = kept(record.clock, np.nan)
        self._start = kept(record.start, np.nan)
        self._worker = kept(record.worker, -1)
        self._level = kept(record.level, -1)
        self._counts = None if record.counts is None else frozen(record.counts[:, :longest] & ~beyond)
        self.length = frozen(record.length)
        self.task = task
        self.budget = budget
        self.searcher = searcher
        self.hyperparameters = dict(hyperparameters)
        self.seeds = tuple(seeds)
        self.wall_seconds = wall_seconds
        self.attributes = dict(attributes or {})
        self._beyond = beyond

    def __len__(self) -> int:
        """Count the replicates."""
        return len(self.seeds)

    @property
    def seed_array(self) -> NDArray[Any]:
        """The search seeds, shape (R,), of a type that holds them all."""
        return np.array(self.seeds, dtype=np.int64 if max(self.seeds, default=0) < 2**63 else np.uint64)

    @property
    def record(self) -> Record:
        """The evaluations as they are stored: up to the longest run, and None for what the record lacks."""
        always = (self.index, self.observed, self.cost, self.clock, self.length)
        return Record(*always, self._start, self._worker, self._level, self._counts)

    @property
    def start(self) -> NDArray[np.float64]:
        """Simulated seconds when each evaluation began, shape (R, n); NaN past the end."""
        if self._start is not None:
            return np.asarray(self._start)
        return np.where(self._beyond, np.nan, np.pad(self.clock, ((0, 0), (1, 0)))[:, :-1])

    @property
    def worker(self) -> NDArray[np.int64]:
        """Which of the workers, from 0, made each evaluation, shape (R, n); -1 past the end."""
        return np.where(self._beyond, -1, 0) if self._worker is None else self._worker

    @property
    def level(self) -> NDArray[np.int64]:
        """Place of each evaluation in the task's fidelities, shape (R, n); -1 past the end.

        0 everywhere for a task that has none.
        """
        return np.where(self._beyond, -1, 0) if self._level is None else self._level

    @property
    def counted(self) -> NDArray[np.float64]:
        """Evaluations that each replicate has spent after each, shape (R, n); NaN past the end.

        The first is 1, and each adds one, but for repeats that are free.
        """
        spent = (~self._beyond if self._counts is None else self._counts).cumsum(axis=1, dtype=np.float64)
        return np.where(self._beyond, np.nan, spent)

    @property
    def evaluations(self) -> NDArray[np.int64]:
        """Evaluations that each replicate has spent, shape (R,): all of its record but for free repeats."""
        return self.length if self._counts is None else self._counts.sum(axis=1)

    @property
    def feasible(self) -> NDArray[np.bool_]:
        """Whether each evaluated architecture keeps the constraints, shape (R, n); False past the end."""
        if self.task.penalty is None:
            return ~self._beyond
        return np.asarray(self.task.penalty.feasible[self.index] & ~self._beyond)

    @property
    def reported(self) -> NDArray[np.float64]:
        """The reported metric of every evaluated architecture, shape (R, n); NaN past the end."""
        return np.where(self._beyond, np.nan, self.task.reported[np.where(self._beyond, 0, self.index)])

    @property
    def missing(self) -> NDArray[np.int64]:
        """How many evaluations of each replicate found no value in the table, shape (R,)."""
        gone = np.isnan(self.observed.sum(axis=2) if self.observed.ndim == 3 else self.observed)
        return np.asarray((gone & ~self._beyond).sum(axis=1))

    @functools.cached_property
    def incumbent(self) -> NDArray[np.int64]:
        """Position of the best so far by the observed objective, shape (R, n); the first one of ties.

        -1 before the first value; past the end of a run, its last incumbent. An architecture that violates a
        constraint never is it. Values of different fidelities do not compare: once one was observed at a
        higher fidelity, those of lower ones do not count any more.

        Raises
        ------
        RequestError
            For several objectives: `final` gives what is not dominated.
        """
        from nasbench_sim.analysis.incumbent import incumbents

        return frozen(self.best(incumbents))

    def best(self, among: Callable[[NDArray[np.float64]], NDArray[np.int64]]) -> NDArray[np.int64]:
        """Find the positions that a rule picks in values (R, n); of fidelities those of the highest seen."""
        if self.task.several:
            raise RequestError(
                "several objectives have no incumbent: final() gives what is not dominated, "
                "hypervolume() its volume over time; a task with a scalarisation has one"
            )
        values = self.task.signed(self.observed)
        if self.task.penalty is not None:
            values = np.where(self.feasible, values, np.nan)
        if self._level is None:
            return among(values)
        best = np.asarray(-1)
        for place in range(len(self.task.fidelities)):
            found = among(np.where(self.level == place, values, np.nan))
            best = np.where(found >= 0, found, best)
        return best

    def incumbent_reported(self) -> NDArray[np.float64]:
        """Return the reported metric of the incumbent after each evaluation, shape (R, n); NaN where none."""
        position = self.incumbent
        found = np.take_along_axis(self.reported, np.maximum(position, 0), axis=1)
        return np.where(self._beyond | (position < 0), np.nan, found)
