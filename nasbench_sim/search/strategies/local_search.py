"""Local search, with restarts."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.search.hyperparameter import Choice
from nasbench_sim.search.neighborhood import NeighborhoodSearch
from nasbench_sim.search.registry import register
from nasbench_sim.spaces.base import Array


@register
class LocalSearch(NeighborhoodSearch):
    """Moves to a better neighbour until there is none, then restarts from a random architecture.

    By best improvement, all neighbours are evaluated and the best is moved to; by first improvement, the
    first neighbour that is found to be better (among those known already, the best).

    References
    ----------
    White, Nolen, Savani. Exploring the loss landscape in neural architecture search. UAI 2021 (best
    improvement). The warm start: "start from a model that you have", as in PostNAS.
    """

    name = "local_search"

    improvement = Choice("best", "which better neighbour is moved to", options=("best", "first"))

    def tell(self, index: Array, values: NDArray[np.float64]) -> None:
        """Remember the value; by first improvement, leave the other neighbours where it is better."""
        super().tell(index, values)
        if self.improvement == "first":
            climbs = (self._current >= 0) & (index[:, 0] >= 0)
            rows = np.flatnonzero(climbs)
            self._queued[rows[values[rows, 0] > self.current_value(rows)]] = 0

    def choose(
        self, rows: NDArray[np.intp], neighbors: Array, values: NDArray[np.float64]
    ) -> NDArray[np.intp]:
        """Move to the best known neighbour if it is better and, by best improvement, all are known."""
        fresh = np.isnan(values)
        known = np.where(fresh, -np.inf, values)
        if not known.shape[1]:
            return np.full(len(rows), -1)
        best = known.argmax(axis=1)
        climbs = known[np.arange(len(rows)), best] > self.current_value(rows)
        if self.improvement == "best":
            climbs &= ~fresh.any(axis=1)
        return np.where(climbs, best, -1)
