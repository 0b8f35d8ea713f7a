"""Tournament evolution with progressive dynamic hurdles."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.errors import RequestError
from nasbench_sim.search.hyperparameter import Architectures, Whole
from nasbench_sim.search.multi_fidelity import MultiFidelitySearcher, Proposals
from nasbench_sim.search.parts.variation import mutated, tournament
from nasbench_sim.spaces.product import Array


class ProgressiveDynamicHurdles(MultiFidelitySearcher):
    """Gives a child more training only while it passes the mean of what was trained as long before it.

    Everything is evaluated at the cheapest fidelity first. After every `every` architectures a hurdle is
    added: the mean fitness of the members of the population that were trained the longest. Hurdles are made
    between two architectures, all that are due at once. A child that exceeds the hurdle of its fidelity is
    evaluated at the next one, at once; its fitness is the last value that it reached. The parent is the best
    of a sample; the child takes the place of the worst of another.

    Raises
    ------
    RequestError
        For fidelities of different metrics, whose values do not compare.

    References
    ----------
    So, Liang, Le. The evolved transformer. ICML 2019, section 4 (population 100, sample 30, a hurdle every
    1000 models there). Population and sample as in NAS-Bench-201.
    """

    name = "progressive_dynamic_hurdles"

    population = Whole(10, "members of the population")
    sample = Whole(3, "members drawn to choose the parent from, and again to choose who dies")
    every = Whole(25, "architectures after which a hurdle is added")
    warm_start = Architectures("members that the first population begins with; the others are random")

    def start(self) -> None:
        """Prepare an empty population without hurdles."""
        fidelities = self.context.task.fidelities
        metrics = sorted({one.objective.label for one in fidelities})
        if len(metrics) > 1:
            raise RequestError(
                f"progressive_dynamic_hurdles compares values of all fidelities: {', '.join(metrics)} do not"
            )
        self.context.require(self.population, "the first population")
        self._given = Architectures.indices(self.warm_start, self.space, self.population)
        self._rows = np.arange(self.replicates)
        shape = (self.replicates, self.population)
        self._index = np.full(shape, -1, dtype=self.space.index_dtype)
        self._value = np.full(shape, -np.inf)
        self._reached = np.zeros(shape, dtype=np.int64)
        self._hurdles = np.full((self.replicates, len(fidelities)), np.inf)  # none passes one that is not set
        self._set = np.zeros(self.replicates, dtype=np.int64)
        self._made = np.zeros(self.replicates, dtype=np.int64)
        self._child = np.full(self.replicates, -1, dtype=self.space.index_dtype)
        self._level = np.zeros(self.replicates, dtype=np.int64)

    def propose(self) -> Proposals:
        """Give the first population, then each replicate's child at the fidelity that it has come to."""
        if not self._made.any():
            drawn = self.streams.architectures(self.space, self.population - len(self._given))
            first = np.concatenate([np.tile(self._given, (self.replicates, 1)), drawn], axis=1)
            numbers = np.broadcast_to(np.arange(self.population), first.shape)
            return Proposals(first, np.zeros(first.shape, dtype=np.int64), numbers)
        rows = np.flatnonzero(self._level == 0)
        if len(rows):
            uniform = self.streams.uniform(self.sample + 1, rows)
            parent = self._index[rows, tournament(self._value[rows], uniform[:, 1:])]
            self._child[rows] = mutated(self.space, parent, uniform[:, 0])
        return Proposals(*(part[:, None].copy() for part in (self._child, self._level, self._made)))

    def learn(self, proposals: Proposals, values: NDArray[np.float64]) -> None:
        """Let children over their hurdle, or into the population; add hurdles that are due."""
        if not self._made.any():
            self._index[:], self._value[:] = proposals.index, values
            self._made += self.population
        else:
            self._settle(proposals.index[:, 0], proposals.level[:, 0], values[:, 0])
        due = np.minimum(self._made // self.every, self._hurdles.shape[1] - 1)
        for row in np.flatnonzero((due > self._set) & (self._level == 0)):  # no child is in training
            trained = (self._reached[row] == self._reached[row].max()) & np.isfinite(self._value[row])
            if trained.any():
                self._hurdles[row, self._set[row] : due[row]] = self._value[row, trained].mean()
            self._set[row] = due[row]

    def _settle(self, index: Array, level: NDArray[np.int64], value: NDArray[np.float64]) -> None:
        goes_on = (value > self._hurdles[self._rows, level]) & (level < self._hurdles.shape[1] - 1)
        self._level = np.where(goes_on, level + 1, 0)
        rows = np.flatnonzero(~goes_on)
        if len(rows):
            worst = tournament(-self._value[rows], self.streams.uniform(self.sample, rows))
            self._index[rows, worst] = index[rows]
            self._value[rows, worst] = value[rows]
            self._reached[rows, worst] = level[rows]
            self._made[rows] += 1
