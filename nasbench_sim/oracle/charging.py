"""Whether a task can be charged against a budget, and what the budget is enough for."""

from __future__ import annotations

import numpy as np

from nasbench_sim.errors import RequestError
from nasbench_sim.oracle.budget import Budget
from nasbench_sim.oracle.task import Task


def check_budget(task: Task, budget: Budget) -> None:
    """Raise the error for a budget that the task cannot be charged against, or that is enough for nothing."""
    if task.trains or (budget.seconds is None and budget.workers == 1):
        return  # what is trained is measured
    unknown_cost = task.space.size
    if task.space.listed:
        levels = [one.costs for one in task.fidelities] or [task.costs]
        unknown_cost = max(int(np.isnan(costs).sum()) for costs in levels)
    elif all(one.cost for one in task.fidelities) and task.charges:
        return
    what = "a budget in seconds" if budget.workers == 1 else "a clock with several workers"
    if unknown_cost:
        raise RequestError(
            f"{what} needs the cost of every architecture; {unknown_cost:,} have none "
            f"(cost: {task.charges or 'the table has no training time for this objective'}); "
            "give the task a cost" + (" or use Budget(evaluations=...)" if budget.workers == 1 else "")
        )
    if budget.seconds is not None and not (task.costs > 0).any():
        raise RequestError("a budget in seconds never ends on a task whose evaluations cost nothing")
    cheapest = cheapest_seconds(task)
    if budget.seconds is not None and budget.overshoot == "drop" and budget.seconds < cheapest:
        raise RequestError(
            f"nothing can be evaluated within {budget.seconds!r} seconds: the cheapest evaluation takes "
            f"{cheapest!r}, and overshoot='drop' drops it"
        )


def cheapest_seconds(task: Task) -> float:
    """Compute the seconds of the cheapest evaluation; 0 of what is not listed, infinite of unknown ones."""
    if task.trains or not task.space.listed:
        return 0.0
    known = [one.costs[~np.isnan(one.costs)] for one in task.fidelities or [task]]
    return min(float(costs.min(initial=np.inf)) for costs in known)


def shortfall(task: Task, budget: Budget) -> str:
    """Say in words that a budget ends within the first evaluation of every replicate; empty if it does not.

    Examples
    --------
    >>> import nasbench_sim as nbs
    >>> task = nbs.Task(nbs.load_table("nas-bench-201"), dataset="cifar10")
    >>> shortfall(task, nbs.Budget(seconds=1))
    'the budget ends within the first evaluation: the cheapest takes 542.231 s, so each replicate makes one'
    >>> shortfall(task, nbs.Budget(seconds=12_000))
    ''
    """
    if budget.seconds is None:
        return ""
    cheapest = cheapest_seconds(task)
    if cheapest < budget.seconds or cheapest == np.inf:
        return ""
    made = "makes one" if budget.workers == 1 else "makes one a worker"
    return (
        f"the budget ends within the first evaluation: the cheapest takes {cheapest:,g} s, so each "
        f"replicate {made}"
    )
