"""Tabu search."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.search.hyperparameter import Whole
from nasbench_sim.search.strategies.walks.neighborhood import NeighborhoodSearch
from nasbench_sim.spaces.product import Array


class TabuSearch(NeighborhoodSearch):
    """Evaluates all neighbours and moves to the best that was not left lately, even if it is worse.

    An architecture that was current during the last `tenure` moves is tabu. After `patience` moves in a row
    that found nothing better than the descent has seen, or where all neighbours are tabu, it restarts at
    random. The two numbers are ours: the source leaves them to the problem.

    References
    ----------
    Glover. Tabu search, part I. ORSA Journal on Computing 1, 1989.
    """

    name = "tabu_search"

    tenure = Whole(20, "moves during which an architecture that was left stays tabu")
    patience = Whole(5, "moves without a better architecture after which it restarts")

    def start(self) -> None:
        """Prepare empty lists."""
        super().start()
        self._tabu = np.full((self.replicates, self.tenure), -1, dtype=self.space.index_dtype)
        self._moves = np.zeros(self.replicates, dtype=np.int64)
        self._best = np.full(self.replicates, -np.inf)
        self._stale = np.zeros(self.replicates, dtype=np.int64)

    def choose(
        self, rows: NDArray[np.intp], neighbors: Array, values: NDArray[np.float64]
    ) -> NDArray[np.intp]:
        """Move to the best neighbour that is not tabu, once all are known."""
        column = np.full(len(rows), -1)
        self._best[rows] = np.maximum(self._best[rows], self.current_value(rows))
        ready = np.flatnonzero(~np.isnan(values).any(axis=1) & (self._stale[rows] < self.patience))
        if not len(ready) or not neighbors.shape[1]:
            return column
        rows, neighbors, values = rows[ready], neighbors[ready], values[ready]
        tabu = (neighbors[:, :, None] == self._tabu[rows][:, None]).any(axis=2)
        tabu |= neighbors == self._current[rows, None]
        best = np.where(tabu, -np.inf, values).argmax(axis=1)
        value = values[np.arange(len(rows)), best]
        moves = ~tabu[np.arange(len(rows)), best]
        better = value > self._best[rows]
        self._stale[rows] = np.where(better, 0, self._stale[rows] + 1)
        self._tabu[rows, self._moves[rows] % self.tenure] = self._current[rows]
        self._moves[rows] += 1
        column[ready] = np.where(moves, best, -1)
        return column

    def restarted(self, rows: NDArray[np.intp]) -> None:
        """Forget the list and the best of the descent."""
        self._tabu[rows] = -1
        self._best[rows] = -np.inf
        self._stale[rows] = 0
