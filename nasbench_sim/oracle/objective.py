"""One quantity that a search optimises: its column, which end is good, what an evaluation observes."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.errors import RequestError, nearest
from nasbench_sim.oracle.frozen import frozen
from nasbench_sim.tables import Column, Computed, Table
from nasbench_sim.tables.metrics import Better
from nasbench_sim.tables.numbers import mean_of_runs

Noise = Literal["run", "mean"] | int
_NOISES = 32


@dataclasses.dataclass(frozen=True, eq=False)
class Objective:
    """A column of a table as something to optimise.

    Attributes
    ----------
    column
        What is observed.
    better
        Which end of it is good: the column's own, unless said otherwise.
    question
        The training that it is read from: schedule, trained_on and epoch, those that apply.
    runs
        What an evaluation can observe, shape (size, runs); the runs that an architecture lacks come last.
    run_count
        Runs of each architecture, shape (size,).
    """

    column: Column
    better: Better
    question: Mapping[str, Any]
    runs: NDArray[np.float64]
    run_count: NDArray[np.int64]

    @property
    def label(self) -> str:
        """Metric and device as one asks for them."""
        return self.column.label

    @property
    def sign(self) -> int:
        """1 where larger is better, otherwise -1."""
        return 1 if self.better == "max" else -1

    @property
    def draws(self) -> bool:
        """Whether an evaluation draws one of several runs at random."""
        return bool(self.runs.shape[1] > 1)

    def observe(self, index: NDArray[Any], uniform: NDArray[np.float64] | None) -> NDArray[np.float64]:
        """Look up what evaluating valid architectures observes; NaN where the table has no value.

        Parameters
        ----------
        index
            Official indices of any shape.
        uniform
            Numbers in [0, 1) of the same shape that choose the run: number floor(u * n) of n.
        """
        if uniform is None or not self.draws:
            return np.asarray(self._flat.take(index * self.runs.shape[1]))
        place = (uniform * self._float_count.take(index)).astype(np.intp)
        place += index * self.runs.shape[1]
        return np.asarray(self._flat.take(place))

    @functools.cached_property
    def _flat(self) -> NDArray[np.float64]:
        return self.runs.ravel()

    @functools.cached_property
    def _float_count(self) -> NDArray[np.float64]:
        return self.run_count.astype(np.float64)

    @functools.cached_property
    def mean(self) -> NDArray[np.float64]:
        """The mean of what can be observed of each architecture, shape (size,)."""
        return frozen(mean_of_runs(self.runs))

    @functools.cached_property
    def worst(self) -> float:
        """The worst mean that any architecture has, in the objective's own unit."""
        return float(np.nanmin(self.mean) if self.better == "max" else np.nanmax(self.mean))

    @functools.cached_property
    def best(self) -> float:
        """The best mean that any architecture has, in the objective's own unit."""
        return float(np.nanmax(self.mean) if self.better == "max" else np.nanmin(self.mean))


@dataclasses.dataclass(frozen=True, eq=False)
class ComputedObjective(Objective):
    """A column of computed numbers as something to optimise, in a space too large to list.

    Attributes
    ----------
    numbers
        One number an architecture.
    noise
        What an evaluation observes beside it: any of these, each as likely; shape (runs,).
    """

    numbers: Computed
    noise: NDArray[np.float64] = dataclasses.field(default_factory=functools.partial(np.zeros, 1))

    @property
    def draws(self) -> bool:
        """Whether an evaluation draws its noise at random."""
        return bool(len(self.noise) > 1)

    def observe(self, index: NDArray[Any], uniform: NDArray[np.float64] | None) -> NDArray[np.float64]:
        """Compute what evaluating valid architectures observes."""
        numbers = self.numbers.take(index)
        if uniform is None or not self.draws:
            return numbers
        return np.asarray(numbers + self.noise[(uniform * len(self.noise)).astype(np.intp)])

    @property
    def mean(self) -> NDArray[np.float64]:
        """Raises the error for a space that cannot be listed."""
        return np.asarray(self.numbers)

    @property
    def worst(self) -> float:
        """The worst number that any architecture has, where it is known."""
        return self._end("low" if self.better == "max" else "high")

    @property
    def best(self) -> float:
        """The best number that any architecture has, where it is known."""
        return self._end("high" if self.better == "max" else "low")

    def _end(self, name: str) -> float:
        found: float = getattr(self.numbers, name)
        if np.isnan(found):
            raise RequestError(
                f"the range of {self.label} over {self.numbers.space.size:,} architectures is not known: "
                "give its column as Computed(..., low=, high=)"
            )
        return found


