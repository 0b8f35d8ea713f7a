from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nasbench_sim.estimators.adam import Adam


def gradients(steps: int, seed: int = 0) -> list[np.ndarray]:
    random = np.random.default_rng(seed)
    return [random.standard_normal((3, 4)) * 10.0 ** random.integers(-6, 3) for _ in range(steps)]


@given(st.integers(0, 99), st.floats(0.0, 0.99), st.floats(0.5, 0.9999))
def test_algorithm_1_of_the_paper(seed: int, first: float, second: float) -> None:
    parameters = np.ones((3, 4))
    adam = Adam(parameters, 0.01, (first, second))
    expected, mean, square = np.ones((3, 4)), 0.0, 0.0
    for t, gradient in enumerate(gradients(12, seed), start=1):
        mean = first * mean + (1 - first) * gradient
        square = second * square + (1 - second) * gradient**2
        corrected = mean / (1 - first**t), square / (1 - second**t)
        expected = expected - 0.01 * corrected[0] / (np.sqrt(corrected[1]) + 1e-8)
        adam.descend(gradient.copy())
    np.testing.assert_allclose(parameters, expected, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("precision", ["float32", "float64"])
def test_that_of_torch(precision: str) -> None:
    torch = pytest.importorskip("torch")
    theirs = torch.zeros((3, 4), dtype=getattr(torch, precision), requires_grad=True)
    optimizer = torch.optim.Adam([theirs], lr=0.003, betas=(0.9, 0.99))
    ours = np.zeros((3, 4), dtype=precision)
    adam = Adam(ours, 0.003, (0.9, 0.99))
    for gradient in gradients(50):
        theirs.grad = torch.tensor(gradient.astype(precision))
        optimizer.step()
        adam.descend(gradient.astype(precision))
    assert ours.dtype == precision
    np.testing.assert_allclose(ours, theirs.detach().numpy(), rtol=2e-4 if precision == "float32" else 1e-10)
