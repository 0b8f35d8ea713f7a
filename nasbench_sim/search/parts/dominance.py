"""Fronts and crowding of several objectives, for R populations at once."""

from __future__ import annotations

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
    better = np.zeros_like(no_worse)
    for objective in np.ascontiguousarray(np.moveaxis(values, -1, 0)):
        no_worse &= objective[:, :, None] >= objective[:, None, :]
        better |= objective[:, :, None] > objective[:, None, :]
    return no_worse & better


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
    enough = members if wanted is None else wanted
    if values.shape[2] == 2:
        first, second = _numbered(values)
        return _swept(first, second, enough)
    edges = dominates(values).astype(np.float32)  # small whole numbers: their sums are exact
    above = edges.sum(axis=1)
    rank = np.full(values.shape[:2], members)
    for front in range(members):
        current = (above == 0) & (rank == members)
        rank[current] = front
        if ((rank < members).sum(axis=1) >= enough).all():
            break
        above -= (current[:, None, :].astype(np.float32) @ edges)[:, 0]
    return rank


def _swept(first: NDArray[np.int64], second: NDArray[np.int64], enough: int) -> NDArray[np.int64]:
    """Give the fronts of two objectives: by falling first one, whoever tops all before him is on the front.

    Heights are by the second objective, then the first: who has a lower one than somebody before him is
    dominated, and of two that are alike neither is.
    """
    members = first.shape[1]
    order = _flat_order(-(first * members + second))
    height = (second * members + first).take(order)
    swept = np.full(order.shape, members)
    for front in range(members):
        top = (height == np.maximum.accumulate(height, axis=1)) & (height >= 0)
        swept[top] = front
        if ((swept < members).sum(axis=1) >= enough).all():
            break
        height[top] = -1
    rank = np.empty_like(swept)
    rank.ravel()[order] = swept
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
    members = rank.shape[1]
    finite = np.where(np.isfinite(values), values, 0.0)  # the missing are on fronts of their own, all alike
    distance = np.zeros(rank.size)
    for objective, number in zip(np.moveaxis(finite, -1, 0), _numbered(finite), strict=True):
        order = _flat_order(rank * members + number)
        ordered, front = objective.take(order), rank.take(order)
        starts = np.ones((len(rank), members + 1), dtype=bool)  # and one beyond the last
        starts[:, 1:-1] = front[:, 1:] != front[:, :-1]
        limit = np.flatnonzero(starts[:, :-1])
        of_front = np.cumsum(starts[:, :-1]).reshape(rank.shape) - 1
        end = np.flatnonzero(starts[:, 1:])
        extent = ordered.take(end) - ordered.take(limit)
        gap = np.full(rank.shape, np.inf)
        gap[:, 1:-1] = ordered[:, 2:] - ordered[:, :-2]
        gap /= np.where(extent > 0, extent, 1.0).take(of_front)
        gap[starts[:, 1:] | starts[:, :-1]] = np.inf
        distance[order] += gap
    return distance.reshape(rank.shape)


def best_first(rank: NDArray[np.int64], room: NDArray[np.float64]) -> NDArray[np.intp]:
    """Give the members' places from the best on: by front, then by room, of equals the earlier.

    Parameters
    ----------
    rank, room
        Shape (R, n).

    Returns
    -------
    array of int, shape (R, n)
        Places in the flattened (R * n,) array.

    Examples
    --------
    >>> best_first(np.array([[1, 0, 0], [0, 0, 1]]), np.array([[9.0, 1.0, 2.0], [1.0, 1.0, 0.0]]))
    array([[2, 1, 0],
           [3, 4, 5]])
    """
    return _flat_order(rank * rank.shape[1] + _numbered(-room[..., None])[0])


def _numbered(values: NDArray[np.float64]) -> NDArray[np.int64]:
    """Give whole numbers from 0 in the order of each objective within each population, (objectives, R, n)."""
    columns = np.ascontiguousarray(np.moveaxis(values, -1, 0))
    members = columns.shape[-1]
    rows = columns.reshape(-1, members)
    order = rows.argsort(axis=1) + np.arange(len(rows))[:, None] * members  # among equals any order will do
    ordered = rows.take(order)
    number = np.zeros(rows.shape, dtype=np.int64)
    np.cumsum(ordered[:, 1:] != ordered[:, :-1], axis=1, out=number[:, 1:])
    found = np.empty_like(number)
    found.ravel()[order] = number
    return found.reshape(columns.shape)


def _flat_order(number: NDArray[np.int64]) -> NDArray[np.intp]:
    """Sort whole numbers a row at a time, of equals the earlier first; places in the flattened array.

    Number and place packed into one are sorted several times faster than places by number.
    """
    rows, members = number.shape
    place = np.sort(number * members + np.arange(members), axis=1) % members
    return np.asarray(place + np.arange(rows)[:, None] * members)
