"""The record of the runs of one searcher on one task, replicate by replicate."""

from __future__ import annotations

import dataclasses
import html
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nasbench_sim.errors import RequestError
from nasbench_sim.oracle.budget import Budget
from nasbench_sim.oracle.charging import shortfall
from nasbench_sim.oracle.definition import judged
from nasbench_sim.oracle.frames import frames_of
from nasbench_sim.oracle.fronts import final_fronts, final_hypervolume, hypervolume_of
from nasbench_sim.oracle.record import Record, masked
from nasbench_sim.oracle.task import Task
from nasbench_sim.tables.column import spans

if TYPE_CHECKING:
    import pandas as pd


class Trajectories:
    """What R replicates of one searcher did on one task.

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

    Examples
    --------
    >>> import nasbench_sim as nbs
    >>> task = nbs.Task(nbs.load_table("nas-bench-201"), dataset="cifar10")
    >>> runs = nbs.run("random_search", task, budget=nbs.Budget(evaluations=50), seeds=3)
    >>> runs.final().columns.tolist()
    ['seed', 'evaluations', 'seconds', 'index', 'observed', 'val_accuracy', 'regret']
    >>> len(runs.to_frame())
    150
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
    ) -> None:
        longest = int(record.length.max(initial=0))
        beyond = (np.arange(longest)[:, None] >= record.length).T  # in memory as the record: step by step
        self.index = masked(record.index[:, :longest], beyond, -1).astype(
            task.space.compact_dtype, copy=False
        )
        self.observed = masked(record.observed[:, :longest], beyond, np.nan)
        self.cost = masked(record.cost[:, :longest], beyond, np.nan)
        self.clock = masked(record.clock[:, :longest], beyond, np.nan)
        self._start = None if record.start is None else masked(record.start[:, :longest], beyond, np.nan)
        self._worker = None if record.worker is None else masked(record.worker[:, :longest], beyond, -1)
        self._level = None if record.level is None else masked(record.level[:, :longest], beyond, -1)
        self._counts = None if record.counts is None else record.counts[:, :longest] & ~beyond
        self.length = record.length
        self.task = task
        self.budget = budget
        self.searcher = searcher
        self.hyperparameters = dict(hyperparameters)
        self.seeds = tuple(seeds)
        self.wall_seconds = wall_seconds
        self._beyond = beyond

    def __len__(self) -> int:
        """Give the number of replicates."""
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
            return self._start
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

    @property
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

        return self._best(incumbents)

    def _best(self, among: Callable[[NDArray[np.float64]], NDArray[np.int64]]) -> NDArray[np.int64]:
        """Give the positions that a rule finds in values (R, n); of fidelities those of the highest seen."""
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
        """Give the reported metric of the incumbent after each evaluation, shape (R, n); NaN where none."""
        position = self.incumbent
        found = np.take_along_axis(self.reported, np.maximum(position, 0), axis=1)
        return np.where(self._beyond | (position < 0), np.nan, found)

    def final(self) -> pd.DataFrame:
        """Give one row a replicate.

        Returns
        -------
        DataFrame
            ``seed``, ``evaluations``, ``seconds`` (simulated), ``index`` (official index of the final
            incumbent; missing where a replicate saw no value), ``observed`` (its observed objective), the
            reported metric under its own name, and ``regret``: how much worse it is than the optimum. Of
            several objectives the rows of `nasbench_sim.oracle.fronts.final_fronts`.
        """
        import pandas as pd

        from nasbench_sim.analysis.incumbent import final_incumbents

        if self.task.several:
            return final_fronts(self)
        rows = np.arange(len(self))
        if self.index.shape[1]:
            position = self._best(final_incumbents)
            best = self.index[rows, np.maximum(position, 0)]
            observed = self.observed[rows, np.maximum(position, 0)]
            seconds = self.clock[rows, np.maximum(self.length - 1, 0)]
        else:
            position = np.full(len(self), -1)
            best, observed, seconds = position, np.full(len(self), np.nan), np.zeros(len(self))
        reported = np.where(position >= 0, self.task.reported[np.maximum(best, 0)], np.nan)
        frame = pd.DataFrame(
            {
                "seed": self.seed_array,
                "evaluations": self.evaluations,
                "seconds": seconds,
                "index": pd.Series(best, dtype="Int64" if best.dtype.kind == "i" else "object"),
                "observed": np.where(position >= 0, observed, np.nan),
                self.task.report.label: reported,
                "regret": self.task.report.sign * (self.task.optimum - reported) + 0.0,
            }
        )
        frame.loc[position < 0, "index"] = pd.NA
        return frame

    def hypervolume(
        self,
        grid: ArrayLike | None = None,
        *,
        reference: Mapping[str, float] | None = None,
        x: str = "evaluations",
    ) -> pd.DataFrame:
        """Give the volume that several objectives dominate over time; see `hypervolume_of`."""
        return hypervolume_of(self, grid, reference=reference, x=x)

    def results(self) -> pd.Series[float]:
        """Give the one number that each replicate is judged by at the end of its budget.

        Returns
        -------
        Series
            Indexed by ``seed``: the reported metric of the final incumbent (NaN without one), or, of several
            objectives, the hypervolume. Its name says which; ``attrs`` holds which end is ``better``, the
            ``unit`` and the ``optimum``, what the table has at best.
        """
        if self.task.several:
            return final_hypervolume(self)
        report = self.task.report
        found = self.final().set_index("seed")[report.label]
        found.attrs = {"better": report.better, "unit": report.unit, "optimum": self.task.optimum}
        return found

    def to_frame(self) -> pd.DataFrame:
        """Give one row an evaluation.

        Returns
        -------
        DataFrame
            ``seed``, ``evaluation`` (from 1), ``index``, ``observed``, ``cost`` and ``clock`` (seconds),
            ``incumbent`` (official index of the best so far by the observed objective) and the reported
            metric of the incumbent under its own name. Several objectives are observed under their own names
            and have no incumbent. Where they can differ: ``start`` (seconds) and ``worker``, ``fidelity`` (by
            name), ``feasible``, ``counts`` (False for a repeat that is free).
        """
        import pandas as pd

        return pd.concat(self.frames(), ignore_index=True)

    def frames(self) -> Iterator[pd.DataFrame]:
        """Give `to_frame` in pieces of some 200,000 rows, to write long records in little memory."""
        return frames_of(self)

    @property
    def note(self) -> str:
        """What the replicates are judged by, in words, and whether the budget is too small for a search."""
        return ". ".join(filter(None, (judged(self.task), shortfall(self.task, self.budget))))

    def describe(self) -> dict[str, Any]:
        """Give the provenance: version, task and table hash, searcher, hyperparameters, seeds."""
        from nasbench_sim._version import __version__

        return {
            "nasbench_sim": __version__,
            "task": self.task.describe(),
            "searcher": self.searcher,
            "hyperparameters": self.hyperparameters,
            "budget": dataclasses.asdict(self.budget),
            "seeds": spans(self.seeds),
        }

    def __repr__(self) -> str:
        """Who ran on what, and how far."""
        return (
            f"<Trajectories of {self.searcher}: {len(self)} replicates, "
            f"{int(self.evaluations.sum()):,} evaluations, on {self.task!r}"
            + (f"; {short}>" if (short := shortfall(self.task, self.budget)) else ">")
        )

    def _repr_html_(self) -> str:
        """Who ran on what, and how the final results spread over the replicates, for Jupyter."""
        spread = self.final().drop(columns=["seed", "index"]).agg(["mean", "std", "min", "median", "max"])
        shown = spread.to_html(border=0, na_rep="", float_format=lambda number: f"{number:.4g}")
        return (
            f"<b>{html.escape(self.searcher)}</b>: {len(self)} replicates, "
            f"{int(self.evaluations.sum()):,} evaluations, budget {self.budget}<br>"
            f"{html.escape(repr(self.task))}<br>{html.escape(self.note)}{shown}"
        )
