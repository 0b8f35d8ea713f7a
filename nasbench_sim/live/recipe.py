"""How a network is trained: everything that, with data and seed, fixes the result."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

from nasbench_sim.errors import RequestError


@dataclasses.dataclass(frozen=True, kw_only=True)
class Recipe:
    """A training by SGD with a cosine schedule, and the size of the trained network.

    The defaults are the published training of NAS-Bench-201 (AutoDL-Projects): Nesterov momentum, a learning
    rate that falls to 0 along a cosine and is set anew at every iteration, no warm-up, cross-entropy.

    Parameters
    ----------
    epochs
        Length of the schedule.
    batch
        Images in a batch; the last, smaller one of an epoch is used too.
    learning_rate, momentum, nesterov, weight_decay
        Of SGD.
    channels, cells
        Of the network: see `nasbench_sim.live.network`.
    mixed_precision
        On a GPU: bfloat16 where that is safe.

    Examples
    --------
    >>> Recipe(epochs=12).rate(0.5)
    0.05
    """

    epochs: int = 200
    batch: int = 256
    learning_rate: float = 0.1
    momentum: float = 0.9
    nesterov: bool = True
    weight_decay: float = 5e-4
    channels: int = 16
    cells: int = 5
    mixed_precision: bool = False

    def __post_init__(self) -> None:
        """Check the ranges."""
        for name in ("epochs", "batch", "channels", "cells"):
            value = getattr(self, name)
            if isinstance(value, bool) or not hasattr(value, "__index__") or value < 1:
                raise RequestError(f"{name} is a whole number of 1 or more, not {value!r}")
        for name in ("learning_rate", "momentum", "weight_decay"):
            value = getattr(self, name)
            if not (math.isfinite(value) and value >= 0):
                raise RequestError(f"{name} is a finite number of 0 or more, not {value!r}")

    def rate(self, progress: float) -> float:
        """Give the learning rate after a part of the training, from 0 to 1."""
        return self.learning_rate * 0.5 * (1 + math.cos(math.pi * progress))

    def describe(self) -> dict[str, Any]:
        """Give the fields as plain JSON types."""
        return dataclasses.asdict(self)
