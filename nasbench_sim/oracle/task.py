"""What a search optimises: the objective, its noise and cost, and what is reported at the end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.errors import RequestError
from nasbench_sim.tables import Column, Table
from nasbench_sim.tables.table import mean_of_runs

_PUBLISHED_CLOCK = ("train_time", "val_time")


class Task:
    """One optimisation problem over a table.

    Parameters
    ----------
    table
        Where values and costs are looked up.
    dataset
        Data set that is searched on and reported on.
    objective
        The metric that the searcher observes, also as ``metric:device``.
    schedule, epoch, trained_on
        Which training and which of its epochs the objective is read from; by default as in `Table.query`.
    noise
        ``"run"``: each evaluation observes one of the published runs, drawn at random, as in the published
        protocols. ``"mean"``: always the mean of the runs. A training seed: always that run.
    report
        The metric that a search is judged by: the mean of its runs at its longest schedule. By default
        ``test_accuracy`` where the table has it for the data set, otherwise the objective's metric.
    cost
        What one evaluation costs in seconds: metrics whose sum is charged (each converted to seconds), or
        an array of seconds, one an architecture. By default the published clock: the training time of the
        objective's epochs, and one validation pass where the table has its time.
    repeats
        ``"charged"``: evaluating an architecture again costs again, and draws a run again, as in the
        published protocols. ``"free"``: it costs nothing, counts for no evaluation, and gives the value
        that it had.

    Examples
    --------
    >>> import nasbench_sim as nbs
    >>> task = nbs.Task(nbs.load_table("nas-bench-201"), dataset="cifar10")
    >>> round(task.optimum, 3)
    91.607
    """

    def __init__(
        self,
        table: Table,
        *,
        dataset: str,
        objective: str = "val_accuracy",
        schedule: int | None = None,
        epoch: int | None = None,
        trained_on: str | None = None,
        noise: Literal["run", "mean"] | int = "run",
        report: str | None = None,
        cost: str | Sequence[str] | NDArray[np.float64] | None = None,
        repeats: Literal["charged", "free"] = "charged",
    ) -> None:
        if repeats not in ("charged", "free"):
            raise RequestError(f"repeats is 'charged' or 'free', not {repeats!r}")
        self.table = table
        self.space = table.space
        self.dataset = dataset
        self.noise = noise
        self.repeats = repeats
        self.objective = table.column(objective, dataset=dataset, schedule=schedule, trained_on=trained_on)
        training = {"schedule": self.objective.schedule, "trained_on": self.objective.trained_on}
        if self.objective.epochs:
            training["epoch"] = self.objective.epochs[-1] if epoch is None else epoch
        self._question: dict[str, Any] = {key: value for key, value in training.items() if value is not None}
        self._runs = self._observable(objective, epoch)
        # The missing go to the end of their row, so that run k of n is drawn as floor(u * n).
        self._run_count = np.isfinite(self._runs).sum(axis=1)
        if not self._run_count.any():
            raise RequestError(f"{self.objective.describe()}: no architecture has a value")
        self._runs = np.take_along_axis(
            self._runs, np.argsort(~np.isfinite(self._runs), axis=1, kind="stable"), axis=1
        )[:, : self._run_count.max()]
        self.costs, self.cost = self._costs(cost)
        self.report = self._reported_column(report)
        self.reported = self._values(self.report)

    def _observable(self, objective: str, epoch: int | None) -> NDArray[np.float64]:
        """Give the values that an evaluation can observe, shape (size, runs)."""
        question = {"dataset": self.dataset, "epoch": epoch, **self._question}
        if isinstance(self.noise, str):
            if self.noise not in ("run", "mean"):
                raise RequestError(f"noise is 'run', 'mean' or a training seed, not {self.noise!r}")
            runs = self.table.runs(objective, **question)
            return runs if self.noise == "run" else mean_of_runs(runs)[:, None]
        return self.table.values(objective, seed=self.noise, **question)[:, None]

    def _costs(self, cost: Any) -> tuple[NDArray[np.float64], str]:
        """Give the seconds of one evaluation of every architecture, and what they are made of."""
        if isinstance(cost, np.ndarray):
            seconds = np.asarray(cost, dtype=np.float64)
            if seconds.shape != (self.space.size,) or not np.all(seconds >= 0):
                raise RequestError(
                    f"cost is an array of {self.space.size} seconds of 0 or more, one an architecture"
                )
            return seconds, "an array of seconds"
        if cost is None:
            training, validation = _PUBLISHED_CLOCK
            names = [training] if self._has_time(training) else []
            if names and self._has_time(validation):
                names.append(validation)
        else:
            names = [cost] if isinstance(cost, str) else list(cost)
        total = np.zeros(self.space.size) if names else np.full(self.space.size, np.nan)
        for name in names:
            question = self._question if name.partition(":")[0] == "train_time" else {}
            column = self.table.column(
                name, dataset=self.dataset, **{k: v for k, v in question.items() if k != "epoch"}
            )
            if column.unit not in ("s", "ms"):
                raise RequestError(f"a cost is a time; {column.describe()} is in {column.unit!r}")
            values = self.table.values(name, dataset=self.dataset, **question)
            total = total + values * (1e-3 if column.unit == "ms" else 1.0)
        return total, " + ".join(names)

    def _has_time(self, metric: str) -> bool:
        """Tell whether the table has this part of the published clock for the objective's training."""
        for column in self.table.schema:
            if (column.metric, column.dataset) != (metric, self.dataset):
                continue
            if metric != "train_time":
                return True
            same = (column.schedule, column.trained_on) == (
                self.objective.schedule,
                self.objective.trained_on,
            )
            if same and (not column.epochs or self._question.get("epoch") in column.epochs):
                return True
        return False

    def _reported_column(self, report: str | None) -> Column:
        if report is None:
            own = {column.metric for column in self.table.schema if column.dataset == self.dataset}
            report = "test_accuracy" if "test_accuracy" in own else self.objective.label
        return self.table.column(report, dataset=self.dataset)

    def _values(self, column: Column) -> NDArray[np.float64]:
        return self.table.values(
            column.metric,
            dataset=column.dataset,
            device=column.device,
            schedule=column.schedule,
            trained_on=column.trained_on,
        )

    @property
    def sign(self) -> int:
        """1 where a larger objective is better, otherwise -1."""
        return 1 if self.objective.better == "max" else -1

    @property
    def optimum(self) -> float:
        """The best reported value that any architecture of the table has."""
        return float(np.nanmax(self.reported) if self.report.better == "max" else np.nanmin(self.reported))

    @property
    def draws(self) -> bool:
        """Whether an evaluation draws one of several runs at random."""
        return bool(self._runs.shape[1] > 1)

    def observe(self, index: NDArray[Any], uniform: NDArray[np.float64] | None) -> NDArray[np.float64]:
        """Give what evaluating valid architectures observes; NaN where the table has no value.

        Parameters
        ----------
        index
            Official indices of any shape.
        uniform
            Numbers in [0, 1) of the same shape that choose the run, where `draws`.
        """
        if uniform is None or not self.draws:
            return np.asarray(self._runs[index, 0])
        run = (uniform * self._run_count[index]).astype(np.intp)
        return np.asarray(self._runs[index, run])

    def describe(self) -> dict[str, Any]:
        """Give all that defines the task, as plain JSON types."""
        return {
            "table": self.table.name,
            "table_hash": self.table.hash,
            "space": self.space.name,
            "dataset": self.dataset,
            "objective": self.objective.label,
            **self._question,
            "noise": self.noise,
            "cost": self.cost,
            "repeats": self.repeats,
            "report": self.report.label,
            "report_schedule": self.report.schedule,
            "report_trained_on": self.report.trained_on,
        }

    def __repr__(self) -> str:
        """The objective, where it is read, and what is reported."""
        asked = ", ".join(f"{key}={value}" for key, value in self._question.items())
        return (
            f"<Task {self.objective.label} on {self.dataset} ({asked}), noise {self.noise!r}, "
            f"reports {self.report.label}, table {self.table.name}>"
        )
