"""Numeric features of NAS-Bench-201 cells, from their ops."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.spaces.product import Array


def adjacency(ops: Array) -> NDArray[np.int8]:
    """Give the 4 x 4 matrix of a NAS-Bench-201 cell, flattened: entry (a, b) is the op of edge a->b.

    The op `none` is 0, which is also "no edge".

    Returns
    -------
    array of int8, shape (..., 16)
    """
    matrix = np.zeros((*ops.shape[:-1], 4, 4), dtype=np.int8)
    for position, (source, target) in enumerate([(0, 1), (0, 2), (1, 2), (0, 3), (1, 3), (2, 3)]):
        matrix[..., source, target] = ops[..., position]
    return matrix.reshape(*ops.shape[:-1], 16)


def paths(ops: Array) -> NDArray[np.float64]:
    """Give the path encoding of a NAS-Bench-201 cell: which operation sequences lead from input to output.

    There are 5 sequences of one operation, 25 of two and 125 of three; a sequence is present when at least
    one of the four paths 0->3, 0->1->3, 0->2->3, 0->1->2->3 spells it.

    Returns
    -------
    array of float64 (0 or 1), shape (..., 155)

    References
    ----------
    White, Neiswanger, Savani. BANANAS: Bayesian optimization with neural architectures for neural
    architecture search. AAAI 2021.
    """
    e01, e02, e12, e03, e13, e23 = (ops[..., edge].astype(np.int64) for edge in range(6))
    spelled = np.stack([e03, 5 + 5 * e01 + e13, 5 + 5 * e02 + e23, 30 + 25 * e01 + 5 * e12 + e23], axis=-1)
    out = np.zeros((*ops.shape[:-1], 155))
    np.put_along_axis(out, spelled, 1.0, axis=-1)
    return out
