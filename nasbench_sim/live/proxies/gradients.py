"""Proxies from the gradients of one batch's loss.

References
----------
Abdelfattah, Mehrotra, Dudziak, Lane. Zero-cost proxies for lightweight NAS. ICLR 2021; zero-cost-nas. Lee
et al., SNIP, ICLR 2019. Wang et al., GraSP, ICLR 2020. Turner et al., Fisher pruning, ICLR 2020. Li et al.,
ZiCo, ICLR 2023.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from nasbench_sim.live.data import Batch
from nasbench_sim.live.proxies.layers import LossPass, backward_loss, gradient, weighted
from nasbench_sim.live.proxies.registry import register_proxy


@register_proxy("grad_norm", shared=LossPass)
def grad_norm(passed: LossPass, batch: Batch) -> float:
    """Sum of the layers' gradient norms."""
    return float(sum(gradient(layer).norm() for layer in passed.layers))


@register_proxy("snip", shared=LossPass)
def snip(passed: LossPass, batch: Batch) -> float:
    """Sum of |w dL/dw|."""
    return float(sum((layer.weight.detach() * gradient(layer)).abs().sum() for layer in passed.layers))


@register_proxy("plain", shared=LossPass)
def plain(passed: LossPass, batch: Batch) -> float:
    """Sum of w dL/dw, with its sign."""
    return float(sum((layer.weight.detach() * gradient(layer)).sum() for layer in passed.layers))


@register_proxy("l2_norm", needs_images=False)
def l2_norm(model: nn.Module, batch: Batch) -> float:
    """Sum of the layers' weight norms."""
    return float(sum(layer.weight.detach().norm() for layer in weighted(model)))


@register_proxy("grasp")
def grasp(model: nn.Module, batch: Batch) -> float:
    """Minus the sum of w Hg: how the gradient's norm reacts to a change of the weights."""
    layers = weighted(model)
    weights = [layer.weight for layer in layers]

    def gradients(**options: Any) -> tuple[Tensor | None, ...]:
        loss = cross_entropy(model(batch.images), batch.labels)
        return torch.autograd.grad(loss, weights, allow_unused=True, **options)

    fixed = gradients()
    product = torch.zeros(())
    for first, second in zip(fixed, gradients(create_graph=True), strict=True):
        if first is not None and second is not None:
            product = product + (first * second).sum()
    model.zero_grad()
    torch.autograd.backward(product)
    return float(-sum((layer.weight.detach() * gradient(layer)).sum() for layer in layers))


@register_proxy("fisher", shared=LossPass)
def fisher(passed: LossPass, batch: Batch) -> float:
    """Sum over channels of half the mean over images of (activation times its gradient) squared."""
    total = 0.0
    for output in passed.outputs:
        if output.grad is not None:
            product = output.detach() * output.grad
            by_channel = product.flatten(2).sum(2) if product.ndim > 2 else product
            total += float(0.5 * by_channel.pow(2).mean(0).sum())
    return total


@register_proxy("zico")
def zico(model: nn.Module, batch: Batch) -> float:
    """Sum over layers of the log of the sum of mean |g| / std g, over the two halves of the batch.

    The published program adds the second half's gradients to the first's; its paper, and this, do not.
    """
    half = len(batch.images) // 2
    found: list[list[np.ndarray[Any, np.dtype[np.float32]]]] = []
    for part in (slice(0, half), slice(half, 2 * half)):
        backward_loss(model, Batch(batch.images[part], batch.labels[part]))
        found.append([gradient(layer).flatten().cpu().numpy() for layer in weighted(model)])
    total = 0.0
    for pair in zip(*found, strict=True):
        both = np.stack(pair).astype(np.float64)
        spread = both.std(axis=0)
        varying = spread > 0
        ratio = float((np.abs(both).mean(axis=0)[varying] / spread[varying]).sum())
        total += np.log(ratio) if ratio > 0 else 0.0
    return float(total)
