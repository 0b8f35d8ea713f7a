from __future__ import annotations

import sys

import numpy as np
import pytest
from small_task import assert_alone_as_among, small_space, small_task, trajectory

import nasbench_sim as nbs
from nasbench_sim.errors import MissingDependencyError, RequestError
from nasbench_sim.estimators.predictors import predictors


@pytest.fixture(scope="module")
def task() -> nbs.Task:
    return nbs.Task(nbs.load_table("nas-bench-201"), dataset="cifar100")


@pytest.mark.parametrize("name", predictors())
def test_alone_as_among(task: nbs.Task, name: str) -> None:
    assert_alone_as_among("predictor_evolution", task, 30, predictor=name)


def test_children_are_one_mutation_away_from_the_population(task: nbs.Task) -> None:
    runs = trajectory("predictor_evolution", task, 40, 3, population=4, predictor="ridge")
    ops = task.space.ops(runs.index)
    for row in range(3):
        for start in range(10, 40, 10):
            best = np.argsort(-runs.observed[row, :start], kind="stable")[:4]
            distance = (ops[row, start : start + 10, None] != ops[row, best][None]).sum(axis=2)
            assert (distance.min(axis=1) == 1).all()


def test_takes_the_mutants_that_the_predictor_prefers() -> None:
    space = small_space(4, 4, 4, 4)
    additive = space.ops(space.all_indices()) @ [64.0, 16.0, 4.0, 1.0]  # ridge learns its order at once
    task = small_task(space, additive)
    for seed in range(5):
        runs = trajectory(
            "predictor_evolution", task, 120, [seed], predictor="ridge", candidates=400, initial=60
        )
        assert runs.final()["regret"][0] == 0


@pytest.mark.parametrize("shape", [(1,), (2, 1, 3)])
def test_whole_space_once_then_the_end(shape: tuple[int, ...]) -> None:
    space = small_space(*shape)
    values = np.where(np.arange(space.size) == 1, np.nan, 1.0)
    runs = trajectory("predictor_evolution", small_task(space, values), 30, 2, initial=2, batch=3)
    assert (runs.length == space.size).all()
    assert (np.sort(runs.index, axis=1) == np.arange(space.size)).all()


def test_beats_random_search(task: nbs.Task) -> None:
    names = ("predictor_evolution", "random_search")
    regret = [trajectory(name, task, 60, 6).final()["regret"].mean() for name in names]
    assert regret[0] < 0.7 * regret[1]


def test_says_what_is_missing(task: nbs.Task, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sklearn.linear_model", None)
    with pytest.raises(MissingDependencyError, match=r"nasbench-sim\[predictors\]"):
        trajectory("predictor_evolution", task, 30, 1, predictor="ridge")
    with pytest.raises(RequestError, match="did you mean 'ridge'"):
        trajectory("predictor_evolution", task, 30, 1, predictor="rigde")
