"""The table ``hierarchical-digits``: motifs of two levels on small, noisy digits."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from nasbench_sim.benchmarks.hierarchical.networks import hierarchical_network
from nasbench_sim.benchmarks.hierarchical.space import Hierarchical
from nasbench_sim.live.data import digits
from nasbench_sim.live.problems.images import Classification
from nasbench_sim.live.schedule import Schedule
from nasbench_sim.live.system import System

TRAINING = Schedule(epochs=8, steps=16, batch=50, optimizer="sgd", learning_rate=0.1, weight_decay=5e-4)


class HierarchicalDigits(System):
    """Cells of motifs, trained 8 epochs on 800 digits."""

    name = "hierarchical-digits"
    seeds = (777, 888)
    several = 351

    def __init__(self) -> None:
        self.space = Hierarchical()
        self.problem = Classification(digits(noise=0.8, parts=(800, 400, 400)))

    def network(self, architecture: int) -> nn.Module:
        """Build the network of the architecture's class."""
        names = self.space.string(self.space.canonical(architecture)).split(":")
        return hierarchical_network(names).to(memory_format=torch.channels_last)  # type: ignore[call-overload, no-any-return]

    def schedule(self, architecture: int) -> Schedule:
        """Return the one training of all."""
        return TRAINING

    def recipe(self) -> dict[str, Any]:
        """Return the training."""
        return TRAINING.describe()
