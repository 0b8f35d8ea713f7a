"""Kendall's tau-b in O(n log n), with the ranking of a column done once for all its partners."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nasbench_sim.analysis.inputs import Floats, defined_pairs
from nasbench_sim.analysis.ties import levels


@dataclasses.dataclass(frozen=True)
class Ranked:
    """A complete column as dense ranks, or resamples of one.

    Attributes
    ----------
    ranks
        0 for the smallest distinct value, shape (n,), or (resamples, n).
    distinct
        Number of distinct values.
    ties
        Number of pairs of rows with equal values, an int, or shape (resamples,).
    """

    ranks: NDArray[np.int64]
    distinct: int
    ties: Any

    @classmethod
    def of(cls, values: Floats) -> Ranked:
        """Rank a complete column; equal by the rule of `ties` is equal."""
        ranks = levels(values)
        counts = np.bincount(ranks)
        return cls(ranks, len(counts), int(_pairs_within(counts)))

    def taken(self, rows: NDArray[np.int64]) -> tuple[Ranked, NDArray[np.int64]]:
        """Give resamples, `rows` of shape (resamples, n), and how often each has each distinct value."""
        ranks = self.ranks[rows]
        flat = ranks + self.distinct * np.arange(len(rows))[:, None]
        counts = np.bincount(flat.ravel(), minlength=len(rows) * self.distinct)
        counts = counts.reshape(len(rows), self.distinct)
        if rows.shape[1] < len(self.ranks):  # some are left out: the ranks of the others close up
            ranks = np.take_along_axis(np.cumsum(counts > 0, axis=1) - 1, ranks, axis=1)
            there_first = np.argsort(counts == 0, axis=1, kind="stable")
            counts = np.take_along_axis(counts, there_first, axis=1)
        return Ranked(ranks, self.distinct, _pairs_within(counts)), counts


def midranks(ranks: NDArray[np.int64], counts: NDArray[np.int64]) -> Floats:
    """Give ranks from 1 with equal values at the mean of theirs, along the last axis.

    Parameters
    ----------
    ranks
        As in `Ranked`.
    counts
        How often each distinct value is there, shape (distinct,) or (resamples, distinct).

    Examples
    --------
    >>> midranks(np.array([0, 2, 1, 1]), np.array([1, 2, 1]))
    array([1. , 4. , 2.5, 2.5])
    """
    middle = np.cumsum(counts, axis=-1) - (counts - 1) / 2
    return np.asarray(np.take_along_axis(middle, ranks, axis=-1))


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
    difference = total - x.ties - y.ties + int(joint) - 2 * int(discordant)
    # One root of an exact product, so that perfect agreement is exactly 1.
    return float(difference / math.sqrt((total - x.ties) * (total - y.ties)))


def taus_of_resamples(x: Ranked, y: Ranked) -> Floats:
    """Give tau-b of each couple of resamples of ranked columns, shape (resamples,), none of them constant."""
    discordant, joint = discordant_pairs(x, y)
    total = x.ranks.shape[-1] * (x.ranks.shape[-1] - 1) // 2
    difference = (total - x.ties - y.ties + joint - 2 * discordant).astype(np.float64)
    scale = np.sqrt(total - x.ties) * np.sqrt(total - y.ties)
    return np.asarray(np.clip(difference / scale, -1.0, 1.0))


def discordant_pairs(x: Ranked, y: Ranked) -> tuple[Any, Any]:
    """Give the number of pairs that the columns order oppositely, and of pairs tied in both.

    Rows take places in the order of x, ties by y; read in the order of y, ties by place, those places have
    one inversion for each discordant pair and none for a tied one.
    """
    n, joint = x.ranks.shape[-1], 0
    places = x.ranks
    if np.any(x.ties):
        keys = x.ranks * y.distinct + y.ranks
        order = np.argsort(keys, axis=-1)
        places = np.empty_like(order)
        np.put_along_axis(places, order, np.arange(n), axis=-1)
        joint = _tied_pairs(np.take_along_axis(keys, order, axis=-1)) if np.any(y.ties) else 0
    if np.any(y.ties):
        read = np.sort(y.ranks * n + places, axis=-1) % n
    else:
        read = np.empty_like(places)
        np.put_along_axis(read, y.ranks, places, axis=-1)
    return inversions(read), joint


def inversions(permutations: NDArray[np.int64]) -> Any:
    """Give the number of pairs of each permutation of 0..n-1, shape (..., n), that stand in the wrong order.

    A radix exchange from the highest bit down: a block of 2w entries holds 2w consecutive values, so that its
    w entries with the bit unset belong in front of the w with it set, and what they lack is how far the
    places of the former exceed 0 + 1 + ... + (w - 1).

    Examples
    --------
    >>> inversions(np.array([[2, 0, 1], [0, 1, 2]]))
    array([2, 0])
    """
    n = permutations.shape[-1]
    size = 1 << max(n - 1, 1).bit_length()
    filled: NDArray[np.signedinteger[Any]] = np.empty(
        (*permutations.shape[:-1], size), dtype=np.int32 if size <= 2**31 else np.int64
    )
    filled[:] = np.arange(size)
    filled[..., :n] = permutations
    values = filled.reshape(-1)
    several = len(values) // size
    starts = size * np.arange(several)
    total, half = np.zeros(several, dtype=np.int64), size >> 1
    while half:
        unset = (values & half) == 0
        low, high = np.flatnonzero(unset), np.flatnonzero(~unset)
        blocks = size // (2 * half)
        sorted_places = blocks * (half * (half - 1) // 2) + 2 * half * half * (blocks * (blocks - 1) // 2)
        total += low.reshape(several, -1).sum(axis=1) - starts * (size // 2) - sorted_places
        values = np.stack([values[low].reshape(-1, half), values[high].reshape(-1, half)], axis=1).reshape(-1)
        half >>= 1
    return total.reshape(permutations.shape[:-1])[()]


def _pairs_within(counts: NDArray[np.int64]) -> Any:
    return (counts * (counts - 1) // 2).sum(axis=-1)


def _tied_pairs(ordered: NDArray[np.int64]) -> Any:
    """Give the number of pairs of equal entries along the sorted last axis."""
    places = np.arange(ordered.shape[-1])
    first = np.ones(ordered.shape, dtype=bool)  # of a run of equal entries
    first[..., 1:] = ordered[..., 1:] != ordered[..., :-1]
    return (places - np.maximum.accumulate(np.where(first, places, 0), axis=-1)).sum(axis=-1)
