"""How a learning problem is learned: an optimizer, a schedule and a length."""

from __future__ import annotations

import dataclasses
import math
from typing import Any, Literal, get_args

import torch
from torch import nn

from nasbench_sim.errors import RequestError, unknown

Optimizer = Literal["sgd", "adamw"]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Schedule:
    """A training of any learning problem: a rate that rises in a warm-up and falls along a cosine to 0.

    Parameters
    ----------
    epochs, steps
        Length of the training, in epochs and in steps an epoch; one batch a step.
    measured
        Epochs, from 1, after which the held-out parts are measured; by default every one. The last is one.
    batch
        Examples in a batch.
    optimizer
        ``"sgd"``: Nesterov momentum 0.9; ``"adamw"``: decoupled weight decay, betas 0.9 and 0.98.
    learning_rate, weight_decay
        Of it; the rate is set anew at every step.
    warm_up
        Steps in which the rate rises in a line.
    clip
        Largest norm of the gradient of all weights together; None for any.
    trained
        Beginnings of the names of the parameters that are trained; the others stay as they are.

    Examples
    --------
    >>> schedule = Schedule(epochs=2, steps=20, batch=16, optimizer="adamw", learning_rate=0.01, warm_up=10)
    >>> round(schedule.rate(0), 6), round(schedule.rate(20), 6)
    (0.001, 0.005)
    """

    epochs: int
    steps: int
    measured: tuple[int, ...] = ()
    batch: int
    optimizer: Optimizer
    learning_rate: float
    weight_decay: float = 0.0
    warm_up: int = 0
    clip: float | None = None
    trained: tuple[str, ...] = ("",)

    def __post_init__(self) -> None:
        """Check the ranges, and fill in every epoch."""
        for name in ("epochs", "steps", "batch"):
            value = getattr(self, name)
            if type(value) is not int or value < 1:
                raise RequestError(f"{name} is a whole number of 1 or more, not {value!r}")
        for name in ("learning_rate", "weight_decay", "warm_up"):
            value = getattr(self, name)
            if not (math.isfinite(value) and value >= 0):
                raise RequestError(f"{name} is a finite number of 0 or more, not {value!r}")
        if self.optimizer not in get_args(Optimizer):
            raise unknown("optimizer", self.optimizer, get_args(Optimizer))
        measured = tuple(self.measured) or tuple(range(1, self.epochs + 1))
        if list(measured) != sorted(set(measured)) or measured[0] < 1 or measured[-1] != self.epochs:
            raise RequestError(f"measured are increasing epochs, the last of them {self.epochs}: {measured}")
        object.__setattr__(self, "measured", measured)
        object.__setattr__(self, "trained", tuple(self.trained))

    def rate(self, step: int) -> float:
        """Compute the learning rate at a step of the whole training, counted from 0."""
        rising = min(1.0, (step + 1) / self.warm_up) if self.warm_up else 1.0
        return self.learning_rate * rising * 0.5 * (1 + math.cos(math.pi * step / (self.epochs * self.steps)))

    def chosen(self, model: nn.Module) -> list[nn.Parameter]:
        """Return the parameters of a model that are trained, and freeze the others."""
        for name, weights in model.named_parameters():
            weights.requires_grad_(name.startswith(self.trained))
        return [weights for weights in model.parameters() if weights.requires_grad]

    def build(self, weights: list[nn.Parameter]) -> torch.optim.Optimizer:
        """Make the optimizer of some parameters."""
        if self.optimizer == "sgd":
            return torch.optim.SGD(
                weights,
                lr=self.learning_rate,
                momentum=0.9,
                nesterov=True,
                weight_decay=self.weight_decay,
                fused=True,
            )
        return torch.optim.AdamW(
            weights, lr=self.learning_rate, betas=(0.9, 0.98), weight_decay=self.weight_decay, fused=True
        )

    def describe(self) -> dict[str, Any]:
        """Return the fields as plain JSON types."""
        fields = dataclasses.asdict(self)
        return {**fields, "measured": list(self.measured), "trained": list(self.trained)}
