"""REINFORCE on independent categorical choices."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.search.adam import Adam
from nasbench_sim.search.hyperparameter import Real
from nasbench_sim.search.registry import register
from nasbench_sim.search.searcher import Searcher
from nasbench_sim.spaces.base import Array


@register
class Reinforce(Searcher):
    """Learns one categorical distribution a position by the score-function gradient.

    The reward is the observed value (accuracies in percent); its exponential moving average, corrected for
    its start and updated before the loss, is the baseline. A missing value teaches nothing.

    References
    ----------
    Williams. Simple statistical gradient-following algorithms for connectionist reinforcement learning.
    Machine Learning 8, 1992. As run by AutoDL-Projects, ``exps/NATS-algos/reinforce.py``: logits
    1e-3 * randn, Adam with learning rate 0.01, momentum 0.9 of the baseline.
    """

    name = "reinforce"
    portable = False

    learning_rate = Real(0.01, "of Adam", least=0.0)
    baseline_momentum = Real(0.9, "of the moving average of the reward", least=0.0, most=1.0)

    def start(self) -> None:
        """Draw the initial logits; a position with fewer choices than the most is padded with -inf."""
        cardinalities = self.space.cardinalities
        shape = (self.replicates, len(cardinalities), int(cardinalities.max()))
        possible = np.arange(shape[2]) < cardinalities[:, None]
        draws = self.streams.normal(shape[1] * shape[2]).reshape(shape)
        self._logits = np.where(possible, 1e-3 * draws, -np.inf)
        self._adam = Adam(shape, self.learning_rate)
        self._average = np.zeros((self.replicates, 1))
        self._weight = np.zeros((self.replicates, 1))

    def ask(self) -> Array:
        """Sample one architecture a replicate."""
        shifted = np.exp(self._logits - self._logits.max(axis=2, keepdims=True))
        self._probability = shifted / shifted.sum(axis=2, keepdims=True)
        uniform = self.streams.uniform(len(self.space.positions))
        below = uniform[:, :, None] >= np.cumsum(self._probability, axis=2)
        self._ops = np.minimum(below.sum(axis=2), self.space.cardinalities - 1)
        return self.space.index_of_valid_ops(self._ops)[:, None]

    def tell(self, index: Array, values: NDArray[np.float64]) -> None:
        """Take one step along the gradient of the expected reward."""
        known = np.isfinite(values)
        reward = np.where(known, values, 0.0)
        momentum = np.where(known, self.baseline_momentum, 1.0)
        self._average = momentum * self._average + (1 - momentum) * reward
        self._weight = momentum * self._weight + (1 - momentum)
        baseline = np.divide(self._average, self._weight, out=reward.copy(), where=self._weight > 0)
        advantage = np.where(known, reward - baseline, 0.0)
        chosen = self._ops[:, :, None] == np.arange(self._logits.shape[2])
        loss_gradient = advantage[:, :, None] * (self._probability - chosen)
        self._logits += self._adam.step(loss_gradient)
