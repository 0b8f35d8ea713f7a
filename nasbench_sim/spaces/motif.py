"""A motif: three nodes in a row, an operation on each of the three edges between them."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.spaces.product import Array

EDGES = ("0->1", "0->2", "1->2")
OPERATIONS = ("none", "skip", "conv1", "conv3", "pool")
"""No connection; identity; ReLU, convolution, batch normalisation; average of 3 x 3."""

Path = tuple[str, ...]


def paths(edges: Sequence[str]) -> tuple[Path, ...]:
    """Return what the output of a motif is the sum of: on each way from the input, what is done, in order.

    Two motifs with the same ways compute the same function.

    Parameters
    ----------
    edges
        The operation of each of `EDGES`; ``"none"`` cuts a way, ``"skip"`` does nothing on it.

    Examples
    --------
    >>> paths(["conv1", "pool", "skip"])
    (('conv1',), ('pool',))
    >>> paths(["conv1", "none", "none"])
    ()
    """
    first, direct, second = edges
    ways = [(direct,), (first, second)]
    return tuple(sorted(tuple(op for op in way if op != "skip") for way in ways if "none" not in way))


@functools.cache
def smallest() -> NDArray[np.int64]:
    """Return, for the rank of each motif, the smallest rank of one that computes the same (60 classes).

    The operations of the ranks run over `OPERATIONS`, the last edge fastest; the smallest rank has
    ``"none"`` on all edges that do not lie on a way.
    """
    keys = [paths(edges) for edges in itertools.product(OPERATIONS, repeat=3)]
    return np.array([keys.index(key) for key in keys])


def canonical(ops: Array) -> Array:
    """Return the operations of the smallest motif that computes the same, shape (..., 3).

    Parameters
    ----------
    ops
        Places in `OPERATIONS`, shape (..., 3).

    Examples
    --------
    >>> canonical(np.array([2, 0, 0]))
    array([0, 0, 0])
    """
    base = len(OPERATIONS)
    weights = base ** np.arange(2, -1, -1)
    rank = smallest()[np.asarray(ops, dtype=np.int64) @ weights]
    return np.asarray(rank[..., None] // weights % base)


def params(ops: Array, width: Array | int) -> Array:
    """Compute the parameters of motifs whose ways all lie open, such as canonical ones, shape (...)."""
    return _sum(ops, [0, 0, width * width + 2 * width, 9 * width * width + 2 * width, 0])


def flops(ops: Array, width: Array | int, side: int) -> Array:
    """Compute the multiply-adds of the convolutions of such motifs on images of a side, shape (...)."""
    return _sum(ops, [0, 0, width * width * side**2, 9 * width * width * side**2, 0])


def _sum(ops: Array, amounts: Sequence[Array | int]) -> Array:
    return np.asarray(sum((ops == op).sum(axis=-1) * amount for op, amount in enumerate(amounts)))
