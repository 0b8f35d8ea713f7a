"""Covariance of all architectures of a space with one of them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.errors import RequestError
from nasbench_sim.spaces import SearchSpace

KERNELS = {"hamming": "one_hot", "path": "path"}
"""Kernel name -> the encoding of indicators whose difference it measures."""

_LARGEST = 2**17


class Kernel:
    """The exponential kernel ``exp(-distance / lengthscale)`` on the indicators of an encoding.

    The distance of two architectures is the number of indicators in which they differ, as a part of the
    most that they can differ in: for ``"hamming"`` the part of the positions with another choice; for
    ``"path"`` the part of the paths from input to output that are not common to both.

    Parameters
    ----------
    space
        The space, which must be small enough to enumerate.
    name
        One of `KERNELS`.
    lengthscale
        The distance (0 to 1) at which the covariance has fallen to 1/e.

    Raises
    ------
    RequestError
        For a space of too many architectures, or without the encoding.

    References
    ----------
    White, Neiswanger, Savani. BANANAS. AAAI 2021 (path distance). Oh, Tomczak, Gavves, Welling.
    Combinatorial Bayesian optimization using the graph Cartesian product. NeurIPS 2019 (kernels that are
    products over categorical positions).

    Examples
    --------
    >>> kernel = Kernel(SearchSpace("tiny", ["ab", "cd"]), "hamming", lengthscale=0.5)
    >>> kernel.column(0).round(3)  # exp of 0, -1, -1, -2
    array([1.   , 0.368, 0.368, 0.135], dtype=float32)
    """

    def __init__(self, space: SearchSpace, name: str, lengthscale: float) -> None:
        if space.size > _LARGEST:
            raise RequestError(
                f"{space.name} has {space.size:,} architectures: a Gaussian process over the whole space is "
                f"for at most {_LARGEST:,}; bananas, tpe and predictor_evolution search spaces of any size"
            )
        self.space = space
        self.lengthscale = lengthscale
        self._indicators = space.encode(space.all_indices(), KERNELS[name]).astype(np.float32)
        self._count = self._indicators.sum(axis=1)
        levels = np.arange(2 * int(self._count.max()) + 1)
        self._of_level = np.exp(-(levels / levels[-1]) / lengthscale).astype(np.float32)

    def column(self, index: int) -> NDArray[np.float32]:
        """Give the covariance of every architecture with one, shape (size,)."""
        # Whole numbers: exact in float32, in whatever order they are summed.
        common = self._indicators @ self._indicators[index]
        level = self._count + self._count[index] - 2 * common
        return np.asarray(self._of_level[level.astype(np.intp)])


def hamming_sample(
    space: SearchSpace, lengthscale: float, normal: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Give an exact draw of the Gaussian process with the Hamming kernel, over the whole space.

    The covariance is a Kronecker product of one small matrix a position, ``(1 - r) I + r``, whose square
    root is applied axis by axis.

    Parameters
    ----------
    normal
        Independent standard normal numbers, shape (size,).

    Returns
    -------
    array of float64, shape (size,)
        In official order.
    """
    correlation = np.exp(-1.0 / (len(space.positions) * lengthscale))
    own = np.sqrt(1.0 - correlation)
    sample = normal.reshape(tuple(space.cardinalities))
    for axis, choices in enumerate(space.cardinalities):
        shared = (np.sqrt(1.0 - correlation + correlation * choices) - own) / choices
        sample = own * sample + shared * sample.sum(axis=axis, keepdims=True)
    return np.asarray(sample.reshape(-1)[space.rank_of_index(space.all_indices())])
