"""A task as a problem of pymoo."""

from __future__ import annotations

from typing import Any

import numpy as np

from nasbench_sim.oracle import Task
from nasbench_sim.search.adapters.library import Evaluation, imported
from nasbench_sim.spaces import SearchSpace


def pymoo_problem(task: Task, seed: int = 0) -> Any:
    """Give a vectorised `pymoo.core.problem.Problem` over integers.

    Parameters
    ----------
    task
        A task of one or several objectives.
    seed
        Of the noise.

    Returns
    -------
    Problem
        One integer variable a position; the objectives signed so that smaller is better, inf where the
        table has no value.

    Raises
    ------
    MissingDependencyError
        Where pymoo is not installed.

    Examples
    --------
    >>> import nasbench_sim as nbs
    >>> problem = pymoo_problem(nbs.Task(nbs.load_table("nas-bench-201"), dataset="cifar10", noise="mean"))
    >>> problem.evaluate(np.array([[3, 3, 3, 3, 3, 3]])).round(3)
    array([[-90.199]])
    """
    evaluation = Evaluation(task, seed)
    objectives = len(task.objectives) if task.several else 1

    class TaskProblem(imported("pymoo.core.problem").Problem):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__(n_obj=objectives, **bounds(task.space))

        def _evaluate(self, x: Any, out: dict[str, Any], *args: Any, **kwargs: Any) -> None:
            out["F"] = evaluation(np.asarray(x).astype(np.int64)).reshape(len(x), -1)

    return TaskProblem()


def bounds(space: SearchSpace) -> dict[str, Any]:
    """Give pymoo's description of a space: number, bounds and type of the variables."""
    return {
        "n_var": len(space.positions),
        "xl": np.zeros(len(space.positions), dtype=np.int64),
        "xu": space.cardinalities - 1,
        "vtype": int,
    }
