"""How a network is trained: everything that, with data and seed, fixes the result."""

from __future__ import annotations

import dataclasses
import math
import numbers
from typing import Any, Literal, get_args

from nasbench_sim.errors import RequestError, unknown
from nasbench_sim.live.data import check_images

Annealed = Literal["epoch", "iteration"]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Recipe:
    """A training by SGD with a cosine schedule, and the size of the trained network.

    The defaults are the published training of NAS-Bench-201 and NATS-Bench: Nesterov momentum, a learning
    rate that falls along a cosine towards 0 and is set anew at every epoch, no warm-up, cross-entropy.

    Parameters
    ----------
    epochs
        Length of the schedule.
    batch
        Images in a batch; the last, smaller one of an epoch is used too.
    learning_rate, momentum, nesterov, weight_decay
        Of SGD.
    annealed
        When the learning rate is set anew: at every ``"epoch"``, as published (the program calls its
        scheduler at every iteration, but the cosine in there goes by whole epochs), or ``"iteration"``.
    channels, cells
        Of the network: see `nasbench_sim.live.network`.
    mixed_precision
        On a GPU: bfloat16 where that is safe.

    References
    ----------
    Dong, Yang. NAS-Bench-201. ICLR 2020. AutoDL-Projects, ``procedures/optimizers.py``,
    ``configs/nas-benchmark/hyper-opts``.

    Examples
    --------
    >>> recipe = Recipe(epochs=12)
    >>> recipe.rate(0, 0.0), round(recipe.rate(6, 0.5), 6)
    (0.1, 0.05)
    """

    epochs: int = 200
    batch: int = 256
    learning_rate: float = 0.1
    momentum: float = 0.9
    nesterov: bool = True
    weight_decay: float = 5e-4
    annealed: Annealed = "epoch"
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
            if not (isinstance(value, numbers.Real) and math.isfinite(value) and float(value) >= 0):
                raise RequestError(f"{name} is a finite number of 0 or more, not {value!r}")
        if self.nesterov and not self.momentum:
            raise RequestError("Nesterov's momentum is one above 0: give momentum, or nesterov=False")
        if self.annealed not in get_args(Annealed):
            raise unknown("annealing", self.annealed, get_args(Annealed))

    def rate(self, epoch: int, part: float) -> float:
        """Give the learning rate in an epoch, counted from 0, of which a part, from 0 to 1, is through."""
        done = epoch + part if self.annealed == "iteration" else epoch
        return self.learning_rate * 0.5 * (1 + math.cos(math.pi * done / self.epochs))

    def describe(self) -> dict[str, Any]:
        """Give the fields as plain JSON types."""
        return dataclasses.asdict(self)


def check_kinds(images: object, recipe: object) -> None:
    """Refuse what is given in the place of a data set or of a recipe.

    Raises
    ------
    RequestError
    """
    check_images(images)
    if not isinstance(recipe, Recipe):
        raise RequestError(f"recipe: Recipe is expected, such as live.Recipe(epochs=12), not {recipe!r:.60}")
