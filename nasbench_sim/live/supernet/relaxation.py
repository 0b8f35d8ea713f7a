"""Continuous relaxations of the choice of operations: what makes one differentiable search another."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor

from nasbench_sim.benchmarks.nas_bench_201.space import EDGES, OPERATIONS
from nasbench_sim.errors import unknown
from nasbench_sim.live.supernet.network import Choice, single_path

_TAU = (10.0, 0.1)  # GDAS: temperature at the start and at the end
_BETA_WEIGHT = 50.0  # beta-DARTS: weight of the regulariser at the end, growing from 0


class Moment(NamedTuple):
    """Where a search is: its epoch, from 0, and how many there are."""

    epoch: int
    epochs: int


Relax = Callable[[Tensor, Moment], Choice]
"""Gives the choice of logits (6, 5) at a moment of the search; it may draw at random."""


@dataclasses.dataclass(frozen=True)
class Relaxation:
    """A differentiable search method.

    Parameters
    ----------
    name
        Of the method.
    architecture
        The choice that the logits learn by.
    weights
        The choice that the shared weights learn by.
    penalty
        Added to the loss of the logits.
    partial
        Channels: see `Supernet`.
    edge_logits
        Whether edges have logits of their own, normalised over each node's inputs (PC-DARTS).
    unrolled
        Whether the logits look one step of the weights ahead (DARTS, second order).
    warm_up
        Part of the epochs before the logits learn (PC-DARTS: 15 of 50).
    """

    name: str
    architecture: Relax
    weights: Relax
    penalty: Callable[[Tensor, Moment], Tensor] | None = None
    partial: int = 1
    edge_logits: bool = False
    unrolled: bool = False
    warm_up: float = 0.0


def softmax(logits: Tensor, moment: Moment) -> Choice:
    """DARTS: all operations, weighted by the softmax."""
    return Choice(logits.softmax(dim=-1))


def gumbel(logits: Tensor, moment: Moment) -> Choice:
    """GDAS: one operation an edge, drawn with Gumbel noise; its gradient is that of the softmax."""
    tau = _TAU[0] + (_TAU[1] - _TAU[0]) * moment.epoch / max(1, moment.epochs - 1)
    noise = -torch.empty_like(logits).exponential_().log()
    soft = ((logits.log_softmax(dim=-1) + noise) / tau).softmax(dim=-1)
    picked = soft.argmax(dim=-1)
    hard = torch.zeros_like(soft).scatter_(1, picked[:, None], 1.0)
    return Choice(hard - soft.detach() + soft, picked=picked.tolist())


def dirichlet(logits: Tensor, moment: Moment) -> Choice:
    """DrNAS: weights drawn from a Dirichlet distribution of concentration elu(logits) + 1.

    What anchors it to the flat distribution is the weight decay of the logits, the published default.
    """
    concentration = torch.nn.functional.elu(logits) + 1
    return Choice(torch.distributions.Dirichlet(concentration).rsample())


def uniform(logits: Tensor, moment: Moment) -> Choice:
    """Single path: one operation an edge, all equally likely, whatever the logits are."""
    return single_path(torch.randint(len(OPERATIONS), (len(EDGES),)).tolist())


def beta_penalty(logits: Tensor, moment: Moment) -> Tensor:
    """beta-DARTS: the mean log of the sum of exponentials, which keeps logits from growing apart."""
    return _BETA_WEIGHT * moment.epoch / moment.epochs * logits.logsumexp(dim=-1).mean()


_RELAXATIONS = {
    one.name: one
    for one in (
        Relaxation("darts", softmax, softmax),
        Relaxation("darts_second_order", softmax, softmax, unrolled=True),
        Relaxation("gdas", gumbel, gumbel),
        Relaxation("setn", softmax, uniform),
        Relaxation("pc_darts", softmax, softmax, partial=4, edge_logits=True, warm_up=0.3),
        Relaxation("drnas", dirichlet, dirichlet),
        Relaxation("beta_darts", softmax, softmax, beta_penalty),
    )
}


def relaxation(name: str) -> Relaxation:
    """Give a method by name.

    Examples
    --------
    >>> relaxation("darts").partial
    1
    """
    if name not in _RELAXATIONS:
        raise unknown("differentiable search", name, _RELAXATIONS)
    return _RELAXATIONS[name]


def relaxations() -> tuple[str, ...]:
    """Give the names of all methods."""
    return tuple(_RELAXATIONS)
