"""What each replicate has observed so far, architecture by architecture."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.errors import RequestError
from nasbench_sim.oracle import Streams
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

    def of(self, rows: NDArray[np.intp], index: Array) -> NDArray[np.float64]:
        """Give the values of architectures, each of a replicate; the two shapes broadcast."""
        return np.asarray(self.value[rows, index])

    def unknown(self, row: int) -> NDArray[np.intp]:
        """Give the architectures that a replicate has not evaluated, in official order."""
        return np.flatnonzero(np.isnan(self.value[row]))

    def draw(self, row: int, streams: Streams) -> int | None:
        """Draw an architecture that a replicate has not evaluated; None where it has evaluated all."""
        left = self.unknown(row)
        if not len(left):
            return None
        return int(left[int(streams.uniform(1, np.array([row]))[0, 0] * len(left))])


class FewKnownValues:
    """The same of a space of any size: no more is kept than was evaluated.

    Examples
    --------
    >>> known = FewKnownValues(SearchSpace("large", ["abcdefghi"] * 30), replicates=1)
    >>> known.learn(np.array([[9**29, -1]]), np.array([[0.5, -np.inf]]))
    >>> known.of(np.array([0]), np.array([9**29, 7], dtype=object))
    array([0.5, nan])
    """

    def __init__(self, space: SearchSpace, replicates: int) -> None:
        self._space = space
        self._values: list[dict[int, float]] = [{} for _ in range(replicates)]

    def learn(self, index: Array, values: NDArray[np.float64]) -> None:
        """Keep values of shape (R, q)."""
        for own, architectures, observed in zip(self._values, index.tolist(), values.tolist(), strict=True):
            own.update((one, value) for one, value in zip(architectures, observed, strict=True) if one >= 0)

    def of(self, rows: NDArray[np.intp], index: Array) -> NDArray[np.float64]:
        """Give the values of architectures, each of a replicate; the two shapes broadcast."""
        rows, index = np.broadcast_arrays(rows, index)
        pairs = zip(rows.ravel().tolist(), index.ravel().tolist(), strict=True)
        return np.array([self._values[row].get(one, np.nan) for row, one in pairs]).reshape(index.shape)

    def draw(self, row: int, streams: Streams) -> int | None:
        """Draw an architecture that a replicate has not evaluated, of which there always are many more."""
        while (drawn := streams.architectures(self._space, 1, np.array([row]))[0, 0]) in self._values[row]:
            continue
        return int(drawn)


def known_values(space: SearchSpace, replicates: int) -> KnownValues | FewKnownValues:
    """Give an empty memory of values that suits the size of the space."""
    fits = space.size <= _LARGEST
    return KnownValues(space, replicates) if fits else FewKnownValues(space, replicates)
