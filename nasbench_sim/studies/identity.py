"""What makes a task the task that it is, and the names that several tasks go by."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from nasbench_sim.errors import RequestError
from nasbench_sim.oracle import Task
from nasbench_sim.tables import Computed


def identity(task: Task) -> dict[str, Any]:
    """Give all that the results of a task depend on, as plain JSON types.

    Returns
    -------
    dict
        `Task.describe`, and ``costs_sha256``: the hash of what each evaluation costs, or of what identifies
        costs that are computed. A task that trains has none: its costs are measured while it runs.

    Examples
    --------
    >>> import nasbench_sim as nbs
    >>> table = nbs.load_table("nas-bench-201")
    >>> first, again = (nbs.Task(table, dataset="cifar10") for _ in range(2))
    >>> identity(first) == identity(again)
    True
    """
    if task.trains:
        return task.describe()
    levels = [task.costs, *(fidelity.costs for fidelity in task.fidelities)]
    digest = hashlib.sha256()
    for costs in levels:
        digest.update(costs.digest.encode() if isinstance(costs, Computed) else costs.tobytes())
    return {**task.describe(), "costs_sha256": digest.hexdigest()}


def named_tasks(tasks: Task | Mapping[str, Task] | Sequence[Task]) -> dict[str, Task]:
    """Give tasks by name: the given one, or else the data set.

    Raises
    ------
    RequestError
        For what is no task, names that are no text, and several tasks on one data set that have no names.
    """
    several = tasks.values() if isinstance(tasks, Mapping) else tasks
    listed = [several] if isinstance(several, Task) else list(several)
    for task in listed:
        if not isinstance(task, Task):
            raise RequestError(f"a task is made by nasbench_sim.Task, not {task!r}")
    if isinstance(tasks, Mapping):
        for name in tasks:
            if not isinstance(name, str) or not name.strip():
                raise RequestError(f"the name of a task is a text, not {name!r}")
        return dict(tasks)
    names = [task.dataset for task in listed]
    for name in names:
        same = [identity(task) for task in listed if task.dataset == name]
        if len(same) > 1 and all(one == same[0] for one in same):
            raise RequestError(f"each task once: {name} is there more than once")
        if len(same) > 1:
            raise RequestError(
                f"{len(same)} tasks are on {name}: name them, as in {{'{name} a': task, '{name} b': other}}"
            )
    return dict(zip(names, listed, strict=True))
