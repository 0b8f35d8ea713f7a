from __future__ import annotations

import numpy as np
import pytest
from small_task import assert_alone_as_among, small_space, small_task, started, trajectory

import nasbench_sim as nbs
from nasbench_sim.search.parts.categorical import softmax
from nasbench_sim.search.strategies.predictors.gumbel_relaxation import gumbel, relaxed_gradient


class Linear:
    """A predictor whose gradient is the same everywhere."""

    def __init__(self, slope: np.ndarray) -> None:
        self.slope = slope

    def input_gradient(self, features: np.ndarray) -> np.ndarray:
        return np.broadcast_to(self.slope, features.shape)

    def predict(self, features: np.ndarray) -> np.ndarray:
        return np.asarray(features @ self.slope)


def test_gradient_is_the_finite_difference() -> None:
    random = np.random.default_rng(0)
    logits, slope, temperature, step = random.normal(size=(3, 4)), random.normal(size=(3, 4)), 0.7, 1e-6
    gradient = relaxed_gradient(softmax(logits / temperature), slope, temperature)
    for row in range(3):
        for column in range(4):
            moved = np.zeros((3, 4))
            moved[row, column] = step
            above, below = (softmax((logits + sign * moved) / temperature) * slope for sign in (1, -1))
            assert gradient[row, column] == pytest.approx((above - below).sum() / (2 * step), abs=1e-7)


def test_gumbel_numbers() -> None:
    uniform = (np.arange(100_000) + 0.5) / 100_000
    assert gumbel(uniform).mean() == pytest.approx(np.euler_gamma, abs=1e-3)
    assert gumbel(uniform).var() == pytest.approx(np.pi**2 / 6, rel=1e-2)
    assert np.isfinite(gumbel(np.array([0.0, 1 - 2**-53]))).all()


def test_ascends_to_the_best_choices_of_a_linear_predictor() -> None:
    space = small_space(3, 1, 4)
    searcher = started("gumbel_relaxation", small_task(space, np.zeros(12)), [1, 2], batch=5)
    linear = Linear(np.array([0.0, 2, 1, 5, 0, 0, 3, 1]))
    logits = searcher._ascended(linear)  # type: ignore[attr-defined]
    assert logits.argmax(axis=3).tolist() == [[[1, 0, 2]] * 5] * 2
    families = searcher._families(np.full((2, 1), space.from_ops([0, 0, 0])), linear)  # type: ignore[attr-defined]
    assert space.ops(families[0, 0, :3]).tolist() == [[0, 0, 0], [0, 0, 2], [1, 0, 0]]


def test_alone_as_among() -> None:
    task = nbs.Task(nbs.load_table("nas-bench-201"), dataset="cifar100")
    assert_alone_as_among("gumbel_relaxation", task, 30, steps=10)


@pytest.mark.parametrize("shape", [(1,), (2, 1, 3)])
def test_whole_space_once_then_the_end(shape: tuple[int, ...]) -> None:
    space = small_space(*shape)
    task = small_task(space, np.where(np.arange(space.size) == 1, np.nan, 1.0))
    runs = trajectory("gumbel_relaxation", task, 30, 2, initial=2, batch=3, steps=3)
    assert (runs.length == space.size).all()
    assert (np.sort(runs.index, axis=1) == np.arange(space.size)).all()


def test_beats_random_search() -> None:
    task = nbs.Task(nbs.load_table("nas-bench-201"), dataset="cifar100")
    names = ("gumbel_relaxation", "random_search")
    regret = [trajectory(name, task, 60, 6).final()["regret"].mean() for name in names]
    assert regret[0] < 0.7 * regret[1]
