"""Running several searchers on the same tasks, in this process or in several."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from nasbench_sim.errors import RequestError
from nasbench_sim.oracle import Budget, Task, Trajectories
from nasbench_sim.oracle.record import Record
from nasbench_sim.search import run, searcher
from nasbench_sim.search.driver import check, checked_seeds
from nasbench_sim.search.hooks import Callback, check_hooks
from nasbench_sim.studies.backends import check_backend
from nasbench_sim.studies.comparison import Comparison
from nasbench_sim.studies.identity import named_tasks
from nasbench_sim.studies.repeats import refuse_repeats


def compare(
    searchers: Sequence[Any] | Mapping[str, Any],
    task: Task | Sequence[Task] | Mapping[str, Task],
    *,
    budget: Budget,
    seeds: int | Sequence[int],
    jobs: int = 1,
    progress: bool = False,
    callback: Callback | None = None,
    attributes: Mapping[str, Any] | None = None,
) -> Comparison:
    """Run several searchers on the same tasks, with the same budget and seeds.

    Parameters
    ----------
    searchers
        Each as in `nasbench_sim.run`; or label -> searcher.
    task
        One task or several, which are then called after their data sets; or name -> task.
    budget, seeds
        As in `nasbench_sim.run`.
    jobs
        How many processes share the work (joblib), -1 for one a core; the results do not depend on it.
    progress
        Whether progress bars are shown (for one job).
    callback, attributes
        As in `nasbench_sim.run`, for every searcher on every task.

    Returns
    -------
    Comparison

    Raises
    ------
    RequestError
        Before any evaluation, for anything that is wrong with any part of the request.

    Examples
    --------
    >>> import nasbench_sim as nbs
    >>> task = nbs.Task(nbs.load_table("nas-bench-201"), dataset="cifar10")
    >>> found = nbs.compare(["random_search", "regularized_evolution"], task,
    ...                     budget=nbs.Budget(evaluations=100), seeds=50)
    >>> found.summary()["searcher"].tolist()
    ['regularized_evolution', 'random_search']
    """
    tasks = named_tasks(task)
    if isinstance(searchers, str) or not len(searchers) or not tasks:
        raise RequestError("compare takes a list of one or more searchers, and one or more tasks")
    check_backend("local", jobs, None)
    refuse_sharing(tasks.values(), jobs)
    listed = (
        [{label: one} for label, one in searchers.items()] if isinstance(searchers, Mapping) else searchers
    )
    chosen = [searcher(which) for which in listed]
    refuse_repeats("searcher", [configured.label for configured in chosen])
    numbers = checked_seeds(seeds)
    pieces = [(configured, one) for one in tasks.values() for configured in chosen]
    for configured, one in pieces:
        check(configured, one, budget, len(numbers))
    names = [name for name in tasks for _ in chosen]
    own = check_hooks(callback, attributes)
    if jobs == 1:
        hooks: dict[str, Any] = {"progress": progress, "callback": callback, "attributes": own}
        done = [run(c, one, budget=budget, seeds=numbers, **hooks) for c, one in pieces]
        return Comparison(done, names)
    import joblib

    recorded = joblib.delayed(_recorded)
    records = joblib.Parallel(n_jobs=jobs)(recorded(c, one, budget, numbers, callback) for c, one in pieces)
    done = [
        Trajectories(
            record,
            task=one,
            budget=budget,
            searcher=configured.label,
            hyperparameters=configured.hyperparameters,
            seeds=numbers,
            wall_seconds=wall_seconds,
            attributes=own,
        )
        for (configured, one), (record, wall_seconds) in zip(pieces, records, strict=True)
    ]
    return Comparison(done, names)


def _recorded(
    which: Any, task: Task, budget: Budget, seeds: Sequence[int], callback: Callback | None
) -> tuple[Record, float]:
    """Run in another process; the task, which may be large, is not sent back."""
    runs = run(which, task, budget=budget, seeds=seeds, callback=callback)
    return runs.record, runs.wall_seconds


def refuse_sharing(tasks: Iterable[Task], jobs: int) -> None:
    """Raise the error for tasks that train when they are to be shared among processes."""
    if jobs != 1 and any(task.trains for task in tasks):
        raise RequestError("a task that trains keeps what it learns in this process: use jobs=1")
