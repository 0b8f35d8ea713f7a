"""Tournament evolution without aging: the worst dies."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.search.strategies.evolution.evolution import Evolution
from nasbench_sim.spaces.product import Array


class TournamentEvolution(Evolution):
    """Mutates the best of a random sample of the population; the worst member dies, the child included.

    A child that equals the worst member takes its place, so that the population drifts on a plateau. What
    was once observed by luck stays: the weakness that aging evolution was made against.

    References
    ----------
    Goldberg, Deb. A comparative analysis of selection schemes used in genetic algorithms. FOGA 1991. The
    non-aging evolution to which Real, Aggarwal, Huang, Le. Regularized evolution for image classifier
    architecture search. AAAI 2019, compare theirs. Population and sample as in NAS-Bench-201.
    """

    name = "tournament_evolution"

    def survive(self, index: Array, value: NDArray[np.float64]) -> None:
        """Let the child take the place of the worst, unless it is worse."""
        worst = self._value.argmin(axis=1)
        stays = value >= self._value[self._rows, worst]
        rows, places = self._rows[stays], worst[stays]
        self._index[rows, places] = index[stays]
        self._value[rows, places] = value[stays]
