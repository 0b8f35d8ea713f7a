"""Parameters and multiply-adds of a module, counted on the module itself."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from nasbench_sim.live.data import Batch
from nasbench_sim.live.networks import parameters
from nasbench_sim.live.proxies.layers import weighted
from nasbench_sim.live.proxies.registry import proxy_named


@proxy_named("params", needs_images=False, better="min")
def params(model: nn.Module, batch: Batch) -> float:
    """Trainable parameters, in millions."""
    return parameters(model) / 1e6


@proxy_named("flops", needs_images=False, better="min")
def flops(model: nn.Module, batch: Batch) -> float:
    """Multiply-adds of convolutions and classifier for one image, in millions, counted as published."""
    counted: list[int] = []

    def count(layer: nn.Module, inputs: Any, output: Tensor) -> None:
        if isinstance(layer, nn.Conv2d):
            kernel = layer.weight.numel() // layer.out_channels
            counted.append(output.numel() * kernel)
        elif isinstance(layer, nn.Linear):
            counted.append(output.numel() * (layer.in_features + 1))

    for layer in weighted(model):
        layer.register_forward_hook(count)
    model.eval()
    with torch.no_grad():
        model(batch.images[:1])
    return sum(counted) / 1e6
