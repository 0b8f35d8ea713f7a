"""Independent categorical distributions, one a position, for R replicates."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.spaces import SearchSpace
from nasbench_sim.spaces.product import Array


def possible(space: SearchSpace) -> NDArray[np.bool_]:
    """Tell which entries of an array of shape (positions, most choices) stand for a choice.

    Examples
    --------
    >>> possible(SearchSpace("tiny", ["ab", "cde"]))
    array([[ True,  True, False],
           [ True,  True,  True]])
    """
    return np.asarray(np.arange(space.cardinalities.max()) < space.cardinalities[:, None])


def uniform_distribution(space: SearchSpace, replicates: int) -> NDArray[np.float64]:
    """Give equal probabilities, shape (R, positions, most choices); 0 beyond a position's choices."""
    one = np.where(possible(space), 1.0 / space.cardinalities[:, None], 0.0)
    return np.repeat(one[None], replicates, axis=0)


def softmax(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give the probabilities of logits along the last axis; a logit of -inf has none.

    Examples
    --------
    >>> softmax(np.array([0.0, 0.0, -np.inf]))
    array([0.5, 0.5, 0. ])
    """
    shifted = np.exp(logits - _over_choices(np.maximum, logits))
    shifted /= _over_choices(np.add, shifted)
    return np.asarray(shifted)


def drawn(probability: NDArray[np.float64], uniform: Array, cardinalities: Array) -> NDArray[np.int64]:
    """Draw a choice by a uniform number: the first whose cumulated probability exceeds it.

    Parameters
    ----------
    probability
        Shape (..., choices).
    uniform
        Numbers in [0, 1), shape (...).
    cardinalities
        The number of choices that exist, broadcast against (...).

    Examples
    --------
    >>> drawn(np.array([0.5, 0.5, 0.0]), np.array([0.2, 0.5, 0.9]), np.array(2))
    array([0, 1, 1])
    """
    cumulated = probability[..., 0].copy()
    found = np.asarray(uniform >= cumulated, dtype=np.int64)
    for choice in range(1, probability.shape[-1] - 1):
        cumulated += probability[..., choice]
        found += uniform >= cumulated
    return np.asarray(np.minimum(found, cardinalities - 1))  # rounding must not lead out of the choices


def _over_choices(combine: np.ufunc, values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Reduce the last axis, and keep it. By slices, as numpy is slow over short axes."""
    total = values[..., 0].copy()
    for choice in range(1, values.shape[-1]):
        combine(total, values[..., choice], out=total)
    return np.asarray(total[..., None])


def chosen(ops: Array, choices: int) -> NDArray[np.bool_]:
    """Give the indicators of ops, shape (..., positions, choices)."""
    return np.asarray(ops[..., None] == np.arange(choices))
