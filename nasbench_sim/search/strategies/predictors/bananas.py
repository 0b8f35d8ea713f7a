"""BANANAS: Bayesian optimisation with an ensemble of networks."""

from __future__ import annotations

import functools

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.estimators.network_ensemble import NetworkEnsemble
from nasbench_sim.search.hyperparameter import Whole
from nasbench_sim.search.strategies.predictors.rounds import Rounds
from nasbench_sim.spaces.product import Array


class Bananas(Rounds):
    """Trains an ensemble of networks in each round, and evaluates the most promising mutants of the best.

    As published: 5 networks of 10 layers x 20 units on the path encoding (one-hot where a space has no
    paths); 100 candidates, made by changing one position of the best architecture, then of the next best,
    none evaluated before; independent Thompson sampling (for each candidate by itself, a draw from a normal
    distribution with the mean and the deviation of the ensemble); the 10 largest draws are evaluated, of
    equals the candidate made first. The published code fits the validation error in percent, this the
    normal scores of the values.

    References
    ----------
    White, Neiswanger, Savani. BANANAS: Bayesian optimization with neural architectures for neural
    architecture search. AAAI 2021; ``nas_algorithms.py`` and ``acquisition_functions.py`` of naszilla.
    """

    name = "bananas"
    portable = False
    chunk = 10  # as many networks as fit into the cache

    candidates = Whole(100, "mutants scored a round")
    parents = Whole(5, "best architectures that are mutated, in turn, until there are enough candidates")
    networks = Whole(5, "of the ensemble", least=2)
    layers = Whole(10, "of a network")
    width = Whole(20, "units of a layer")
    epochs = Whole(150, "of training")

    def start(self) -> None:
        """Refuse rounds that the candidates cannot fill."""
        super().start()
        self.require_candidates(self.candidates)

    def chosen(self) -> list[list[int]]:
        """Rank each replicate's mutants by independent Thompson sampling."""
        encoding = "path" if "path" in self.space.encodings else "one_hot"
        proposals: list[list[int]] = [[] for _ in range(self.replicates)]
        for rows, features, scores in self.lessons(encoding):
            mutants = [self._mutants(row) for row in rows]
            draw = functools.partial(self.streams.uniform, rows=rows)
            ensemble = NetworkEnsemble(draw, self.networks, self.layers, self.width, self.epochs)
            ensemble.fit(features, scores)
            padded = [(one + [0] * self.candidates)[: self.candidates] for one in mutants]
            asked = self.space.encode(np.array(padded, dtype=self.space.index_dtype), encoding)
            drawn = self._thompson(rows, ensemble.predictions(asked))
            for row, one, values in zip(rows, mutants, drawn, strict=True):
                order = np.argsort(-values[: len(one)], kind="stable")
                proposals[row] = [one[place] for place in order]
        return proposals

    def _mutants(self, row: np.intp) -> list[int]:
        best = self.archive.best(int(row), self.parents)
        return self.archive.mutants(int(row), best, self.candidates, self.candidates)

    def _thompson(self, rows: NDArray[np.intp], predictions: Array) -> Array:
        """Draw for each candidate by itself; predictions of shape (r, networks, candidates)."""
        normal = self.streams.normal(self.candidates, rows)
        return np.asarray(predictions.mean(axis=1) + predictions.std(axis=1) * normal)
