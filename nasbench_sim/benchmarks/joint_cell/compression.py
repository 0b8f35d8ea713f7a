"""Compression of a trained network: pruning by size, and fewer bits."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn


def quantised(weights: Tensor, bits: int) -> Tensor:
    """Round weights to ``2**bits - 1`` values around zero, evenly spaced up to the largest of each output.

    Parameters
    ----------
    weights
        Shape (outputs, ...).

    Examples
    --------
    >>> quantised(torch.tensor([[0.2, -0.9, 1.0]]), bits=2)
    tensor([[ 0., -1.,  1.]])
    """
    levels = 2 ** (bits - 1) - 1
    largest = weights.abs().flatten(1).amax(1).clamp_min(1e-12) / levels
    scale = largest.view(-1, *[1] * (weights.dim() - 1))
    rounded: Tensor = (weights / scale).round().clamp(-levels, levels) * scale
    return rounded


@contextmanager
def compressed(model: nn.Module, part: float, bits: int, calibration: Tensor) -> Iterator[int]:
    """Prune and quantise a model within a block, and yield the number of weights that are not zero.

    Convolutions and the classifier are compressed; biases and normalisation are not. The statistics of
    batch normalisation are computed again, without which pruned networks fall to chance.

    Parameters
    ----------
    part
        Of the weights, the smallest of all together, that become zero.
    bits
        Of each weight.
    calibration
        Inputs that the statistics are of.
    """
    kept = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    weights = [tensor for tensor in model.parameters() if tensor.dim() > 1]
    sizes = torch.cat([tensor.abs().flatten() for tensor in weights])
    least = torch.quantile(sizes, part) if part else -1.0
    with torch.no_grad():
        for tensor in weights:
            tensor.copy_(quantised(tensor * (tensor.abs() > least), bits))
        _calibrate(model, calibration)
        try:
            yield sum(int(torch.count_nonzero(tensor)) for tensor in weights)
        finally:
            model.load_state_dict(kept)


def _calibrate(model: nn.Module, inputs: Tensor) -> None:
    for layer in model.modules():
        if isinstance(layer, nn.BatchNorm2d):
            layer.reset_running_stats()
            layer.momentum = None  # the plain mean over what passes
    model.train()
    model(inputs)
    model.eval()
