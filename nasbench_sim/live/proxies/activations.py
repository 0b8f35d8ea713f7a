"""Proxies from what a batch does inside an untrained network.

References
----------
Mellor, Turner, Storkey, Crowley. Neural architecture search without training. ICML 2021 (naswot; jacob_cov is
its first version). Lopes, Alirezazadeh, Alexandre. EPE-NAS. ICANN 2021. Jiang, Wang, Bie.
MeCo. NeurIPS 2023.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from nasbench_sim.live.data import Batch
from nasbench_sim.live.proxies.layers import Jacobian
from nasbench_sim.live.proxies.registry import proxy_named

_SMALL = 1e-5
_MECO_SIDE = 64


@proxy_named("naswot")
def naswot(model: nn.Module, batch: Batch) -> float:
    """Log of the determinant of the kernel of ReLU codes: in how many units two images agree."""
    agreement = torch.zeros(len(batch.images), len(batch.images), device=batch.images.device)

    def count(module: nn.Module, inputs: Any, output: Tensor) -> None:
        # +1 and -1: the product counts the units that agree, less those that do not
        signs = torch.where(output > 0, 1.0, -1.0).flatten(1)
        agreement.add_(signs @ signs.T).add_(signs.shape[1])

    for module in model.modules():
        if isinstance(module, nn.ReLU):
            module.register_forward_hook(count)
    with torch.no_grad():
        model(batch.images)
    return float(np.linalg.slogdet(agreement.double().cpu().numpy() / 2)[1])


@proxy_named("jacob_cov", shared=Jacobian)
def jacob_cov(found: Jacobian, batch: Batch) -> float:
    """Minus the sum of log(v) + 1 / v over the eigenvalues, plus 1e-5, of the Jacobians' correlation."""
    with np.errstate(divide="ignore", invalid="ignore"):
        correlation = np.corrcoef(found.rows)
    if not np.isfinite(correlation).all():
        return float("nan")
    values = np.linalg.eigvalsh(correlation) + _SMALL
    return float(-np.sum(np.log(values) + 1 / values)) if (values > 0).all() else float("nan")


@proxy_named("epe_nas", shared=Jacobian)
def epe_nas(found: Jacobian, batch: Batch) -> float:
    """Sum over classes of |sum of log(|correlation of the class's Jacobians| + 1e-5)|.

    Beyond 100 classes, as published, the mean over classes with several images of the differences between
    them.
    """
    labels = batch.labels.cpu().numpy()
    many = found.classes > 100
    scores = []
    for label, count in zip(*np.unique(labels, return_counts=True), strict=True):
        if many and count == 1:
            continue  # as the published program, which fails at the length of one number there
        with np.errstate(divide="ignore", invalid="ignore"):
            correlation = np.atleast_2d(np.corrcoef(found.rows[labels == label]))
        score = np.sum(np.log(np.abs(correlation) + _SMALL))
        scores.append(score / len(correlation) if many else score)
    values = np.array(scores)
    if many:
        return float("nan") if not scores else float(np.abs(values[:, None] - values).sum() / len(values))
    return float(np.abs(values).sum())


@proxy_named("meco", needs_images=False)
def meco(model: nn.Module, batch: Batch) -> float:
    """Sum over modules of the smallest eigenvalue of their channels' correlation on one random image.

    As published, modules within modules count again: how this package nests them is part of the value.
    """
    smallest: list[float] = []

    def measure(module: nn.Module, inputs: Any, output: Tensor) -> None:
        if output.ndim > 2:  # vectors have no correlation of channels
            correlation = torch.nan_to_num(torch.corrcoef(output[0].flatten(1)), 0.0, 0.0, 0.0)
            smallest.append(float(torch.linalg.eigvalsh(correlation)[0]))

    for module in model.modules():
        module.register_forward_hook(measure)
    colors = batch.images.shape[1]
    with torch.no_grad():
        model(torch.randn(1, colors, _MECO_SIDE, _MECO_SIDE, device=batch.images.device))
    return sum(smallest)
