"""The exact posterior of a Gaussian process at every architecture of a space, one observation at a time."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.search.kernels import Kernel

_BLOCK = 64


class Posterior:
    """A Gaussian process with unit prior variance that knows all architectures' covariance with what it saw.

    With K + noise I = L L' the covariance of the observations, it keeps L and V = inv(L) k(seen, all), of
    shape (n, size) in float32. A new observation at x adds one row to each: the new row of L is column x of
    V, so that nothing is factorised again and a step costs n * size operations. Sums run in a fixed order,
    without BLAS, so that the result depends on nothing but the observations.

    Parameters
    ----------
    kernel
        The prior covariance.
    noise
        Variance of an observation's noise, as a part of the prior variance.

    References
    ----------
    Rasmussen, Williams. Gaussian processes for machine learning. MIT Press 2006, algorithm 2.1.

    Examples
    --------
    >>> from nasbench_sim.spaces import SearchSpace
    >>> posterior = Posterior(Kernel(SearchSpace("tiny", ["ab", "cd"]), "hamming", 0.5), noise=1.0)
    >>> posterior.add(0)
    >>> posterior.mean(posterior.whitened(np.array([2.0]))).round(3)  # at 0: 1 / (1 + 1) of what was seen
    array([1.   , 0.368, 0.368, 0.135], dtype=float32)
    >>> round(float(posterior.variance[0]), 3)
    0.5
    """

    def __init__(self, kernel: Kernel, noise: float) -> None:
        self.kernel = kernel
        self.noise = noise
        self.variance = np.ones(kernel.space.size, dtype=np.float32)
        """Posterior variance of the noiseless value, shape (size,)."""
        self.seen: list[int] = []
        self._blocks: list[NDArray[np.float32]] = []  # V, in pieces that need no copy to grow
        self._factor = np.zeros((0, 0))

    def add(self, index: int) -> None:
        """Condition on an observation of an architecture (its value is needed for the mean only)."""
        n = len(self.seen)
        if n % _BLOCK == 0:
            self._blocks.append(np.zeros((_BLOCK, len(self.variance)), dtype=np.float32))
            self._factor = np.pad(self._factor, (0, _BLOCK))
        row = np.concatenate([block[:, index] for block in self._blocks])[:n]
        pivot = np.sqrt(max(float(self.variance[index]), 0.0) + self.noise)
        new = self.kernel.column(index) - self._weighted(row)
        new /= np.float32(pivot)
        self._blocks[-1][n % _BLOCK] = new
        self.variance -= new * new
        self._factor[n, :n] = row
        self._factor[n, n] = pivot
        self.seen.append(index)

    def whitened(self, targets: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give inv(L) targets, shape (n,), of the values of the observations in their order."""
        from scipy.linalg import solve_triangular

        n = len(self.seen)
        return np.asarray(
            solve_triangular(self._factor[:n, :n], targets, lower=True, check_finite=False), dtype=np.float64
        )

    def mean(self, whitened: NDArray[np.float64]) -> NDArray[np.float32]:
        """Give the posterior mean, shape (size,), from what `whitened` gave."""
        return self._weighted(whitened.astype(np.float32))

    def _weighted(self, weights: NDArray[np.float32]) -> NDArray[np.float32]:
        """Sum the rows of V with weights."""
        total = np.zeros(len(self.variance), dtype=np.float32)
        for start in range(0, len(weights), _BLOCK):
            part = weights[start : start + _BLOCK]
            total += np.einsum("i,ij->j", part, self._blocks[start // _BLOCK][: len(part)])
        return total
