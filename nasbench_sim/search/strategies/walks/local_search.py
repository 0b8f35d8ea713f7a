"""Local search, with restarts."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.search.hyperparameter import Choice
from nasbench_sim.search.strategies.walks.neighborhood import NeighborhoodSearch
from nasbench_sim.spaces.product import Array


class LocalSearch(NeighborhoodSearch):
    """Moves to a better neighbour until there is none, then restarts from a random architecture.

    By best improvement, all neighbours are evaluated and the best is moved to. By first improvement, they
    are looked at in random order, those known already at no cost, and the first better one is moved to.

    References
    ----------
    White, Nolen, Savani. Exploring the loss landscape in neural architecture search. UAI 2021 (best
    improvement). The warm start: "start from a model that you have", as in PostNAS.
    """

    name = "local_search"

    improvement = Choice("best", "which better neighbour is moved to", options=("best", "first"))

    def tell(self, index: Array, values: NDArray[np.float64]) -> None:
        """Remember the value; by first improvement, move there if it is better, else look around again."""
        super().tell(index, values)
        if self.improvement == "first":
            rows = np.flatnonzero(index[:, 0] >= 0)
            rows = rows[values[rows, 0] > self.current_value(rows)]
            self._current[rows] = index[rows, 0]
            self._queued[:] = 0

    def choose(
        self, rows: NDArray[np.intp], neighbors: Array, values: NDArray[np.float64]
    ) -> NDArray[np.intp]:
        """Move to a better neighbour, or stay to evaluate those that are not known yet."""
        fresh = np.isnan(values)
        better = values > self.current_value(rows)[:, None]
        if not values.shape[1]:
            return np.full(len(rows), -1)
        if self.improvement == "best":
            best = np.where(fresh, -np.inf, values).argmax(axis=1)
            return np.where(~fresh.any(axis=1) & better.any(axis=1), best, -1)
        # The next in a random order, passing over the known that are not better: each of the others is
        # equally likely, and it is one of the better, or one to evaluate.
        uniform = self.streams.uniform(2, rows)
        count = better.sum(axis=1)
        moves = uniform[:, 0] * (count + fresh.sum(axis=1)) < count
        wanted = (uniform[:, 1] * count).astype(np.intp)
        column = (np.cumsum(better, axis=1) <= wanted[:, None]).sum(axis=1)
        return np.where(moves, column, -1)