def read_objective(
    table: Table,
    label: str,
    *,
    dataset: str | None,
    schedule: int | None,
    epoch: int | None,
    trained_on: str | None,
    noise: Noise,
    better: Better | None = None,
) -> Objective:
    """Look an objective up; the parameters are those of `Task`.

    Raises
    ------
    RequestError
        For anything that the table does not have, and where no architecture has a value.
    """
    dataset = table.applying(label, {"dataset": dataset}).get("dataset")  # a proxy may have none
    column = table.column(label, dataset=dataset, schedule=schedule, trained_on=trained_on)
    training = {"schedule": column.schedule, "trained_on": column.trained_on}
    if column.epochs:
        training["epoch"] = column.epochs[-1] if epoch is None else epoch
    question: dict[str, Any] = {key: value for key, value in training.items() if value is not None}
    if not table.space.listed:
        seed = None if isinstance(noise, str) else noise
        numbers = table.lookup(label, dataset=dataset, epoch=epoch, seed=seed, **training)
        none, counts = np.empty((0, 1)), np.empty(0, dtype=np.int64)
        given = (column, better or column.better, question, none, counts, numbers)
        return (
            ComputedObjective(*given, _deviations(numbers)) if noise == "run" else ComputedObjective(*given)
        )
    runs = _observable(table, label, noise, {"dataset": dataset, "epoch": epoch, **question})
    data = table.data(table.schema.index(column))
    if noise == "run" and isinstance(data, Computed):
        runs = runs + _deviations(data)
    run_count = np.isfinite(runs).sum(axis=1)
    if not run_count.any():
        raise RequestError(f"{column.describe()}: no architecture has a value")
    # The missing go to the end of their row, so that run k of n is drawn as floor(u * n).
    order = np.argsort(~np.isfinite(runs), axis=1, kind="stable")
    runs = np.ascontiguousarray(np.take_along_axis(runs, order, axis=1)[:, : run_count.max()])
    return Objective(column, better or column.better, question, frozen(runs), frozen(run_count))


def _observable(table: Table, label: str, noise: Noise, question: Mapping[str, Any]) -> NDArray[np.float64]:
    """Read the values that an evaluation can observe, shape (size, runs)."""
    if isinstance(noise, str):
        runs = table.runs(label, **question)
        return runs if noise == "run" else mean_of_runs(runs)[:, None]
    return table.values(label, seed=noise, **question)[:, None]


def _deviations(numbers: Computed) -> NDArray[np.float64]:
    """Compute equally likely normal deviations of the size that evaluations have, shape (runs,)."""
    if not numbers.deviation:
        return np.zeros(1)
    from scipy.special import ndtri

    normal = ndtri((np.arange(_NOISES) + 0.5) / _NOISES)
    return np.asarray(numbers.deviation * normal / normal.std())


def directions(
    asked: str | Sequence[str] | Mapping[str, Better], what: str = "objective"
) -> dict[str, Better | None]:
    """List the metrics that were asked for, each with its direction; None for the column's own.

    Parameters
    ----------
    asked
        A metric, several, or a mapping of each to its direction.
    what
        What they are called in errors.

    Examples
    --------
    >>> directions(["val_accuracy", "latency:eyeriss"])
    {'val_accuracy': None, 'latency:eyeriss': None}

    Raises
    ------
    RequestError
        For none, the same twice, and a direction that is missing or neither max nor min.
    """
    if isinstance(asked, str):
        return {asked: None}
    listed = list(asked) if isinstance(asked, Iterable) else [asked]
    if not listed or not all(isinstance(label, str) for label in listed):
        raise RequestError(f"{what} is a metric, a list of them or metric -> direction, not {asked!r}")
    twice = sorted({label for label in listed if listed.count(label) > 1})
    if twice:
        raise RequestError(f"each {what} once: {', '.join(twice)} is there more than once")
    if not isinstance(asked, Mapping):
        return dict.fromkeys(listed)
    checked: dict[str, Better | None] = {}
    for label, better in asked.items():
        if better == "max":
            checked[label] = "max"
        elif better == "min":
            checked[label] = "min"
        else:
            hint = nearest(better, ("max", "min")) if isinstance(better, str) else ""
            raise RequestError(f"the direction of {label} is 'max' or 'min', not {better!r}{hint}")
    return checked
