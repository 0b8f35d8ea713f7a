"""Scores of architectures by a proxy that the table has: cheaper to look at than the objective."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.errors import RequestError
from nasbench_sim.oracle import Task
from nasbench_sim.search.hyperparameter import Choice, Hyperparameter
from nasbench_sim.spaces.product import Array
from nasbench_sim.tables import Computed


class Proxy(Hyperparameter[str]):
    """The name of a metric of the task's table, such as ``params``, ``synflow`` or ``latency:raspi4``."""

    def check(self, value: object) -> str:
        """Accept a string; what the table has, `scores` checks."""
        if not isinstance(value, str) or not value:
            raise self.wrong(value)
        return value

    def allowed(self) -> str:
        """Say the form."""
        return "the name of a metric of the table"


def direction() -> Choice:
    """Declare which end of a proxy is taken for good: not the column's, for which fewer params are better."""
    return Choice("max", "which proxy values are taken for good", options=("max", "min"))


class Scores:
    """Scores in a space too large to list: indexed by official indices, they are computed."""

    def __init__(self, numbers: Computed, better: str) -> None:
        self._numbers = numbers
        self._better = better

    def __getitem__(self, index: Array) -> NDArray[np.float64]:
        """Give the scores of architectures."""
        return _signed(self._numbers.take(index), self._better)


def refuse_trained(task: Task, proxy: str) -> None:
    """Refuse a metric that networks are trained for: looking at it is not free.

    Raises
    ------
    RequestError
        It says what to do instead.
    """
    if any(column.metric == proxy.partition(":")[0] and column.schedule for column in task.table.schema):
        raise RequestError(
            f"{proxy} is known after training only, which a proxy is not charged for: make it a fidelity of "
            "the task, and search with a multi-fidelity searcher"
        )


def scores(task: Task, proxy: str, better: str) -> NDArray[np.float64] | Scores:
    """Give what tells the score of any architecture, larger is better, -inf where the table has none.

    Parameters
    ----------
    task
        Read on the task's data set where the metric has one. ``params`` and ``flops`` that the table lacks
        are computed, where the space can.
    proxy, better
        Metric, and the end of it that is good.

    Returns
    -------
    array of float64, shape (size,), or Scores

    Raises
    ------
    RequestError
        For a metric that the table does not have, or has for no architecture.
    """
    known = any(column.metric == proxy for column in task.table.schema)
    computed = getattr(task.space, proxy, None) if proxy in ("params", "flops") and not known else None
    if computed is not None:
        values = np.asarray(computed(task.space.all_indices(), dataset=task.dataset), dtype=np.float64)
    else:
        question = task.table.applying(proxy, {"dataset": task.dataset})
        values = task.table.lookup(proxy, **question)
        if isinstance(values, Computed):
            return Scores(values, better)
    if np.isnan(values).all():
        raise RequestError(f"the proxy {proxy} has no value for any architecture of {task.table.name}")
    return _signed(values, better)


def _signed(values: NDArray[np.float64], better: str) -> NDArray[np.float64]:
    return np.where(np.isnan(values), -np.inf, values if better == "max" else -values)


def best_first(pool: Array, score: NDArray[np.float64] | Scores) -> tuple[Array, NDArray[np.bool_]]:
    """Sort pools of architectures by their score, and tell which places hold one for the first time.

    Parameters
    ----------
    pool
        Official indices, shape (R, n).
    score
        Of every architecture, as `scores` gives them.

    Returns
    -------
    pool, first
        Shape (R, n): best first, of equals the smaller index, repeats at the end; False for repeats.

    Examples
    --------
    >>> best_first(np.array([[2, 0, 2, 1]]), np.array([0.5, 0.9, 0.7]))
    (array([[1, 2, 0, 2]]), array([[ True,  True,  True, False]]))
    """
    pool = np.take_along_axis(pool, np.lexsort((pool, -score[pool]), axis=1), axis=1)
    first = np.ones(pool.shape, dtype=bool)
    first[:, 1:] = pool[:, 1:] != pool[:, :-1]
    order = np.argsort(~first, axis=1, kind="stable")
    return np.take_along_axis(pool, order, axis=1), np.take_along_axis(first, order, axis=1)
