"""What counts in a task: the metric that a search is judged by, its direction, and where it is read."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.errors import RequestError
from nasbench_sim.oracle.frozen import frozen
from nasbench_sim.oracle.objective import Objective, directions
from nasbench_sim.oracle.scalarisation import Scalarisation
from nasbench_sim.spaces.product import Array
from nasbench_sim.tables import Column, Computed, Table
from nasbench_sim.tables.metrics import Better

_ACCURACIES = ("train_accuracy", "val_accuracy", "test_accuracy", "valtest_accuracy")
_PUBLISHED_TRAININGS = (None, "train", "train+val")


@dataclasses.dataclass(frozen=True, eq=False)
class Criterion:
    """What a search is judged by.

    Attributes
    ----------
    column
        The metric.
    better
        Which end of it counts in the task.
    question
        The training that it is read from: schedule, trained_on and epoch, those that apply.
    values
        The mean of its runs for every architecture, shape (size,); Computed where a space is too large to
        list.
    """

    column: Column
    better: Better
    question: Mapping[str, Any]
    values: Any

    @property
    def label(self) -> str:
        """Metric and device as one asks for them: its name in frames."""
        return self.column.label

    @property
    def unit(self) -> str:
        """The metric's unit."""
        return self.column.unit

    @property
    def sign(self) -> int:
        """1 where larger is better, otherwise -1."""
        return 1 if self.better == "max" else -1

    def best(self, feasible: Any = None) -> float:
        """Compute the best value of all architectures, or of those that are feasible.

        NaN where a computed column does not tell it.
        """
        if isinstance(self.values, Computed):
            ends = {"max": self.values.high, "min": self.values.low}
            return np.nan if feasible is not None else ends[self.better]
        values = self.values if feasible is None else self.values[feasible]
        return float(np.nanmax(values) if self.sign == 1 else np.nanmin(values))

    def __str__(self) -> str:
        """In words, such as "test_accuracy in %, larger is better, mean of its runs (schedule=200)"."""
        unit = f" in {self.unit}" if self.unit else ""
        end = "larger" if self.sign == 1 else "smaller"
        read = ", ".join(f"{name}={value}" for name, value in self.question.items())
        return f"{self.label}{unit}, {end} is better, mean of its runs" + (f" ({read})" if read else "")


def read_criterion(
    table: Table,
    dataset: str,
    objectives: Sequence[Objective],
    scalarisation: Scalarisation | None,
    report: str | Mapping[str, Better] | None,
) -> Criterion:
    """Look up what a task is judged by.

    Parameters
    ----------
    table, dataset
        Where it is read.
    objectives, scalarisation
        What is searched for.
    report
        As in `Task`. None: the test accuracy where the (first) objective is an accuracy that the same table
        has of its own networks, and it has the test accuracy too; otherwise what is searched for.

    Raises
    ------
    RequestError
        For more than one metric, one that the table does not have, and a direction that is none.
    """
    if report is None:
        if scalarisation is not None:
            return _scalarised(table, objectives, scalarisation)
        return _default(table, dataset, objectives[0])
    asked = directions(report, "report")
    if len(asked) != 1:
        raise RequestError(f"a search is judged by one metric, not by {', '.join(asked)}")
    ((label, better),) = asked.items()
    column = table.column(label, **table.applying(label, {"dataset": dataset}))
    return _read(table, column, better or _direction(column, objectives), _longest(column))


def _default(table: Table, dataset: str, objective: Objective) -> Criterion:
    own = objective.column
    if own.metric not in _ACCURACIES or own.trained_on not in _PUBLISHED_TRAININGS:
        return _read(table, own, objective.better, objective.question)
    tested = {column.metric for column in table.schema if column.dataset == dataset}
    label = "test_accuracy" if "test_accuracy" in tested else own.label
    column = table.column(label, **table.applying(label, {"dataset": dataset}))
    return _read(table, column, objective.better, _longest(column))


def _direction(column: Column, objectives: Sequence[Objective]) -> Better:
    """Return the direction of the objective that is the same quantity, else the column's own."""
    for one in objectives:
        if _quantity(one.column) == _quantity(column):
            return one.better
    return column.better


def _quantity(column: Column) -> str:
    """Return a metric's name without the part of the data that it was measured on."""
    part = column.split
    return column.label if part is None else column.label.removeprefix(f"{part}_")


def _longest(column: Column) -> dict[str, Any]:
    """Return the training that a question reads which leaves it open: the last epoch of the schedule."""
    training = {"schedule": column.schedule, "trained_on": column.trained_on}
    return {name: value for name, value in training.items() if value is not None}


def _read(table: Table, column: Column, better: Better, question: Mapping[str, Any]) -> Criterion:
    values = table.lookup(column.metric, dataset=column.dataset, device=column.device, **question)
    return Criterion(column, better, question, values)


def scalarised(objectives: Sequence[Objective], scalarisation: Scalarisation) -> Column:
    """Say what a scalarisation makes of objectives, as a column."""
    listed = ", ".join(one.label for one in objectives)
    return Column(metric=scalarisation.name, source=f"{scalarisation!r} of {listed}", better="max")


def _scalarised(table: Table, objectives: Sequence[Objective], scalarisation: Scalarisation) -> Criterion:
    """Read a scalarisation off the means of the objectives' runs."""
    column = scalarised(objectives, scalarisation)
    if table.space.listed:
        each = np.stack([objective.mean for objective in objectives], axis=-1)
        return Criterion(column, "max", {}, frozen(scalarisation.value(each, objectives)))
    function = functools.partial(_value, scalarisation, tuple(objectives))
    return Criterion(column, "max", {}, Computed(table.space, function, digest=column.source))


def _value(
    scalarisation: Scalarisation, objectives: Sequence[Objective], index: Array
) -> NDArray[np.float64]:
    each = np.stack([objective.observe(index, None) for objective in objectives], axis=-1)
    return scalarisation.value(each, objectives)
