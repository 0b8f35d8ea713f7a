"""What one evaluation costs on the simulated clock."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.errors import RequestError
from nasbench_sim.oracle.frozen import Seconds, frozen
from nasbench_sim.oracle.objective import Objective
from nasbench_sim.spaces import SearchSpace
from nasbench_sim.spaces.product import Array
from nasbench_sim.tables import Computed, Table

_PUBLISHED_CLOCK = ("train_time", "val_time")


def evaluation_seconds(
    table: Table, dataset: str, objective: Objective, cost: str | Sequence[str] | Seconds | None
) -> tuple[NDArray[np.float64], str]:
    """Compute the seconds of one evaluation of every architecture, and what they are made of.

    Parameters
    ----------
    table, dataset
        Where times are looked up.
    objective
        What is observed: its training and epoch are what has to be waited for.
    cost
        As in `Task`.

    Returns
    -------
    array of float64, shape (size,), or Computed where the space is too large to list
        NaN where unknown.
    str
        The metrics that were added; empty where the table has no time for this objective.

    Raises
    ------
    RequestError
        For an array of the wrong shape or with negative seconds, and a metric that is not a time.
    """
    size = table.space.size
    if isinstance(cost, Seconds):
        if cost.values is None:
            return constant_seconds(np.nan, table.space), ""
        if cost.values.shape != (size,) or not np.all(cost.values >= 0):
            raise RequestError(f"cost is an array of {size} seconds of 0 or more, one an architecture")
        return cost.values, "an array of seconds"
    if cost is None:
        training, validation = _PUBLISHED_CLOCK
        names = [training] if _has_time(table, dataset, objective, training) else []
        if names and _has_time(table, dataset, objective, validation):
            names.append(validation)
    else:
        names = [cost] if isinstance(cost, str) else list(cost)
    parts = []
    for name in names:
        own = objective.question if name in _PUBLISHED_CLOCK else {}
        question: dict[str, Any] = {k: v for k, v in own.items() if name == "train_time" or k != "epoch"}
        column = table.column(name, dataset=dataset, **{k: v for k, v in question.items() if k != "epoch"})
        if column.unit not in ("s", "ms"):
            raise RequestError(f"a cost is a time; {column.describe()} is in {column.unit!r}")
        values = table.lookup(name, dataset=dataset, **question)
        parts.append((values, 1e-3 if column.unit == "ms" else 1.0))
    return _total(parts, table.space), " + ".join(names)


def constant_seconds(seconds: float, space: SearchSpace) -> Any:
    """Return the same seconds for every architecture."""
    if space.listed:
        return frozen(np.full(space.size, seconds))
    return Computed(space, functools.partial(_filled, seconds), digest=str(seconds))


def _filled(seconds: float, index: Array) -> NDArray[np.float64]:
    return np.full(index.shape, seconds)


def _total(parts: Sequence[tuple[Any, float]], space: SearchSpace) -> Any:
    """Compute the sum of numbers, each times its factor; NaN, unknown, where there are none."""
    if not parts:
        return constant_seconds(np.nan, space)
    if space.listed:
        return frozen(np.asarray(sum(numbers * factor for numbers, factor in parts)))
    digest = " + ".join(f"{factor} * {numbers.digest}" for numbers, factor in parts)
    return Computed(space, functools.partial(_summed, parts), digest=digest)


def _summed(parts: Sequence[tuple[Computed, float]], index: Array) -> NDArray[np.float64]:
    return np.asarray(sum(numbers.take(index) * factor for numbers, factor in parts))


def share_of_training(table: Table, dataset: str, objective: Objective) -> tuple[NDArray[np.float64], str]:
    """Compute the seconds up to an epoch for which the table has no time, as a share of the whole training.

    The published times are constant over the epochs of a training.

    Returns
    -------
    array of float64, shape (size,)
        NaN where the table has no time for this training at all.
    str
        What was added; empty where there is no time.
    """
    own, epoch = objective.column, objective.question.get("epoch")
    key = ("train_time", dataset, own.trained_on, own.schedule)
    for column in table.schema:
        fits = (column.metric, column.dataset, column.trained_on, column.schedule) == key
        if fits and column.epochs and epoch is not None:
            whole = table.values(
                "train_time", dataset=dataset, schedule=own.schedule, trained_on=own.trained_on
            )
            made_of = f"{epoch}/{column.epochs[-1]} of train_time"
            seconds = whole * (epoch / column.epochs[-1])
            if _has_time(table, dataset, objective, "val_time"):
                validation = table.values(
                    "val_time", dataset=dataset, schedule=own.schedule, trained_on=own.trained_on
                )
                return frozen(seconds + validation), f"{made_of} + val_time"
            return frozen(seconds), made_of
    return constant_seconds(np.nan, table.space), ""


def _has_time(table: Table, dataset: str, objective: Objective, metric: str) -> bool:
    """Tell whether the table has this part of the published clock for the objective's training."""
    for column in table.schema:
        if (column.metric, column.dataset) != (metric, dataset):
            continue
        own = objective.column
        same = (column.schedule, column.trained_on) == (own.schedule, own.trained_on)
        if metric != "train_time":
            if same and column.coverage >= own.coverage:  # not where the time of some only is published
                return True
            continue
        if same and (not column.epochs or objective.question.get("epoch") in column.epochs):
            return True
    return False
