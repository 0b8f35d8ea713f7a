"""Products with a covariance that is a Kronecker product of one small matrix a position."""

from __future__ import annotations

import numpy as np

from nasbench_sim.spaces import SearchSpace
from nasbench_sim.spaces.product import Array


class Kronecker:
    """The covariance in which each position with another choice multiplies by the same correlation.

    Of a position it is ``(1 - correlation) I + correlation``, whose product, and that of its square root, is
    a multiple of the vector and of the sum over the position's choices: size * positions operations for
    what would take size * size.

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
        self._cardinalities = space.cardinalities.tolist()
        own = np.sqrt(1.0 - correlation)
        self._factors = [(1.0 - correlation, correlation) for _ in self._cardinalities]
        self._root_factors = [
            (own, (np.sqrt(1.0 - correlation + correlation * choices) - own) / choices)
            for choices in self._cardinalities
        ]

    def product(self, vector: Array) -> Array:
        """Give the covariance times a vector, shape (size,)."""
        return self._applied(vector, self._factors)

    def root_product(self, vector: Array) -> Array:
        """Give the symmetric square root of the covariance times a vector, shape (size,)."""
        return self._applied(vector, self._root_factors)

    def _applied(self, vector: Array, factors: list[tuple[float, float]]) -> Array:
        result = vector.astype(np.float64)
        before = 1
        for choices, (own, shared) in zip(self._cardinalities, factors, strict=True):
            axis = result.reshape(before, choices, -1)
            total = axis[:, 0].copy()  # slice by slice: several times as fast as a sum over a short axis
            for choice in range(1, choices):
                total += axis[:, choice]
            axis *= own
            axis += (shared * total)[:, None]
            before *= choices
        return result
