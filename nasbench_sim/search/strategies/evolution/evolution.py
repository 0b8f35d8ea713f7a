"""The base of steady-state evolution: one child at a time, from the best of a random sample."""

from __future__ import annotations

from abc import abstractmethod

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.search.hyperparameter import Architectures, Whole
from nasbench_sim.search.parts.variation import mutated, tournament
from nasbench_sim.search.searcher import Searcher
from nasbench_sim.spaces.product import Array


class Evolution(Searcher):
    """Evaluates a first population, then again and again a child of the best of a random sample.

    Subclasses say who dies (`survive`), and may change how the first population and the children are made.
    The sample is drawn with replacement; of equals the first drawn wins. A missing value is worse than any.

    Raises
    ------
    RequestError
        For a budget smaller than the population, and a warm start that is larger than it.
    """

    repairable = True

    population = Whole(10, "members of the population")
    sample = Whole(3, "members drawn to choose the parent from")
    warm_start = Architectures("members that the first population begins with; the others are random")

    def start(self) -> None:
        """Prepare an empty population."""
        self.context.require(self.population, "the first population")
        self._given = Architectures.indices(self.warm_start, self.space, self.population)
        shape = (self.replicates, self.population)
        self._index = np.zeros(shape, dtype=self.space.index_dtype)
        self._value = np.full(shape, -np.inf)
        self._evaluated = 0
        self._rows = np.arange(self.replicates)

    def ask(self) -> Array:
        """Give the first population, then one child a replicate."""
        if self._evaluated == 0:
            drawn = self.newcomers(self.population - len(self._given))
            given = np.tile(self._given, (self.replicates, 1))
            return np.concatenate([given, drawn], axis=1)
        parent = self._index[self._rows, self.parents(self.streams.uniform(self.sample))]
        return self.child(parent)[:, None]

    def tell(self, index: Array, values: NDArray[np.float64]) -> None:
        """Take the child into the population."""
        if self._evaluated == 0:
            self._index[:] = index
            self._value[:] = values
        else:
            self.survive(index[:, 0], values[:, 0])
        self._evaluated += index.shape[1]

    def overlaps(self) -> bool:
        """Children are made of the population as it is; the first population is waited for."""
        return self._evaluated > 0

    def newcomers(self, n: int) -> Array:
        """Give `n` architectures a replicate for the first population: uniformly drawn."""
        return self.streams.architectures(self.space, n)

    def parents(self, uniform: NDArray[np.float64]) -> NDArray[np.intp]:
        """Give the place of each parent, shape (R,), by numbers in [0, 1) of shape (R, sample)."""
        return tournament(self._value, uniform)

    def child(self, parent: Array) -> Array:
        """Give one child a replicate: one position changed to a different choice, both uniform."""
        return mutated(self.space, parent, self.streams.uniform(1)[:, 0])

    @abstractmethod
    def survive(self, index: Array, value: NDArray[np.float64]) -> None:
        """Put the children, shape (R,), into the population in the place of those who die."""
