"""What several proxies need of a network: its weighted layers, its loss, its input gradients."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from nasbench_sim.errors import RequestError
from nasbench_sim.live.cells import Skeleton
from nasbench_sim.live.data import Batch


def weighted(model: nn.Module) -> list[nn.Conv2d | nn.Linear]:
    """Give the convolutions and linear layers, whose weights count."""
    return [layer for layer in model.modules() if isinstance(layer, (nn.Conv2d, nn.Linear))]


def skeleton(model: nn.Module) -> Skeleton:
    """Give a network that tells its maps and features, or raise the error."""
    if not isinstance(model, Skeleton):
        raise RequestError("this proxy looks at the features of NAS-Bench-201's and NATS-Bench's networks")
    return model


def backward_loss(model: nn.Module, batch: Batch) -> None:
    """Put the gradients of the cross-entropy into the weights."""
    model.zero_grad()
    torch.autograd.backward(cross_entropy(model(batch.images), batch.labels))


def gradient(layer: nn.Conv2d | nn.Linear) -> Tensor:
    """Give the gradient of a layer's weights; zeros where none reached it."""
    return torch.zeros_like(layer.weight) if layer.weight.grad is None else layer.weight.grad


def jacobian(model: nn.Module, images: Tensor) -> NDArray[np.float32]:
    """Give the gradient of the sum of each image's logits, shape (n, pixels)."""
    inputs = images.detach().clone().requires_grad_()
    logits = model(inputs)
    (found,) = torch.autograd.grad(logits, inputs, torch.ones_like(logits))
    return np.asarray(found.flatten(1).cpu().numpy())
