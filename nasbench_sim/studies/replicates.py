"""Some replicates of runs, as runs of their own."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from nasbench_sim.oracle import Trajectories
from nasbench_sim.oracle.record import Record


def some_replicates(runs: Trajectories, places: Sequence[int]) -> Trajectories:
    """Give the replicates at some places.

    Examples
    --------
    >>> import nasbench_sim as nbs
    >>> task = nbs.Task(nbs.load_table("nas-bench-201"), dataset="cifar10")
    >>> runs = nbs.run("random_search", task, budget=nbs.Budget(evaluations=5), seeds=4)
    >>> some_replicates(runs, [1, 3]).seeds
    (1, 3)
    """
    rows = list(places)
    arrays = {field.name: getattr(runs.record, field.name) for field in dataclasses.fields(Record)}
    kept = {name: array[rows] for name, array in arrays.items() if array is not None}
    return Trajectories(
        dataclasses.replace(runs.record, **kept),
        task=runs.task,
        budget=runs.budget,
        searcher=runs.searcher,
        hyperparameters=runs.hyperparameters,
        seeds=[runs.seeds[place] for place in rows],
        wall_seconds=runs.wall_seconds,
        attributes=runs.attributes,
    )
