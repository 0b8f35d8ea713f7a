from __future__ import annotations

import numpy as np
import pytest
from small_task import assert_alone_as_among, small_space, small_task, started, trajectory

import nasbench_sim as nbs
from nasbench_sim.errors import RequestError


def told(ops: list[list[int]], values: list[float], **hyperparameters):
    space = small_space(2, 3)
    searcher = started("tpe", small_task(space, np.zeros(6)), [0, 1], **hyperparameters)
    searcher.tell(np.tile(space.from_ops(ops), (2, 1)), np.tile(values, (2, 1)))
    return searcher


def test_densities_by_hand() -> None:
    # 5 values: ceil(0.8 * sqrt(5)) = 2 good ones, of the three equal best the first two.
    ops = [[0, 2], [1, 0], [1, 2], [0, 0], [1, 1], [0, 1]]
    good, other = told(ops, [1.0, 7.0, 7.0, -np.inf, 7.0, 2.0], gamma=0.8).densities()
    np.testing.assert_allclose(good[0], [[1 / 4, 3 / 4, 0], [2 / 5, 1 / 5, 2 / 5]])
    np.testing.assert_allclose(other[0], [[3 / 5, 2 / 5, 0], [1 / 6, 3 / 6, 2 / 6]])
    np.testing.assert_array_equal(good[0], good[1])


def test_counts_build_up_over_the_search() -> None:
    random = np.random.default_rng(0)
    ops, values = (
        np.stack([random.integers(2, size=90), random.integers(3, size=90)], axis=1),
        random.random(90),
    )
    at_once = told(ops.tolist(), values.tolist(), most_good=4)
    one_by_one = told(ops[:1].tolist(), values[:1].tolist(), most_good=4)
    space = small_space(2, 3)
    for row, value in zip(ops[1:], values[1:], strict=True):
        one_by_one.tell(np.full((2, 1), space.from_ops(row)), np.full((2, 1), value))
    for left, right in zip(at_once.densities(), one_by_one.densities(), strict=True):
        np.testing.assert_array_equal(left, right)
    best = ops[np.argsort(-values)[:3]]  # ceil(0.25 * sqrt(90)) = 3
    expected = (1 + np.bincount(best[:, 1], minlength=3)) / 6
    np.testing.assert_allclose(at_once.densities()[0][0, 1], expected)


def test_proposes_the_largest_ratio_of_the_candidates() -> None:
    # With many candidates all six architectures are among them.
    searcher = told([[0, 2], [1, 0], [1, 2], [0, 0], [1, 1], [0, 1]], [0.0, 9, 1, 2, 3, 4], candidates=500)
    good, other = searcher.densities()
    ratio = (good / np.where(other > 0, other, 1))[0]
    expected = [ratio[0, :2].argmax(), ratio[1].argmax()]
    assert searcher.space.ops(searcher.ask()).tolist() == [[expected]] * 2


def test_alone_as_among() -> None:
    assert_alone_as_among("tpe", nbs.Task(nbs.load_table("nas-bench-201"), dataset="cifar100"), 60)


@pytest.mark.parametrize(
    "values", [np.full(12, 3.0), np.full(12, np.nan), np.where(np.arange(12) % 2, 1.0, np.nan)]
)
def test_ties_and_missing_values(values: np.ndarray) -> None:
    space = small_space(3, 1, 4)
    task = small_task(space, np.where(np.arange(12) == 7, 1.0, values))  # a table needs one value
    assert (trajectory("tpe", task, 50, 4).length == 50).all()


def test_beats_random_search() -> None:
    task = nbs.Task(nbs.load_table("nas-bench-201"), dataset="cifar100")
    regret = [trajectory(name, task, 150, 30).final()["regret"].mean() for name in ("tpe", "random_search")]
    assert regret[0] < 0.7 * regret[1]


def test_refuses_a_budget_smaller_than_the_first_architectures() -> None:
    with pytest.raises(RequestError, match="random architectures"):
        trajectory("tpe", small_task(small_space(3), [0.0, 1, 2]), 19, 1)
