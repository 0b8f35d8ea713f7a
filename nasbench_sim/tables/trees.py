"""Sums of decision trees over the choices of an architecture, as plain arrays, evaluated by numpy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.errors import RequestError
from nasbench_sim.spaces import SearchSpace
from nasbench_sim.spaces.encodings import one_hot

_AT_ONCE = 512
_DEEPEST = 64
_LARGEST = 2**24


def choice_features(space: SearchSpace, index: NDArray[Any]) -> NDArray[np.uint8]:
    """Compute one 0 or 1 a choice of valid indices; all 0 at a position that means nothing.

    Returns
    -------
    array of uint8, shape (..., sum of cardinalities)

    Examples
    --------
    >>> choice_features(SearchSpace("tiny", ["abc", "de"]), np.array([5]))
    array([[0, 0, 1, 0, 1]], dtype=uint8)
    """
    ops = space.ops_of_valid_index(index)
    coded = one_hot(ops, space.cardinalities).astype(np.uint8)
    if space.conditions:
        coded *= np.repeat(space.conditional.live(ops), space.cardinalities, axis=-1)
    return coded


class Trees:
    """A number for each architecture: a constant, and the leaf that it reaches in each of some trees.

    Parameters
    ----------
    space
        The architectures.
    roots
        The first node of each tree, shape (trees,).
    children
        Of each node the next where its feature is 0 and where it is 1, shape (nodes, 2), further on in the
        list; of a leaf itself.
    feature
        Which of `choice_features` a node asks, shape (nodes,).
    value
        What a leaf adds, shape (nodes,).
    constant
        What all have.

    Raises
    ------
    RequestError
        For arrays that are no trees over the space: what is read from a file cannot lead astray.

    Examples
    --------
    >>> space = SearchSpace("tiny", ["ab"])
    >>> children = np.array([[1, 2], [1, 1], [2, 2]])
    >>> one = Trees(space, np.array([0]), children, np.array([1, 0, 0]), np.array([0.0, 5.0, 7.0]), 10.0)
    >>> one(np.array([0, 1]))  # node 0 asks for the second choice
    array([15., 17.])
    """

    kind = "trees"

    def __init__(
        self,
        space: SearchSpace,
        roots: NDArray[Any],
        children: NDArray[Any],
        feature: NDArray[Any],
        value: NDArray[Any],
        constant: float,
    ) -> None:
        self.space = space
        self.constant = float(constant)
        nodes = len(value)
        own = np.arange(nodes)[:, None]
        shapes = children.shape == (nodes, 2) and feature.shape == value.shape == (nodes,) and roots.ndim == 1
        if not shapes or not 0 < nodes <= _LARGEST or not len(roots):
            raise RequestError("arrays of other shapes than trees have")
        leaf = (children == own).all(axis=1)
        forward = (children > own).all(axis=1) & (children < nodes).all(axis=1)
        inside = (feature >= 0) & (feature < space.cardinalities.sum())
        if not (leaf | forward).all() or not inside.all() or roots.min() < 0 or roots.max() >= nodes:
            raise RequestError("arrays that are no trees: a node leads backward, or outside")
        if not np.isfinite(value).all() or not np.isfinite(self.constant):
            raise RequestError("trees with values that are not finite")
        self._roots = roots.astype(np.int32)
        self._children = children.astype(np.int32)
        self._feature = feature.astype(np.int32)
        self._value = np.where(leaf, value, 0.0)
        level, self._depth = np.unique(self._roots), 0
        while not leaf[level].all():
            level, self._depth = np.unique(self._children[level]), self._depth + 1
            if self._depth > _DEEPEST:
                raise RequestError(f"trees deeper than {_DEEPEST}")

    def __call__(self, index: NDArray[Any]) -> NDArray[np.float64]:
        """Compute the numbers of valid official indices, any shape."""
        flat = index.reshape(-1)
        out = np.empty(len(flat))
        for start in range(0, len(flat), _AT_ONCE):
            features = choice_features(self.space, flat[start : start + _AT_ONCE])
            rows = np.arange(len(features))[:, None]
            node = np.broadcast_to(self._roots, (len(features), len(self._roots)))
            for _ in range(self._depth):
                node = self._children[node, features[rows, self._feature[node]]]
            out[start : start + _AT_ONCE] = self._value[node].sum(axis=1)
        return (out + self.constant).reshape(index.shape)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return all that it is made of, for a file."""
        return {
            "roots": self._roots,
            "children": self._children,
            "feature": self._feature,
            "value": self._value,
            "constant": np.array([self.constant]),
        }

    @classmethod
    def from_arrays(cls, space: SearchSpace, arrays: Mapping[str, NDArray[Any]]) -> Trees:
        """Build it again from what `arrays` gave."""
        rest = {name: arrays[name] for name in ("roots", "children", "feature", "value")}
        return cls(space, **rest, constant=float(arrays["constant"][0]))
