"""Searchers of several objectives: the shipped checks, published rules by brute force, what they find."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.stats import mannwhitneyu

import nasbench_sim as nbs
from nasbench_sim.analysis import hypervolume_over_time
from nasbench_sim.search import searcher, searchers, testing
from nasbench_sim.search.parts.dominance import best_first, crowding, front_ranks
from nasbench_sim.search.strategies.bayesian.parego import lattice
from nasbench_sim.spaces import SearchSpace

SETTINGS: dict[str, dict[str, Any]] = {"nsga_ii": {"population": 20}}
NAMES = [name for name, cls in searchers().items() if cls.objectives == "several"]
MIXED = SearchSpace("mixed", ["abc", "d", "efghi", "jk"])


def two_objectives(space: SearchSpace, landscape: Any = "planted", **more: Any) -> nbs.Task:
    one = testing.planted_task(space, landscape)
    directions = {"score": "max", "params": "min"}
    return nbs.Task(one.table, dataset="planted", objective=directions, cost="train_time", **more)


def configured(name: str) -> Any:
    return searcher(name, **SETTINGS.get(name, {}))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("landscape", ["ties", "constant", "missing"])
def test_awkward_landscapes(name: str, landscape: str) -> None:
    budget = nbs.Budget(evaluations=60)
    runs = nbs.run(configured(name), two_objectives(MIXED, landscape), budget=budget, seeds=3)
    assert (runs.length >= MIXED.size).all()
    assert set(runs.final()["seed"]) == {0, 1, 2}


@pytest.mark.parametrize("name", [name for name in NAMES if name != "parego"])
@pytest.mark.parametrize("infeasible", ["death", "dominance"])
def test_constraints(name: str, infeasible: Any) -> None:
    task = two_objectives(nbs.space("nas-bench-201"), constraints="score >= 60", infeasible=infeasible)
    runs = nbs.run(configured(name), task, budget=nbs.Budget(evaluations=200), seeds=5)
    assert (runs.final()["score"] >= 60).all()


@pytest.mark.parametrize("name", NAMES)
def test_more_volume_than_random_search(name: str) -> None:
    table, both = nbs.load_table("nas-bench-201"), ["val_accuracy", "latency:eyeriss"]
    task = nbs.Task(table, dataset="cifar10", objective=both, noise="mean")
    budget = nbs.Budget(evaluations=60 if name == "parego" else 400)
    seeds = 6 if name == "parego" else 60
    own, blind = (
        nbs.run(which, task, budget=budget, seeds=seeds).hypervolume([budget.evaluations])["hypervolume"]
        for which in (configured(name), "random_search")
    )
    assert mannwhitneyu(own, blind, alternative="greater").pvalue < 0.01  # a few runs miss most of the front


POPULATIONS = hnp.arrays(
    np.float64,
    st.tuples(st.integers(1, 3), st.integers(1, 9), st.integers(1, 3)),
    elements=st.sampled_from([-np.inf, 0.0, 1.0, 2.0, 3.5]),
)


@given(POPULATIONS)
@settings(max_examples=80)
def test_fronts_equal_peeling_one_by_one(values: Any) -> None:
    ranks = front_ranks(values)
    for population, rank in zip(values, ranks, strict=True):
        left, expected = set(range(len(population))), np.zeros(len(population), dtype=int)
        number = 0
        while left:
            front = {
                i
                for i in left
                if not any(
                    (population[j] >= population[i]).all() and (population[j] > population[i]).any()
                    for j in left
                )
            }
            for i in front:
                expected[i] = number
            left, number = left - front, number + 1
        assert rank.tolist() == expected.tolist()


@given(POPULATIONS, st.integers(1, 9))
def test_enough_fronts_are_enough(values: Any, wanted: int) -> None:
    wanted = min(wanted, values.shape[1])
    whole, part = front_ranks(values), front_ranks(values, wanted)
    best = np.argsort(whole, axis=1, kind="stable")[:, :wanted]
    chosen = np.argsort(part, axis=1, kind="stable")[:, :wanted]
    assert best.tolist() == chosen.tolist()


def test_crowding_as_published() -> None:
    values = np.array([[[0.0, 10.0], [1.0, 8.0], [3.0, 4.0], [4.0, 0.0], [-9.0, -9.0], [-np.inf, -np.inf]]])
    rank = front_ranks(values)
    assert rank.tolist() == [[0, 0, 0, 0, 1, 2]]
    expected = [np.inf, 3 / 4 + 6 / 10, 3 / 4 + 8 / 10, np.inf, np.inf, np.inf]
    np.testing.assert_allclose(crowding(values, rank)[0], expected)


@given(POPULATIONS)
@settings(max_examples=80)
def test_crowding_equals_a_loop_over_fronts(values: Any) -> None:
    rank = front_ranks(values)
    room = crowding(values, rank)
    finite = np.where(np.isfinite(values), values, 0.0)
    for population, front_of, found in zip(finite, rank, room, strict=True):
        expected = np.zeros(len(population))
        for front in range(front_of.max() + 1):
            members = np.flatnonzero(front_of == front)
            for objective in population[members].T:
                order = np.argsort(objective, kind="stable")
                extent = objective.max() - objective.min() or 1.0
                gap = np.full(len(members), np.inf)
                gap[1:-1] = (objective[order][2:] - objective[order][:-2]) / extent
                expected[members[order]] += gap
        np.testing.assert_allclose(found, expected)


@given(POPULATIONS)
def test_the_best_first(values: Any) -> None:
    rank = front_ranks(values)
    room = crowding(values, rank)
    expected = np.lexsort((-room, rank), axis=1) + np.arange(len(rank))[:, None] * rank.shape[1]
    assert best_first(rank, room).tolist() == expected.tolist()


def test_nsga_ii_finds_as_much_as_pymoos() -> None:
    pytest.importorskip("pymoo")
    from pymoo.algorithms.moo.nsga2 import NSGA2
    from pymoo.core.mutation import Mutation
    from pymoo.core.problem import Problem
    from pymoo.operators.crossover.ux import UX
    from pymoo.operators.sampling.rnd import IntegerRandomSampling
    from pymoo.optimize import minimize

    table, both = nbs.load_table("nas-bench-201"), ["val_accuracy", "latency:eyeriss"]
    task = nbs.Task(table, dataset="cifar10", objective=both, noise="mean")
    costs = np.stack([-one.sign * one.mean for one in task.objectives], axis=1)
    seeds, evaluations = 60, 200

    class Cells(Problem):
        def __init__(self) -> None:
            super().__init__(n_var=6, n_obj=2, xl=0, xu=4, vtype=int)
            self.asked: list[int] = []

        def _evaluate(self, x: Any, out: Any, *arguments: Any, **more: Any) -> None:
            index = task.space.index_of_valid_ops(x.astype(np.int64))
            self.asked += index.tolist()
            out["F"] = costs[index]

    class Redraw(Mutation):
        def _do(self, problem: Any, x: Any, *arguments: Any, random_state: Any = None, **more: Any) -> Any:
            changes = random_state.random(x.shape) < 1 / 6
            return np.where(changes, random_state.integers(0, 5, x.shape), x)

    def found(seed: int) -> list[int]:
        problem = Cells()
        operators = {"crossover": UX(prob=0.9), "mutation": Redraw(prob=1.0)}
        algorithm = NSGA2(pop_size=20, sampling=IntegerRandomSampling(), **operators)
        minimize(problem, algorithm, ("n_eval", evaluations), seed=seed)
        return problem.asked[:evaluations]

    ours = nbs.run(configured("nsga_ii"), task, budget=nbs.Budget(evaluations=evaluations), seeds=seeds)
    volumes = [
        hypervolume_over_time(
            np.tile(np.arange(1.0, evaluations + 1), (seeds, 1)),
            {one.label: one.mean[index] for one in task.objectives},
            {one.label: one.better for one in task.objectives},
            {one.label: one.worst for one in task.objectives},
            np.array([60.0, 120.0, 200.0]),
        )
        for index in (ours.index, np.array([found(seed) for seed in range(seeds)]))
    ]
    spread = np.sqrt(sum(volume.var(axis=0) for volume in volumes) / seeds)
    assert (abs(volumes[0].mean(axis=0) - volumes[1].mean(axis=0)) < 4 * spread).all()


def test_nsga_ii_begins_with_what_is_given_and_repeats_nothing_within_a_generation() -> None:
    task = two_objectives(nbs.space("nas-bench-201"))
    budget, given = nbs.Budget(evaluations=80), (7, 9)
    which = searcher("nsga_ii", population=20, warm_start=given)
    runs = nbs.run(which, task, budget=budget, seeds=3)
    assert (runs.index[:, :2] == given).all()
    for generation in np.split(runs.index, 4, axis=1):
        assert all(len(set(row)) == 20 for row in generation.tolist())


def test_local_search_evaluates_nothing_twice_and_ends() -> None:
    runs = nbs.run(
        "multi_objective_local_search", two_objectives(MIXED), budget=nbs.Budget(evaluations=99), seeds=4
    )
    assert runs.length.tolist() == [MIXED.size] * 4
    assert all(sorted(row) == list(range(MIXED.size)) for row in runs.index.tolist())


@given(st.integers(1, 4), st.integers(1, 6))
def test_the_weights_of_parego(objectives: int, divisions: int) -> None:
    from math import comb

    weights = lattice(objectives, divisions)
    assert len(weights) == comb(divisions + objectives - 1, objectives - 1) == len(set(map(tuple, weights)))
    np.testing.assert_allclose(weights.sum(axis=1), 1.0)
    assert (weights >= 0).all()
