from __future__ import annotations

import numpy as np
import pytest
from small_task import assert_alone_as_among, small_space, small_task, started, trajectory

import nasbench_sim as nbs
from nasbench_sim.errors import RequestError


def test_alone_as_among() -> None:
    task = nbs.Task(nbs.load_table("nas-bench-201"), dataset="cifar100")
    assert_alone_as_among("bananas", task, 35, epochs=20)


def test_alone_as_among_where_replicates_miss_different_values() -> None:
    values = np.where(np.random.default_rng(0).random(625) < 0.3, np.nan, np.arange(625.0))
    assert_alone_as_among("bananas", small_task(small_space(5, 5, 5, 5), values), 40, epochs=5)


def test_candidates_are_one_mutation_away_from_the_best() -> None:
    task = nbs.Task(nbs.load_table("nas-bench-201"), dataset="cifar10", noise="mean")
    runs = trajectory("bananas", task, 20, 5, epochs=2)
    ops = task.space.ops(runs.index)
    for row in range(5):
        best = np.argsort(-runs.observed[row, :10], kind="stable")[:5]
        distance = (ops[row, 10:, None] != ops[row, best][None]).sum(axis=2)
        assert (distance.min(axis=1) == 1).all()


def test_independent_thompson_sampling_has_the_moments_of_the_ensemble() -> None:
    task = nbs.Task(nbs.load_table("nas-bench-201"), dataset="cifar10")
    searcher = started("bananas", task, range(2000), candidates=3, batch=3)
    predictions = np.array([[1.0, 5.0, 0.0], [3.0, 5.0, 0.0], [2.0, 8.0, 0.0]])
    drawn = searcher._thompson(np.tile(predictions, (2000, 1, 1)))  # type: ignore[attr-defined]
    np.testing.assert_allclose(drawn.mean(axis=0), [2.0, 6.0, 0.0], atol=0.1)
    np.testing.assert_allclose(drawn.std(axis=0), predictions.std(axis=0), atol=0.06)
    assert np.abs(np.corrcoef(drawn[:, 0], drawn[:, 1])[0, 1]) < 0.1


@pytest.mark.parametrize("shape", [(1,), (1, 1), (2, 1, 3), (4,)])
def test_whole_space_once_then_the_end(shape: tuple[int, ...]) -> None:
    space = small_space(*shape)
    runs = trajectory(
        "bananas", small_task(space, np.arange(space.size)), 30, 2, initial=2, batch=3, epochs=2
    )
    assert (runs.length == space.size).all()
    assert (np.sort(runs.index, axis=1) == np.arange(space.size)).all()


def test_nothing_but_missing_values_at_first() -> None:
    values = np.where(np.arange(125) < 5, 1.0, np.nan)
    runs = trajectory("bananas", small_task(small_space(5, 5, 5), values), 60, 3, epochs=2)
    assert (runs.length == 60).all()


def test_beats_random_search() -> None:
    task = nbs.Task(nbs.load_table("nas-bench-201"), dataset="cifar100")
    regret = [trajectory(name, task, 60, 6).final()["regret"].mean() for name in ("bananas", "random_search")]
    assert regret[0] < 0.7 * regret[1]


def test_warm_start_is_evaluated_first() -> None:
    task = nbs.Task(nbs.load_table("nas-bench-201"), dataset="cifar10")
    runs = trajectory("bananas", task, 10, 2, warm_start=[6111, 7])
    assert runs.index[:, :2].tolist() == [[6111, 7]] * 2
    with pytest.raises(RequestError, match="initial=1"):
        trajectory("bananas", task, 10, 2, warm_start=[6111, 7], initial=1)


def test_refuses_a_budget_smaller_than_the_first_evaluations() -> None:
    task = nbs.Task(nbs.load_table("nas-bench-201"), dataset="cifar10")
    with pytest.raises(RequestError, match="first evaluations"):
        trajectory("bananas", task, 9, 1)
