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
from torch import nn
from torch.nn.functional import cross_entropy

from nasbench_sim.live.data import Batch
from nasbench_sim.live.proxies.layers import LossPass, backward_loss, gradient, weighted
from nasbench_sim.live.proxies.registry import proxy_named


@proxy_named("grad_norm", shared=LossPass)
def grad_norm(passed: LossPass, batch: Batch) -> float:
    """Sum of the layers' gradient norms."""
    return float(sum(gradient(layer).norm() for layer in passed.layers))


@proxy_named("snip", shared=LossPass)
def snip(passed: LossPass, batch: Batch) -> float:
    """Sum of |w dL/dw|."""
    return float(sum((layer.weight.detach() * gradient(layer)).abs().sum() for layer in passed.layers))


@proxy_named("plain", shared=LossPass)
def plain(passed: LossPass, batch: Batch) -> float:
    """Sum of w dL/dw, with its sign.

    A convolution before a normalisation adds next to nothing, since its scale does not matter to the loss:
    what is left is the classifier and the shortcuts between stages, by the draw of weights and images.
    """
    return float(sum((layer.weight.detach() * gradient(layer)).sum() for layer in passed.layers))


@proxy_named("l2_norm", needs_images=False)
def l2_norm(model: nn.Module, batch: Batch) -> float:
    """Sum of the layers' weight norms.

    PyTorch draws weights such that a layer's norm grows with its outputs only: it counts convolutions,
    whatever their kernels, and noise ranks the networks that have as many.
    """
    return float(sum(layer.weight.detach().norm() for layer in weighted(model)))


@proxy_named("grasp")
def grasp(model: nn.Module, batch: Batch) -> float:
    """Minus the sum of w Hg: how the gradient's norm reacts to a change of the weights.

    At temperature 1 and on one batch, as published in zero-cost-nas, whose two passes over it are one here.
    Noisy: the sign of a network's value may change with the batch.
    """
    layers = weighted(model)
    loss = cross_entropy(model(batch.images), batch.labels)
    found = torch.autograd.grad(
        loss, [layer.weight for layer in layers], create_graph=True, allow_unused=True
    )
    product = torch.zeros((), device=batch.images.device)
    for part in found:
        if part is not None:
            product = product + (part.detach() * part).sum()
    model.zero_grad()
    torch.autograd.backward(product)
    return float(-sum((layer.weight.detach() * gradient(layer)).sum() for layer in layers))


@proxy_named("fisher", shared=LossPass)
def fisher(passed: LossPass, batch: Batch) -> float:
    """Sum over weights of half the mean over images of (activation times its gradient) squared.

    Activation and gradient are those of the weight's output channel: as published, every weight has the value
    of its channel, so that a channel counts as often as it has weights.
    """
    total = 0.0
    for layer, output in passed.outputs:
        if output.grad is not None:
            product = output.detach() * output.grad
            by_channel = product.flatten(2).sum(2) if product.ndim > 2 else product
            total += float(0.5 * by_channel.pow(2).mean(0).sum()) * layer.weight[0].numel()
    return total


@proxy_named("zico")
def zico(model: nn.Module, batch: Batch) -> float:
    """Sum over layers of the log of the sum of mean |g| / std g, over the two halves of the batch.

    The published program keeps the first half's gradients when it takes the second's, so that it compares one
    half with the whole batch; its paper, and this, compare the halves.
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
