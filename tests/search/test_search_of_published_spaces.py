"""Searchers in the published spaces besides NAS-Bench-201, unchanged."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import nasbench_sim as nbs
from nasbench_sim.benchmarks.fbnet.block_costs import BlockCosts
from nasbench_sim.errors import RequestError
from nasbench_sim.oracle import MnasNet, WeightedSum
from nasbench_sim.search import MultiFidelitySearcher, searchers
from nasbench_sim.tables import Computed
from nasbench_sim.tables.importers import import_file

# These keep something of every architecture in memory.
WHOLE = {"exhaustive_search", "gaussian_process", "parego"}
LIBRARIES = {"nevergrad", "optuna", "pymoo"}
# Another fidelity than epochs of one training says nothing to it, and no epochs are known of FBNet.
OF_EPOCHS = {"early_stopping", "progressive_dynamic_hurdles"}
SETTINGS: dict[str, dict[str, Any]] = {
    "bananas": {"epochs": 3},
    "best_of_n_by_proxy": {"proxy": "latency:edgegpu", "better": "min"},
    "gumbel_relaxation": {"epochs": 3, "steps": 3},
    "nsga_ii": {"population": 20},
    "population_based_incremental_learning": {"population": 20},
    "predictor_evolution": {"predictor": "ridge"},
    "zero_cost_evolution": {"proxy": "latency:edgegpu", "better": "min", "population": 10, "pool": 40},
}
NAMES = [name for name in searchers() if name not in LIBRARIES or importlib.util.find_spec(name)]
SPACE = nbs.space("fbnet")


def block_costs() -> nbs.Table:
    keys = {key for row in SPACE.layer_keys("cifar100") for key in row} | set(SPACE.fixed_keys("cifar100"))
    draw = np.random.default_rng(0).random
    names = ("raspi4_latency", "edgegpu_latency", "edgegpu_energy")
    tables = {name: dict(zip(sorted(keys), draw(len(keys)).tolist(), strict=True)) for name in names}
    return BlockCosts(tables, "made here").table()


COSTS = block_costs()


def fbnet_task(name: str) -> nbs.Task:
    cls = searchers()[name]
    if cls.objectives == "several":
        return nbs.Task(COSTS, dataset="cifar100", objective=["latency:raspi4", "energy:edgegpu"])
    levels = ["latency:edgegpu", "latency:raspi4"] if issubclass(cls, MultiFidelitySearcher) else None
    return nbs.Task(COSTS, dataset="cifar100", objective="latency:raspi4", fidelities=levels)


@pytest.mark.parametrize("name", [name for name in NAMES if name not in WHOLE | OF_EPOCHS])
def test_latency_of_fbnet(name: str) -> None:
    task = fbnet_task(name)
    settings = SETTINGS.get(name, {})
    budget = nbs.Budget(evaluations=30 if name in LIBRARIES else 100)
    runs = nbs.run(name, task, budget=budget, seeds=[3, 5], hyperparameters=settings)
    assert runs.index.dtype == object
    assert runs.index.shape == (2, budget.evaluations)
    expected = COSTS.query(runs.index, "latency:raspi4", dataset="cifar100")
    observed = runs.observed[..., 0] if task.several else runs.observed
    counts = runs.level == max(len(task.fidelities) - 1, 0)
    np.testing.assert_array_equal(observed[counts], expected[counts])
    final = runs.final()
    assert final["latency:raspi4"].min() >= task.optimum
    assert COSTS.query(final["index"].tolist(), "latency:raspi4", dataset="cifar100").tolist() == (
        final["latency:raspi4"].tolist()
    )
    alone = nbs.run(name, task, budget=budget, seeds=[5], hyperparameters=settings)
    pd.testing.assert_frame_equal(
        alone.to_frame(), runs.to_frame().query("seed == 5").reset_index(drop=True), check_dtype=False
    )


@pytest.mark.parametrize("name", ["local_search", "regularized_evolution", "tabu_search", "tpe"])
def test_latency_of_fbnet_falls(name: str) -> None:
    budget = nbs.Budget(evaluations=400)  # an architecture has 176 neighbours
    best = nbs.run(name, fbnet_task(name), budget=budget, seeds=3).incumbent_reported()
    assert (best[:, -1] < best[:, 20]).all()


@pytest.mark.parametrize("name", sorted(WHOLE))
def test_what_keeps_a_whole_space_refuses_fbnet(name: str) -> None:
    with pytest.raises(RequestError, match="984,770,902,183,611,232,881 architectures"):
        nbs.run(name, fbnet_task(name), budget=nbs.Budget(evaluations=10))


def test_accuracy_of_ones_own_beside_the_published_costs() -> None:
    wide = Computed(SPACE, lambda index: (SPACE.ops(index) % 4).sum(axis=-1) / 2 + 50.0, low=50, high=83)
    accuracy = nbs.Column(metric="test_accuracy", dataset="cifar100", source="a function of the blocks")
    table = COSTS.extended([(accuracy, wide)], "mine")
    assert table.hash != COSTS.hash
    both = ["test_accuracy", "latency:raspi4"]
    task = nbs.Task(table, dataset="cifar100", objective=both)
    names = ["nsga_ii", "multi_objective_regularized_evolution"]
    found = nbs.compare(names, task, budget=nbs.Budget(evaluations=120), seeds=2)
    assert found.summary()["mean"].gt(0).all()
    assert np.isnan(found.summary()["regret"]).all()
    found.plot()
    for rule in (MnasNet(10.0), WeightedSum([0.5, 0.5])):
        for report, known in ((None, False), ("test_accuracy", True)):  # the best of a rule nobody knows
            single = nbs.Task(table, dataset="cifar100", objective=both, scalarisation=rule, report=report)
            runs = nbs.run("regularized_evolution", single, budget=nbs.Budget(evaluations=50))
            assert runs.final()["regret"].notna().all() == known


@pytest.mark.parametrize("infeasible", ["death", "resample"])
def test_constraints_on_fbnet(infeasible: Any) -> None:
    bounds = ["latency:edgegpu <= 12 ms", "energy:edgegpu <= 14 mJ"]
    asked: dict[str, Any] = {"dataset": "cifar100", "objective": "latency:raspi4"}
    task = nbs.Task(COSTS, **asked, constraints=bounds, infeasible=infeasible)
    assert np.isnan(task.optimum)  # of those that keep the bounds nobody knows it
    runs = nbs.run("regularized_evolution", task, budget=nbs.Budget(evaluations=150), seeds=3)
    kept = np.full(runs.index.shape, True)
    for label, bound in (("latency:edgegpu", 12), ("energy:edgegpu", 14)):
        kept &= COSTS.query(runs.index, label, dataset="cifar100") <= bound
    assert runs.feasible.tolist() == kept.tolist()
    assert kept.mean() > (0.6 if infeasible == "resample" else 0.1)
    final = runs.final()["index"].dropna().tolist()
    assert (COSTS.query(final, "latency:edgegpu", dataset="cifar100") <= 12).all()
    with pytest.raises(RequestError, match="no architecture keeps latency:edgegpu <= 1 ms"):
        nbs.Task(COSTS, **asked, constraints="latency:edgegpu <= 1 ms")
    with pytest.raises(RequestError, match="cannot be listed: give 'death' or 'resample'"):
        nbs.Task(COSTS, **asked, constraints=bounds, infeasible="dominance")


def test_clock_of_fbnet() -> None:
    task = nbs.Task(COSTS, dataset="cifar100", objective="latency:raspi4", cost="latency:edgegpu")
    runs = nbs.run("random_search", task, budget=nbs.Budget(seconds=0.1), seeds=2)
    expected = COSTS.query(runs.index[0, : runs.length[0]], "latency:edgegpu", dataset="cifar100") / 1e3
    np.testing.assert_allclose(runs.cost[0, : runs.length[0]], expected)
    parallel = nbs.run("random_search", task, budget=nbs.Budget(evaluations=20, workers=3))
    assert set(parallel.to_frame()["worker"]) == {0, 1, 2}
    with pytest.raises(RequestError, match="needs the cost of every architecture"):
        nbs.run("random_search", fbnet_task("random_search"), budget=nbs.Budget(seconds=5))


@pytest.mark.parametrize("name", [name for name in NAMES if name not in LIBRARIES])
def test_searches_of_the_size_space(name: str, published: Path) -> None:
    """The table of three records has NaN nearly everywhere: a searcher must live with that."""
    table = import_file(published / "nats-bench" / "NATS-sss-v1_0-50262-simple")
    question: dict[str, Any] = {"dataset": "cifar10", "objective": "val_accuracy", "schedule": 90}
    cls = searchers()[name]
    if issubclass(cls, MultiFidelitySearcher):
        question["fidelities"] = [30, 90]
    if cls.objectives == "several":
        question["objective"] = ["val_accuracy", "latency:gpu"]
    settings = SETTINGS.get(name, {})
    if "proxy" in settings:
        settings = {**settings, "proxy": "params_published"}
    task = nbs.Task(table, **question)
    runs = nbs.run(name, task, budget=nbs.Budget(evaluations=100), hyperparameters=settings)
    assert set(np.unique(runs.index)) <= set(range(32_768))


@pytest.mark.parametrize("name", [name for name in NAMES if name not in LIBRARIES | OF_EPOCHS])
def test_searches_of_nas_bench_macro(name: str, published: Path) -> None:
    table = import_file(published / "nas-bench-macro" / "nas-bench-macro_cifar10.json")
    question: dict[str, Any] = {"dataset": "cifar10", "objective": "test_accuracy"}
    cls = searchers()[name]
    if issubclass(cls, MultiFidelitySearcher):
        question["fidelities"] = ["params", "test_accuracy"]
    if cls.objectives == "several":
        question["objective"] = ["test_accuracy", "params"]
    settings = dict(SETTINGS.get(name, {}))
    if "proxy" in settings:
        settings |= {"proxy": "params", "better": "max"}
    task = nbs.Task(table, **question)
    runs = nbs.run(name, task, budget=nbs.Budget(evaluations=120), seeds=2, hyperparameters=settings)
    best = runs.final().groupby("seed")["test_accuracy"].max()
    assert (best > np.nanmedian(task.reported)).all() or name == "exhaustive_search"
