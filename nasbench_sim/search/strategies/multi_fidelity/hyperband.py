"""Hyperband: successive halving from every rung in turn."""

from __future__ import annotations

from nasbench_sim.search.hyperparameter import Choice
from nasbench_sim.search.strategies.multi_fidelity.halving import Halving, hyperband_brackets


class Hyperband(Halving):
    """Runs brackets that begin with many architectures on the cheapest rung, fewer on the next, and so on.

    Architectures are drawn uniformly; after the bracket of the dearest rung alone the first begins again. The
    paper has two sets of brackets: of five rungs and eta 3, its algorithm 1 begins them with 81, 34, 15, 8
    and 5 architectures (the default), its table, as the program of BOHB does, with 81, 27, 9, 6 and 5.
    `nasbench_sim.search.brackets` lists them for a task.

    References
    ----------
    Li, Jamieson, DeSalvo, Rostamizadeh, Talwalkar. Hyperband: a novel bandit-based approach to hyperparameter
    optimization. JMLR 18, 2018.
    """

    name = "hyperband"

    form = Choice(
        "algorithm", "whose brackets: the paper's algorithm 1 or its table", options=("algorithm", "table")
    )

    def brackets(self) -> list[list[int]]:
        """Return the brackets of the paper's algorithm or of its table."""
        return hyperband_brackets(len(self.rungs), self.eta, self.form)
