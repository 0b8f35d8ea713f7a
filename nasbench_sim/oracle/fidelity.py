"""Cheaper and dearer ways to observe an objective: epochs of a training, other trainings, proxies."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np

from nasbench_sim.errors import RequestError
from nasbench_sim.oracle.clock import constant_seconds, evaluation_seconds, share_of_training
from nasbench_sim.oracle.frozen import Seconds
from nasbench_sim.oracle.objective import Noise, Objective, read_objective
from nasbench_sim.tables import Table

Level = int | tuple[int, int] | str
"""How a fidelity is asked for: an epoch, a schedule and an epoch, or a metric."""


@dataclasses.dataclass(frozen=True, eq=False)
class Fidelity:
    """One way to observe the objective.

    Attributes
    ----------
    objective
        What is observed.
    costs
        Seconds from scratch, shape (size,); Computed where they are not listed.
    cost
        What they are made of.
    """

    objective: Objective
    costs: Any
    cost: str

    @property
    def epoch(self) -> int | None:
        """Epochs of training; None for what is not trained."""
        epoch: int | None = self.objective.question.get("epoch", self.objective.column.schedule)
        return epoch

    @property
    def training(self) -> tuple[Any, ...]:
        """What can be continued: two fidelities with equal ones are moments of one training."""
        column = self.objective.column
        if column.schedule is None:
            return (column.label,)
        return (column.dataset, column.trained_on, column.schedule)

    @property
    def label(self) -> str:
        """Such as "val_accuracy at epoch 4 of 12"."""
        column = self.objective.column
        if column.schedule is None:
            return column.label
        return f"{column.label} at epoch {self.epoch} of {column.schedule}"


def read_fidelities(
    table: Table,
    label: str,
    levels: Sequence[Level],
    *,
    dataset: str,
    schedule: int | None,
    trained_on: str | None,
    noise: Noise,
    cost: str | Sequence[str] | Seconds | None,
) -> tuple[Fidelity, ...]:
    """Look fidelities up, from the cheapest to the one that counts.

    Parameters
    ----------
    label
        The objective's metric.
    levels
        Epochs of the schedule, pairs of a schedule and an epoch, or metrics (a proxy, say).
    cost
        Seconds of each fidelity and architecture, shape (fidelities, size); None for the published clock:
        the share of the training time and a validation pass, and nothing for what is not trained.

    Raises
    ------
    RequestError
        For fewer than two, one of another form, epochs that do not increase within a training, and one that
        costs less than an earlier moment of its own training.
    """
    if len(levels) < 2:
        raise RequestError(f"fidelities is a list of two or more, from the cheapest up, not {levels!r}")
    given = _given_seconds(cost, (len(levels), table.space.size))
    found: list[Fidelity] = []
    for place, level in enumerate(levels):
        metric, own_schedule, epoch = _training(level, label, schedule)
        objective = read_objective(
            table,
            metric,
            dataset=dataset,
            schedule=own_schedule,
            epoch=epoch,
            trained_on=trained_on if metric == label else None,
            noise=noise if metric == label else "mean",
        )
        if given is not None:
            seconds, made_of = given[place], "an array of seconds"
        elif objective.column.schedule is None:
            seconds, made_of = constant_seconds(0.0, table.space), "nothing"
        else:
            seconds, made_of = evaluation_seconds(table, dataset, objective, None)
            if not made_of:
                seconds, made_of = share_of_training(table, dataset, objective)
        found.append(Fidelity(objective, seconds, made_of))
    for before, after in itertools.pairwise(found):
        _check_order(before, after)
    if found[-1].objective.label != label:
        raise RequestError(f"the last fidelity is what counts: {label}, not {found[-1].label}")
    return tuple(found)


def _given_seconds(cost: str | Sequence[str] | Seconds | None, shape: tuple[int, int]) -> Any:
    """Compute the seconds of each fidelity and architecture; None for the published clock."""
    if cost is None:
        return None
    values = cost.values if isinstance(cost, Seconds) else np.empty(0)
    if values is None:  # known by their hash only
        return np.full(shape, np.nan)
    if values.shape != shape or not np.all(values >= 0):
        raise RequestError(
            f"the cost of fidelities is an array of seconds of 0 or more of shape {shape}, a row a fidelity"
        )
    return values


def check_resume(fidelities: Sequence[Fidelity]) -> None:
    """Raise the error for trainings that are to be continued although they are different ones."""
    trainings = dict.fromkeys(one.training for one in fidelities)
    if len(trainings) > 1:
        listed = ", ".join(one.label for one in fidelities)
        raise RequestError(
            "resume=True: only an earlier epoch of the same training can be continued, and these are "
            f"{len(trainings)} different ones: {listed}; leave resume out to continue where that is possible"
        )


def _training(level: Level, label: str, schedule: int | None) -> tuple[str, int | None, int | None]:
    """Read the metric, schedule and epoch that a level means."""
    if isinstance(level, str):
        return level, None, None
    return (label, *level) if isinstance(level, tuple) else (label, schedule, level)


def _check_order(before: Fidelity, after: Fidelity) -> None:
    if before.training != after.training or before.epoch is None or after.epoch is None:
        return
    if after.epoch <= before.epoch:
        raise RequestError(f"fidelities go up: {after.label} comes after {before.label}")
    cheaper = int((after.costs < before.costs).sum())
    if cheaper:
        raise RequestError(
            f"{after.label} costs less than {before.label} for {cheaper:,} architectures: a training cannot "
            "cost less at more epochs"
        )
