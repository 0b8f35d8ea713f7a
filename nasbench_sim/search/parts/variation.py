"""How new architectures are made of old ones: parents by tournament, mutation, crossover."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.spaces import SearchSpace
from nasbench_sim.spaces.product import Array


def tournament(value: NDArray[np.float64], uniform: NDArray[np.float64]) -> NDArray[np.intp]:
    """Give the best of a sample that is drawn with replacement; of equals the first drawn.

    Parameters
    ----------
    value
        Values of the population's members, shape (R, population).
    uniform
        One number in [0, 1) a member of the sample, shape (R, sample).

    Returns
    -------
    array of int, shape (R,)
        Places in the population.

    Examples
    --------
    >>> tournament(np.array([[3.0, 1.0, 2.0]]), np.array([[0.4, 0.9]]))
    array([2])
    """
    members = value.shape[1]
    first = np.arange(len(value)) * members
    drawn = (uniform.T * members).astype(np.intp) + first
    values = value.ravel().take(drawn)
    winner, best = drawn[0], values[0]
    for place, one in zip(drawn[1:], values[1:], strict=True):
        winner = np.where(one > best, place, winner)
        best = np.maximum(best, one)
    return np.asarray(winner - first)


def mutated(space: SearchSpace, index: Array, uniform: Array) -> Array:
    """Give architectures that differ in one position, as `SearchSpace.mutated`.

    In a space of a single architecture, which has no other to offer, that one.
    """
    return index if space.size == 1 else space.mutated(index, uniform)


def point_mutated(
    ops: Array, probability: float, uniform: NDArray[np.float64], cardinalities: Array
) -> NDArray[np.int64]:
    """Draw each position anew, uniform over all its choices, with a probability.

    Parameters
    ----------
    ops
        Shape (..., positions).
    uniform
        One number in [0, 1) a position, shape (..., positions): below the probability the position changes,
        and how far below says to what.

    Examples
    --------
    >>> point_mutated(np.array([0, 0, 0]), 0.5, np.array([0.1, 0.4, 0.5]), np.array([3, 3, 3]))
    array([0, 2, 0])
    """
    scale = cardinalities / max(probability, 1e-300)
    chosen = np.minimum(uniform * scale, cardinalities - 1)  # which rounding up could pass
    return np.where(uniform < probability, chosen.astype(np.int64), ops)


def crossed(first: Array, second: Array, uniform: NDArray[np.float64]) -> Array:
    """Take each position from one of two parents, either with probability a half (uniform crossover).

    Parameters
    ----------
    first, second
        Ops of the parents, shape (..., positions).
    uniform
        One number in [0, 1) a position.
    """
    return np.where(uniform < 0.5, first, second)
