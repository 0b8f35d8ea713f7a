"""Boosted trees on indicators: scikit-learn's numbers where no two splits are equal."""

from __future__ import annotations

import numpy as np
import pytest

from nasbench_sim.estimators.boosted_trees import BoostedTrees


def uniforms(problems: int, seed: int = 0):
    random = np.random.default_rng(seed)
    return lambda k: random.random((problems, k))


@pytest.mark.parametrize(("trees", "depth"), [(1, 1), (1, 3), (100, 3), (30, 2)])
def test_the_same_as_scikit_learn(trees: int, depth: int) -> None:
    ensemble = pytest.importorskip("sklearn.ensemble")
    random = np.random.default_rng(1)
    features = random.integers(2, size=(3, 400, 7))
    values, asked = random.normal(size=(3, 400)), random.integers(2, size=(3, 60, 7))
    found = BoostedTrees(uniforms(3), trees=trees, depth=depth).fit(features, values).predict(asked)
    for own, x, y, new in zip(found, features, values, asked, strict=True):
        theirs = ensemble.GradientBoostingRegressor(n_estimators=trees, max_depth=depth)
        np.testing.assert_allclose(own, theirs.fit(x, y).predict(new), atol=1e-10)


def test_a_problem_is_the_same_alone_and_among_others() -> None:
    random = np.random.default_rng(2)
    features, values = random.integers(2, size=(4, 30, 12)), random.normal(size=(4, 30))
    drawn = random.random((4, 12))
    among = BoostedTrees(lambda k: drawn).fit(features, values).predict(features)
    for row in range(4):
        alone = BoostedTrees(lambda k, row=row: drawn[row : row + 1]).fit(features[row], values[row])
        np.testing.assert_array_equal(alone.predict(features[row]), among[row])


def test_nothing_to_split_gives_the_mean() -> None:
    for features in (np.zeros((1, 5, 3)), np.ones((1, 5, 3))):
        learned = BoostedTrees(uniforms(1)).fit(features, np.arange(5.0)[None])
        np.testing.assert_allclose(learned.predict(np.array([[[0, 1, 1], [1, 0, 0]]])), 2.0)
    one = BoostedTrees(uniforms(1)).fit(np.array([[0, 1]]), np.array([3.0]))
    np.testing.assert_allclose(one.predict(np.array([[1, 1], [0, 0]])), 3.0)


def test_of_equal_splits_one_is_drawn() -> None:
    features, values = np.array([[0, 0], [1, 1]]), np.array([0.0, 1.0])  # both columns say the same
    asked = np.array([[0, 1]])
    found = {
        float(
            BoostedTrees(uniforms(1, seed), trees=1, learning_rate=1.0)
            .fit(features, values)
            .predict(asked)[0]
        )
        for seed in range(20)
    }
    assert found == {0.0, 1.0}
