"""When numbers are equal: the one rule of ties, thresholds and equal differences.

Published accuracies are counts of images, but the doubles that carry them, and every mean or difference
computed of them, are off in their last bits: by 1e-14, in published files by up to 3e-8 percent. So two
numbers are equal if they differ by no more than `TOLERANCE` of the larger one; a bound is kept, a target
reached, by what equals it. Two differences are equal if they are within `TOLERANCE` of the largest number
that they were computed from, since that is what their last bits come from. What is measured is coarser: one
image of 50,000 is 2e-5 of an accuracy, the last bit of a float32 6e-8 of its value.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

TOLERANCE = 1e-9
"""The largest relative difference of numbers that are equal."""


def levels(values: ArrayLike) -> NDArray[np.int64]:
    """Return the dense rank of each value from 0, equal ones alike, missing as -1; the shape of `values`.

    Of numbers that follow one another more closely than they may differ, a level begins at the first that
    differs from the first of the level before.

    Examples
    --------
    >>> levels([0.3, 0.1 + 0.2, np.nan, 0.1])
    array([ 1,  1, -1,  0])
    """
    numbers = np.asarray(values, dtype=np.float64)
    flat = numbers.ravel()
    order = np.argsort(flat, kind="stable")  # NaN last
    ordered = flat[order[: len(flat) - int(np.isnan(flat).sum())]]
    with np.errstate(over="ignore"):  # the two ends of what a float64 holds
        reach = TOLERANCE * np.maximum(np.abs(ordered[1:]), np.abs(ordered[:-1]))
    found = np.full(len(flat), -1, dtype=np.int64)
    found[order[: len(ordered)]] = _numbered(ordered, reach)
    return found.reshape(numbers.shape)


def snapped(values: ArrayLike) -> NDArray[np.float64]:
    """Return a copy in which all that is equal is the same number, the smallest of the equal ones.

    Examples
    --------
    >>> snapped([0.1 + 0.2, 0.3, np.nan]).tolist()
    [0.3, 0.3, nan]
    """
    numbers = np.asarray(values, dtype=np.float64)
    place = levels(numbers)
    if place.max(initial=-1) + 1 == np.count_nonzero(place >= 0):
        return numbers.copy()
    least = np.full(place.max() + 1, np.inf)
    np.minimum.at(least, place[place >= 0], numbers[place >= 0])
    return np.where(place < 0, np.nan, least[place])


def differences(x: ArrayLike, y: ArrayLike) -> NDArray[np.float64]:
    """Return x - y, in which what is 0 but for last bits is 0, and what is equally large is the same number.

    Examples
    --------
    >>> differences([0.825, 0.375, 0.3], [0.775, 0.325, 0.1 + 0.2]).tolist()
    [0.04999999999999993, 0.04999999999999993, 0.0]
    """
    first, second = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    apart = first - second
    known = ~np.isnan(apart)
    scale = np.maximum(np.abs(first), np.abs(second))[known].max(initial=0.0)
    size = np.abs(apart[known])
    order = np.argsort(size, kind="stable")
    ordered = np.concatenate([[0.0], size[order]])  # 0 is a level of its own, whether it occurs or not
    place = _numbered(ordered, np.full(len(size), TOLERANCE * scale))
    same = np.empty(len(size))
    same[order] = ordered[np.searchsorted(place, place[1:])]
    apart[known] = np.sign(apart[known]) * same + 0.0  # no -0
    return apart


def at_least(values: ArrayLike, bound: ArrayLike) -> NDArray[np.bool_]:
    """Tell which values reach a bound or equal it; missing ones do not.

    Examples
    --------
    >>> at_least([91.68399998291015, 91.683, np.nan], 91.684)
    array([ True, False, False])
    """
    numbers, limit = np.asarray(values, dtype=np.float64), np.asarray(bound, dtype=np.float64)
    return np.asarray((numbers >= limit) | _equal(numbers, limit))


def at_most(values: ArrayLike, bound: ArrayLike) -> NDArray[np.bool_]:
    """Tell which values stay below a bound or equal it; missing ones do not.

    Examples
    --------
    >>> at_most([0.1 + 0.2, 0.31], 0.3)
    array([ True, False])
    """
    return at_least(-np.asarray(values, dtype=np.float64), -np.asarray(bound, dtype=np.float64))


def above(values: ArrayLike, bound: ArrayLike) -> NDArray[np.bool_]:
    """Tell which values exceed a bound and do not equal it; missing ones do not.

    Examples
    --------
    >>> above([0.1 + 0.2, 0.31, np.nan], 0.3)
    array([False,  True, False])
    """
    numbers, limit = np.asarray(values, dtype=np.float64), np.asarray(bound, dtype=np.float64)
    return np.asarray((numbers > limit) & ~_equal(numbers, limit))


def varies(values: ArrayLike) -> bool:
    """Tell whether values that are all there are not all equal.

    Examples
    --------
    >>> varies([0.3, 0.1 + 0.2]), varies([0.3, 0.4])
    (False, True)
    """
    numbers = np.asarray(values, dtype=np.float64)
    return bool(above(numbers.max(), numbers.min()))


def _equal(first: NDArray[np.float64], second: NDArray[np.float64]) -> Any:
    with np.errstate(over="ignore", invalid="ignore"):  # infinite bounds, the two ends of a float64
        apart = np.abs(first - second)
        near = apart <= TOLERANCE * np.maximum(np.abs(first), np.abs(second))
    return near & np.isfinite(apart)


def _numbered(ordered: NDArray[np.float64], reach: NDArray[np.float64]) -> NDArray[np.int64]:
    """Number the levels of ordered values, each of which equals the one before if no farther than `reach`."""
    if not len(ordered):
        return np.empty(0, dtype=np.int64)
    with np.errstate(over="ignore", invalid="ignore"):
        apart = ordered[1:] - ordered[:-1]
    joined = ((apart <= reach) & np.isfinite(apart)) | (ordered[1:] == ordered[:-1])
    starts = np.flatnonzero(np.concatenate([[True], ~joined]))
    stops = np.append(starts[1:], len(ordered))
    begins = np.zeros(len(ordered), dtype=np.int64)
    begins[starts] = 1
    with np.errstate(invalid="ignore"):
        wide = ordered[stops - 1] - ordered[starts] > reach[np.maximum(stops - 2, 0)] if len(reach) else []
    for run in np.flatnonzero(wide):  # long chains: rare
        first, stop = int(starts[run]), int(stops[run])
        while first < stop:
            begins[first] = 1
            limit = ordered[first] + reach[min(first, len(reach) - 1)]
            first += max(int(np.searchsorted(ordered[first:stop], limit, side="right")), 1)
    return np.asarray(np.cumsum(begins) - 1)
