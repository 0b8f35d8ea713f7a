"""The table ``joint-cell-digits``: cells, trainings and compressions on small, noisy digits."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from nasbench_sim.benchmarks.joint_cell.compression import compressed
from nasbench_sim.benchmarks.joint_cell.networks import joint_cell_network
from nasbench_sim.benchmarks.joint_cell.space import BITS, PRUNED, JointCell
from nasbench_sim.live.data import digits
from nasbench_sim.live.learning import Learner
from nasbench_sim.live.problem import HELD_OUT, Measure
from nasbench_sim.live.problems.images import Classification
from nasbench_sim.live.schedule import Schedule
from nasbench_sim.live.system import System

COMPRESSIONS = tuple(itertools.product(PRUNED, BITS))
"""Pruned part and bits, in the order of the official indices of one training."""
CALIBRATION = 400  # training images
_MEASURED = tuple(itertools.product(HELD_OUT, Classification.measures))


class JointCellDigits(System):
    """Cells trained 10 epochs on 800 digits, each compressed in 16 ways afterwards."""

    name = "joint-cell-digits"
    # The value of an architecture is that after its compression.
    renamed: ClassVar[Mapping[str, str]] = {
        **{f"{part}_{quantity}": f"uncompressed_{part}_{quantity}" for part, quantity in _MEASURED},
        **{f"compressed_{part}_{quantity}": f"{part}_{quantity}" for part, quantity in _MEASURED},
        "compressed_weights": "model_weights",
        "compressed_bytes": "model_bytes",
    }
    prefixes = ("compressed",)
    measures: ClassVar[Mapping[str, Measure]] = {
        "compressed_weights": Measure("", "min"),
        "compressed_bytes": Measure("B", "min"),
    }

    def __init__(self) -> None:
        self.space: JointCell = JointCell()
        self.problem: Classification = Classification(digits(noise=0.8, parts=(800, 400, 400)))

    def network(self, architecture: int) -> nn.Module:
        """Build the network of the architecture's class, not compressed."""
        names = self.space.string(self.space.canonical(architecture)).split(":")
        model = joint_cell_network(names[:3], int(names[5]))
        return model.to(memory_format=torch.channels_last)  # type: ignore[call-overload, no-any-return]

    def schedule(self, architecture: int) -> Schedule:
        """Return the training with the architecture's learning rate and weight decay."""
        names = self.space.string(architecture).split(":")
        return _schedule(float(names[3]), float(names[4]))

    def origin(self) -> NDArray[np.int64]:
        """Return the architecture of every training: 1,440 of them."""
        return np.asarray(self.space.trained(self.space.all_indices()), dtype=np.int64)

    def place(self) -> NDArray[np.int64]:
        """Return the place of each compression in `COMPRESSIONS`."""
        return self.space.all_indices() % len(COMPRESSIONS)

    def after(self, learner: Learner) -> dict[str, list[float]]:
        """Measure every compression: accuracies, losses, weights that are not zero and their bytes."""
        images, _ = self.problem.images.train
        calibration = images[:CALIBRATION].to(next(learner.model.parameters()).device)
        found: dict[str, list[float]] = {}
        for part, bits in COMPRESSIONS:
            with compressed(learner.model, float(part), int(bits), calibration) as weights:
                measured = {**learner.measured(), "weights": float(weights), "bytes": weights * int(bits) / 8}
            for name, value in measured.items():
                found.setdefault(f"compressed_{name}", []).append(value)
        return found

    def recipe(self) -> dict[str, Any]:
        """Return the training of a learning rate of 1 and no weight decay, and the calibration."""
        return {**_schedule(1.0, 0.0).describe(), "calibration": CALIBRATION}


def _schedule(learning_rate: float, weight_decay: float) -> Schedule:
    return Schedule(
        epochs=10,
        steps=16,
        batch=50,
        optimizer="sgd",
        learning_rate=learning_rate,
        weight_decay=weight_decay,
    )
