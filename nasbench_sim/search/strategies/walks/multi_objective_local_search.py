"""Local search on the front of several objectives."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.search.hyperparameter import Architectures
from nasbench_sim.search.parts.dominance import dominates
from nasbench_sim.search.parts.known_values import known_values
from nasbench_sim.search.searcher import Searcher
from nasbench_sim.spaces.product import Array


class MultiObjectiveLocalSearch(Searcher):
    """Evaluates all neighbours of a member of the archive that was not explored yet, one after the other.

    The archive holds what no other evaluated architecture dominates; which of its unexplored members is next
    is drawn uniformly. Where all are explored, the next of the warm start or a random architecture that was
    not evaluated yet is evaluated, and explored if it enters the archive. Nothing is evaluated twice; a
    replicate that has evaluated the whole space ends.

    References
    ----------
    Paquete, Chiarandini, Stützle. Pareto local optimum sets in the biobjective traveling salesman problem.
    Metaheuristics for multiobjective optimisation, 2004 (Pareto local search).
    """

    name = "multi_objective_local_search"
    objectives = "several"
    chunk = 250

    warm_start = Architectures("what is evaluated first; later restarts are random")

    def start(self) -> None:
        """Begin with an empty archive."""
        self._given = Architectures.indices(self.warm_start, self.space)
        self._known = known_values(self.space, self.replicates)  # 0 for each that was evaluated
        self._restarts = np.zeros(self.replicates, dtype=np.int64)
        objectives = len(self.context.task.objectives)
        none = np.zeros(0, dtype=self.space.index_dtype)
        empty = _Archive(none, np.zeros((0, objectives)), np.zeros(0, dtype=bool))
        self._archive = [empty] * self.replicates

    def ask(self) -> Array:
        """Propose the neighbours, not evaluated yet, of one member of each archive; or where to restart."""
        found = []
        for row in range(self.replicates):
            fresh = self._fresh_neighbors(row)
            found.append(fresh if len(fresh) else self._restart(row))
        width = max(1, *(len(proposed) for proposed in found))
        proposals = np.full((self.replicates, width), -1, dtype=self.space.index_dtype)
        for row, proposed in enumerate(found):
            proposals[row, : len(proposed)] = proposed
        self._known.learn(proposals, np.zeros(proposals.shape))
        return proposals

    def tell(self, index: Array, values: NDArray[np.float64]) -> None:
        """Let what is not dominated into the archives."""
        for row in range(self.replicates):
            known = (index[row] >= 0) & np.isfinite(values[row]).all(axis=-1)
            if known.any():
                self._archive[row] = self._archive[row].joined_by(index[row, known], values[row, known])

    def _fresh_neighbors(self, row: int) -> Array:
        """Explore members in random order until one has a neighbour that was not evaluated."""
        archive = self._archive[row]
        while not archive.explored.all():
            left = np.flatnonzero(~archive.explored)
            drawn = self.streams.uniform(1, np.array([row]))[0, 0]
            member = left[int(drawn * len(left))]
            archive.explored[member] = True
            neighbors = self.space.neighbors(archive.index[member])
            fresh = neighbors[np.isnan(self._known.of(np.array([row]), neighbors))]
            if len(fresh):
                return np.asarray(fresh)
        return np.zeros(0, dtype=self.space.index_dtype)

    def _restart(self, row: int) -> Array:
        """Give the next of the warm start, or one drawn from what was not evaluated; none where all was."""
        while self._restarts[row] < len(self._given):
            given = self._given[self._restarts[row]]
            self._restarts[row] += 1
            if np.isnan(self._known.of(np.array([row]), np.array([given])))[0]:
                return np.array([given])
        drawn = self._known.draw(row, self.streams)
        return np.array([] if drawn is None else [drawn], dtype=self.space.index_dtype)


class _Archive:
    """Architectures that do not dominate each other, and which of them were explored."""

    def __init__(self, index: Array, values: NDArray[np.float64], explored: NDArray[np.bool_]) -> None:
        self.index = index
        self.values = values
        self.explored = explored

    def joined_by(self, index: Array, values: NDArray[np.float64]) -> _Archive:
        """Give the archive with new members, without what is dominated then."""
        held = self.values[:, None]
        beaten = (held >= values).all(axis=2) & (held > values).any(axis=2)
        if beaten.any(axis=0).all():
            return self  # as most restarts end
        everyone = np.concatenate([self.values, values])
        kept = ~dominates(everyone[None])[0].any(axis=0)
        explored = np.concatenate([self.explored, np.zeros(len(index), dtype=bool)])
        return _Archive(np.concatenate([self.index, index])[kept], everyone[kept], explored[kept])
