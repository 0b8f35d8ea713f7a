"""Local search by best improvement, with restarts."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.search.known_values import KnownValues
from nasbench_sim.search.registry import register
from nasbench_sim.search.searcher import Searcher
from nasbench_sim.spaces.base import Array


@register
class LocalSearch(Searcher):
    """Evaluates all neighbours, moves to the best, restarts from a random architecture at a local optimum.

    An architecture that was evaluated is not evaluated again: its value is remembered. A replicate that
    has evaluated the whole space ends.

    References
    ----------
    White, Nolen, Savani. Exploring the loss landscape in neural architecture search. UAI 2021.
    """

    name = "local_search"
    chunk = 500

    def start(self) -> None:
        """Begin every replicate with a restart."""
        self._known = KnownValues(self.space, self.replicates)
        self._current = np.full(self.replicates, -1)
        width = int((self.space.cardinalities - 1).sum())
        self._queue = np.full((self.replicates, max(width, 1)), -1)  # neighbours still to be evaluated
        self._queued = np.zeros(self.replicates, dtype=np.int64)
        self._ended = np.zeros(self.replicates, dtype=bool)

    def ask(self) -> Array:
        """Propose the next neighbour of each replicate, after moving or restarting where none is left."""
        waiting = np.flatnonzero((self._queued == 0) & ~self._ended)
        while len(waiting):
            waiting = self._advance(waiting)
        self._queued -= 1
        proposal = self._queue[np.arange(self.replicates), np.maximum(self._queued, 0)]
        return np.where(self._ended, -1, proposal)[:, None]

    def tell(self, index: Array, values: NDArray[np.float64]) -> None:
        """Remember the value."""
        self._known.learn(index, values)

    def _advance(self, rows: NDArray[np.intp]) -> NDArray[np.intp]:
        """Give these replicates something to evaluate; those that only moved are returned, still waiting."""
        begun = rows[self._current[rows] >= 0]
        current = self._current[begun]
        neighbors = self.space.neighbors(current)
        values = self._known.value[begun[:, None], neighbors]
        fresh = np.isnan(values)
        complete = ~fresh.any(axis=1)
        self._enqueue(begun[~complete], neighbors[~complete], fresh[~complete])
        climbs = np.zeros(len(begun), dtype=bool)
        if neighbors.shape[1]:
            best = np.where(fresh, -np.inf, values).argmax(axis=1)
            climbs = complete & (values[np.arange(len(begun)), best] > self._known.value[begun, current])
            self._current[begun[climbs]] = neighbors[climbs, best[climbs]]
        at_optimum = begun[complete & ~climbs]
        self._restart(np.union1d(rows[self._current[rows] < 0], at_optimum))
        return begun[climbs]

    def _enqueue(self, rows: NDArray[np.intp], neighbors: Array, fresh: NDArray[np.bool_]) -> None:
        """Line the neighbours that are not known yet up, in random order."""
        if not len(rows):
            return
        order = np.argsort(np.where(fresh, self.streams.uniform(fresh.shape[1], rows), 2.0), axis=1)
        self._queue[rows, : fresh.shape[1]] = np.take_along_axis(neighbors, order, axis=1)
        self._queued[rows] = fresh.sum(axis=1)

    def _restart(self, rows: NDArray[np.intp]) -> None:
        """Begin again at a random architecture that was not evaluated yet."""
        if not len(rows):
            return
        for row, number in zip(rows, self.streams.uniform(1, rows)[:, 0], strict=True):
            unknown = self._known.unknown(row)
            if not len(unknown):
                self._ended[row] = True
                continue
            self._current[row] = unknown[int(number * len(unknown))]
            self._queue[row, 0] = self._current[row]
            self._queued[row] = 1
