"""Scores of architectures by a proxy: cheaper to look at than the objective."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.errors import RequestError
from nasbench_sim.oracle import Task
from nasbench_sim.search.hyperparameter import Choice, Hyperparameter
from nasbench_sim.search.searcher import Context
from nasbench_sim.spaces.product import Array
from nasbench_sim.tables import Computed


class Proxy(Hyperparameter[str]):
    """The name of a metric of the task's table, such as ``params``, ``synflow`` or ``latency:raspi4``.

    On a task that trains, which has no table to look it up in, it names a proxy that is computed.
    """

    def check(self, value: object) -> str:
        """Accept a string; whether there is such a proxy, `Scores` checks."""
        if not isinstance(value, str) or not value:
            raise self.wrong(value)
        return value

    def allowed(self) -> str:
        """Say the form."""
        return "the name of a metric of the table"


def direction() -> Choice:
    """Declare which end of a proxy is taken for good: not the column's, for which fewer params are better."""
    return Choice("max", "which proxy values are taken for good", options=("max", "min"))


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


class Scores:
    """The scores of architectures by a proxy: larger is better, -inf where it has no value.

    What lies in a table costs nothing on the clock. What is computed for it (`Task.proxy`) costs the seconds
    that it took, which a replicate pays once an architecture; for one that has ended nothing is computed, and
    its scores are -inf.

    Parameters
    ----------
    context
        Its task is read on its own data set where the metric has one. ``params`` and ``flops`` that the table
        lacks are worked out, where the space can.
    proxy, better
        Metric, and the end of it that is good.

    Raises
    ------
    RequestError
        For a metric that the task does not have, or has for no architecture.
    """

    def __init__(self, context: Context, proxy: str, better: str) -> None:
        self._better = better
        self._bill = context.bill
        self._paid: list[set[int]] = [set() for _ in range(context.replicates)]
        self._numbers: Any
        self._seconds: Computed | None
        computed = context.task.proxy(proxy)
        self._numbers, self._seconds = computed or (_looked_up(context.task, proxy), None)
        listed = isinstance(self._numbers, np.ndarray)
        self._signed = self._with_sign(self._numbers) if listed else None

    def of(self, index: Array, replicates: Sequence[int] | NDArray[np.intp]) -> NDArray[np.float64]:
        """Give the scores that replicates ask for.

        Parameters
        ----------
        index
            Official indices, shape (n, k).
        replicates
            Who asks for each row, shape (n,).
        """
        if self._seconds is None:
            return self._with_sign(self._numbers.take(index)) if self._signed is None else self._signed[index]
        found = np.full(index.shape, -np.inf)
        for place, replicate in enumerate(replicates):
            if self._bill.running[replicate]:
                found[place] = self._with_sign(self._numbers.take(index[place]))
                new = set(index[place].tolist()) - self._paid[replicate]
                self._paid[replicate] |= new
                self._bill.add(int(replicate), float(self._seconds.take(np.array(sorted(new), int)).sum()))
        return found

    def _with_sign(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.where(np.isnan(values), -np.inf, values if self._better == "max" else -values)


def _looked_up(task: Task, proxy: str) -> Any:
    known = any(column.metric == proxy for column in task.table.schema)
    computed = getattr(task.space, proxy, None) if proxy in ("params", "flops") and not known else None
    if computed is not None:
        return np.asarray(computed(task.space.all_indices(), dataset=task.dataset), dtype=np.float64)
    values = task.table.lookup(proxy, **task.table.applying(proxy, {"dataset": task.dataset}))
    if not isinstance(values, Computed) and np.isnan(values).all():
        raise RequestError(f"the proxy {proxy} has no value for any architecture of {task.table.name}")
    return values


def best_first(pool: Array, score: NDArray[np.float64]) -> tuple[Array, NDArray[np.bool_]]:
    """Sort pools of architectures by their score, and tell which places hold one for the first time.

    Parameters
    ----------
    pool
        Official indices, shape (R, n).
    score
        Of each of them, shape (R, n).

    Returns
    -------
    pool, first
        Shape (R, n): best first, of equals the smaller index, repeats at the end; False for repeats.

    Examples
    --------
    >>> best_first(np.array([[2, 0, 2, 1]]), np.array([[0.7, 0.5, 0.7, 0.9]]))
    (array([[1, 2, 0, 2]]), array([[ True,  True,  True, False]]))
    """
    pool = np.take_along_axis(pool, np.lexsort((pool, -score), axis=1), axis=1)
    first = np.ones(pool.shape, dtype=bool)
    first[:, 1:] = pool[:, 1:] != pool[:, :-1]
    order = np.argsort(~first, axis=1, kind="stable")
    return np.take_along_axis(pool, order, axis=1), np.take_along_axis(first, order, axis=1)
