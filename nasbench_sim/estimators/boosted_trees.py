"""Gradient boosting on indicators: small regression trees, for many problems at once."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.spaces.product import Array


class BoostedTrees:
    """Boosted regression trees of features that are 0 or 1, such as one-hot encoded choices.

    The algorithm is that of scikit-learn's ``GradientBoostingRegressor`` by default: squared error, the
    mean at first, then `trees` trees of `depth`, each fitted to what the ones before leave and added with
    `learning_rate`; a node is split where the squared error falls most. As there, which of equal splits is
    taken is drawn. All problems are learned in the same array operations, so that a hundred cost little more
    than one, and each comes out the same alone and among others.

    Parameters
    ----------
    uniform
        ``uniform(k)`` gives k numbers in [0, 1) for each of R problems, shape (R, k).
    trees, depth, learning_rate
        Of the boosting.

    References
    ----------
    Friedman. Greedy function approximation: a gradient boosting machine. Annals of Statistics 29, 2001.

    Examples
    --------
    >>> random = np.random.Generator(np.random.Philox(0))
    >>> features = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    >>> learned = BoostedTrees(lambda k: random.random((1, k))).fit(features, np.array([1.0, 2.0, 3.0, 6.0]))
    >>> learned.predict(features).round(3)
    array([1., 2., 3., 6.])
    """

    def __init__(
        self,
        uniform: Callable[[int], NDArray[np.float64]],
        trees: int = 100,
        depth: int = 3,
        learning_rate: float = 0.1,
    ) -> None:
        self.trees = trees
        self.depth = depth
        self.learning_rate = learning_rate
        self._uniform = uniform

    def fit(self, features: Array, values: Array) -> BoostedTrees:
        """Learn anew.

        Parameters
        ----------
        features
            Zeros and ones, shape (R, n, features), or (n, features) for one problem.
        values
            Shape (R, n) or (n,).
        """
        given = _stacked(features)
        left = np.atleast_2d(np.asarray(values, dtype=np.float64)).copy()
        order = self._uniform(given.shape[2]).argsort(axis=1, kind="stable")
        shuffled = np.take_along_axis(given, order[:, None], axis=2)  # of equals the first is split by
        self._mean = left.mean(axis=1)
        left -= self._mean[:, None]
        problems = len(given)
        splits, leaves = [], []
        for _ in range(self.trees):
            place, split = self._grown(shuffled, left)
            leaf = _leaf_means(place, left, 2**self.depth) * self.learning_rate
            left -= np.take_along_axis(leaf, place, axis=1)
            splits.append(split)
            leaves.append(leaf)
        chosen = np.stack(splits, axis=1)  # (R, trees, nodes): a column of the shuffled features, or -1
        named = np.take_along_axis(order, np.maximum(chosen, 0).reshape(problems, -1), axis=1)
        self._splits = np.where(chosen < 0, -1, named.reshape(chosen.shape))
        self._leaves = np.stack(leaves, axis=1)
        return self

    def predict(self, features: Array) -> NDArray[np.float64]:
        """Predict, shape (R, n) or (n,) as the features are."""
        given = _stacked(features)
        problems, n = given.shape[:2]
        # With a column of zeros at the end, for the nodes that are not split: all go left there.
        columns = np.concatenate([given, np.zeros((problems, n, 1))], axis=2).swapaxes(1, 2)
        columns = np.ascontiguousarray(columns).reshape(-1, n)
        first = (np.arange(problems) * given.shape[2] + np.arange(problems))[:, None, None]
        splits = np.where(self._splits < 0, given.shape[2], self._splits) + first
        place = np.zeros((problems, self.trees, n), dtype=np.intp)
        node = np.zeros_like(place)
        for level in range(self.depth):
            feature = np.take_along_axis(splits, node, axis=2)
            place = 2 * place + (columns[feature, np.arange(n)] > 0)
            node = 2 ** (level + 1) - 1 + place
        total = self._mean[:, None] + np.take_along_axis(self._leaves, place, axis=2).sum(axis=1)
        return np.asarray(total if np.ndim(features) == 3 else total[0])

    def _grown(
        self, features: NDArray[np.float64], left: NDArray[np.float64]
    ) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Grow one tree: the leaf of each row, shape (R, n), and the split of each node, shape (R, nodes)."""
        problems, n = left.shape
        rows = np.arange(problems)[:, None]
        place = np.zeros((problems, n), dtype=np.intp)
        splits = []
        for level in range(self.depth):
            nodes = 2**level
            member = (place[:, None] == np.arange(nodes)[:, None]).astype(np.float64)
            both = np.concatenate([member, member * left[:, None]], axis=1)
            total, ones = both.sum(axis=2)[..., None], both @ features
            count, above = total[:, :nodes], ones[:, :nodes]
            below = count - above
            # The squared error falls by this, times the rows of the node, which no feature changes.
            apart = ones[:, nodes:] * count - total[:, nodes:] * above
            apart *= apart
            sides = above * below
            gain = np.divide(apart, sides, out=np.zeros_like(apart), where=sides > 0)
            split = gain.argmax(axis=2)
            largest = np.take_along_axis(gain, split[..., None], axis=2)[..., 0]
            splits.append(np.where(largest > 1e-12, split, -1))
            feature = np.take_along_axis(splits[-1], place, axis=1)
            goes_right = features[rows, np.arange(n), feature] > 0
            place = 2 * place + (goes_right & (feature >= 0))
        return place, np.concatenate(splits, axis=1)


def _leaf_means(place: NDArray[np.intp], left: NDArray[np.float64], leaves: int) -> NDArray[np.float64]:
    """Compute the mean of what is left in each leaf, shape (R, leaves); 0 where there is nothing."""
    flat = (place + np.arange(len(place))[:, None] * leaves).ravel()
    count = np.bincount(flat, minlength=len(place) * leaves)
    total = np.bincount(flat, left.ravel(), minlength=len(place) * leaves)
    return np.asarray(total / np.maximum(count, 1)).reshape(-1, leaves)


def _stacked(features: Array) -> NDArray[np.float64]:
    stacked = np.asarray(features, dtype=np.float64)
    return stacked if stacked.ndim == 3 else stacked[None]
