"""Tasks over tiny tables, made of given values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

import nasbench_sim as nbs
from nasbench_sim.oracle.streams import SEARCH, Streams
from nasbench_sim.search import Context, Searcher, searchers
from nasbench_sim.spaces import SearchSpace
from nasbench_sim.tables import Column, Table


def small_space(*cardinalities: int) -> SearchSpace:
    return SearchSpace("small", [[f"c{i}" for i in range(n)] for n in cardinalities])


def small_task(space: SearchSpace, values: Any, better: str = "max") -> nbs.Task:
    column = Column(metric="score", dataset="d", source="made up", unit="", better=better)
    return nbs.Task(
        Table("small", space, [(column, np.asarray(values, float))]), dataset="d", objective="score"
    )


def started(name: str, task: nbs.Task, seeds: Sequence[int], **hyperparameters: Any) -> Searcher:
    """A searcher in the middle of its work, to look into."""
    cls = searchers()[name]
    context = Context(task.space, Streams(seeds, SEARCH), task, nbs.Budget(evaluations=100))
    return cls(context, cls.configured(hyperparameters))


def trajectory(
    name: str, task: nbs.Task, evaluations: int, seeds: Any, **hyperparameters: Any
) -> nbs.Trajectories:
    return nbs.run(
        name, task, budget=nbs.Budget(evaluations=evaluations), seeds=seeds, hyperparameters=hyperparameters
    )


def assert_alone_as_among(name: str, task: nbs.Task, evaluations: int, **hyperparameters: Any) -> None:
    """Replicate by replicate the same, alone, among others and in another order."""
    seeds = [3, 17, 5]
    among = trajectory(name, task, evaluations, seeds, **hyperparameters)
    turned = trajectory(name, task, evaluations, seeds[::-1], **hyperparameters)
    for place, seed in enumerate(seeds):
        alone = trajectory(name, task, evaluations, [seed], **hyperparameters)
        n = alone.length[0]
        assert n == among.length[place] == turned.length[2 - place]
        assert alone.index[0].tolist() == among.index[place, :n].tolist()
        assert alone.index[0].tolist() == turned.index[2 - place, :n].tolist()
        np.testing.assert_array_equal(alone.observed[0], among.observed[place, :n])
