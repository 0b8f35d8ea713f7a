"""Searching by training: a source whose answers are trained when a searcher asks for them."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.errors import RequestError
from nasbench_sim.live.curves import Curves
from nasbench_sim.live.proxies.registry import find_proxy
from nasbench_sim.live.run_file import RunFile
from nasbench_sim.live.runs import Runs
from nasbench_sim.live.score_file import ScoreFile
from nasbench_sim.oracle import Task
from nasbench_sim.oracle.asked import Asked, Repeats
from nasbench_sim.oracle.binding import Binding
from nasbench_sim.oracle.criterion import Criterion
from nasbench_sim.oracle.fidelity import Fidelity
from nasbench_sim.oracle.frozen import frozen
from nasbench_sim.oracle.objective import ComputedObjective
from nasbench_sim.spaces import SearchSpace
from nasbench_sim.tables import Computed, Table

_CHARGES = "train_time, as measured"


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
        One of a system searches that; its trainings are not stopped early, and proxies are not defined.
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

    trains = True

    def __init__(self, runs: Runs, *, processes: int = 1, device: str | None = None) -> None:
        self.runs = runs
        self.processes = processes
        self.device = device
        how: dict[str, Any] = {"processes": processes, "device": device}
        self.scores = ScoreFile(runs, **how) if isinstance(runs, RunFile) else None

    @property
    def space(self) -> SearchSpace:
        """Where the networks come from."""
        return self.runs.space

    @functools.cached_property
    def known(self) -> Table:
        """A table without columns: nothing is known of a network beside what is trained."""
        return Table(f"live, {self.runs.path.name}", self.space, [], self.runs.provenance)

    @property
    def identity(self) -> dict[str, Any]:
        """What is trained, and how."""
        return {"table": self.known.name, "space": self.space.name, "trained": self.runs.trained}

    def bind(self, asked: Asked) -> Binding:
        """Return what trains the networks that a task asks for.

        Raises
        ------
        RequestError
            For a metric that no training measures, and whatever is asked for that only tables have.
        """
        return _bound(self, asked)

    def task(
        self,
        *,
        objective: str = "val_accuracy",
        report: str | None = None,
        seed: int = 777,
        repeats: Repeats = "charged",
        fidelities: Sequence[int] | None = None,
    ) -> Task:
        """Make the task of searching by training.

        An evaluation costs the seconds that the training took. Nothing is known of an architecture before it
        was trained: its reported value is NaN, and `Task.optimum` is the best of those trained so far.

        Parameters
        ----------
        objective
            A metric of a training run, read after the last epoch.
        report
            Another one, that a search is judged by; by default the test accuracy where the objective is an
            accuracy, otherwise the objective; of a system the same on the test part.
        seed
            Training seed of every network.
        repeats
            As in `nasbench_sim.Task`.
        fidelities
            Epochs at which a training may be stopped, and continued later, for searchers that ask for that;
            they increase, and the last is the recipe's. What was begun lies in `RunFile.begun`.
        """
        return Task(
            self,
            dataset=self.runs.dataset,
            objective=objective,
            report=report,
            noise=seed,
            repeats=repeats,
            fidelities=fidelities,
        )

    def table(self, name: str) -> Table:
        """Give the table of all runs so far."""
        return self.runs.table(name)


class _Trainings:
    """The runs of one seed: those of the file, and what is trained from now on.

    Parameters
    ----------
    source
        Where they are trained and kept.
    seed
        Training seed.
    """

    def __init__(self, source: LiveSource, seed: int) -> None:
        self.source = source
        self.seed = seed
        self.runs: dict[int, Curves] = {run.architecture: run for run in source.runs if run.seed == seed}

    def train(self, index: NDArray[Any], epoch: int) -> None:
        """Train the architectures among `index` that were not up to an epoch; nothing for -1."""
        asked = np.unique(index[index >= 0]).tolist()
        missing = [(one, self.seed) for one in asked if one not in self.runs or self.runs[one].epochs < epoch]
        if not missing:
            return
        source = self.source
        found = source.runs.train(missing, epoch, processes=source.processes, device=source.device)
        for (architecture, _), run in zip(missing, found, strict=True):
            self.runs[architecture] = run

    def column(self, metric: str, epoch: int) -> Computed:
        """Give a metric at an epoch, known of what was trained up to there and NaN otherwise."""
        digest = f"{metric} at epoch {epoch}, trained live"
        return Computed(self.source.space, functools.partial(self._look, metric, epoch), digest=digest)

    def _look(self, metric: str, epoch: int, index: NDArray[Any]) -> NDArray[np.float64]:
        asked = index.ravel().tolist()
        runs = ((one, self.runs.get(one)) for one in asked)
        values = [
            np.nan if run is None or run.epochs < epoch else self.source.runs.value(one, run, metric, epoch)
            for one, run in runs
        ]
        return np.array(values, dtype=np.float64).reshape(index.shape)

    def proxy(self, metric: str) -> tuple[Computed, Computed]:
        """Give a proxy and its seconds, computed for those asked for."""
        scores = self.source.scores
        if scores is None:
            raise RequestError(
                f"{metric} is not defined on {self.source.runs.dataset}: proxies are computed on images"
            )

        def looked_up(look: Callable[[str, int, list[int]], NDArray[np.float64]]) -> Computed:
            def numbers(index: NDArray[Any]) -> NDArray[np.float64]:
                return look(metric, self.seed, index.ravel().tolist()).reshape(index.shape)

            return Computed(self.source.space, numbers, digest=f"{metric}, computed live")

        return looked_up(scores.values), looked_up(scores.seconds)


@dataclasses.dataclass(frozen=True, eq=False)
class _Trained(Binding):
    """Answers evaluations by training; see `Binding`."""

    trainings: _Trainings
    epochs: tuple[int, ...]

    @property
    def costs(self) -> Any:
        """Seconds of every architecture as far as they are measured; see `nasbench_sim.Task.costs`."""
        return frozen(np.asarray(self.seconds_of)) if self.space.listed else self.seconds_of

    @property
    def optimum(self) -> float:
        """The best reported value of those trained so far."""
        trained = np.array(list(self.trainings.runs), dtype=self.space.index_dtype)
        values = self.report.values.take(trained) * self.report.sign
        return float(self.report.sign * np.nanmax(values)) if np.isfinite(values).any() else float("nan")

    def proxy(self, metric: str) -> tuple[Computed, Computed]:
        """Give a proxy of `nasbench_sim.live.proxy_names` and its seconds, computed for those asked for.

        Raises
        ------
        RequestError
            For an unknown proxy.
        """
        find_proxy(metric)
        return self.trainings.proxy(metric)

    def observe(
        self, index: NDArray[Any], uniform: NDArray[np.float64] | None, level: NDArray[Any] | None = None
    ) -> NDArray[np.float64]:
        """Train what was not trained yet, and give the objective; NaN for -1, of which nothing is trained."""
        if level is None:
            self.trainings.train(index, self.epochs[-1])
        else:
            for place in np.unique(level[index >= 0]).tolist():
                self.trainings.train(index[level == place], self.epochs[place])
        return super().observe(index, uniform, level)


def _bound(source: LiveSource, asked: Asked) -> _Trained:
    runs = source.runs
    plain = Asked(dataset=asked.dataset)
    for name in ("schedule", "epoch", "trained_on", "cost", "scalarisation", "constraints"):
        if getattr(asked, name) != getattr(plain, name):
            raise RequestError(f"a live task takes no {name}: the recipe says what is trained")
    if asked.resume is False or isinstance(asked.noise, str) or asked.dataset != runs.dataset:
        raise RequestError(
            f"a live task is on {runs.dataset}, has a training seed as its noise, and resumes trainings; "
            "LiveSource.task makes one"
        )
    objective, better = _metric(asked.objective)
    report, direction = _metric(runs.judged_by(objective) if asked.report is None else asked.report)
    if asked.fidelities is not None and not runs.resumable:
        raise RequestError(f"trainings of {runs.path} are not stopped early: leave fidelities out")
    epochs = _epochs(asked.fidelities, runs.epochs)
    trainings = _Trainings(source, asked.noise)
    moments = []
    for epoch in epochs:
        column = runs.column(objective, (epoch,))
        question = {"schedule": runs.epochs, "trained_on": "train", "epoch": epoch}
        numbers = trainings.column(objective, epoch)
        none, counts = np.empty((0, 1)), np.empty(0, dtype=np.int64)
        observed = ComputedObjective(column, better or column.better, question, none, counts, numbers)
        moments.append(Fidelity(observed, trainings.column("train_time", epoch), _CHARGES))
    last = moments[-1]
    judged = runs.column(report, (epochs[-1],))
    if asked.report is None:
        direction = last.objective.better
    criterion = Criterion(
        judged,
        direction or judged.better,
        {"schedule": judged.schedule, "trained_on": judged.trained_on},
        trainings.column(report, epochs[-1]),
    )
    fidelities = tuple(moments) if asked.fidelities is not None else ()
    return _Trained(
        runs.space,
        (last.objective,),
        None,
        fidelities,
        bool(fidelities),
        last.costs,
        _CHARGES,
        (),
        None,
        criterion,
        trainings,
        tuple(epochs),
    )


def _metric(asked: Any) -> tuple[str, Any]:
    """Give the one metric that is asked for, and its direction where it is said."""
    if isinstance(asked, str):
        return asked, None
    if len(asked) != 1:
        raise RequestError(f"a live task has one metric for each purpose, not {len(asked)}")
    return (asked[0], None) if isinstance(asked[0], str) else asked[0]


def _epochs(fidelities: Sequence[Any] | None, last: int) -> list[int]:
    """Give the epochs of the moments, checked."""
    if fidelities is None:
        return [last]
    epochs = list(fidelities)
    whole = all(isinstance(epoch, int) for epoch in epochs)
    if not epochs or not whole or epochs[0] < 1 or epochs[-1] != last or sorted(set(epochs)) != epochs:
        raise RequestError(
            f"fidelities of a live task are increasing epochs, the last of them {last}, not {epochs}"
        )
    return epochs
