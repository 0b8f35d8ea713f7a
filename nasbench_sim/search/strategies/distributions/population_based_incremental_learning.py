"""Population-based incremental learning, and with it the univariate marginal distribution algorithm."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.errors import RequestError
from nasbench_sim.search.hyperparameter import Real, Whole
from nasbench_sim.search.parts.categorical import chosen, drawn, possible, uniform_distribution
from nasbench_sim.search.searcher import Searcher
from nasbench_sim.spaces.product import Array


class PopulationBasedIncrementalLearning(Searcher):
    """Moves one categorical distribution a position towards the best of each sampled generation (PBIL).

    After a generation each distribution is mixed with the frequencies among its `selected` best; then, with
    the mutation probability, with a random choice. ``learning_rate=1, mutation_probability=0`` with more
    than one selected is the univariate marginal distribution algorithm (UMDA). A missing value is never
    selected; a generation without any value teaches nothing.

    References
    ----------
    Baluja. Population-based incremental learning. CMU-CS-94-163, 1994 (population 100, the best one,
    learning rate 0.1, mutation 0.02 by 0.05). Mühlenbein, Paaß. From recombination of genes to the
    estimation of distributions. PPSN 1996 (UMDA).
    """

    name = "population_based_incremental_learning"

    population = Whole(100, "architectures of a generation")
    selected = Whole(1, "best of a generation that the distributions move to")
    learning_rate = Real(0.1, "weight of the selected", least=0.0, most=1.0)
    mutation_probability = Real(0.02, "that a position's distribution is mutated", least=0.0, most=1.0)
    mutation_shift = Real(0.05, "weight of the random choice in a mutation", least=0.0, most=1.0)

    def start(self) -> None:
        """Begin with equal probabilities."""
        self.context.require(self.population, "the first generation")
        if self.selected > self.population:
            raise RequestError(f"selected is {self.selected}, more than the population of {self.population}")
        self._probability = uniform_distribution(self.space, self.replicates)

    def ask(self) -> Array:
        """Sample a generation."""
        positions = len(self.space.positions)
        uniform = self.streams.uniform(self.population * positions).reshape(-1, self.population, positions)
        self._ops = drawn(self._probability[:, None], uniform, self.space.cardinalities)
        return self.space.repaired(self._ops)

    def tell(self, index: Array, values: NDArray[np.float64]) -> None:
        """Move towards the best, of equals the earlier, then mutate."""
        best = np.argsort(-values, axis=1, kind="stable")[:, : self.selected]
        known = np.isfinite(np.take_along_axis(values, best, axis=1))
        taken = chosen(np.take_along_axis(self._ops, best[:, :, None], axis=1), self._probability.shape[2])
        count = known.sum(axis=1)[:, None, None]
        frequency = (taken & known[:, :, None, None]).sum(axis=1) / np.maximum(count, 1)
        self._mix(frequency, np.where(count > 0, self.learning_rate, 0.0))
        self._mutate()

    def _mutate(self) -> None:
        uniform = self.streams.uniform(2 * len(self.space.positions)).reshape(self.replicates, 2, -1)
        random = chosen(
            (uniform[:, 0] * self.space.cardinalities).astype(np.int64), self._probability.shape[2]
        )
        mutates = uniform[:, 1] < self.mutation_probability
        self._mix(random & possible(self.space), np.where(mutates, self.mutation_shift, 0.0)[:, :, None])

    def _mix(self, other: Array, weight: NDArray[np.float64]) -> None:
        self._probability = (1 - weight) * self._probability + weight * other
