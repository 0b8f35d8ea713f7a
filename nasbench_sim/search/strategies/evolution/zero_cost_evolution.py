"""Evolution that a zero-cost proxy warms up and advises."""

from __future__ import annotations

import numpy as np

from nasbench_sim.errors import RequestError
from nasbench_sim.search.hyperparameter import Whole
from nasbench_sim.search.parts.proxy import Proxy, Scores, best_first, direction, refuse_trained
from nasbench_sim.search.parts.variation import mutated
from nasbench_sim.search.strategies.evolution.regularized_evolution import RegularizedEvolution
from nasbench_sim.spaces.product import Array


class ZeroCostEvolution(RegularizedEvolution):
    """Aging evolution whose first population is the best of a pool by a proxy (AREA).

    With `mutants` above 1, of so many mutants of a parent the one that the proxy scores best is evaluated
    (the proxy-guided move of Abdelfattah et al.); with a pool of the population's size there is no warm-up.
    Scores of a table cost nothing on the clock; those that a task which trains computes cost their seconds,
    charged with the evaluation that they lead to. The sizes of the pool differ among the papers; the default
    is ours.

    References
    ----------
    Mellor, Turner, Storkey, Crowley. Neural architecture search without training. ICML 2021 (AREA).
    Abdelfattah, Mehrotra, Dudziak, Lane. Zero-cost proxies for lightweight NAS. ICLR 2021 (warm-up and move).
    """

    name = "zero_cost_evolution"
    chunk = 250

    pool = Whole(1000, "random architectures of which the proxy chooses the first population")
    mutants = Whole(1, "mutants of which the proxy chooses the child")
    proxy = Proxy("params", "the metric that scores")
    better = direction()

    def start(self) -> None:
        """Read the scores."""
        super().start()
        if self.pool < self.population:
            raise RequestError(f"a pool of {self.pool} cannot fill a population of {self.population}")
        refuse_trained(self.context.task, self.proxy)
        self._scores = Scores(self.context, self.proxy, self.better)

    def newcomers(self, n: int) -> Array:
        """Give the `n` best of the pool by the proxy, repeats last."""
        drawn = self.streams.architectures(self.space, self.pool)
        pool, _ = best_first(drawn, self._scores.of(drawn, self._rows))
        return pool[:, :n]

    def child(self, parent: Array) -> Array:
        """Give the best of the mutants by the proxy, of equals the first drawn."""
        uniform = self.streams.uniform(self.mutants)
        children = mutated(self.space, np.repeat(parent[:, None], self.mutants, axis=1), uniform)
        if self.mutants == 1:  # nothing to choose by a score
            return children[:, 0]
        return np.asarray(children[self._rows, self._scores.of(children, self._rows).argmax(axis=1)])
