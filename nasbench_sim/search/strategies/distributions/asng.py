"""Adaptive stochastic natural gradient."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.search.hyperparameter import Real, Whole
from nasbench_sim.search.parts.categorical import chosen, drawn, possible, uniform_distribution
from nasbench_sim.search.searcher import Searcher
from nasbench_sim.spaces.product import Array

_BEST_QUARTER = 0.25


class Asng(Searcher):
    """Follows the natural gradient of the expected rank on categorical distributions, adapting its step.

    The step is a trust region of length delta in the Fisher metric; delta grows while the accumulated
    gradient stands out of its noise, and shrinks otherwise. The best and the worst quarter of each sample
    count 1 and -1, ties their mean; a sample that is all ties teaches nothing. Each probability is kept
    above 1 / (positions * (choices - 1)), counting the positions that have a choice; where that leaves no
    room (one position, or two of two choices), above half of the uniform probability.

    References
    ----------
    Akimoto, Shirakawa, Yoshinari, Uchida, Saito, Nishida. Adaptive stochastic natural gradient method for
    one-shot neural architecture search. ICML 2019; as in the authors' ``shirakawas/ASNG-NAS``,
    ``CategoricalASNG``: sample 2, threshold 1.5, initial step 1.
    """

    name = "asng"
    portable = False

    sample = Whole(2, "architectures a step of the gradient", least=2)
    threshold = Real(1.5, "signal-to-noise ratio (squared) that the step adapts to", least=1e-6)
    step = Real(1.0, "length of the first step", least=0.0)

    def start(self) -> None:
        """Begin with equal probabilities."""
        self.context.require(self.sample, "the first sample")
        self._theta = uniform_distribution(self.space, self.replicates)
        cardinalities = self.space.cardinalities
        self._last = cardinalities - 1
        self._parameters = np.arange(self._theta.shape[2]) < self._last[:, None]  # the last choice follows
        self._dimension = int(self._parameters.sum())
        varied = int((cardinalities > 1).sum())
        with np.errstate(divide="ignore"):
            least = np.where(cardinalities > 1, 1.0 / (varied * (cardinalities - 1.0)), 0.0)
        least = np.where(cardinalities * least < 1, least, 0.5 / cardinalities)
        self._least = np.where(possible(self.space), least[:, None], 0.0)
        self._path = np.zeros(self._theta.shape)
        self._weight = np.zeros(self.replicates)
        self._divisor = np.ones(self.replicates)

    def ask(self) -> Array:
        """Sample architectures."""
        positions = len(self.space.positions)
        uniform = self.streams.uniform(self.sample * positions).reshape(-1, self.sample, positions)
        self._ops = drawn(self._theta[:, None], uniform, self.space.cardinalities)
        return self.space.repaired(self._ops)

    def tell(self, index: Array, values: NDArray[np.float64]) -> None:
        """Take one step along the natural gradient, and adapt the next."""
        if not self._dimension:
            return
        utility = ranked_utility(values)
        taken = chosen(self._ops, self._theta.shape[2])
        gradient = (utility[:, :, None, None] * (taken - self._theta[:, None])).mean(axis=1)
        fisher = self._in_fisher_metric(gradient)
        norm = np.sqrt((fisher**2).sum(axis=(1, 2))) + 1e-9
        moves = (utility != 0).any(axis=1)
        delta = self.step / self._divisor
        beta = np.where(moves, np.minimum(delta / np.sqrt(self._dimension), 1.0), 0.0)
        self._theta = self._theta + np.where(moves, delta / norm, 0.0)[:, None, None] * gradient
        keep = (1 - beta)[:, None, None]
        self._path = keep * self._path + np.sqrt(beta * (2 - beta) / norm**2)[:, None, None] * fisher
        self._weight = (1 - beta) ** 2 * self._weight + beta * (2 - beta)
        signal = (self._path**2).sum(axis=(1, 2)) / self.threshold
        self._divisor = self._divisor * np.exp(beta * (self._weight - signal))
        self._restrict()

    def _in_fisher_metric(self, gradient: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give the gradient times the root of the Fisher information; 0 at the last choice of a position."""
        last = np.take_along_axis(self._theta, self._last[None, :, None], axis=2)
        root = np.sqrt(np.where(self._parameters, self._theta, 1.0))
        own = np.where(self._parameters, gradient, 0.0)
        return np.asarray(
            np.where(
                self._parameters,
                own / root + root * own.sum(axis=2, keepdims=True) / (last + np.sqrt(last)),
                0.0,
            )
        )

    def _restrict(self) -> None:
        """Keep every probability above its least, and their sum at 1."""
        theta = np.maximum(self._theta, self._least)
        above = theta - self._least
        total = theta.sum(axis=2, keepdims=True)
        room = total - self._least.sum(axis=1)[None, :, None]
        theta = theta - (total - 1.0) * np.divide(above, room, out=np.zeros_like(above), where=room > 0)
        self._theta = theta / theta.sum(axis=2, keepdims=True)


def ranked_utility(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give 1 / mu for the best mu of each row, -1 / mu for the worst, mu a quarter; ties share their mean.

    Parameters
    ----------
    values
        Shape (R, n), larger is better; -inf where missing.

    Examples
    --------
    >>> ranked_utility(np.array([[3.0, 1.0], [2.0, 2.0]]))
    array([[ 1., -1.],
           [ 0.,  0.]])
    """
    n = values.shape[1]
    mu = int(np.ceil(n * _BEST_QUARTER))
    by_rank = np.zeros(n)
    by_rank[:mu] += 1.0 / mu
    by_rank[n - mu :] -= 1.0 / mu
    equal = values[:, :, None] == values[:, None, :]
    above = (values[:, None, :] > values[:, :, None]).sum(axis=2)
    ties = equal.sum(axis=2)
    total = np.concatenate([[0.0], np.cumsum(by_rank)])
    return np.asarray((total[above + ties] - total[above]) / ties)
