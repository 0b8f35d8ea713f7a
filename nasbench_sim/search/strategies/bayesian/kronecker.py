"""Products with a covariance that is a Kronecker product of one small matrix a position."""

from __future__ import annotations

import numpy as np

from nasbench_sim.spaces import SearchSpace
from nasbench_sim.spaces.product import Array

_SMALL = 32


class Kronecker:
    """The covariance in which each position with another choice multiplies by the same correlation.

    Of a position it is ``(1 - correlation) I + correlation``. Neighbouring positions are put together while
    their product is small, so that a product with a vector is a few matrix products: size * (sum of the
    groups' sizes) operations for what would take size * size.

    Parameters
    ----------
    space
        Vectors are over all its architectures, in lexicographic order.
    correlation
        From 0 to 1.

    Examples
    --------
    >>> covariance = Kronecker(SearchSpace("tiny", ["ab", "cd"]), correlation=0.5)
    >>> covariance.product(np.array([1.0, 0.0, 0.0, 0.0]))
    array([1.  , 0.5 , 0.5 , 0.25])
    """

    def __init__(self, space: SearchSpace, correlation: float) -> None:
        plain, root = [], []
        for choices in space.cardinalities.tolist():
            own = np.sqrt(1.0 - correlation)
            shared = (np.sqrt(1.0 - correlation + correlation * choices) - own) / choices
            plain.append((1.0 - correlation) * np.eye(choices) + correlation)
            root.append(own * np.eye(choices) + shared)
        self._factors, self._root_factors = _grouped(plain), _grouped(root)

    def product(self, vector: Array) -> Array:
        """Compute the covariance times a vector, shape (size,)."""
        return _applied(vector, self._factors)

    def root_product(self, vector: Array) -> Array:
        """Compute the symmetric square root of the covariance times a vector, shape (size,)."""
        return _applied(vector, self._root_factors)


def _grouped(factors: list[Array]) -> list[Array]:
    """Multiply neighbouring factors out while the result is small."""
    found: list[Array] = [np.eye(1)]
    for factor in factors:
        if len(found[-1]) * len(factor) <= _SMALL:
            found[-1] = np.kron(found[-1], factor)
        else:
            found.append(factor)
    return found


def _applied(vector: Array, factors: list[Array]) -> Array:
    result = vector.astype(np.float64)
    before = 1
    for factor in factors:
        choices = len(factor)
        if before * choices == len(vector):  # the last axis: one product, factors being symmetric
            result = result.reshape(before, choices) @ factor
        else:
            result = factor @ result.reshape(before, choices, -1)
        before *= choices
    return result.reshape(-1)
