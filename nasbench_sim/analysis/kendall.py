"""Kendall's tau-b in O(n log n), with the ranking of a column done once for all its partners."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nasbench_sim.analysis.inputs import Floats, defined_pairs


@dataclasses.dataclass(frozen=True)
class Ranked:
    """A complete column as dense ranks.

    Attributes
    ----------
    ranks
        0 for the smallest distinct value, shape (n,).
    distinct
        Number of distinct values.
    ties
        Number of pairs of rows with equal values.
    """

    ranks: NDArray[np.int64]
    distinct: int
    ties: int

    @classmethod
    def of(cls, values: Floats) -> Ranked:
        """Rank a complete column."""
        distinct, ranks, counts = np.unique(values, return_inverse=True, return_counts=True)
        return cls(ranks.reshape(-1), len(distinct), _pairs_within(counts))


def kendall_tau(x: ArrayLike, y: ArrayLike, population: ArrayLike | None = None) -> float:
    """Give Kendall's tau-b of the complete pairs of two columns, in O(n log n).

    Parameters
    ----------
    x, y
        Columns of equal length, shape (n,); NaN is missing.
    population
        Mask of the rows to use, shape (n,); all by default.

    Returns
    -------
    float in [-1, 1]
        (concordant - discordant) / sqrt((pairs - ties in x)(pairs - ties in y)).

    Raises
    ------
    RequestError
        For fewer than three complete pairs and for a constant column.

    Examples
    --------
    >>> kendall_tau([1, 2, 3, 4], [1, 3, 2, 4])
    0.666...
    """
    found = defined_pairs(x, y, population)
    return tau_of_ranked(Ranked.of(found.x), Ranked.of(found.y))


def tau_of_ranked(x: Ranked, y: Ranked) -> float:
    """Give tau-b of two ranked columns, neither of them constant."""
    discordant, joint = discordant_pairs(x, y)
    total = len(x.ranks) * (len(x.ranks) - 1) // 2
    difference = total - x.ties - y.ties + joint - 2 * discordant
    # One root of an exact product, so that perfect agreement is exactly 1.
    return difference / math.sqrt((total - x.ties) * (total - y.ties))


def discordant_pairs(x: Ranked, y: Ranked) -> tuple[int, int]:
    """Give the number of pairs that the columns order oppositely, and of pairs tied in both.

    Rows take places in the order of x, ties by y; read in the order of y, ties by place, those places have
    one inversion for each discordant pair and none for a tied one.
    """
    n, joint = len(x.ranks), 0
    places = x.ranks
    if x.ties:
        keys = x.ranks * y.distinct + y.ranks
        order = np.argsort(keys)
        places = np.empty(n, dtype=np.int64)
        places[order] = np.arange(n)
        joint = _pairs_within(_run_lengths(keys[order])) if y.ties else 0
    if y.ties:
        read = np.sort(y.ranks * n + places) % n
    else:
        read = np.empty(n, dtype=np.int64)
        read[y.ranks] = places
    return inversions(read), joint


def inversions(permutation: NDArray[np.int64]) -> int:
    """Give the number of pairs of a permutation of 0..n-1 that stand in the wrong order.

    A radix exchange from the highest bit down: a block of 2w entries holds 2w consecutive values, so that its
    w entries with the bit unset belong in front of the w with it set, and what they lack is how far the
    places of the former exceed 0 + 1 + ... + (w - 1).

    Examples
    --------
    >>> inversions(np.array([2, 0, 1]))
    2
    """
    n = len(permutation)
    size = 1 << max(n - 1, 1).bit_length()
    values: NDArray[np.signedinteger[Any]] = np.arange(size, dtype=np.int32 if size <= 2**31 else np.int64)
    values[:n] = permutation
    total, half = 0, size >> 1
    while half:
        unset = (values & half) == 0
        low, high = np.flatnonzero(unset), np.flatnonzero(~unset)
        blocks = size // (2 * half)
        sorted_places = blocks * (half * (half - 1) // 2) + 2 * half * half * (blocks * (blocks - 1) // 2)
        total += int(low.sum()) - sorted_places
        values = np.stack([values[low].reshape(-1, half), values[high].reshape(-1, half)], axis=1).reshape(-1)
        half >>= 1
    return total


def _pairs_within(counts: NDArray[np.int64]) -> int:
    return int((counts * (counts - 1) // 2).sum())


def _run_lengths(ordered: NDArray[np.int64]) -> NDArray[np.int64]:
    starts = np.flatnonzero(np.diff(ordered, prepend=ordered[0] - 1))
    return np.diff(starts, append=len(ordered))
