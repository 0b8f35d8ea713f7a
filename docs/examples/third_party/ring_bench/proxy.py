"""A proxy: how many weights a network has in layers that look at neighbours; needs PyTorch."""

from __future__ import annotations

from torch import nn


def ring_depth(model: nn.Module) -> float:
    """Count the weights of convolutions wider than one pixel."""
    return float(
        sum(
            layer.weight.numel()
            for layer in model.modules()
            if isinstance(layer, nn.Conv2d) and layer.kernel_size != (1, 1)
        )
    )
