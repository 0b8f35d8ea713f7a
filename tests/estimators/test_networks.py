from __future__ import annotations

import numpy as np
import pytest

from nasbench_sim.estimators.networks import NetworkStack, parameter_count

SIZES = [4, 5, 3]


def stack_of(count: int, dtype: type = np.float64, seed: int = 0) -> NetworkStack:
    uniform = np.random.default_rng(seed).random((count, parameter_count(SIZES)))
    return NetworkStack(SIZES, uniform, dtype=dtype)


def loss(stack: NetworkStack, features: np.ndarray, targets: np.ndarray) -> np.ndarray:
    return np.asarray(np.abs(stack.outputs(features) - targets).mean(axis=1))


def test_counts_parameters() -> None:
    assert parameter_count(SIZES) == (4 * 5 + 5) + (5 * 3 + 3) + (3 + 1)


def test_outputs_by_hand() -> None:
    stack = NetworkStack([1, 2], np.full((1, 7), 0.5), dtype=np.float64)  # all zero
    stack.parameters[0] = [2.0, -1.0, 0.5, 0.25, 3.0, 7.0, 0.1]
    # x=1: hidden max(0, 2.5), max(0, -0.75) -> 3 * 2.5 + 0.1; x=-1: max(0, -1.5), max(0, 1.25)
    np.testing.assert_allclose(stack.outputs(np.array([[[1.0], [-1.0]]])), [[7.6, 8.85]])


def test_initial_weights_are_glorot_uniform() -> None:
    uniform = np.random.default_rng(0).random((1, parameter_count([300, 200])))
    parameters = NetworkStack([300, 200], uniform).parameters[0]
    bound = np.sqrt(6 / 500)
    first = parameters[: 300 * 200]
    assert bound * 0.999 < np.abs(first).max() <= bound
    assert first.var() == pytest.approx(bound**2 / 3, rel=0.02)
    assert not parameters[300 * 200 : 300 * 200 + 200].any()  # biases


def test_loss_gradient_is_the_finite_difference() -> None:
    random = np.random.default_rng(1)
    stack = stack_of(3)
    stack.parameters += random.normal(0, 0.1, stack.parameters.shape)  # biases too
    features, targets = random.normal(size=(3, 6, 4)), random.normal(size=(3, 6))
    gradient = stack.loss_gradient(features, targets).copy()
    assert (gradient != 0).mean() > 0.5
    step = 1e-6
    for parameter in range(stack.parameters.shape[1]):
        stack.parameters[:, parameter] += step
        above = loss(stack, features, targets)
        stack.parameters[:, parameter] -= 2 * step
        below = loss(stack, features, targets)
        stack.parameters[:, parameter] += step
        np.testing.assert_allclose(gradient[:, parameter], (above - below) / (2 * step), atol=1e-7)


def test_input_gradient_is_the_finite_difference() -> None:
    random = np.random.default_rng(2)
    stack, features, step = stack_of(2), random.normal(size=(2, 5, 4)), 1e-6
    gradient = stack.input_gradient(features)
    for feature in range(4):
        moved = np.zeros(4)
        moved[feature] = step
        change = stack.outputs(features + moved) - stack.outputs(features - moved)
        np.testing.assert_allclose(gradient[:, :, feature], change / (2 * step), atol=1e-7)


def test_a_network_is_the_same_alone_and_among_others() -> None:
    random = np.random.default_rng(3)
    uniform = random.random((7, parameter_count(SIZES)))
    features = random.random((7, 32, 4)).astype(np.float32)
    targets = random.random((7, 32)).astype(np.float32)
    among = NetworkStack(SIZES, uniform)
    gradients = among.loss_gradient(features, targets)
    for place in range(7):
        alone = NetworkStack(SIZES, uniform[place : place + 1])
        own = slice(place, place + 1)
        np.testing.assert_array_equal(alone.outputs(features[own]), among.outputs(features)[own])
        np.testing.assert_array_equal(alone.loss_gradient(features[own], targets[own]), gradients[own])
