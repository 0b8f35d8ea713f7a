"""Proxies from how outputs react to other weights or to a disturbed input; no labels.

References
----------
Gracheva. Trainless model performance estimation based on random weights initialisations for neural
architecture search. Array 2021 (epsinas). Lin et al. Zen-NAS. ICCV 2021. Krishnakumar et al.
NAS-Bench-Suite-Zero. NeurIPS 2022.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import nn

from nasbench_sim.live.data import Batch
from nasbench_sim.live.proxies.layers import skeleton, weighted
from nasbench_sim.live.proxies.registry import proxy_named

_EPSILON_WEIGHTS = (1e-7, 1.0)
_ZEN_DISTURBANCE = 1e-2


@proxy_named("epsilon")
def epsilon(model: nn.Module, batch: Batch) -> float:
    """Mean difference of the features, each scaled to 0..1, under two constant weights, over their mean.

    The smallest features, 0 after scaling, are left out as published, with a batch of 256. So are cells whose
    features all vanish in single precision under the small weight: at the published size, those in which
    every path from end to end has a convolution.
    """
    outputs = []
    for constant in _EPSILON_WEIGHTS:
        with torch.no_grad():
            for name, weights in model.named_parameters():
                weights.fill_(0.0 if name.endswith("bias") else constant)
            features = skeleton(model).features(batch.images).flatten().double().cpu().numpy()
        low, high = features.min(), features.max()
        if not high > low:
            return float("nan")
        scaled = (features - low) / (high - low)
        outputs.append(np.where(scaled == 0, np.nan, scaled))
    first, second = outputs
    return float(np.nanmean(np.abs(first - second)) / np.nanmean(np.stack(outputs)))


@proxy_named("zen", needs_images=False)
def zen(model: nn.Module, batch: Batch) -> float:
    """Log of how far the last maps move under Gaussian noise, plus the log of what normalisation took away.

    Gaussian weights and inputs, drawn once, as for the scores of NAS-Bench-Suite-Zero. Zen-NAS takes the mean
    of 32 draws, which ranks cells alike (0.97), by larger numbers: normalisation starts at a variance of 1
    and learns the true one pass by pass.
    """
    maps = skeleton(model).maps
    with torch.no_grad():
        for layer in weighted(model):
            nn.init.normal_(layer.weight)
        shape, device = batch.images.shape, batch.images.device
        image = torch.randn(shape, device=device)
        disturbed = image + _ZEN_DISTURBANCE * torch.randn(shape, device=device)
        distance = (maps(image) - maps(disturbed)).abs().sum(dim=(1, 2, 3)).mean()
        scales = [
            layer.running_var.mean().sqrt().log()
            for layer in model.modules()
            if isinstance(layer, nn.BatchNorm2d) and layer.running_var is not None
        ]
    return float(distance.log() + torch.stack(scales).sum())
