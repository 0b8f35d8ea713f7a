"""The base of searchers that walk from neighbour to neighbour and remember every value."""

from __future__ import annotations

from abc import abstractmethod

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.search.hyperparameter import Architectures
from nasbench_sim.search.parts.known_values import known_values
from nasbench_sim.search.searcher import Searcher
from nasbench_sim.spaces.product import Array


class NeighborhoodSearch(Searcher):
    """Evaluates neighbours of the current architecture in random order, moves, restarts where it is stuck.

    Subclasses say where to move (`choose`). An architecture that was evaluated is not evaluated again: its
    value is remembered. Restarts begin at the architectures of the warm start, then at random ones that
    were not evaluated yet; a replicate that has evaluated the whole space ends.
    """

    chunk = 500

    warm_start = Architectures("where the first descents begin; later ones begin at random")

    def start(self) -> None:
        """Begin every replicate with a restart."""
        self._given = Architectures.indices(self.warm_start, self.space)
        self._known = known_values(self.space, self.replicates)
        self._current = np.full(self.replicates, -1, dtype=self.space.index_dtype)
        self._restarts = np.zeros(self.replicates, dtype=np.int64)
        shape = (self.replicates, max(self.space.most_neighbors, 1))
        self._queue = np.full(shape, -1, dtype=self.space.index_dtype)  # neighbours still to be evaluated
        self._queued = np.zeros(self.replicates, dtype=np.int64)
        self._ended = np.zeros(self.replicates, dtype=bool)

    def ask(self) -> Array:
        """Propose the next neighbour of each replicate, after moving or restarting where none is left."""
        waiting = np.flatnonzero((self._queued == 0) & ~self._ended)
        while len(waiting):
            self._advance(waiting)
            waiting = waiting[(self._queued[waiting] == 0) & ~self._ended[waiting]]
        self._queued -= 1
        proposal = self._queue[np.arange(self.replicates), np.maximum(self._queued, 0)]
        return np.where(self._ended, -1, proposal)[:, None]

    def tell(self, index: Array, values: NDArray[np.float64]) -> None:
        """Remember the value."""
        self._known.learn(index, values)

    @abstractmethod
    def choose(
        self, rows: NDArray[np.intp], neighbors: Array, values: NDArray[np.float64]
    ) -> NDArray[np.intp]:
        """Say where these replicates move.

        Parameters
        ----------
        rows
            The replicates, shape (n,); all have a current architecture.
        neighbors, values
            Of the current architectures, shape (n, k); NaN where not evaluated yet. One that has fewer
            neighbours than others stands there itself, too.

        Returns
        -------
        array of int, shape (n,)
            Columns of `neighbors`. -1 to stay: the neighbours that are not known yet are evaluated first;
            where all are known, the replicate restarts.
        """

    def restarted(self, rows: NDArray[np.intp]) -> None:
        """Forget what belongs to a descent; these replicates begin another one."""

    def current_value(self, rows: NDArray[np.intp]) -> NDArray[np.float64]:
        """Give the values of the current architectures."""
        return self._known.of(rows, self._current[rows])

    def _advance(self, rows: NDArray[np.intp]) -> None:
        """Let these replicates move, line neighbours up, or restart: one of the three."""
        begun = rows[self._current[rows] >= 0]
        restarting = rows[self._current[rows] < 0]
        if len(begun):
            neighbors = self.space.neighbors(self._current[begun])
            values = self._known.of(begun[:, None], neighbors)
            column = self.choose(begun, neighbors, values)
            moves = column >= 0
            self._current[begun[moves]] = neighbors[moves, column[moves]]
            fresh = np.isnan(values)
            waits = ~moves & fresh.any(axis=1)
            self._enqueue(begun[waits], neighbors[waits], fresh[waits])
            restarting = np.union1d(restarting, begun[~moves & ~waits])
        for row in restarting:
            self._restart(row)
        if len(restarting):
            self.restarted(restarting)

    def _enqueue(self, rows: NDArray[np.intp], neighbors: Array, fresh: NDArray[np.bool_]) -> None:
        """Line the neighbours that are not known yet up, in random order."""
        if not len(rows):
            return
        uniform = self.streams.uniform(self.space.most_neighbors, rows)[:, : fresh.shape[1]]
        order = np.argsort(np.where(fresh, uniform, 2.0), axis=1, kind="stable")
        self._queue[rows, : fresh.shape[1]] = np.take_along_axis(neighbors, order, axis=1)
        self._queued[rows] = fresh.sum(axis=1)

    def _restart(self, row: np.intp) -> None:
        """Begin again at the next of the warm start, or at a random architecture not evaluated yet."""
        if self._restarts[row] < len(self._given):
            begin = self._given[self._restarts[row]]
        else:
            begin = self._known.draw(int(row), self.streams)
            if begin is None:
                self._ended[row] = True
                return
        self._restarts[row] += 1
        self._current[row] = begin
        if np.isnan(self._known.of(np.array([row]), np.array([begin])))[0]:
            self._queue[row, 0] = begin
            self._queued[row] = 1
