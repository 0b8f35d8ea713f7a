from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_task import assert_alone_as_among, small_space, small_task, started, trajectory

import nasbench_sim as nbs
from nasbench_sim.errors import RequestError
from nasbench_sim.search.parts.scores import normal_scores
from nasbench_sim.search.strategies.bayesian.gaussian_process import (
    expected_improvement,
    largest_improvements,
)
from nasbench_sim.search.strategies.bayesian.kernels import HammingKernel, PathKernel
from nasbench_sim.search.strategies.bayesian.posterior import Posterior
from nasbench_sim.spaces import SearchSpace

cardinalities = st.lists(st.integers(1, 4), min_size=1, max_size=4)


def dense_covariance(space: SearchSpace, lengthscale: float) -> np.ndarray:
    ops = space.ops(space.all_indices())
    different = (ops[:, None, :] != ops[None, :, :]).mean(axis=2)
    return np.exp(-different / lengthscale)


@settings(max_examples=30, deadline=None)
@given(cardinalities, st.sampled_from([0.1, 0.5, 2.0]), st.data())
def test_posterior_is_the_dense_formula(shape: list[int], lengthscale: float, data: st.DataObject) -> None:
    space = small_space(*shape)
    seen = data.draw(st.lists(st.integers(0, space.size - 1), min_size=1, max_size=12))
    targets = np.array(data.draw(st.lists(st.floats(-3, 3), min_size=len(seen), max_size=len(seen))))
    noise = 0.05
    posterior = Posterior(HammingKernel(space, lengthscale), noise)
    for index in seen:
        posterior.add(index)
    full = dense_covariance(space, lengthscale)
    gram = full[np.ix_(seen, seen)] + noise * np.eye(len(seen))
    cross = full[seen]
    mean = cross.T @ np.linalg.solve(gram, targets)
    variance = 1.0 - np.einsum("ij,ij->j", cross, np.linalg.solve(gram, cross))
    np.testing.assert_allclose(posterior.mean(posterior.whitened(targets)), mean, atol=1e-9)
    np.testing.assert_allclose(posterior.variance, variance, atol=1e-10)


def test_posterior_beyond_one_block() -> None:
    space = small_space(5, 5, 5)
    seen = np.random.default_rng(0).integers(space.size, size=150)
    posterior = Posterior(HammingKernel(space, 0.5), 0.01)
    for index in seen:
        posterior.add(int(index))
    targets = np.sin(np.arange(150.0))
    full = dense_covariance(space, 0.5)
    mean = full[seen].T @ np.linalg.solve(full[np.ix_(seen, seen)] + 0.01 * np.eye(150), targets)
    np.testing.assert_allclose(posterior.mean(posterior.whitened(targets)), mean, atol=1e-9)


def test_posterior_with_the_path_kernel() -> None:
    space = nbs.space()
    seen = np.random.default_rng(0).integers(space.size, size=30)
    kernel = PathKernel(space, 0.5)
    full = np.stack([kernel.combined(np.array([index]), np.ones(1)) for index in seen])
    posterior = Posterior(kernel, 0.01)
    for index in seen:
        posterior.add(int(index))
    gram = full[:, seen] + 0.01 * np.eye(30)
    variance = 1.0 - np.einsum("ij,ij->j", full, np.linalg.solve(gram, full))
    np.testing.assert_allclose(posterior.variance, variance, atol=1e-6)
    targets = np.sin(np.arange(30.0))
    mean = full.T @ np.linalg.solve(gram, targets)
    np.testing.assert_allclose(posterior.mean(posterior.whitened(targets)), mean, atol=1e-5)


def test_path_kernel_counts_paths() -> None:
    space = nbs.space()
    kernel = PathKernel(space, 0.5)
    paths = space.encode(np.arange(space.size), "path")
    different = np.abs(paths - paths[77]).sum(axis=1)
    np.testing.assert_allclose(
        kernel.combined(np.array([77]), np.ones(1)), np.exp(-different / 8 / 0.5), rtol=1e-6
    )


@settings(max_examples=30, deadline=None)
@given(cardinalities, st.sampled_from([0.1, 0.5, 2.0]))
def test_prior_draws_have_the_covariance_of_the_kernel(shape: list[int], lengthscale: float) -> None:
    space = small_space(*shape)
    kernel = HammingKernel(space, lengthscale)
    root = np.stack([kernel.sample(unit) for unit in np.eye(space.size)], axis=1)
    np.testing.assert_allclose(root @ root.T, dense_covariance(space, lengthscale), atol=1e-12)


def test_prior_draws_come_in_the_published_order() -> None:
    space = nbs.space()
    normal = np.random.default_rng(1).standard_normal(space.size)
    sample = HammingKernel(space, 1e-3).sample(normal)  # no correlation left
    np.testing.assert_allclose(sample, normal[space.rank_of_index(space.all_indices())], atol=1e-9)


