"""Regularized (aging) evolution."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.search.strategies.evolution.evolution import Evolution
from nasbench_sim.spaces.product import Array


class RegularizedEvolution(Evolution):
    """Mutates the best of a random sample of the population; the oldest member dies.

    The defaults are those of NAS-Bench-201; the paper has a population of 100 and a sample of 25. A mutation
    is uniform over the 24 neighbours of a cell. NAS-Bench-201's script draws a node first and then one of
    its incoming edges, so that the edge into the first node changes three times as often as one into the
    last; what that does to the published results, ``benchmarks/published_protocols.py`` measures.

    References
    ----------
    Real, Aggarwal, Huang, Le. Regularized evolution for image classifier architecture search. AAAI 2019.
    Dong, Yang. NAS-Bench-201. ICLR 2020 (population 10, sample 3). The warm start: So, Liang, Le. The
    Evolved Transformer. ICML 2019.
    """

    name = "regularized_evolution"

    def survive(self, index: Array, value: NDArray[np.float64]) -> None:
        """Let the newest take the place of the oldest: place t % population holds evaluation t."""
        place = self._evaluated % self.population
        self._index[:, place] = index
        self._value[:, place] = value
