"""Hyperband: successive halving from every rung in turn."""

from __future__ import annotations

import math

from nasbench_sim.search.halving import Halving, halved
from nasbench_sim.search.registry import register


@register
class Hyperband(Halving):
    """Runs brackets that begin with many architectures on the cheapest rung, fewer on the next, and so on.

    With m rungs the bracket that has s + 1 of them begins with ceil(m / (s + 1) * eta**s) random
    architectures; after the bracket of the dearest rung alone the first begins again.

    References
    ----------
    Li, Jamieson, DeSalvo, Rostamizadeh, Talwalkar. Hyperband: a novel bandit-based approach to hyperparameter
    optimization. JMLR 18, 2018, algorithm 1.
    """

    name = "hyperband"

    def sizes(self, bracket: int) -> list[int]:
        """Give the sizes of the bracket: one rung fewer than the one before."""
        most = len(self.rungs)
        s = most - 1 - bracket % most
        return halved(math.ceil(most / (s + 1) * self.eta**s - 1e-9), self.eta, s + 1)
