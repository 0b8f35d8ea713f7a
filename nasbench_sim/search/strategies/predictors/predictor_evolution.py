"""Evolution whose children a predictor chooses."""

from __future__ import annotations

import numpy as np

from nasbench_sim.estimators.boosted_trees import BoostedTrees
from nasbench_sim.estimators.network_ensemble import NetworkEnsemble
from nasbench_sim.estimators.predictors import predictor, predictors
from nasbench_sim.search.hyperparameter import Choice, Whole
from nasbench_sim.search.parts.variation import tournament
from nasbench_sim.search.strategies.predictors.rounds import Rounds, filled
from nasbench_sim.spaces.product import Array


class PredictorEvolution(Rounds):
    """In each round makes 100 mutants of the population, and evaluates the 10 that a predictor ranks first.

    The population are the best evaluated so far; a mutant's parent is the better of two members drawn with
    replacement. The predictor learns the one-hot encoded choices anew each round. NPENAS, whose scheme and
    numbers this follows, predicts by a graph network; here boosted trees (our own, for all replicates at
    once), scikit-learn's random forest or ridge regression, or the networks of BANANAS do. Of equals the
    mutant made first wins.

    References
    ----------
    Wei, Niu, Tang, Wang, Hu, Liang. NPENAS: neural predictor guided evolution for neural architecture
    search. IEEE TNNLS 2022.
    """

    name = "predictor_evolution"
    portable = False
    chunk = 50

    population = Whole(10, "best architectures that may be parents")
    sample = Whole(2, "members drawn to choose a parent from")
    candidates = Whole(100, "mutants scored a round")
    predictor = Choice("gradient_boosting", "what ranks the mutants", options=predictors())

    def start(self) -> None:
        """Make sure of the predictor before any work, and refuse rounds that the mutants cannot fill."""
        super().start()
        self.require_candidates(self.candidates)
        predictor(self.predictor)

    def chosen(self) -> list[list[int]]:
        """Rank each replicate's mutants by what the predictor gives."""
        features, scores = self.lessons("one_hot")
        mutants = self._mutants()
        asked = filled(mutants, self.candidates, self.space.index_dtype)
        predicted = self._predicted(features, scores, self.space.encode(asked, "one_hot"))
        proposals = []
        for one, values in zip(mutants, predicted, strict=True):
            order = np.argsort(-values[: len(one)], kind="stable")
            proposals.append([one[place] for place in order])
        return proposals

    def _predicted(self, features: Array, scores: Array, asked: Array) -> Array:
        """Learn anew and predict, all replicates at once where the predictor can, else one by one."""
        if self.predictor == "gradient_boosting":
            return BoostedTrees(self.streams.uniform).fit(features, scores).predict(asked)
        if self.predictor == "network_ensemble":
            return NetworkEnsemble(self.streams.uniform).fit(features, scores).predict(asked)
        seeds = self.streams.integers(2**32, 1)[:, 0].tolist()
        parts = zip(seeds, features, scores, asked, strict=True)
        return np.stack([predictor(self.predictor, s).fit(x, y).predict(new) for s, x, y, new in parts])

    def _mutants(self) -> list[list[int]]:
        """Mutate winners of tournaments among each replicate's best."""
        best = [self.archive.best(row, self.population) for row in range(self.replicates)]
        uniform = self.streams.uniform(self.candidates * self.sample)
        uniform = uniform.reshape(self.replicates, self.candidates, self.sample)
        parents = []
        for own, drawn in zip(best, uniform, strict=True):
            ranks = np.broadcast_to(-np.arange(len(own), dtype=np.float64), (len(drawn), len(own)))
            parents.append(own[tournament(ranks, drawn)] if len(own) else own)
        return self.archive.mutants(parents, tries=1, count=self.candidates)
