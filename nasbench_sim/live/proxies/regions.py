"""How many linear pieces a network's function has, seen by random images.

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

from nasbench_sim.live.cells import Cell
from nasbench_sim.live.data import Batch
from nasbench_sim.live.proxies.layers import skeleton
from nasbench_sim.live.proxies.registry import register_proxy

_IMAGES = 3000
_SIDE = 3


@register_proxy("te_nas_regions", needs_images=False)
def te_nas_regions(model: nn.Module, batch: Batch) -> float:
    """Linear regions in which 3,000 random images of 3 x 3 pixels lie, of one cell of a single channel.

    Two images lie in one region when the same ReLU units are on. The size is that of the published program:
    in a wide network every image would lie in a region of its own.
    """
    cell = _thin(next(block for block in skeleton(model).blocks if isinstance(block, Cell)))
    codes: list[Tensor] = []

    def keep(module: nn.Module, inputs: Any, output: Tensor) -> None:
        codes.append((output > 0).flatten(1))

    for module in cell.modules():
        if isinstance(module, nn.ReLU):
            module.register_forward_hook(keep)
    with torch.no_grad():
        cell(torch.randn(_IMAGES, 1, _SIDE, _SIDE))
    if not codes:
        return 1.0
    return float(len(np.unique(torch.cat(codes, dim=1).numpy(), axis=0)))


def _thin(cell: Cell) -> Cell:
    """Give a copy with one channel, and Gaussian weights of He's scale."""
    thin = copy.deepcopy(cell)
    for parent in list(thin.modules()):
        for name, child in parent.named_children():
            if isinstance(child, nn.Conv2d):
                only = nn.Conv2d(1, 1, side := child.kernel_size[0], padding=side // 2, bias=False)
                nn.init.kaiming_normal_(only.weight)
                setattr(parent, name, only)
            elif isinstance(child, nn.BatchNorm2d):
                setattr(parent, name, nn.BatchNorm2d(1))
    return thin
