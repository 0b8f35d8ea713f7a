"""Counting what a network has and does, by looking at it."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

LAYERS = (nn.Conv1d, nn.Conv2d, nn.Linear)


def parameters(model: nn.Module) -> int:
    return sum(weights.numel() for weights in model.parameters())


def multiply_adds(model: nn.Module, inputs: Any) -> int:
    """Count the multiply-adds of convolutions and linear layers on one example, as they run."""
    total = 0

    def count(layer: nn.Module, given: tuple[torch.Tensor, ...], found: torch.Tensor) -> None:
        nonlocal total
        if isinstance(layer, nn.Linear):
            total += found.numel() * layer.in_features
        else:
            total += found.numel() * layer.weight[0].numel()

    hooks = [one.register_forward_hook(count) for one in model.modules() if isinstance(one, LAYERS)]
    with torch.no_grad():
        model.eval()(inputs)
    for hook in hooks:
        hook.remove()
    return total
