"""Numeric features of architectures, from their ops."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.spaces.product import Array


def one_hot(ops: Array, cardinalities: Array) -> NDArray[np.float64]:
    """Give one indicator a choice, position after position.

    Parameters
    ----------
    ops
        Shape (..., positions).
    cardinalities
        Number of choices a position, shape (positions,).

    Returns
    -------
    array of float64, shape (..., sum of cardinalities)

    Examples
    --------
    >>> one_hot(np.array([1, 0]), np.array([2, 3]))
    array([0., 1., 1., 0., 0.])
    """
    columns = [
        ops[..., position, None] == np.arange(cardinality)
        for position, cardinality in enumerate(cardinalities)
    ]
    return np.concatenate(columns, axis=-1).astype(np.float64)
