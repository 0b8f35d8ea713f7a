"""Searching by training: a task whose evaluations are trained when a searcher asks for them."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.errors import RequestError, unknown
from nasbench_sim.live.curves import METRICS, Curves
from nasbench_sim.live.parallel import train_until
from nasbench_sim.live.proxies.registry import find_proxy
from nasbench_sim.live.run_file import RunFile
from nasbench_sim.live.score_file import ScoreFile
from nasbench_sim.oracle import Task
from nasbench_sim.oracle.criterion import Criterion
from nasbench_sim.oracle.fidelity import Fidelity
from nasbench_sim.oracle.objective import Objective
from nasbench_sim.tables import Computed, Table


class LiveSource:
    """Trains architectures when their values are asked for, once each, and keeps the runs in a file.

    A training that a killed search had begun goes on after its last epoch: see `RunFile.begun`. A searcher
    that is guided by a zero-cost proxy has it computed for the architectures that it asks for, with the
    training seed and the first 64 training images; scores, and the seconds that they cost, are kept in a file
    beside that of the runs.

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
    >>> guided = {"proxy": "synflow", "pool": 20, "population": 3, "sample": 2}
    >>> found = nbs.run("zero_cost_evolution", task, budget=nbs.Budget(evaluations=3), hyperparameters=guided)
    >>> found.length.tolist()
    [3]
    """

    def __init__(self, runs: RunFile, *, processes: int = 1, device: str | None = None) -> None:
        self.runs = runs
        self.processes = processes
        self.device = device
        self.scores = ScoreFile(runs, processes=processes, device=device)

    def task(
        self,
        *,
        objective: str = "val_accuracy",
        report: str = "test_accuracy",
        seed: int = 777,
        repeats: Literal["charged", "free"] = "charged",
        fidelities: Sequence[int] | None = None,
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
        fidelities
            Epochs at which a training may be stopped, and continued later, for searchers that ask for that;
            they increase, and the last is the recipe's. What was begun lies in `RunFile.begun`.
        """
        return LiveTask(
            self, objective=objective, report=report, seed=seed, repeats=repeats, fidelities=fidelities
        )

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
        fidelities: Sequence[int] | None,
    ) -> None:
        for metric in (objective, report):
            if metric not in METRICS:
                raise unknown("metric of a training run", metric, METRICS)
        runs = source.runs
        if not runs.space.listed:
            raise RequestError(f"{runs.space.name} is too large to list, and a live task keeps a list of it")
        self.source = source
        self.space = runs.space
        self.table = Table(f"live, {runs.path.name}", runs.space, [], runs.provenance)
        self.dataset = runs.images.name
        self.noise = seed
        self.repeats = repeats
        self.infeasible = "death"
        self.scalarisation = None
        self.resume = fidelities is not None
        self.constraints = ()
        self.penalty = None
        self.cost = "train_time, as measured"
        column = runs.column(report, (runs.recipe.epochs,))
        read = {"schedule": column.schedule, "trained_on": column.trained_on}
        self.report = Criterion(column, column.better, read, np.full(self.space.size, np.nan))
        epochs = _epochs(fidelities, runs.recipe.epochs)
        self._moments = [self._moment(objective, place, epoch) for place, epoch in enumerate(epochs)]
        self.fidelities = tuple(self._moments) if fidelities is not None else ()
        self.objectives = (self._moments[-1].objective,)
        self.costs = self._moments[-1].costs
        for run in runs:
            if run.seed == seed:
                self._keep(run)

    def _moment(self, objective: str, place: int, epoch: int) -> Fidelity:
        """Give a moment of the training, of which nothing is known yet."""
        runs = self.source.runs
        column = runs.column(objective, (epoch,))
        question = {"schedule": runs.recipe.epochs, "trained_on": "train", "epoch": epoch}
        observed = np.full((self.space.size, 1), np.nan)
        count = np.ones(self.space.size, dtype=np.int64)
        costs = _measured(np.full(self.space.size, np.inf), functools.partial(self._train, place=place))
        return Fidelity(Objective(column, column.better, question, observed, count), costs, self.cost)

    def observe(
        self, index: NDArray[Any], uniform: NDArray[np.float64] | None, level: NDArray[Any] | None = None
    ) -> NDArray[np.float64]:
        """Train what was not trained yet, and give the objective; parameters as in `nasbench_sim.Task`.

        Nothing is trained for -1; what it observes means nothing.
        """
        if level is None:
            self._train(index, len(self._moments) - 1)
        else:
            for place in np.unique(level[index >= 0]).tolist():
                self._train(index[level == place], place)
        return super().observe(index, uniform, level)

    def proxy(self, metric: str) -> tuple[Computed, Computed]:
        """Give a proxy of `nasbench_sim.live.proxy_names` and its seconds, computed for those asked for.

        Raises
        ------
        RequestError
            For an unknown proxy.
        """
        find_proxy(metric)

        def looked_up(look: Callable[[str, int, list[int]], NDArray[np.float64]]) -> Computed:
            def numbers(index: NDArray[Any]) -> NDArray[np.float64]:
                return look(metric, self._seed, index.ravel().tolist()).reshape(index.shape)

            return Computed(self.space, numbers, digest=f"{metric}, computed live")

        return looked_up(self.source.scores.values), looked_up(self.source.scores.seconds)

    def level_costs(self, index: NDArray[Any], level: NDArray[Any]) -> NDArray[np.float64]:
        """Give the seconds of evaluations from scratch at places in `fidelities`, as measured."""
        seconds = np.zeros(index.shape)
        for place in np.unique(level[index >= 0]).tolist():
            at = level == place
            seconds[at] = self._moments[place].costs.take(index[at])
        return seconds

    @property
    def optimum(self) -> float:
        """The best reported value of those trained so far."""
        best = np.nanmax if self.report.better == "max" else np.nanmin
        return float(best(self.reported)) if np.isfinite(self.reported).any() else float("nan")

    def _train(self, index: NDArray[Any], place: int) -> None:
        """Train the architectures among `index` that were not up to a moment, and take their values over."""
        asked = np.unique(index[index >= 0])
        missing = asked[np.isnan(self._moments[place].objective.runs[asked, 0])].tolist()
        if not missing:
            return
        pairs = [(architecture, self._seed) for architecture in missing]
        source, epoch = self.source, self._epoch(place)
        for run in train_until(source.runs, pairs, epoch, processes=source.processes, device=source.device):
            self._keep(run)

    def _epoch(self, place: int) -> int:
        return int(self._moments[place].objective.question["epoch"])

    @property
    def _seed(self) -> int:
        return int(self.noise)

    def _keep(self, run: Curves) -> None:
        """Take over what a run, up to where it is, tells of every moment."""
        for place, moment in enumerate(self._moments):
            epoch = self._epoch(place)
            if epoch <= run.epochs:
                value = run.values[moment.objective.column.metric][epoch - 1]
                moment.objective.runs[run.architecture, 0] = value
                moment.costs.view(np.ndarray)[run.architecture] = run.values["train_time"][epoch - 1]
        if run.epochs == self.source.runs.recipe.epochs:
            self.reported[run.architecture] = run.last(self.report.column.metric)


def _epochs(fidelities: Sequence[int] | None, last: int) -> list[int]:
    """Give the epochs of the moments, checked."""
    if fidelities is None:
        return [last]
    epochs = list(fidelities)
    whole = all(isinstance(epoch, (int, np.integer)) and not isinstance(epoch, bool) for epoch in epochs)
    if not epochs or not whole or epochs[0] < 1 or epochs[-1] != last or sorted(set(epochs)) != epochs:
        raise RequestError(
            f"fidelities of a live task are increasing epochs, the last of them {last}, not {epochs}"
        )
    return [int(epoch) for epoch in epochs]


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
