"""Every searcher in spaces with conditions, rules and pairs of inputs, in parts and in samples of spaces."""

from __future__ import annotations

import importlib.util
from typing import Any

import numpy as np
import pytest
from kinds_of_space import made

import nasbench_sim as nbs
from nasbench_sim.search import MultiFidelitySearcher, searcher, searchers, testing

SMALLER: dict[str, dict[str, Any]] = {
    "bananas": {"epochs": 3},
    "best_of_n_by_proxy": {"proxy": "params"},
    "genetic_algorithm": {"population": 20, "parents": 8, "crossovers": 8},
    "gumbel_relaxation": {"epochs": 3, "steps": 3},
    "nsga_ii": {"population": 20},
    "population_based_incremental_learning": {"population": 20},
    "ppo_controller": {"hidden": 16, "learning_rate": 0.01},
    "predictor_evolution": {"predictor": "ridge"},
    "zero_cost_evolution": {"proxy": "params", "population": 10, "pool": 40},
}
NAMES = [
    name
    for name, cls in searchers().items()
    if not issubclass(cls, MultiFidelitySearcher)
    and (name not in {"nevergrad", "optuna", "pymoo"} or importlib.util.find_spec(name))
]
KINDS = ["deep", "few-large", "exactly-two", "deep-and-ruled", "restricted", "sampled", "sampled-of-many"]


def task_of(name: str, kind: str) -> nbs.Task:
    task = testing.planted_task(made(kind))
    if searchers()[name].objectives != "several":
        return task
    return nbs.Task(task.table, dataset="planted", objective=["score", "params"], cost="train_time")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", NAMES)
def test_it_searches(name: str, kind: str) -> None:
    task = task_of(name, kind)
    which = searcher(name, **SMALLER.get(name, {}))
    evaluations = 20 if name in {"nevergrad", "pymoo"} else 40
    runs = nbs.run(which, task, budget=nbs.Budget(evaluations=evaluations), seeds=[3, 4])
    for index, length in zip(runs.index, runs.length, strict=True):
        assert length == evaluations or len(set(index[:length].tolist())) == task.space.size
        assert task.space.valid(task.space.ops(index[:length])).all()
    again = nbs.run(which, task, budget=nbs.Budget(evaluations=evaluations), seeds=[4])
    assert again.index[0, : again.length[0]].tolist() == runs.index[1, : runs.length[1]].tolist()


@pytest.mark.parametrize("kind", ["deep", "few-large", "deep-and-ruled", "sampled"])
@pytest.mark.parametrize(
    "name", ["regularized_evolution", "genetic_algorithm", "local_search", "tabu_search"]
)
def test_it_learns_there(name: str, kind: str) -> None:
    task = testing.planted_task(made(kind), seed=3)
    which = searcher(name, **SMALLER.get(name, {}))
    budget = nbs.Budget(evaluations=60)
    found = nbs.run(which, task, budget=budget, seeds=30).final()["observed"]
    drawn = nbs.run("random_search", task, budget=budget, seeds=30).final()["observed"]
    assert np.mean(found) >= np.mean(drawn)
