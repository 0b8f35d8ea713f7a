"""Searching by training: a task whose evaluations are trained when a searcher asks for them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.errors import unknown
from nasbench_sim.live.curves import METRICS
from nasbench_sim.live.parallel import train_missing
from nasbench_sim.live.run_file import RunFile
from nasbench_sim.oracle import Task
from nasbench_sim.oracle.objective import Objective
from nasbench_sim.tables import Table


class LiveSource:
    """Trains architectures when their values are asked for, once each, and keeps the runs in a file.

    Parameters
    ----------
    runs
        The file of runs: it says what is trained, and a search that was killed finds its evaluations there.
    processes, device
        As in `nasbench_sim.live.train_missing`.

    Examples
    --------
    >>> import tempfile
    >>> import nasbench_sim as nbs
    >>> from nasbench_sim import live
    >>> tiny = live.Recipe(epochs=1, batch=100, channels=4, cells=1)
    >>> runs = live.RunFile(tempfile.mkdtemp() + "/runs.jsonl", nbs.space(), tiny, live.digits())
    >>> task = live.LiveSource(runs).task()
    >>> found = nbs.run("simulated_annealing", task, budget=nbs.Budget(evaluations=2))
    >>> len(runs)
    2
    """

    def __init__(self, runs: RunFile, *, processes: int = 1, device: str | None = None) -> None:
        self.runs = runs
        self.processes = processes
        self.device = device

    def task(
        self,
        *,
        objective: str = "val_accuracy",
        report: str = "test_accuracy",
        seed: int = 777,
        repeats: Literal["charged", "free"] = "charged",
    ) -> LiveTask:
        """Give the task of searching by training.

        Parameters
        ----------
        objective, report
            Metrics of a training run, read after the last epoch.
        seed
            Training seed of every network.
        repeats
            As in `nasbench_sim.Task`.
        """
        return LiveTask(self, objective=objective, report=report, seed=seed, repeats=repeats)

    def table(self, name: str) -> Table:
        """Give the table of all runs so far."""
        return self.runs.table(name)


class LiveTask(Task):
    """A task that trains an architecture when it is evaluated; made by `LiveSource.task`.

    An evaluation costs the seconds that the training took. Nothing is known of an architecture before it
    was trained: its reported value is NaN, and `optimum` is the best of those trained so far.
    """

    trains = True

    def __init__(
        self,
        source: LiveSource,
        *,
        objective: str,
        report: str,
        seed: int,
        repeats: Literal["charged", "free"],
    ) -> None:
        for metric in (objective, report):
            if metric not in METRICS:
                raise unknown("metric of a training run", metric, METRICS)
        runs = source.runs
        self.source = source
        self.space = runs.space
        self.table = Table(f"live, {runs.path.name}", runs.space, [], runs.provenance)
        self.dataset = runs.images.name
        self.noise = seed
        self.repeats = repeats
        self.infeasible = "death"
        self.scalarisation = None
        self.fidelities = ()
        self.resume = False
        self.constraints = ()
        self.penalty = None
        self.cost = "train_time, as measured"
        last = (runs.recipe.epochs,)
        self.report = runs.column(report, last)
        self.reported = np.full(self.space.size, np.nan)
        column = runs.column(objective, last)
        self._observed = np.full((self.space.size, 1), np.nan)
        count = np.ones(self.space.size, dtype=np.int64)
        question = {"schedule": runs.recipe.epochs, "trained_on": "train", "epoch": runs.recipe.epochs}
        self.objectives = (Objective(column, column.better, question, self._observed, count),)
        self.costs = _measured(np.full(self.space.size, np.inf), self._train)
        for run in runs:
            if run.seed == seed:
                self._keep(run.architecture)

    def observe(
        self, index: NDArray[Any], uniform: NDArray[np.float64] | None, level: NDArray[Any] | None = None
    ) -> NDArray[np.float64]:
        """Train what was not trained yet, and give the objective; parameters as in `nasbench_sim.Task`.

        Nothing is trained for -1; what it observes means nothing.
        """
        self._train(index)
        return super().observe(index, uniform, level)

    @property
    def optimum(self) -> float:
        """The best reported value of those trained so far."""
        best = np.nanmax if self.report.better == "max" else np.nanmin
        return float(best(self.reported)) if np.isfinite(self.reported).any() else float("nan")

    def _train(self, index: NDArray[Any]) -> None:
        """Train the architectures among `index` that were not, and take their values over."""
        asked = np.unique(index[index >= 0])
        missing = asked[np.isnan(self._observed[asked, 0])].tolist()
        if missing:
            pairs = [(architecture, self._seed) for architecture in missing]
            train_missing(self.source.runs, pairs, processes=self.source.processes, device=self.source.device)
            for architecture in missing:
                self._keep(architecture)

    @property
    def _seed(self) -> int:
        return int(self.noise)

    def _keep(self, architecture: int) -> None:
        run = self.source.runs[architecture, self._seed]
        self._observed[architecture, 0] = run.last(self.objectives[0].column.metric)
        self.reported[architecture] = run.last(self.report.metric)
        self.costs.view(np.ndarray)[architecture] = run.last("train_time")


class _Measured(np.ndarray[Any, np.dtype[np.float64]]):
    """Seconds of every architecture, infinite before they were measured; reading them measures them.

    An architecture of -1 takes none.
    """

    measure: Callable[[NDArray[Any]], None]

    def __array_finalize__(self, origin: Any) -> None:
        self.measure = getattr(origin, "measure", lambda index: None)

    def __getitem__(self, index: Any) -> Any:
        if not isinstance(index, slice) and index is not Ellipsis:
            self.measure(np.atleast_1d(index))
        return self.view(np.ndarray)[index]

    def take(self, indices: Any, *rest: Any, **options: Any) -> Any:
        asked = np.asarray(indices)
        self.measure(asked)
        found = self.view(np.ndarray).take(asked, *rest, **options)
        return np.where(asked >= 0, found, 0.0)


def _measured(seconds: NDArray[np.float64], measure: Callable[[NDArray[Any]], None]) -> _Measured:
    found = seconds.view(_Measured)
    found.measure = measure
    return found