def test_expected_improvement_against_quadrature() -> None:
    x = np.linspace(-12, 12, 200_001)
    density = np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi)
    for margin, deviation in [(0.3, 0.5), (-1.0, 2.0), (0.0, 1.0)]:
        expected = np.trapezoid(np.maximum(0, margin + deviation * x) * density, x)
        assert expected_improvement(np.array([margin]), np.array([deviation]))[0] == pytest.approx(expected)


def test_normal_scores_of_ties() -> None:
    np.testing.assert_allclose(
        normal_scores(np.array([1.0, 5.0, 5.0, -7.0])), [-0.3186, 0.6745, 0.6745, -1.1503], atol=1e-4
    )
    np.testing.assert_array_equal(normal_scores(np.full(4, 3.0)), np.zeros(4))


def _scaled(searcher: object, row: int) -> np.ndarray:
    scores = searcher.scores(row)  # type: ignore[attr-defined]
    whitened = searcher._posterior[row].whitened(scores)  # type: ignore[attr-defined]
    return np.asarray(scores / np.sqrt((whitened**2).mean()))


def test_thompson_draws_have_the_posterior_moments() -> None:
    space = small_space(2, 3)
    task = small_task(space, [0.0, 1.0, 2.0, 3.0, 4.0, 5.0])
    searcher = started("gaussian_process", task, range(4000), acquisition="thompson", noise=0.1, initial=3)
    index = np.tile([[0], [4], [5]], (1, 4000))
    for column in index:
        searcher.tell(column[:, None], task.observe(column, None)[:, None])
    draws = np.stack([searcher._drawn(row, _scaled(searcher, row)) for row in range(4000)])  # type: ignore[attr-defined]
    posterior = searcher._posterior[0]  # type: ignore[attr-defined]
    whitened = posterior.whitened(normal_scores(np.array([0.0, 4.0, 5.0])))
    scale = np.sqrt((whitened**2).mean())
    np.testing.assert_allclose(draws.mean(axis=0), posterior.mean(whitened / scale), atol=0.06)
    np.testing.assert_allclose(draws.var(axis=0), posterior.variance, atol=0.06)


@pytest.mark.parametrize(
    ("acquisition", "kernel"),
    [("ei", "hamming"), ("ucb", "hamming"), ("thompson", "hamming"), ("ei", "path")],
)
def test_alone_as_among(acquisition: str, kernel: str) -> None:
    task = nbs.Task(nbs.load_table("nas-bench-201"), dataset="cifar100")
    assert_alone_as_among("gaussian_process", task, 25, acquisition=acquisition, kernel=kernel)


def test_whole_space_once_then_the_end() -> None:
    space = small_space(3, 1, 2)
    values = [1.0, np.nan, 3.0, 3.0, np.nan, 0.0]
    runs = trajectory("gaussian_process", small_task(space, values), 20, 4, initial=2)
    assert (runs.length == 6).all()
    assert (np.sort(runs.index, axis=1) == np.arange(6)).all()


def test_nothing_but_ties_and_missing_values() -> None:
    space = small_space(3, 3)
    for values in (np.full(9, 2.0), np.where(np.arange(9) == 4, 1.0, np.nan)):
        assert (trajectory("gaussian_process", small_task(space, values), 9, 2, initial=3).length == 9).all()


def test_beats_random_search() -> None:
    task = nbs.Task(nbs.load_table("nas-bench-201"), dataset="cifar100")
    regret = [
        trajectory(name, task, 60, 8).final()["regret"].mean()
        for name in ("gaussian_process", "random_search")
    ]
    assert regret[0] < 0.6 * regret[1]


def test_refuses_before_any_work() -> None:
    task = small_task(small_space(2, 2), np.arange(4.0))
    with pytest.raises(RequestError, match="path"):
        trajectory("gaussian_process", task, 10, 1, kernel="path")
    with pytest.raises(RequestError, match="thompson"):
        trajectory("gaussian_process", task, 10, 1, kernel="path", acquisition="thompson")
    with pytest.raises(RequestError, match="random architectures"):
        trajectory("gaussian_process", task, 9, 1)
    large = small_space(*[2] * 18)
    with pytest.raises(
        RequestError, match="262,144 architectures, and gaussian_process searches spaces of at most 131,072"
    ):
        trajectory("gaussian_process", small_task(large, np.arange(2.0**18)), 20, 1)


@given(st.lists(st.tuples(st.floats(-30, 6), st.floats(1e-5, 1.0)), min_size=1, max_size=200))
def test_the_promising_hold_the_largest_improvement(pairs: list[tuple[float, float]]) -> None:
    margin, deviation = (np.array(part) for part in zip(*pairs, strict=True))
    expected = expected_improvement(margin, deviation)
    promising = largest_improvements(margin, deviation)
    assert (np.diff(promising) > 0).all()
    if expected.max() > 1e-12:  # the first of the largest is among them, and with a whole space few are
        assert promising[expected[promising].argmax()] == expected.argmax()
