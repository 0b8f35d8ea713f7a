"""Synaptic flow: what of the input reaches the output through the absolute weights; no data.

References
----------
Tanaka et al. Pruning neural networks without any data by iteratively conserving synaptic flow. NeurIPS 2020.
Cavagnero et al. FreeREA. WACV 2023 (logsynflow).
"""

from __future__ import annotations

import torch
from torch import nn

from nasbench_sim.live.data import Batch
from nasbench_sim.live.proxies.layers import gradient, weighted
from nasbench_sim.live.proxies.registry import proxy_named


def flow(model: nn.Module, batch: Batch) -> list[nn.Conv2d | nn.Linear]:
    """Give the layers of the absolute network with dR/dw: double precision, without normalisation."""
    for parent in list(model.modules()):
        for name, child in parent.named_children():
            if isinstance(child, nn.BatchNorm2d):
                setattr(parent, name, nn.Identity())
    model.double()
    with torch.no_grad():
        for weights in model.parameters():
            weights.abs_()
    ones = torch.ones_like(batch.images[:1], dtype=torch.float64)
    torch.autograd.backward(model(ones).sum())
    return weighted(model)


@proxy_named("synflow", needs_images=False, shared=flow)
def synflow(layers: list[nn.Conv2d | nn.Linear], batch: Batch) -> float:
    """Sum of |w dR/dw|, where R is the sum of the logits of an image of ones."""
    return float(sum((layer.weight.detach() * gradient(layer)).abs().sum() for layer in layers))


@proxy_named("logsynflow", needs_images=False, shared=flow)
def logsynflow(layers: list[nn.Conv2d | nn.Linear], batch: Batch) -> float:
    """Sum of |w log(1 + dR/dw)|: synflow that large gradients do not rule."""
    return float(sum((layer.weight.detach() * gradient(layer).log1p()).abs().sum() for layer in layers))
