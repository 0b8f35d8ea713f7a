"""The table ``merging-cell-digits``: pyramids on the features of one frozen, pretrained backbone."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from nasbench_sim.benchmarks.merging_cell.networks import Backbone, Pyramid
from nasbench_sim.benchmarks.merging_cell.space import MergingCell
from nasbench_sim.live.learning import Learner
from nasbench_sim.live.problems.canvases import Canvases
from nasbench_sim.live.schedule import Schedule
from nasbench_sim.live.shipped import shipped
from nasbench_sim.live.system import System

START = "merging-cell-backbone.pt"
SHA256 = "0a66cce3e90eaead45d99fff9f6b5b6bf66076cb63482c4c6431ff3a0b4e5b92"
"""Of the file of the backbone's weights."""
TOP_DOWN = ((1, 2, "sum", 1), (0, 3, "sum", 0), (2, 3, "sum", 2))
"""The plain pyramid that the backbone was pretrained with."""


def _schedule(epochs: int) -> Schedule:
    return Schedule(
        epochs=epochs, steps=40, batch=40, optimizer="adamw", learning_rate=1e-2, weight_decay=1e-3
    )


PRETRAINING = _schedule(15)
TRAINING = _schedule(4)


class MergingCellDigits(System):
    """Merging cells with both plain orders of levels, trained 4 epochs on 1,600 canvases."""

    name = "merging-cell-digits"

    def __init__(self) -> None:
        self.space: MergingCell = MergingCell()
        backbone = Backbone()
        weights = torch.load(io.BytesIO(shipped(START, SHA256)), map_location="cpu", weights_only=True)
        backbone.load_state_dict(weights)
        self.problem = Canvases().seen_by(backbone.eval())

    def network(self, architecture: int) -> nn.Module:
        """Build the pyramid of an architecture."""
        model = Pyramid(self.space.cells(architecture))
        return model.to(memory_format=torch.channels_last)  # type: ignore[call-overload, no-any-return]

    def origin(self) -> NDArray[np.int64]:
        """Return the plain architectures themselves, and -1 for the others, which are not trained."""
        every = self.space.all_indices()
        return np.where(self.space.trained(every), every, -1)

    def schedule(self, architecture: int) -> Schedule:
        """Return the one training of all."""
        return TRAINING

    def recipe(self) -> dict[str, Any]:
        """Return the training and the hash of the backbone."""
        return {**TRAINING.describe(), "start": SHA256}


def pretrained(seed: int = 1) -> dict[str, Tensor]:
    """Train the backbone with the plain top-down pyramid; some ten seconds."""
    torch.manual_seed(seed)
    backbone = Backbone()
    learner = Learner(nn.Sequential(backbone, Pyramid(TOP_DOWN)), Canvases(), PRETRAINING, seed=seed)
    learner.run()
    return backbone.state_dict()
