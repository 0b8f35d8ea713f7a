"""Kernel densities over products of categories, one for each of R replicates."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.spaces.product import Array


class CategoricalDensity:
    """The mean over data points of products of Aitchison and Aitken's kernel, one factor a position.

    A factor is 1 - h where the choices agree and h / (c - 1) where they do not, for c choices and a bandwidth
    h, which is by the normal reference rule 1.06 * std * n**(-1 / (4 + positions)) of the choices' numbers.

    Parameters
    ----------
    ops
        Data points, shape (R, n, positions).
    cardinalities
        Choices of each position.
    least
        Least bandwidth; the most is (c - 1) / c, where the kernel is uniform.

    References
    ----------
    Aitchison, Aitken. Multivariate binary discrimination by the kernel method. Biometrika 63, 1976.

    Examples
    --------
    >>> density = CategoricalDensity(np.array([[[0], [0], [1]]]), np.array([2]), least=0.2)
    >>> h = 1.06 * np.sqrt(2 / 9) * 3 ** -0.2
    >>> bool(np.allclose(density.density(np.array([[[0]]])), (2 * (1 - h) + h) / 3))
    True
    """

    def __init__(self, ops: Array, cardinalities: Array, least: float) -> None:
        n, positions = ops.shape[1:]
        self._ops = ops
        self._cardinalities = cardinalities
        rule = 1.06 * ops.std(axis=1) * n ** (-1.0 / (4 + positions))
        self.bandwidth = np.minimum(np.maximum(rule, least), (cardinalities - 1) / cardinalities)
        """Shape (R, positions)."""

    def density(self, ops: Array) -> NDArray[np.float64]:
        """Give the density at points of shape (R, k, positions), shape (R, k)."""
        other = self.bandwidth / np.maximum(self._cardinalities - 1, 1)
        product = np.ones((*ops.shape[:2], self._ops.shape[1]))
        for position in range(ops.shape[2]):
            agrees = ops[:, :, None, position] == self._ops[:, None, :, position]
            h, rest = self.bandwidth[:, position, None, None], other[:, position, None, None]
            product *= np.where(agrees, 1.0 - h, rest)
        return np.asarray(product.mean(axis=2))

    def draw(self, uniform: NDArray[np.float64]) -> NDArray[np.int64]:
        """Draw near data points: one is chosen, and each position drawn anew with probability h.

        Parameters
        ----------
        uniform
            Numbers in [0, 1), shape (R, k, 1 + 2 * positions).

        Returns
        -------
        array of int64, shape (R, k, positions)
        """
        positions = self._ops.shape[2]
        place = (uniform[..., 0] * self._ops.shape[1]).astype(np.intp)
        center = self._ops[np.arange(len(place))[:, None], place]
        anew = (uniform[..., 1 + positions :] * self._cardinalities).astype(np.int64)
        return np.where(uniform[..., 1 : 1 + positions] < self.bandwidth[:, None], anew, center)
