"""Search in stages: some positions at a time, the others as in the best so far."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.search.hyperparameter import Architectures, Whole
from nasbench_sim.search.parts.known_values import known_values
from nasbench_sim.search.searcher import Searcher
from nasbench_sim.search.strategies.walks.stages import Stages, groups
from nasbench_sim.spaces.product import Array


class StagedSearch(Searcher):
    """Searches positions stage by stage, and keeps the best few from one stage to the next.

    In a stage all combinations of its positions are evaluated in random order, or as many as `most` drawn
    ones, with the other positions as in each architecture that was kept. After the last stage the stages
    begin again from the best, until they find nothing better; then from a new beginning.

    With the positions of one layer a stage and `kept` above 1 this is a beam search, as PostNAS places full
    attention; with the lowest level first it searches a hierarchy level by level; with architecture,
    training and compression as stages it is the usual sequence.

    References
    ----------
    Gu et al. Jet-Nemotron: Efficient language model with post neural architecture search. 2025.
    """

    name = "staged_search"
    chunk = 500

    stages = Stages("positions of each stage, by name or its beginning; by default each by itself, in order")
    kept = Whole(1, "best architectures that a stage hands on")
    most = Whole(64, "combinations of a stage's positions that are evaluated for each of them")
    warm_start = Architectures("where the first searches begin; later ones begin at random")

    def start(self) -> None:
        """Begin every replicate."""
        self._groups = groups(self.stages, self.space)
        self._given = Architectures.indices(self.warm_start, self.space)
        self._known = known_values(self.space, self.replicates)
        self._searches = np.zeros(self.replicates, dtype=np.int64)
        self._ended = np.zeros(self.replicates, dtype=bool)
        self._stage = [-1] * self.replicates  # -1: the beginning itself is evaluated
        self._beam: list[list[int]] = [[] for _ in range(self.replicates)]
        self._before: list[float] = [-np.inf] * self.replicates  # best value when the stages last began
        self._candidates: list[list[int]] = [[] for _ in range(self.replicates)]
        self._queue: list[list[int]] = [[] for _ in range(self.replicates)]

    def ask(self) -> Array:
        """Propose the next combination of each replicate's stage."""
        proposal = np.full((self.replicates, 1), -1, dtype=self.space.index_dtype)
        for row in range(self.replicates):
            while not self._queue[row] and not self._ended[row]:
                self._advance(row)
            if self._queue[row]:
                proposal[row, 0] = self._queue[row].pop()
        return proposal

    def tell(self, index: Array, values: NDArray[np.float64]) -> None:
        """Remember the values."""
        self._known.learn(index, values)

    def _advance(self, row: int) -> None:
        """Hand the best of a stage on to the next one, begin the stages again, or begin anew."""
        if not self._beam[row]:
            self._begin(row)
            return
        ranked = self._ranked(row)
        self._beam[row] = ranked[: self.kept]
        stage = self._stage[row] + 1
        if stage == len(self._groups):
            best = self._values(row, ranked[:1])[0]
            if not best > self._before[row]:
                self._beam[row] = []
                return
            self._before[row], stage = best, 0
        self._stage[row] = stage
        self._line_up(row, self._combinations(row, self._groups[stage]))

    def _begin(self, row: int) -> None:
        """Line the next of the warm start up, or an architecture that was not evaluated yet."""
        if self._searches[row] < len(self._given):
            begin = int(self._given[self._searches[row]])
        else:
            drawn = self._known.draw(row, self.streams)
            if drawn is None:
                self._ended[row] = True
                return
            begin = drawn
        self._searches[row] += 1
        self._stage[row], self._before[row] = -1, -np.inf
        self._beam[row] = [begin]
        self._line_up(row, [begin])

    def _combinations(self, row: int, group: NDArray[np.intp]) -> list[int]:
        """Put the choices of a stage's positions into each architecture that was kept."""
        cardinalities = self.space.cardinalities[group]
        if np.prod(cardinalities.astype(np.float64)) <= self.most:
            choices = np.array(list(itertools.product(*(range(n) for n in cardinalities))), dtype=np.int64)
        else:
            uniform = self.streams.uniform(self.most * len(group), np.array([row]))
            choices = (uniform.reshape(self.most, len(group)) * cardinalities).astype(np.int64)
        found: list[int] = []
        for index in self._beam[row]:
            ops = np.tile(self.space.ops(index), (len(choices), 1))
            ops[:, group] = choices
            found += self.space.repaired(ops).tolist()
        return list(dict.fromkeys([*found, *self._beam[row]]))

    def _line_up(self, row: int, candidates: list[int]) -> None:
        """Make these the candidates of the stage, and line those up, in random order, that are not known."""
        self._candidates[row] = candidates
        unknown = np.isnan(self._values(row, candidates)).tolist()
        fresh = list(itertools.compress(candidates, unknown))
        if fresh:
            order = np.argsort(self.streams.uniform(len(fresh), np.array([row]))[0], kind="stable")
            self._queue[row] = [fresh[place] for place in order.tolist()]

    def _ranked(self, row: int) -> list[int]:
        """Sort the candidates of the stage, the best first; of equals the first."""
        candidates = self._candidates[row]
        order = np.argsort(-self._values(row, candidates), kind="stable")
        return [candidates[place] for place in order.tolist()]

    def _values(self, row: int, architectures: Sequence[int]) -> NDArray[np.float64]:
        index = np.array(architectures, dtype=self.space.index_dtype)
        return self._known.of(np.full(len(index), row), index)
