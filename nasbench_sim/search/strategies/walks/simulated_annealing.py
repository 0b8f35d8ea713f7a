"""Simulated annealing, with restarts."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.search.hyperparameter import Architectures, Real, Whole
from nasbench_sim.search.parts.variation import mutated
from nasbench_sim.search.searcher import Searcher
from nasbench_sim.spaces.product import Array


class SimulatedAnnealing(Searcher):
    """Walks to a random neighbour if it is better, else with a probability that falls as it cools.

    A step down by d is taken with probability exp(-d / (T s)), where s is the standard deviation of all that
    the replicate has observed, so that the temperature T has no unit; T falls by the factor `cooling` an
    evaluation. After `patience` evaluations in a row without a better one than the walk has seen, it
    restarts, warm again, from the next architecture of the warm start or a random one. The schedule is
    geometric as in the source, its numbers are ours: there the temperatures are set by the problem.

    References
    ----------
    Kirkpatrick, Gelatt, Vecchi. Optimization by simulated annealing. Science 220, 1983.
    """

    name = "simulated_annealing"
    portable = False

    temperature = Real(0.5, "at the start of a walk, in standard deviations", least=0.0)
    cooling = Real(0.95, "factor on the temperature an evaluation", least=0.0, most=1.0)
    patience = Whole(50, "evaluations without a better one after which it restarts")
    warm_start = Architectures("where the first walks begin; later ones begin at random")

    def start(self) -> None:
        """Let every replicate begin a walk."""
        given = Architectures.indices(self.warm_start, self.space)
        self._given = given
        self._walks = np.zeros(self.replicates, dtype=np.int64)
        self._current = np.zeros(self.replicates, dtype=self.space.index_dtype)
        self._value = np.full(self.replicates, -np.inf)
        self._best = np.full(self.replicates, -np.inf)
        self._warmth = np.full(self.replicates, self.temperature)
        self._stale = np.full(self.replicates, self.patience)
        self._count = np.zeros(self.replicates)
        self._mean = np.zeros(self.replicates)
        self._squares = np.zeros(self.replicates)  # sum of squared distances from the mean

    def ask(self) -> Array:
        """Propose a neighbour of the current architecture, or where a walk begins."""
        uniform = self.streams.uniform(2)
        self._threshold = uniform[:, 1]
        proposal = mutated(self.space, self._current, uniform[:, 0])
        self._begins = self._stale >= self.patience
        rows = np.flatnonzero(self._begins)
        if len(rows):
            proposal[rows] = self.streams.architectures(self.space, 1, rows)[:, 0]
            given = rows[self._walks[rows] < len(self._given)]
            proposal[given] = self._given[self._walks[given]]
            self._walks[rows] += 1
            self._warmth[rows] = self.temperature
            self._best[rows] = -np.inf
            self._stale[rows] = 0
        return proposal[:, None]

    def tell(self, index: Array, values: NDArray[np.float64]) -> None:
        """Take the step or not, and cool."""
        value = values[:, 0]
        self._observe(value)
        deviation = np.sqrt(self._squares / np.maximum(self._count, 1))
        better = (value >= self._value) | self._begins
        down = np.subtract(self._value, value, out=np.zeros(self.replicates), where=~better)
        scale = self._warmth * deviation
        taken = better | ((scale > 0) & (down < -np.log1p(-self._threshold) * scale))
        self._current = np.where(taken, index[:, 0], self._current)
        self._value = np.where(taken, value, self._value)
        self._stale = np.where(value > self._best, 0, self._stale + 1)
        self._best = np.maximum(self._best, value)
        self._warmth = self._warmth * self.cooling

    def _observe(self, value: NDArray[np.float64]) -> None:
        """Update the mean and the deviation of what was observed; a missing value changes nothing."""
        known = np.isfinite(value)
        number = np.where(known, value, self._mean)
        self._count += known
        before = number - self._mean
        self._mean += np.where(known, before / np.maximum(self._count, 1), 0.0)
        self._squares += before * (number - self._mean)
