"""What several proxies look at: weighted layers, a pass of the loss, gradients of the input."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from nasbench_sim.benchmarks.nas_bench_201.networks import Skeleton
from nasbench_sim.errors import RequestError
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


class LossPass:
    """One pass of a batch's cross-entropy, forward and backward.

    Parameters
    ----------
    model, batch
        What the loss is of. The gradients are in the weights afterwards.
    """

    def __init__(self, model: nn.Module, batch: Batch) -> None:
        self.layers = weighted(model)
        self.outputs: list[tuple[nn.Conv2d | nn.Linear, Tensor]] = []
        """Layers and what they gave, in the order of the pass; its gradient is None where none reached it."""
        for layer in self.layers:
            layer.register_forward_hook(self._keep)
        backward_loss(model, batch)

    def _keep(self, layer: Any, inputs: Any, output: Tensor) -> None:
        output.retain_grad()
        self.outputs.append((layer, output))


def gradient(layer: nn.Conv2d | nn.Linear) -> Tensor:
    """Give the gradient of a layer's weights; zeros where none reached it."""
    return torch.zeros_like(layer.weight) if layer.weight.grad is None else layer.weight.grad


class Jacobian:
    """The gradient of the sum of each image's logits.

    Parameters
    ----------
    model, batch
        What it is of.
    """

    def __init__(self, model: nn.Module, batch: Batch) -> None:
        inputs = batch.images.detach().clone().requires_grad_()
        logits = model(inputs)
        (found,) = torch.autograd.grad(logits, inputs, torch.ones_like(logits))
        self.rows: NDArray[np.float32] = np.asarray(found.flatten(1).cpu().numpy())
        """Shape (images, pixels)."""
        self.classes: int = logits.shape[1]
