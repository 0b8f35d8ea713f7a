"""The exact posterior of a Gaussian process at every architecture of a space, one observation at a time."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.search.strategies.bayesian.kernels import Kernel
from nasbench_sim.spaces.product import Array

_BLOCK = 64


class Posterior:
    """A Gaussian process with unit prior variance, known at all architectures.

    With K + noise I = L L' the covariance of the observations, it keeps inv(L): an observation at x adds a
    row to it, so that nothing is factorised again, and takes the square of what it tells about each
    architecture, ``k(all, x) - k(all, seen) inv(K + noise I) k(seen, x)`` over its own deviation, off the
    variances. The n-th observation costs n * n operations and one sum of the kernel's; n * n + size numbers
    are kept. All products have the same shapes alone and among other replicates.

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
    >>> from nasbench_sim.search.strategies.bayesian.kernels import HammingKernel
    >>> from nasbench_sim.spaces import SearchSpace
    >>> posterior = Posterior(HammingKernel(SearchSpace("tiny", ["ab", "cd"]), 0.5), noise=1.0)
    >>> posterior.add(0)
    >>> posterior.mean(posterior.whitened(np.array([2.0]))).round(3)  # at 0: 1 / (1 + 1) of what was seen
    array([1.   , 0.368, 0.368, 0.135])
    >>> round(float(posterior.variance[0]), 3)
    0.5
    """

    def __init__(self, kernel: Kernel, noise: float) -> None:
        self.kernel = kernel
        self.noise = noise
        self.variance = np.ones(kernel.space.size)
        """Posterior variance of the noiseless value, shape (size,)."""
        self.seen: Array = np.zeros(0, dtype=np.int64)
        """The architectures of the observations, in their order."""
        self._inverse = np.zeros((0, 0))  # of L, padded

    def add(self, index: int) -> None:
        """Condition on an observation of an architecture (its value is needed for the mean only)."""
        n = len(self.seen)
        if n == len(self._inverse):
            self._inverse = np.pad(self._inverse, (0, _BLOCK))
        weights = self._back(self.whitened(self.kernel.between(index, self.seen)))
        pivot = np.sqrt(max(float(self.variance[index]), 0.0) + self.noise)
        self._inverse[n, :n] = -weights / pivot
        self._inverse[n, n] = 1.0 / pivot
        self.seen = np.append(self.seen, index)
        told = self.kernel.combined(self.seen, self._inverse[n, : n + 1])
        told *= told
        self.variance -= told

    def whitened(self, targets: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give inv(L) targets, shape (n,), of the values of the observations in their order."""
        n = len(self.seen)
        return np.asarray(np.einsum("ij,j->i", self._inverse[:n, :n], targets))

    def mean(self, whitened: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give the posterior mean, shape (size,), from what `whitened` gave."""
        return self.kernel.combined(self.seen, self._back(whitened))

    def _back(self, whitened: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give inv(L)' times a vector."""
        n = len(self.seen)
        return np.asarray(np.einsum("ij,i->j", self._inverse[:n, :n], whitened))
