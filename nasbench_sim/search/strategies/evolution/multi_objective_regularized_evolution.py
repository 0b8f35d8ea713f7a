"""Regularized evolution for several objectives."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.search.parts.dominance import dominates
from nasbench_sim.search.strategies.evolution.regularized_evolution import RegularizedEvolution


class MultiObjectiveRegularizedEvolution(RegularizedEvolution):
    """Mutates a member of a random sample that no other of the sample dominates; the oldest member dies.

    Of several such members the first drawn is the parent, which is a uniform choice.

    References
    ----------
    Real, Aggarwal, Huang, Le. Regularized evolution for image classifier architecture search. AAAI 2019. The
    choice by dominance within the sample: Horn, Nafpliotis, Goldberg. A niched Pareto genetic algorithm for
    multiobjective optimization. 1994.
    """

    name = "multi_objective_regularized_evolution"
    objectives = "several"

    def start(self) -> None:
        """Prepare an empty population with several values a member."""
        super().start()
        shape = (self.replicates, self.population, len(self.context.task.objectives))
        self._value = np.full(shape, -np.inf)

    def parents(self, uniform: NDArray[np.float64]) -> NDArray[np.intp]:
        """Give the first of each sample that is not dominated within it."""
        places = (uniform * self.population).astype(np.intp)
        beaten = dominates(self._value[self._rows[:, None], places]).any(axis=1)
        return np.asarray(places[self._rows, (~beaten).argmax(axis=1)])
