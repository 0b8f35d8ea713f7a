"""The names that several tasks go by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from nasbench_sim.errors import RequestError
from nasbench_sim.oracle import Task


def named_tasks(tasks: Task | Mapping[str, Task] | Sequence[Task]) -> dict[str, Task]:
    """Name tasks: by the given names, or else by their data sets.

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
        same = [task for task in listed if task.dataset == name]
        if len(same) > 1 and all(one == same[0] for one in same):
            raise RequestError(f"each task once: {name} is there more than once")
        if len(same) > 1:
            raise RequestError(
                f"{len(same)} tasks are on {name}: name them, as in {{'{name} a': task, '{name} b': other}}"
            )
    return dict(zip(names, listed, strict=True))
