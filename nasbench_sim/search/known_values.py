"""What each replicate has observed so far, architecture by architecture."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.errors import RequestError
from nasbench_sim.spaces import SearchSpace
from nasbench_sim.spaces.product import Array

_LARGEST = 2**20


class KnownValues:
    """The last observed value of every architecture for R replicates; NaN where not evaluated yet.

    Raises
    ------
    RequestError
        For a space too large to hold a number an architecture and replicate.

    Examples
    --------
    >>> known = KnownValues(SearchSpace("tiny", ["ab", "cd"]), replicates=2)
    >>> known.learn(np.array([[3], [1]]), np.array([[0.5], [0.7]]))
    >>> known.value
    array([[nan, nan, nan, 0.5],
           [nan, 0.7, nan, nan]])
    """

    def __init__(self, space: SearchSpace, replicates: int) -> None:
        if space.size > _LARGEST:
            raise RequestError(
                f"{space.name} has {space.size:,} architectures: this searcher keeps a value for each of at "
                f"most {_LARGEST:,}; simulated_annealing and evolution search spaces of any size"
            )
        self.value = np.full((replicates, space.size), np.nan)
        self._rows = np.arange(replicates)[:, None]

    def learn(self, index: Array, values: NDArray[np.float64]) -> None:
        """Keep values of shape (R, q)."""
        proposed = index >= 0
        rows = np.broadcast_to(self._rows, index.shape)
        self.value[rows[proposed], index[proposed]] = values[proposed]

    def unknown(self, row: int) -> NDArray[np.intp]:
        """Give the architectures that a replicate has not evaluated, in official order."""
        return np.flatnonzero(np.isnan(self.value[row]))
