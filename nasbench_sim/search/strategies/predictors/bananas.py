"""BANANAS: Bayesian optimisation with an ensemble of networks."""

from __future__ import annotations

import numpy as np

from nasbench_sim.search.hyperparameter import Whole
from nasbench_sim.search.strategies.predictors.networks import NetworkRounds
from nasbench_sim.search.strategies.predictors.rounds import filled
from nasbench_sim.spaces.product import Array


class Bananas(NetworkRounds):
    """Trains an ensemble of networks in each round, and evaluates the most promising mutants of the best.

    As published: 5 networks of 10 layers x 20 units on the path encoding (one-hot where a space has no
    paths); 100 candidates, made by changing one position of the best architecture, then of the next best,
    none evaluated before; independent Thompson sampling (for each candidate by itself, a draw from a normal
    distribution with the mean and the deviation of the ensemble); the 10 largest draws are evaluated, of
    equals the candidate made first. The published code fits the validation error in percent, this the
    normal scores of the values. It trains new networks in each round, as ``further=0`` does; by default they
    go on learning here.

    References
    ----------
    White, Neiswanger, Savani. BANANAS: Bayesian optimization with neural architectures for neural
    architecture search. AAAI 2021; ``nas_algorithms.py`` and ``acquisition_functions.py`` of naszilla.
    """

    name = "bananas"
    portable = False

    candidates = Whole(100, "mutants scored a round")
    parents = Whole(5, "best architectures that are mutated, in turn, until there are enough candidates")

    def start(self) -> None:
        """Refuse rounds that the candidates cannot fill."""
        super().start()
        self.require_candidates(self.candidates)

    def chosen(self) -> list[list[int]]:
        """Rank each replicate's mutants by independent Thompson sampling."""
        encoding = "path" if "path" in self.space.encodings else "one_hot"
        ensemble = self.learned(encoding)
        best = [self.archive.best(row, self.parents) for row in range(self.replicates)]
        mutants = self.archive.mutants(best, self.candidates, self.candidates)
        asked = self.space.encode(filled(mutants, self.candidates, self.space.index_dtype), encoding)
        drawn = self._thompson(ensemble.predictions(asked))
        proposals = []
        for one, values in zip(mutants, drawn, strict=True):
            order = np.argsort(-values[: len(one)], kind="stable")
            proposals.append([one[place] for place in order])
        return proposals

    def _thompson(self, predictions: Array) -> Array:
        """Draw for each candidate by itself; predictions of shape (R, networks, candidates)."""
        normal = self.streams.normal(self.candidates)
        return np.asarray(predictions.mean(axis=1) + predictions.std(axis=1) * normal)
