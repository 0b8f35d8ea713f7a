"""TE-NAS: how well a network trains, by its tangent kernel, and how much it can express, by its regions.

References
----------
Chen, Gong, Wang. Neural architecture search on ImageNet in four GPU hours. ICLR 2021 (TE-NAS).
"""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from nasbench_sim.benchmarks.nas_bench_201.networks import Cell
from nasbench_sim.live.data import Batch
from nasbench_sim.live.proxies.layers import skeleton
from nasbench_sim.live.proxies.registry import proxy_named

_PASSES = 3
_CROPS = 1000
_SIDE = 3


@proxy_named("te_nas_condition", better="min")
def te_nas_condition(model: nn.Module, batch: Batch) -> float:
    """Condition number of the neural tangent kernel of the batch.

    Published for 72 images in networks of 3 channels and one cell a stage: ``batch=72, channels=3, cells=1``.
    """
    logits = model(batch.images)
    weights = [weight for name, weight in model.named_parameters() if "weight" in name]
    rows = []
    for logit in logits:
        found = torch.autograd.grad(logit.sum(), weights, retain_graph=True, allow_unused=True)
        rows.append(torch.cat([part.flatten() for part in found if part is not None]))
    features = torch.stack(rows).double()
    values = torch.linalg.eigvalsh(features @ features.T)
    return float(values[-1] / values[0]) if values[0] > 0 else float("nan")


@proxy_named("te_nas_regions")
def te_nas_regions(model: nn.Module, batch: Batch) -> float:
    """Linear regions in which 3,000 crops of the batch, 3 x 3 pixels of one color, lie.

    Of one cell with a single channel, followed by normalisation and ReLU, as published: in a wide network
    every crop would lie in a region of its own. Two crops lie in one region when the same ReLU units are on.
    """
    thin = nn.Sequential(
        _thin(next(block for block in skeleton(model).blocks if isinstance(block, Cell))),
        nn.BatchNorm2d(1),
        nn.ReLU(),
    )
    codes: list[Tensor] = []

    def keep(module: nn.Module, inputs: Any, output: Tensor) -> None:
        codes.append((output > 0).flatten(1))

    for module in thin.modules():
        if isinstance(module, nn.ReLU):
            module.register_forward_hook(keep)
    seen = []
    with torch.no_grad():
        for _ in range(_PASSES):
            thin(_crops(batch.images.cpu()))
            seen.append(torch.cat(codes, dim=1))
            codes.clear()
    return float(len(np.unique(torch.cat(seen).numpy(), axis=0)))


def _crops(images: Tensor) -> Tensor:
    """Draw one pass's crops: shape (1000, 1, 3, 3)."""
    count, colors, height, width = images.shape

    def drawn(end: int) -> Tensor:
        return torch.randint(end, (_CROPS, 1, 1))

    side = torch.arange(_SIDE)
    rows = drawn(height - _SIDE + 1) + side[:, None]
    columns = drawn(width - _SIDE + 1) + side
    return images[drawn(count), drawn(colors), rows, columns][:, None]


def _thin(cell: Cell) -> Cell:
    """Give a copy with one channel, and Gaussian weights of He's scale."""
    thin = copy.deepcopy(cell).cpu()
    for parent in list(thin.modules()):
        for name, child in parent.named_children():
            if isinstance(child, nn.Conv2d):
                only = nn.Conv2d(1, 1, side := child.kernel_size[0], padding=side // 2, bias=False)
                nn.init.kaiming_normal_(only.weight)
                setattr(parent, name, only)
            elif isinstance(child, nn.BatchNorm2d):
                setattr(parent, name, nn.BatchNorm2d(1))
    return thin
