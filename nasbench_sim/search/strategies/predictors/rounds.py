"""The base of searchers that fit a predictor to what was evaluated, round after round."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.errors import RequestError
from nasbench_sim.search.hyperparameter import Architectures, Whole
from nasbench_sim.search.parts.scores import normal_scores
from nasbench_sim.search.searcher import Searcher
from nasbench_sim.search.strategies.predictors.archive import Archive
from nasbench_sim.spaces.product import Array


class Rounds(Searcher):
    """Evaluates random architectures first, then in each round what a predictor of the values prefers.

    Subclasses say what a replicate proposes (`chosen`). No architecture is evaluated twice. A round that
    lacks proposals is filled up at random; a replicate that has evaluated the whole space ends. Predictors
    learn the normal scores of the values, whatever their unit; a failed evaluation is worse than any.

    Raises
    ------
    RequestError
        For a budget smaller than the first evaluations, and a warm start of more than these.
    """

    initial = Whole(10, "architectures evaluated first: the warm start, then random ones")
    batch = Whole(10, "architectures evaluated a round")
    warm_start = Architectures("architectures that are evaluated first")

    def start(self) -> None:
        """Prepare an empty archive."""
        self.context.require(self.initial, "the first evaluations")
        self._given = Architectures.indices(self.warm_start, self.space)
        if len(self._given) > self.initial:
            raise RequestError(
                f"warm_start lists {len(self._given)} architectures for initial={self.initial}"
            )
        self.archive = Archive(self.space, self.streams)
        self._begun = False

    def ask(self) -> Array:
        """Propose the first architectures, then a round."""
        if self._begun:
            proposals, count = self.chosen(), self.batch
        else:
            proposals, count = [self._given.tolist()] * self.replicates, self.initial
        completed = [self.archive.completed(row, one[:count], count) for row, one in enumerate(proposals)]
        return np.array(completed, dtype=self.space.index_dtype)

    def tell(self, index: Array, values: NDArray[np.float64]) -> None:
        """Keep the values."""
        self.archive.learn(index, values)
        self._begun = True

    @abstractmethod
    def chosen(self) -> list[list[int]]:
        """Give what each replicate proposes, best first: different architectures, none evaluated before."""

    def require_candidates(self, candidates: int) -> None:
        """Refuse fewer candidates than are evaluated a round."""
        if candidates < self.batch:
            raise RequestError(f"{candidates} candidates cannot fill a round of batch={self.batch}")

    def lessons(self, encoding: str) -> tuple[Array, NDArray[np.float64]]:
        """Return what there is to learn.

        Returns
        -------
        features, scores
            Of the evaluations of each replicate: shape (R, n, features), and their normal scores, (R, n).
        """
        features = self.space.encode(self.archive.index, encoding)
        return features, np.stack([normal_scores(values) for values in self.archive.value])


def filled(lists: list[list[int]], width: int, dtype: type | np.dtype[Any]) -> Array:
    """Return lists of architectures as one array, shape (R, width), filled up with the first of the space."""
    return np.array([(one + [0] * width)[:width] for one in lists], dtype=dtype)
