"""Second derivatives by the logits of a search: the largest eigenvalue, and DARTS' step ahead."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import torch
from torch import Tensor

if TYPE_CHECKING:
    from nasbench_sim.live.supernet.sharing import SharedWeights

_STEP = 0.01  # of the finite difference, over the norm of the direction


def largest_eigenvalue(loss: Callable[[Tensor], Tensor], logits: Tensor) -> float:
    """Give the largest eigenvalue of the Hessian of a loss by the logits.

    Examples
    --------
    >>> largest_eigenvalue(lambda z: (z * z * torch.tensor([1.0, 3.0])).sum(), torch.zeros(2))
    6.0
    """
    point = logits.detach().clone().requires_grad_()
    (gradient,) = torch.autograd.grad(loss(point), point, create_graph=True)
    rows = []
    for entry in gradient.flatten():
        (row,) = torch.autograd.grad(entry, point, retain_graph=True)
        rows.append(row.flatten())
    hessian = torch.stack(rows)
    return float(torch.linalg.eigvalsh((hessian + hessian.T) / 2)[-1])


def unrolled_gradient(
    shared: SharedWeights,
    logits: Tensor,
    train_loss: Callable[[], Tensor],
    val_loss: Callable[[], Tensor],
) -> tuple[Tensor, float]:
    """Give the gradient by the logits of the validation loss after one step of the weights, and that loss.

    The mixed second derivative is a finite difference along the gradient of the weights, as published.
    """
    weights = [weight for weight in shared.supernet.parameters() if weight.requires_grad]
    rate = shared.optimizer.param_groups[0]["lr"]
    momentum, decay = shared.training.momentum, shared.training.weight_decay
    first = torch.autograd.grad(train_loss(), weights, allow_unused=True)
    kept = [weight.detach().clone() for weight in weights]
    with torch.no_grad():
        for weight, gradient in zip(weights, first, strict=True):
            past = shared.optimizer.state.get(weight, {}).get("momentum_buffer")
            step = decay * weight + (0.0 if gradient is None else gradient)
            weight.sub_(rate * (step if past is None else step + momentum * past))
    ahead = val_loss()
    by_logits, *by_weights = torch.autograd.grad(ahead, [logits, *weights], allow_unused=True)
    norm = torch.stack([part.norm() for part in by_weights if part is not None]).norm()
    sides = []
    for sign in (1, -1):
        with torch.no_grad():
            for weight, start, part in zip(weights, kept, by_weights, strict=True):
                weight.copy_(start if part is None else start + sign * (_STEP / norm) * part)
        sides.append(torch.autograd.grad(train_loss(), logits)[0])
    with torch.no_grad():
        for weight, start in zip(weights, kept, strict=True):
            weight.copy_(start)
    mixed = (sides[0] - sides[1]) / (2 * _STEP / norm)
    return by_logits - rate * mixed, float(ahead.detach())
