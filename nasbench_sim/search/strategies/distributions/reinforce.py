"""REINFORCE on independent categorical choices."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.estimators.adam import Adam
from nasbench_sim.search.hyperparameter import Real
from nasbench_sim.search.parts.categorical import chosen, drawn, possible, softmax
from nasbench_sim.search.searcher import Searcher
from nasbench_sim.search.strategies.distributions.baseline import Baseline
from nasbench_sim.spaces.product import Array


class Reinforce(Searcher):
    """Learns one categorical distribution a position by the score-function gradient.

    The reward is the observed value (accuracies in percent); its exponential moving average, corrected for
    its start and updated before the loss, is the baseline. A failed evaluation counts as the worst so far.

    References
    ----------
    Williams. Simple statistical gradient-following algorithms for connectionist reinforcement learning.
    Machine Learning 8, 1992. As run by AutoDL-Projects, ``exps/NATS-algos/reinforce.py``: logits
    1e-3 * randn, Adam with learning rate 0.01, momentum 0.9 of the baseline.
    """

    name = "reinforce"
    portable = False

    learning_rate = Real(0.01, "of Adam", least=0.0)
    # At either end the baseline is the reward itself, and nothing would be learned.
    baseline_momentum = Real(0.9, "of the moving average of the reward", least=0.01, most=0.999)

    def start(self) -> None:
        """Draw the initial logits; a position with fewer choices than the most is padded with -inf."""
        exists = possible(self.space)
        shape = (self.replicates, *exists.shape)
        draws = self.streams.normal(exists.size).reshape(shape)
        self._logits = np.where(exists, 1e-3 * draws, -np.inf)
        self._adam = Adam(self._logits, self.learning_rate)
        self._baseline = Baseline(self.replicates, self.baseline_momentum)

    def ask(self) -> Array:
        """Sample one architecture a replicate."""
        self._probability = softmax(self._logits)
        uniform = self.streams.uniform(len(self.space.positions))
        self._ops = drawn(self._probability, uniform, self.space.cardinalities)
        return self.space.repaired(self._ops)[:, None]

    def tell(self, index: Array, values: NDArray[np.float64]) -> None:
        """Take one step along the gradient of the expected reward."""
        advantage = self._baseline.advantage(values)
        taken = chosen(self._ops, self._logits.shape[2])
        self._adam.descend(advantage[:, :, None] * (self._probability - taken))
