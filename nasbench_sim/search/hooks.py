"""What a person hangs on a run: a callback after every round, which may end replicates, and attributes."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nasbench_sim.errors import RequestError
from nasbench_sim.oracle import Budget, Oracle, Task, Workers
from nasbench_sim.oracle.frozen import frozen
from nasbench_sim.spaces.product import Array


@dataclasses.dataclass(frozen=True, eq=False)
class Round:
    """What a callback is shown after each round: what was evaluated, and how far the replicates are.

    Several workers make one round of each end of an evaluation. Large numbers of replicates are advanced in
    parts, each with rounds of its own.

    Attributes
    ----------
    number
        Of the round, from 1.
    task, budget
        What is optimised and what may be spent.
    seeds
        Of the replicates R.
    index
        What was evaluated, official indices, shape (R, q); -1 for nothing.
    values
        What the searcher is told, larger is better, -inf where missing, shape (R, q) or (R, q, objectives).
    active
        Which replicates had not ended before the round, shape (R,); of the others nothing is recorded.
    spent
        Evaluations or seconds, as the budget was given, shape (R,).

    Examples
    --------
    >>> import nasbench_sim as nbs
    >>> task = nbs.Task(nbs.load_table("nas-bench-201"), dataset="cifar10")
    >>> def enough(round):
    ...     round.stop(round.values.max(axis=1) > 90)
    >>> budget = nbs.Budget(evaluations=50)
    >>> runs = nbs.run("simulated_annealing", task, budget=budget, seeds=9, callback=enough)
    >>> bool((runs.length < 50).any())
    True
    """

    number: int
    task: Task
    budget: Budget
    seeds: tuple[int, ...]
    index: Array
    values: NDArray[np.float64]
    active: NDArray[np.bool_]
    spent: NDArray[np.float64]
    _world: Oracle | Workers

    def stop(self, replicates: ArrayLike = True) -> None:
        """End the run: what was evaluated stands, and nothing more is begun.

        Parameters
        ----------
        replicates
            True at those that end, shape (R,); by default all. Whoever looks at each replicate alone keeps
            the promise that a seed fixes its trajectory whatever runs beside it.
        """
        chosen = np.asarray(replicates)
        if chosen.dtype != bool or chosen.shape not in ((), self.active.shape):
            raise RequestError(
                f"stop takes a truth value for each of {len(self.active)} replicates, not {replicates!r}"
            )
        self._world.stop(np.broadcast_to(chosen, self.active.shape))


Callback = Callable[[Round], object]


class Rounds:
    """Calls back after every round; costs nothing where nobody listens.

    Parameters
    ----------
    callback
        What is called; None for nobody.
    world
        Whose rounds they are.
    """

    def __init__(self, callback: Callback | None, world: Oracle | Workers) -> None:
        self._callback = callback
        self._world = world
        self._oracle = world if isinstance(world, Oracle) else world.oracle
        self._number = 0

    def active(self) -> NDArray[np.bool_] | None:
        """Tell which replicates have not ended, where somebody listens."""
        return None if self._callback is None else self._oracle.running.copy()

    def ended(self, index: Array, values: NDArray[np.float64], active: NDArray[np.bool_] | None) -> None:
        """Call back after a round; the arrays are read-only to the callback."""
        if self._callback is None or active is None:
            return
        self._number += 1
        oracle = self._oracle
        shown = Round(
            self._number,
            oracle.task,
            oracle.budget,
            oracle.seeds,
            frozen(index),
            frozen(values),
            frozen(active),
            frozen(oracle.spent),
            self._world,
        )
        self._callback(shown)


def check_hooks(callback: Any, attributes: Any) -> dict[str, Any]:
    """Return attributes as plain JSON types, or raise the error for what is no callback or attribute."""
    if callback is not None and not callable(callback):
        raise RequestError(f"a callback is a function that takes a round, not {callback!r}")
    if attributes is None:
        return {}
    if not isinstance(attributes, Mapping) or not all(isinstance(name, str) for name in attributes):
        raise RequestError(f"attributes is a mapping of names to plain values, not {attributes!r}")
    try:
        plain: dict[str, Any] = json.loads(json.dumps(dict(attributes), allow_nan=False))
    except (TypeError, ValueError) as error:
        raise RequestError(f"attributes are plain values, as in JSON: {error}") from error
    return plain
