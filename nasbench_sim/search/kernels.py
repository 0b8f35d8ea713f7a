"""Covariance of all architectures of a space with some of them."""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.errors import RequestError
from nasbench_sim.search.kronecker import Kronecker
from nasbench_sim.spaces import SearchSpace
from nasbench_sim.spaces.product import Array

_LARGEST = 2**17


class Kernel(ABC):
    """The exponential kernel ``exp(-distance / lengthscale)``, with a distance from 0 to 1.

    Parameters
    ----------
    space
        The space, which must be small enough to enumerate.
    lengthscale
        The distance at which the covariance has fallen to 1/e.

    Raises
    ------
    RequestError
        For a space of too many architectures, or without the encoding.
    """

    def __init__(self, space: SearchSpace, lengthscale: float) -> None:
        if space.size > _LARGEST:
            raise RequestError(
                f"{space.name} has {space.size:,} architectures: a Gaussian process over the whole space is "
                f"for at most {_LARGEST:,}; bananas, tpe and predictor_evolution search spaces of any size"
            )
        self.space = space
        self.lengthscale = lengthscale

    @abstractmethod
    def combined(self, index: Array, weights: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give the weighted sum of the covariances with some architectures, at every architecture.

        Parameters
        ----------
        index, weights
            The architectures and a number for each, shape (n,).

        Returns
        -------
        array of float64, shape (size,)
            In official order.
        """


class HammingKernel(Kernel):
    """Distance is the part of the positions with another choice.

    References
    ----------
    Oh, Tomczak, Gavves, Welling. Combinatorial Bayesian optimization using the graph Cartesian product.
    NeurIPS 2019 (kernels that are products over categorical positions).

    Examples
    --------
    >>> kernel = HammingKernel(SearchSpace("tiny", ["ab", "cd"]), lengthscale=0.5)
    >>> kernel.combined(np.array([0]), np.ones(1)).round(3)  # exp of 0, -1, -1, -2
    array([1.   , 0.368, 0.368, 0.135])
    """

    def __init__(self, space: SearchSpace, lengthscale: float) -> None:
        super().__init__(space, lengthscale)
        self._covariance = Kronecker(space, float(np.exp(-1.0 / (len(space.positions) * lengthscale))))
        self._rank = np.asarray(space.rank_of_index(space.all_indices()))

    def combined(self, index: Array, weights: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give the weighted sum: size * positions operations, whatever n is."""
        placed = np.bincount(self._rank[index], weights, self.space.size)
        return np.asarray(self._covariance.product(placed)[self._rank])

    def sample(self, normal: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give an exact draw of the process at every architecture, by standard normal numbers (size,)."""
        return np.asarray(self._covariance.root_product(normal)[self._rank])


class PathKernel(Kernel):
    """Distance is the number of paths from input to output that are not common, as a part of the most.

    Columns are kept, size * 4 bytes each: those of architectures that several replicates evaluate once.

    References
    ----------
    White, Neiswanger, Savani. BANANAS. AAAI 2021 (path distance).
    """

    def __init__(self, space: SearchSpace, lengthscale: float) -> None:
        super().__init__(space, lengthscale)
        self._paths = space.encode(space.all_indices(), "path").astype(np.float32)
        self._count = self._paths.sum(axis=1)
        levels = np.arange(2 * int(self._count.max()) + 1)
        self._of_level = np.exp(-(levels / levels[-1]) / lengthscale).astype(np.float32)
        self._columns: dict[int, NDArray[np.float32]] = {}

    def combined(self, index: Array, weights: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give the weighted sum, size * n operations, in a fixed order."""
        total = np.zeros(self.space.size)
        for one, weight in zip(index.tolist(), weights.tolist(), strict=True):
            if one not in self._columns:
                self._columns[one] = self._column(one)
            total += weight * self._columns[one]
        return total

    def _column(self, index: int) -> NDArray[np.float32]:
        # Whole numbers: exact in float32, in whatever order they are summed.
        common = self._paths @ self._paths[index]
        level = self._count + self._count[index] - 2 * common
        return np.asarray(self._of_level[level.astype(np.intp)])


KERNELS: dict[str, type[Kernel]] = {"hamming": HammingKernel, "path": PathKernel}
"""The kernels by name."""
