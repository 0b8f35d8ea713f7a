"""Searchers in the published spaces besides NAS-Bench-201, unchanged."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from small_task import small_space, small_task

import nasbench_sim as nbs
from nasbench_sim.errors import RequestError
from nasbench_sim.oracle.streams import SEARCH, Streams
from nasbench_sim.search import Context, searchers
from nasbench_sim.tables.block_costs import BlockCosts
from nasbench_sim.tables.importers import import_file

# These keep all of a space in memory.
WHOLE = {"exhaustive_search", "gaussian_process", "local_search", "tabu_search"}
ANYWHERE = (
    *("asng", "genetic_algorithm", "growing_evolution", "population_based_incremental_learning"),
    *("ppo_controller", "predictor_evolution", "random_search", "regularized_evolution", "reinforce"),
    *("simulated_annealing", "tournament_evolution", "tpe"),
)
SPACE = nbs.space("fbnet")


def made_up_costs() -> BlockCosts:
    keys = {key for row in SPACE.layer_keys("cifar100") for key in row} | set(SPACE.fixed_keys("cifar100"))
    costs = np.random.default_rng(0).random(len(keys)).tolist()
    return BlockCosts({"raspi4_latency": dict(zip(sorted(keys), costs, strict=True))}, "made here")


@pytest.mark.parametrize("name", ANYWHERE)
def test_latency_of_fbnet_falls(name: str) -> None:
    costs, cls = made_up_costs(), searchers()[name]
    some_task = small_task(small_space(2), [0.0, 1.0])  # no table is that large
    context = Context(SPACE, Streams([1, 2], SEARCH), some_task, nbs.Budget(evaluations=200))
    searcher = cls(context, cls.configured({}))
    seen = []
    while sum(values.shape[1] for values in seen) < 150:
        proposed = searcher.ask()
        assert proposed.dtype == SPACE.index_dtype
        seen.append(-costs.query(proposed, "latency", device="raspi4", dataset="cifar100"))
        searcher.tell(proposed, seen[-1])
    values = np.concatenate(seen, axis=1)
    assert values.max() > values[:, :20].max()


@pytest.mark.parametrize("name", sorted(WHOLE))
def test_what_keeps_a_whole_space_refuses_fbnet(name: str) -> None:
    cls = searchers()[name]
    some_task = small_task(small_space(2), [0.0, 1.0])
    context = Context(SPACE, Streams([1], SEARCH), some_task, nbs.Budget(evaluations=10))
    with pytest.raises(RequestError, match="984,770,902,183,611,232,881 architectures"):
        cls(context, cls.configured({}))


@pytest.mark.parametrize("name", sorted({*ANYWHERE, *WHOLE} - {"exhaustive_search"}))
def test_searches_of_nas_bench_macro(name: str, published: Path) -> None:
    table = import_file(published / "nas-bench-macro" / "nas-bench-macro_cifar10.json")
    task = nbs.Task(table, dataset="cifar10", objective="test_accuracy")
    runs = nbs.run(name, task, budget=nbs.Budget(evaluations=120), seeds=3)
    assert (runs.final()["test_accuracy"] > np.nanmedian(task.reported)).all()
