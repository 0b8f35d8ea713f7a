"""Evolution whose children a predictor chooses."""

from __future__ import annotations

import numpy as np

from nasbench_sim.estimators.predictors import predictor, predictors
from nasbench_sim.search.hyperparameter import Choice, Whole
from nasbench_sim.search.parts.variation import tournament
from nasbench_sim.search.strategies.predictors.rounds import Rounds


class PredictorEvolution(Rounds):
    """In each round makes 100 mutants of the population, and evaluates the 10 that a predictor ranks first.

    The population are the best evaluated so far; a mutant's parent is the better of two members drawn with
    replacement. The predictor learns the one-hot encoded choices anew each round. NPENAS, whose scheme and
    numbers this follows, predicts by a graph network; here trees, a linear model or the networks of BANANAS
    do. Of equals the mutant made first wins.

    References
    ----------
    Wei, Niu, Tang, Wang, Hu, Liang. NPENAS: neural predictor guided evolution for neural architecture
    search. IEEE TNNLS 2022.
    """

    name = "predictor_evolution"
    portable = False

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
        proposals: list[list[int]] = [[] for _ in range(self.replicates)]
        for rows, features, scores in self.lessons("one_hot"):
            for row, known, targets in zip(rows.tolist(), features, scores, strict=True):
                mutants = self._mutants(row)
                if mutants:
                    seed = int(self.streams.integers(2**32, 1, np.array([row]))[0, 0])
                    model = predictor(self.predictor, seed)
                    model.fit(known, targets)
                    asked = self.space.encode(np.array(mutants, dtype=self.space.index_dtype), "one_hot")
                    order = np.argsort(-model.predict(asked), kind="stable")
                    proposals[row] = [mutants[place] for place in order]
        return proposals

    def _mutants(self, row: int) -> list[int]:
        best = self.archive.best(row, self.population)
        place = np.array([row])
        ranks = np.tile(-np.arange(len(best), dtype=np.float64), (self.candidates, 1))
        uniform = self.streams.uniform(self.candidates * self.sample, place)[0]
        parents = best[tournament(ranks, uniform.reshape(self.candidates, self.sample))]
        return self.archive.mutants(row, parents, tries=1, count=self.candidates)
