"""The table ``evolved-transformer-text``: small language models trained on the reference manual of Python."""

from __future__ import annotations

from typing import Any

from torch import nn

from nasbench_sim.benchmarks.evolved_transformer.networks import EvolvedModel
from nasbench_sim.benchmarks.evolved_transformer.space import CONTEXT, WIDTH, EvolvedTransformer
from nasbench_sim.live.problems.text import Text
from nasbench_sim.live.schedule import Schedule
from nasbench_sim.live.system import System

TRAINING = Schedule(
    epochs=6,
    steps=20,
    batch=16,
    optimizer="adamw",
    learning_rate=1e-2,
    weight_decay=0.01,
    warm_up=10,
    clip=1.0,
)


class EvolvedTransformerText(System):
    """Cells of two blocks, trained 120 steps; an epoch is 20 steps."""

    name = "evolved-transformer-text"

    def __init__(self) -> None:
        self.space = EvolvedTransformer()
        self.problem = Text(CONTEXT, windows=200)

    def network(self, architecture: int) -> nn.Module:
        """Build the network of the architecture's class."""
        names = self.space.string(self.space.canonical(architecture)).split(":")
        return EvolvedModel(names[:4], names[4], WIDTH * int(names[5]))

    def schedule(self, architecture: int) -> Schedule:
        """Return the one training of all."""
        return TRAINING

    def recipe(self) -> dict[str, Any]:
        """Return the training."""
        return TRAINING.describe()
