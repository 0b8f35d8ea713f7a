"""Fronts and crowding of several objectives, for R populations at once."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def dominates(values: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Tell which members dominate which: nowhere worse, and better somewhere.

    Parameters
    ----------
    values
        Larger is better, shape (R, n, objectives); -inf is missing, worse than any.

    Returns
    -------
    array of bool, shape (R, n, n)
        Whether the first dominates the second.

    Examples
    --------
    >>> dominates(np.array([[[1.0, 2.0], [1.0, 1.0]]]))
    array([[[False,  True],
            [False, False]]])
    """
    no_worse = np.ones((len(values), values.shape[1], values.shape[1]), dtype=bool)
    same = np.ones_like(no_worse)
    for objective in np.moveaxis(values, -1, 0):
        order = _order(objective)
        no_worse &= order[:, :, None] >= order[:, None, :]
        same &= order[:, :, None] == order[:, None, :]
    return no_worse & ~same


def _order(objective: NDArray[np.float64]) -> NDArray[Any]:
    """Give small whole numbers in the order of the values: they compare several times faster."""
    distinct, number = np.unique(objective, return_inverse=True)
    small = np.uint16 if len(distinct) < 2**16 else np.uint32
    return number.reshape(objective.shape).astype(small)


def front_ranks(values: NDArray[np.float64], wanted: int | None = None) -> NDArray[np.int64]:
    """Give the number of the front that each member is on, 0 for the best.

    Parameters
    ----------
    values
        As in `dominates`.
    wanted
        Stop when so many members of every population have a number; the others get one that is larger.

    Returns
    -------
    array of int, shape (R, n)

    Examples
    --------
    >>> front_ranks(np.array([[[1.0, 2.0], [2.0, 1.0], [1.0, 1.0], [0.0, 0.0]]]))
    array([[0, 0, 1, 2]])
    """
    members = values.shape[1]
    edges = dominates(values).astype(np.float32)  # small whole numbers: their sums are exact
    above = edges.sum(axis=1)
    rank = np.full(values.shape[:2], members)
    for front in range(members):
        current = (above == 0) & (rank == members)
        rank[current] = front
        if ((rank < members).sum(axis=1) >= (members if wanted is None else wanted)).all():
            break
        above -= (current[:, None, :].astype(np.float32) @ edges)[:, 0]
    return rank


def crowding(values: NDArray[np.float64], rank: NDArray[np.int64]) -> NDArray[np.float64]:
    """Give how much room each member has on its front: the sum over the objectives of the gap around it.

    Parameters
    ----------
    values
        As in `dominates`.
    rank
        The front of each member, shape (R, n).

    Returns
    -------
    array of float64, shape (R, n)
        Infinite at the ends of a front; gaps are parts of the extent of the front.

    References
    ----------
    Deb, Pratap, Agarwal, Meyarivan. A fast and elitist multiobjective genetic algorithm: NSGA-II. IEEE
    Transactions on Evolutionary Computation 6, 2002.

    Examples
    --------
    >>> crowding(np.array([[[0.0, 4.0], [1.0, 2.0], [4.0, 0.0]]]), np.zeros((1, 3), dtype=int))
    array([[inf,  2., inf]])
    """
    distance = np.zeros(rank.shape)
    finite = np.where(np.isfinite(values), values, 0.0)  # the missing are on fronts of their own, all alike
    for objective in np.moveaxis(finite, -1, 0):
        order = np.lexsort((objective, rank), axis=1)
        sorted_value = np.take_along_axis(objective, order, axis=1)
        sorted_rank = np.take_along_axis(rank, order, axis=1)
        first = np.ones(rank.shape, dtype=bool)
        first[:, 1:] = sorted_rank[:, 1:] != sorted_rank[:, :-1]
        last = np.ones(rank.shape, dtype=bool)
        last[:, :-1] = first[:, 1:]
        place = np.arange(rank.shape[1])
        lowest = np.maximum.accumulate(np.where(first, place, 0), axis=1)
        highest = np.minimum.accumulate(np.where(last, place, len(place))[:, ::-1], axis=1)[:, ::-1]
        low = np.take_along_axis(sorted_value, lowest, axis=1)
        high = np.take_along_axis(sorted_value, highest, axis=1)
        inner = ~(first | last)
        before = np.where(inner, np.roll(sorted_value, 1, axis=1), 0.0)
        after = np.where(inner, np.roll(sorted_value, -1, axis=1), 0.0)
        extent = np.where(inner & (high > low), high - low, 1.0)
        gap = np.where(inner, (after - before) / extent, np.inf)
        np.put_along_axis(distance, order, np.take_along_axis(distance, order, axis=1) + gap, axis=1)
    return distance
