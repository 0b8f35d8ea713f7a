"""A recurrent controller trained by proximal policy optimisation."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.search.hyperparameter import Real, Whole
from nasbench_sim.search.searcher import Searcher
from nasbench_sim.search.strategies.distributions.baseline import Baseline
from nasbench_sim.search.strategies.distributions.recurrent_policy import RecurrentPolicy
from nasbench_sim.spaces.product import Array


class PpoController(Searcher):
    """An LSTM writes architectures choice by choice and learns from each batch by clipped policy gradient.

    The reward is the observed value (accuracies in percent), less its moving average. A failed evaluation
    counts as the worst so far. As published, the controller is made for thousands of evaluations and learns
    little from two hundred; on NAS-Bench-201 larger learning rates converge too early rather than help.

    References
    ----------
    Zoph, Vasudevan, Shlens, Le. Learning transferable architectures for scalable image recognition. CVPR
    2018: 100 units, parameters uniform in [-0.1, 0.1], learning rate 0.00035, entropy weight 0.00001,
    baseline 0.95. Schulman, Wolski, Dhariwal, Radford, Klimov. Proximal policy optimization algorithms.
    arXiv:1707.06347, 2017: clipping at 0.2. The batch and its passes are ours.
    """

    name = "ppo_controller"
    portable = False
    chunk = 16  # whose parameters fit into the cache

    hidden = Whole(100, "units of the LSTM")
    batch = Whole(10, "architectures that are evaluated between two updates")
    passes = Whole(4, "steps of the gradient on a batch")
    learning_rate = Real(0.00035, "of Adam", least=0.0)
    clip = Real(0.2, "how far the probability of a choice may move in an update", least=0.0, most=1.0)
    entropy = Real(0.00001, "weight of the entropy", least=0.0)
    baseline_momentum = Real(0.95, "of the moving average of the reward", least=0.0, most=0.999)
    scale = Real(0.1, "of the first parameters", least=0.0)

    def start(self) -> None:
        """Draw the parameters."""
        self.context.require(self.batch, "the first batch")
        self._policy = RecurrentPolicy(self.space, self.streams, self.hidden, self.learning_rate, self.scale)
        self._baseline = Baseline(self.replicates, self.baseline_momentum)

    def ask(self) -> Array:
        """Write a batch of architectures."""
        positions = len(self.space.positions)
        uniform = self.streams.uniform(self.batch * positions).reshape(-1, self.batch, positions)
        self._ops, self._probability = self._policy.sample(uniform)
        return self.space.repaired(self._ops)

    def tell(self, index: Array, values: NDArray[np.float64]) -> None:
        """Improve the policy on the batch."""
        advantage = self._baseline.advantage(values)[:, :, None]
        for _ in range(self.passes):
            steps = self._policy.steps(self._ops)
            ratio = self._policy.probability_of(self._ops, steps) / self._probability
            far = np.where(advantage > 0, ratio > 1 + self.clip, ratio < 1 - self.clip)
            weight = np.where(far, 0.0, ratio * advantage) / self.batch
            self._policy.ascend(self._ops, steps, weight, self.entropy / self.batch)
