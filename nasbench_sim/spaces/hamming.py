"""Nearest architectures: Hamming distance of ops, ties by place in the list."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.spaces.encodings import one_hot
from nasbench_sim.spaces.product import Array

_ENTRIES = 2**24  # of a block of distances


def distances(
    ops: Array, members: Array, cardinalities: Array
) -> Iterator[tuple[slice, NDArray[np.float32]]]:
    """Compute Hamming distances, some rows at a time.

    Parameters
    ----------
    ops, members
        Shapes (n, positions) and (size, positions).
    cardinalities
        Choices a position.

    Yields
    ------
    slice, array of float32, shape (rows, size)
        Which rows of `ops`, and their distances: whole numbers, exact, in whatever order they are summed.
    """
    coded = one_hot(members, cardinalities).astype(np.float32).T
    step = max(1, _ENTRIES // max(1, len(members)))
    for start in range(0, len(ops), step):
        rows = slice(start, start + step)
        common = one_hot(ops[rows], cardinalities).astype(np.float32) @ coded
        yield rows, np.float32(ops.shape[-1]) - common


def nearest(ops: Array, members: Array, cardinalities: Array) -> NDArray[np.intp]:
    """Compute the place of the nearest member to each of some ops, ties by place; shape (n,).

    Examples
    --------
    >>> nearest(np.array([[0, 1]]), np.array([[1, 2], [0, 0], [1, 1]]), np.array([2, 3]))
    array([1])
    """
    found = np.zeros(len(ops), dtype=np.intp)
    least = np.full(len(ops), np.inf, dtype=np.float32)
    step = _ENTRIES // 8  # members at a time, each of which is coded by many numbers
    for start in range(0, len(members), step):
        part = members[start : start + step]
        for rows, distance in distances(ops, part, cardinalities):
            place = distance.argmin(axis=1)
            own = distance[np.arange(len(place)), place]
            closer = own < least[rows]
            found[rows] = np.where(closer, start + place, found[rows])
            least[rows] = np.where(closer, own, least[rows])
    return found


def nearest_others(members: Array, cardinalities: Array, count: int) -> NDArray[np.int64]:
    """Compute the `count` nearest others of each member, nearest first, ties by place.

    Returns
    -------
    array of int64, shape (size, count)

    Examples
    --------
    >>> nearest_others(np.array([[0, 0], [0, 1], [1, 1]]), np.array([2, 2]), count=2)
    array([[1, 2],
           [0, 2],
           [1, 0]])
    """
    size = len(members)
    found = np.zeros((size, count), dtype=np.int64)
    for rows, distance in distances(members, members, cardinalities):
        key = distance.astype(np.int64) * size + np.arange(size)  # orders by distance, then place
        own = np.arange(size)[rows]
        key[np.arange(len(own)), own] = np.iinfo(np.int64).max
        first = (
            np.argpartition(key, count - 1, axis=1)[:, :count] if count < size else np.argsort(key, axis=1)
        )
        chosen = np.take_along_axis(key, first, axis=1)
        found[rows] = np.sort(chosen, axis=1) % size
    return found
