"""The LSTM policy's probabilities and its gradient, by finite differences."""

from __future__ import annotations

import numpy as np

from nasbench_sim.oracle.streams import SEARCH, Streams
from nasbench_sim.search.strategies.distributions.recurrent_policy import RecurrentPolicy
from nasbench_sim.spaces import SearchSpace

SPACE = SearchSpace("mixed", ["abc", "d", "efgh", "ij"])


def policy(seeds: list[int]) -> RecurrentPolicy:
    streams = Streams(seeds, SEARCH)
    return RecurrentPolicy(SPACE, streams, hidden=4, learning_rate=0.01, scale=0.7, dtype=np.float64)


def test_probabilities_of_all_architectures_sum_to_one() -> None:
    made = policy([1, 2])
    ops = np.tile(SPACE.ops(SPACE.all_indices()).astype(np.int64), (2, 1, 1))
    joint = made.probability_of(ops, made.steps(ops)).prod(axis=2)
    np.testing.assert_allclose(joint.sum(axis=1), 1.0)


def test_architectures_are_drawn_with_their_probabilities() -> None:
    made = policy([7])
    ops = SPACE.ops(SPACE.all_indices()).astype(np.int64)[None]
    joint = made.probability_of(ops, made.steps(ops)).prod(axis=2)[0]
    uniform = Streams([3], SEARCH).uniform(20_000 * 4).reshape(1, 20_000, 4)
    drawn, probability = made.sample(uniform)
    counts = np.bincount(SPACE.index(drawn[0]), minlength=24) / 20_000
    assert np.abs(counts - joint).max() < 0.015
    np.testing.assert_allclose(probability.prod(axis=2)[0], joint[SPACE.index(drawn[0])])


def test_gradient() -> None:
    made = policy([1, 2])
    random = np.random.default_rng(0)
    ops = SPACE.ops(random.integers(24, size=(2, 3))).astype(np.int64)
    weight = random.normal(size=(2, 3, 4))
    entropy = 0.3

    def objective() -> np.ndarray:
        steps = made.steps(ops)
        total = (weight * np.log(made.probability_of(ops, steps))).sum(axis=(1, 2))
        for step in steps:
            p = step.probability
            total -= entropy * np.where(p > 0, p * np.log(np.where(p > 0, p, 1.0)), 0.0).sum(axis=(1, 2))
        return total

    gradient = made._gradient(ops, made.steps(ops), weight, entropy)
    for name, parameters in made._parameters.items():
        for _ in range(12):
            place = tuple(random.integers(size) for size in parameters.shape)
            kept = parameters[place]
            parameters[place] = kept + 1e-5
            above = objective()
            parameters[place] = kept - 1e-5
            below = objective()
            parameters[place] = kept
            slope = (above - below) / 2e-5
            expected = np.zeros(2)
            expected[place[0]] = gradient[name][place]
            np.testing.assert_allclose(slope, expected, atol=1e-7, err_msg=name)


def test_ascending_makes_good_choices_likelier() -> None:
    ops = SPACE.ops([[9]]).astype(np.int64)
    for sign in (1.0, -1.0):
        made = policy([5])
        probabilities = []
        for _ in range(20):
            steps = made.steps(ops)
            probabilities.append(made.probability_of(ops, steps).prod())
            made.ascend(ops, steps, np.full((1, 1, 4), sign), 0.0)
        assert (np.diff(probabilities) * sign > 0).all()
