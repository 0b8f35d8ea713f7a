"""Regularized (aging) evolution."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.search.hyperparameter import Whole
from nasbench_sim.search.registry import register
from nasbench_sim.search.searcher import Searcher
from nasbench_sim.spaces.base import Array


@register
class RegularizedEvolution(Searcher):
    """Mutates the best of a random sample of the population; the oldest member dies.

    The sample is drawn with replacement, as NAS-Bench-201's script does; of equals the first drawn wins.
    A mutation changes one position to a different choice, both uniform. The defaults are those of
    NAS-Bench-201; the paper has a population of 100 and a sample of 25.

    References
    ----------
    Real, Aggarwal, Huang, Le. Regularized evolution for image classifier architecture search. AAAI 2019.
    Dong, Yang. NAS-Bench-201. ICLR 2020 (population 10, sample 3).
    """

    name = "regularized_evolution"

    population = Whole(10, "members of the population")
    sample = Whole(3, "members drawn to choose the parent from")

    def start(self) -> None:
        """Prepare an empty population; slot t % population holds the t-th architecture evaluated."""
        shape = (self.replicates, self.population)
        self._index = np.zeros(shape, dtype=self.space.index_dtype)
        self._value = np.full(shape, -np.inf)
        self._evaluated = 0
        self._rows = np.arange(self.replicates)

    def ask(self) -> Array:
        """Draw the first population at random, then mutate the best of a sample."""
        if self._evaluated == 0:
            return self.streams.architectures(self.space, self.population)
        uniform = self.streams.uniform(self.sample + 1)
        drawn = (uniform[:, : self.sample] * self.population).astype(np.intp)
        best = self._value[self._rows[:, None], drawn].argmax(axis=1)
        parent = self._index[self._rows, drawn[self._rows, best]]
        return self.space.mutated(parent, uniform[:, self.sample])[:, None]

    def tell(self, index: Array, values: NDArray[np.float64]) -> None:
        """Let the newest take the place of the oldest."""
        if self._evaluated == 0:
            self._index[:] = index
            self._value[:] = values
        else:
            slot = self._evaluated % self.population
            self._index[:, slot] = index[:, 0]
            self._value[:, slot] = values[:, 0]
        self._evaluated += index.shape[1]
