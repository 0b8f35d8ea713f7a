"""Reaching a target: when what is reported, or observed, of the best so far is as good as was asked for."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.errors import RequestError
from nasbench_sim.oracle.budget import Budget
from nasbench_sim.oracle.task import Task
from nasbench_sim.spaces.product import Array

_SAME = 1e-9  # of a target: what is written as 91.684 is met by the doubles next to it


def check_target(task: Task, budget: Budget) -> None:
    """Raise the error for a target that nothing of the task can be compared with."""
    if budget.target is not None and task.several:
        raise RequestError(
            "a target is for one number, and several objectives have none: give the task a scalarisation"
        )


def good_enough(values: NDArray[np.float64], target: float, sign: int) -> NDArray[np.bool_]:
    """Tell which values are as good as a target or better, up to a billionth of it; never NaN.

    Examples
    --------
    >>> good_enough(np.array([91.68399998, 91.684, 91.69, np.nan]), 91.684, 1)
    array([ True,  True,  True, False])
    """
    return np.asarray(sign * values >= sign * target - _SAME * abs(target))


class Target:
    """Follows the best so far of R replicates, and tells when it has reached the budget's target.

    Parameters
    ----------
    task, budget
        What is optimised, and the target: of what is reported of the incumbent, or of what it observed.
    replicates
        How many.
    """

    def __init__(self, task: Task, budget: Budget, replicates: int) -> None:
        assert budget.target is not None
        self._task = task
        self._reported = budget.target_of == "reported"
        self._target = budget.target
        self._best = np.full(replicates, -np.inf)
        self._level = np.zeros(replicates, dtype=np.int64)
        self.reached = np.zeros(replicates, dtype=bool)
        """Which replicates have reached it."""

    def update(self, index: Array, told: NDArray[np.float64], level: Array | None) -> NDArray[np.bool_]:
        """Take one evaluation of each replicate in, and tell which reach the target by it.

        Parameters
        ----------
        index
            What was evaluated, shape (R,); -1 for nothing.
        told
            What was observed, larger is better, -inf where nothing was; shape (R,).
        level
            Places in the task's fidelities; values of different ones do not compare, and the highest counts.
        """
        place = np.where(index >= 0, index, 0)
        known = (index >= 0) & ~np.isneginf(told)
        if self._task.penalty is not None:
            known &= self._task.penalty.feasible[place]
        better = known & (told > self._best)
        if level is not None:
            better = known & ((level > self._level) | ((level == self._level) & better))
            self._level = np.where(better, level, self._level)
        self._best = np.where(better, told, self._best)
        if self._reported:
            met = good_enough(self._task.reported[place], self._target, self._task.report.sign)
        else:
            met = good_enough(told, self._task.sign * self._target, 1)
        new = better & met & ~self.reached
        self.reached |= new
        return np.asarray(new)
