"""A genetic algorithm with crossover."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.errors import RequestError
from nasbench_sim.search.hyperparameter import Architectures, Real, Whole
from nasbench_sim.search.parts.variation import crossed, point_mutated
from nasbench_sim.search.parts.visited import Visited
from nasbench_sim.search.searcher import Searcher
from nasbench_sim.spaces.product import Array

_TRIES = 10  # draws of a child before one that was evaluated already is evaluated again


class GeneticAlgorithm(Searcher):
    """Breeds whole generations from the best architectures seen so far.

    A generation is made of crossovers of two parents, uniform position by position, and of mutants, each
    position of which is drawn anew with a probability. Parents are drawn uniformly among the `parents` best
    ever seen. A child that was proposed before is drawn anew, ten draws in all at most.

    References
    ----------
    Guo, Zhang, Mu, Heng, Liu, Wei, Sun. Single path one-shot neural architecture search with uniform
    sampling. ECCV 2020: population 50, the best 10, 25 crossovers, 25 mutations with probability 0.1. Their
    script fills what it could not breed up with random architectures, here the last draw stands.
    """

    name = "genetic_algorithm"

    population = Whole(50, "architectures of a generation")
    parents = Whole(10, "the best so far that parents are drawn from")
    crossovers = Whole(25, "children of a generation made by crossover; the others by mutation", least=0)
    mutation_probability = Real(0.1, "of each position of a mutant", least=0.0, most=1.0)
    warm_start = Architectures("members that the first generation begins with; the others are random")

    def start(self) -> None:
        """Prepare the best so far, empty."""
        self.context.require(self.population, "the first generation")
        self._given = Architectures.indices(self.warm_start, self.space, self.population)
        for what, size in (("parents", self.parents), ("crossovers", self.crossovers)):
            if size > self.population:
                raise RequestError(f"{what} is {size}, more than the population of {self.population}")
        self._visited = Visited(self.replicates)
        self._best = np.zeros((self.replicates, 0), dtype=self.space.index_dtype)
        self._best_value = np.zeros((self.replicates, 0))
        self._all = np.arange(self.replicates)

    def ask(self) -> Array:
        """Give a generation."""
        generation = np.full((self.replicates, self.population), -1, dtype=self.space.index_dtype)
        kept = 0 if self._best.shape[1] else len(self._given)
        generation[:, :kept] = self._given[:kept]
        self._visited.add(generation)
        new = np.zeros(generation.shape, dtype=bool)
        new[:, :kept] = True
        rows = self._all
        for _ in range(_TRIES):
            children = np.where(new[rows], generation[rows], self._children(rows))
            new[rows] |= self._visited.add(np.where(new[rows], -1, children), rows)
            generation[rows] = children
            rows = rows[~new[rows].all(axis=1)]
            if not len(rows):
                break
        return generation

    def tell(self, index: Array, values: NDArray[np.float64]) -> None:
        """Keep the best, of equals the earlier."""
        pool = np.concatenate([self._best, index], axis=1)
        pool_values = np.concatenate([self._best_value, values], axis=1)
        best = np.argsort(-pool_values, axis=1, kind="stable")[:, : self.parents]
        self._best = np.take_along_axis(pool, best, axis=1)
        self._best_value = np.take_along_axis(pool_values, best, axis=1)

    def _children(self, rows: NDArray[np.intp]) -> Array:
        """Draw a whole generation for these replicates, shape (len(rows), population)."""
        if not self._best.shape[1]:
            return self.streams.architectures(self.space, self.population, rows)
        positions = len(self.space.positions)
        uniform = self.streams.uniform(self.population * (2 + positions), rows)
        uniform = uniform.reshape(len(rows), self.population, -1)
        parent = (uniform[..., :2] * self._best.shape[1]).astype(np.intp)
        ops = self.space.ops_of_valid_index(self._best[rows])[np.arange(len(rows))[:, None, None], parent]
        first, second = ops[:, :, 0], ops[:, :, 1]
        bred = crossed(first, second, uniform[..., 2 : 2 + positions])
        mutants = point_mutated(first, self.mutation_probability, uniform[..., 2:], self.space.cardinalities)
        by_crossover = np.arange(self.population)[:, None] < self.crossovers
        return self.space.repaired(np.where(by_crossover, bred, mutants))
