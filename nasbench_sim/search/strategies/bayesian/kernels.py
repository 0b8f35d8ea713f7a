"""Covariance of all architectures of a space with some of them."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.search.strategies.bayesian.kronecker import Kronecker
from nasbench_sim.spaces import SearchSpace
from nasbench_sim.spaces.product import Array

LARGEST = 2**17
"""The most architectures of a space that all are given a covariance at every step."""


class Kernel(ABC):
    """The exponential kernel ``exp(-distance / lengthscale)``, with a distance from 0 to 1.

    Parameters
    ----------
    space
        The space, of at most `LARGEST` architectures.
    lengthscale
        The distance at which the covariance has fallen to 1/e.
    """

    def __init__(self, space: SearchSpace, lengthscale: float) -> None:
        self.space = space
        self.lengthscale = lengthscale

    @abstractmethod
    def between(self, index: int, others: Array) -> NDArray[np.float64]:
        """Return the covariances of one architecture with others, shape (n,)."""

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
        self._correlation = float(np.exp(-1.0 / (len(space.positions) * lengthscale)))
        self._covariance = Kronecker(space, self._correlation)
        self.products = math.prod(space.cardinalities.tolist())
        """The products of choices, each of which a draw needs a number for: the architectures, and more."""
        self._rank = np.ravel_multi_index(
            tuple(space.ops(space.all_indices()).T.astype(np.intp)), tuple(space.cardinalities.tolist())
        )

    def between(self, index: int, others: Array) -> NDArray[np.float64]:
        """Count the positions that differ."""
        ops = self.space.ops_of_valid_index(np.append(others, index))
        return np.asarray(self._correlation ** (ops[:-1] != ops[-1]).sum(axis=1))

    def combined(self, index: Array, weights: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give the weighted sum: products * positions operations, whatever n is."""
        placed = np.bincount(self._rank[index], weights, self.products)
        return np.asarray(self._covariance.product(placed)[self._rank])

    def sample(self, normal: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give an exact draw of the process at every architecture, by standard normal numbers (products,)."""
        return np.asarray(self._covariance.root_product(normal)[self._rank])


class ColumnKernel(Kernel):
    """A kernel of any distance between levels, column by column.

    Columns are kept, size * 4 bytes each: those of architectures that several replicates evaluate once.
    """

    def __init__(self, space: SearchSpace, lengthscale: float) -> None:
        super().__init__(space, lengthscale)
        levels = np.arange(self.largest() + 1)
        self._of_level = np.exp(-(levels / levels[-1]) / lengthscale).astype(np.float32)
        self._columns: dict[int, NDArray[np.float32]] = {}

    def between(self, index: int, others: Array) -> NDArray[np.float64]:
        """Look them up in the column."""
        return self._column(index)[others].astype(np.float64)

    def combined(self, index: Array, weights: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give the weighted sum, size * n operations, in a fixed order."""
        total = np.zeros(self.space.size)
        for one, weight in zip(index.tolist(), weights.tolist(), strict=True):
            total += weight * self._column(one)
        return total

    def _column(self, index: int) -> NDArray[np.float32]:
        if index not in self._columns:
            self._columns[index] = self._of_level[self.levels(index)]
        return self._columns[index]

    @abstractmethod
    def largest(self) -> int:
        """Prepare what `levels` needs, and give the largest of them."""

    @abstractmethod
    def levels(self, index: int) -> NDArray[np.intp]:
        """Give the distances of one architecture to all, as whole numbers of the largest; shape (size,)."""


class HammingColumns(ColumnKernel):
    """The distance of `HammingKernel`, in a part of a product that is too large to go through."""

    def largest(self) -> int:
        """Count the positions."""
        self._ops = self.space.ops(self.space.all_indices())
        return len(self.space.positions)

    def levels(self, index: int) -> NDArray[np.intp]:
        """Count the positions that differ."""
        return np.asarray((self._ops != self._ops[index]).sum(axis=1))


class PathKernel(ColumnKernel):
    """Distance is the number of paths from input to output that are not common, as a part of the most.

    References
    ----------
    White, Neiswanger, Savani. BANANAS. AAAI 2021 (path distance).
    """

    def largest(self) -> int:
        """Encode all paths, and give twice the most that an architecture has."""
        self._paths = self.space.encode(self.space.all_indices(), "path").astype(np.float32)
        self._count = self._paths.sum(axis=1)
        return 2 * int(self._count.max())

    def levels(self, index: int) -> NDArray[np.intp]:
        """Count the paths that one of two has."""
        # Whole numbers: exact in float32, in whatever order they are summed.
        common = self._paths @ self._paths[index]
        return np.asarray(self._count + self._count[index] - 2 * common).astype(np.intp)


def hamming_kernel(space: SearchSpace, lengthscale: float) -> Kernel:
    """Give the Hamming kernel that suits a space: over all products, or column by column."""
    few = math.prod(space.cardinalities.tolist()) <= LARGEST or space.is_product
    return HammingKernel(space, lengthscale) if few else HammingColumns(space, lengthscale)


KERNELS: dict[str, Callable[[SearchSpace, float], Kernel]] = {"hamming": hamming_kernel, "path": PathKernel}
"""The kernels by name."""
