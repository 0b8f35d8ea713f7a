"""The table ``attention-placement-text``: placements in one pretrained model, trained briefly."""

from __future__ import annotations

import functools
import io
from typing import Any

import torch
from torch import Tensor, nn

from nasbench_sim.benchmarks.attention_placement.networks import PlacedModel
from nasbench_sim.benchmarks.attention_placement.space import CONTEXT, LAYERS, AttentionPlacement
from nasbench_sim.live.learning import Learner
from nasbench_sim.live.problems.text import RepeatingText
from nasbench_sim.live.schedule import Schedule
from nasbench_sim.live.shipped import shipped
from nasbench_sim.live.system import System, known_column
from nasbench_sim.tables import Column

LAG = 40
START = "attention-placement-start.pt"
SHA256 = "07ff7c58e39779efa9e06379278dfbbf3d6d801bce4cf89b002b887d3deba7bc"
"""Of the file of pretrained weights, in half precision."""

PRETRAINING = Schedule(
    epochs=22, steps=100, batch=16, optimizer="adamw", learning_rate=4e-3, weight_decay=0.01, warm_up=20
)
TRAINING = Schedule(
    epochs=2,
    steps=10,
    batch=16,
    optimizer="adamw",
    learning_rate=2e-3,
    weight_decay=0.01,
    warm_up=5,
    trained=("mixers.",),
)


def problem() -> RepeatingText:
    """Return what the model learns: text, half of whose windows repeat themselves."""
    return RepeatingText(CONTEXT, windows=64, repeating=32, lag=LAG)


@functools.cache
def start() -> dict[str, Tensor]:
    """Return the weights of the pretrained model, full attention in each layer.

    Raises
    ------
    FileFormatError
        When the file is not the one that was shipped.
    """
    weights = torch.load(io.BytesIO(shipped(START, SHA256)), map_location="cpu", weights_only=True)
    return {name: tensor.float() for name, tensor in weights.items()}


class AttentionPlacementText(System):
    """Placements of mixers, trained 20 steps on text that has to be recalled."""

    name = "attention-placement-text"
    seeds = (777,)
    prefixes = ("exchanged",)

    def __init__(self) -> None:
        self.space: AttentionPlacement = AttentionPlacement()
        self.problem = problem()

    def network(self, architecture: int) -> nn.Module:
        """Build a placement with the pretrained weights of what it keeps."""
        model = PlacedModel(self.space.string(architecture).split(":"))
        kept = model.state_dict()
        model.load_state_dict({name: start()[name] for name in kept})
        return model

    def schedule(self, architecture: int) -> Schedule:
        """Return the one training of all placements: only the mixers learn."""
        return TRAINING

    def before(self, learner: Learner) -> dict[str, list[float]]:
        """Measure the placement with the mixers exchanged and nothing trained yet."""
        return {f"exchanged_{name}": [value] for name, value in learner.measured().items()}

    def known(self) -> list[tuple[Column, Any]]:
        """Return parameters, multiply-adds, and the bytes kept for a sequence of 96 characters."""
        cache = self.space.cache(self.space.all_indices())
        return [*super().known(), known_column("cache_bytes", cache, "B")]

    def recipe(self) -> dict[str, Any]:
        """Return the training and the hash of the start."""
        return {**TRAINING.describe(), "start": SHA256}


def pretrained(seed: int = 0, report: Any = print) -> dict[str, Tensor]:
    """Train the start: full attention in each layer; some three minutes.

    Parameters
    ----------
    report
        Called with epoch and measured values after every 100 steps.
    """
    torch.manual_seed(seed)
    learner = Learner(PlacedModel(["full"] * LAYERS), problem(), PRETRAINING, seed=seed)
    for epoch in range(PRETRAINING.epochs):
        learner.epoch(epoch)
        report(epoch + 1, learner.measured())
    return {name: weights.half() for name, weights in learner.model.state_dict().items()}
