"""Which architectures each replicate has proposed before, in spaces of any size."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.spaces.product import Array


class Visited:
    """One growing set a replicate.

    Examples
    --------
    >>> visited = Visited(replicates=2)
    >>> visited.add(np.array([[4, 4], [4, -1]]))
    array([[ True, False],
           [ True, False]])
    >>> visited.add(np.array([[5, 4]]), rows=np.array([1]))
    array([[ True, False]])
    >>> visited.count
    array([1, 2])
    """

    def __init__(self, replicates: int) -> None:
        self._sets: list[set[int]] = [set() for _ in range(replicates)]

    @property
    def count(self) -> NDArray[np.int64]:
        """How many architectures each replicate has visited, shape (R,)."""
        return np.array([len(one) for one in self._sets])

    def add(self, index: Array, rows: NDArray[np.intp] | None = None) -> NDArray[np.bool_]:
        """Add proposals of shape (R, q), or (len(rows), q), and tell which are new; -1 never is."""
        sets = self._sets if rows is None else [self._sets[row] for row in rows]
        new = np.zeros(index.shape, dtype=bool)
        for place, (one, proposals) in enumerate(zip(sets, index.tolist(), strict=True)):
            for slot, proposal in enumerate(proposals):
                if proposal >= 0 and proposal not in one:
                    one.add(proposal)
                    new[place, slot] = True
        return new
