"""The bootstrap over rows: of the rank correlations many resamples at once, and of any other statistic."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from nasbench_sim.analysis.inputs import FEWEST, Floats, aligned, floats, generator, mask_of, share, whole
from nasbench_sim.analysis.interval import bca_interval
from nasbench_sim.analysis.kendall import Ranked, midranks, taus_of_resamples
from nasbench_sim.errors import RequestError

_AT_ONCE = 2**19
"""Rows of resamples that are held in memory at a time."""

_PARTS = 200
"""Parts that a jackknife leaves out one after the other; of fewer rows, each."""

_HUGE = 1e300
"""Numbers beyond it are scaled before they are subtracted."""

_MOST_UNDEFINED = 10
"""Resamples without a value for each one wanted, beyond which a statistic is given up."""


def bootstrap_interval(
    statistic: Callable[..., float],
    *columns: ArrayLike,
    population: ArrayLike | None = None,
    confidence: float = 0.95,
    resamples: int = 1000,
    seed: int = 0,
) -> pd.Series[float]:
    """Compute any statistic of columns with its bootstrap interval (BCa) over rows.

    For what has no interval of its own: weighted tau, top-k overlap, tau in the top decile, concordance,
    partial correlation. (`rank_correlation` has a faster one for its three coefficients.)

    Parameters
    ----------
    statistic
        Called with the columns, or resamples of them, to give a number.
    *columns
        One or more of equal length, shape (n,); rows that lack any are left out.
    population
        Mask of the rows to use, shape (n,); all by default.
    confidence, resamples, seed
        Of the interval. A resample for which the statistic raises a RequestError (a constant column, say) is
        drawn again.

    Returns
    -------
    Series
        ``value``, ``low``, ``high``, ``n`` complete rows, ``missing``, and ``undefined``, how many resamples
        were drawn again.

    Raises
    ------
    RequestError
        For columns that do not fit together, fewer than three complete rows, what the statistic raises of all
        rows, and a statistic that hardly any resample has.

    References
    ----------
    Efron. Better bootstrap confidence intervals. JASA 82, 1987.

    Examples
    --------
    >>> from nasbench_sim.analysis import concordance
    >>> found = bootstrap_interval(concordance, [1, 3, 2, 4, 5, 6], [1, 2, 3, 4, 5, 6], resamples=200)
    >>> bool(found["low"] <= found["value"] <= found["high"])
    True
    """
    if not callable(statistic):
        raise RequestError(f"statistic: a function of columns is expected, not {statistic!r:.60}")
    share(confidence, "confidence")
    whole(resamples, "resamples", 2)
    if not columns:
        raise RequestError("one or more columns are needed to resample their rows")
    named = {f"column {place}": column for place, column in enumerate(columns, 1)}
    aligned(named | {"population": population})
    numbers = [floats(column, name) for name, column in named.items()]
    if len({len(column) for column in numbers}) > 1:
        raise RequestError(f"the columns differ in length: {[len(column) for column in numbers]}")
    within = mask_of(population, len(numbers[0]))
    whole_rows = within & ~np.isnan(numbers).any(axis=0)
    kept = [column[whole_rows] for column in numbers]
    n = len(kept[0])
    if n < FEWEST:
        raise RequestError(f"at least {FEWEST} complete rows are needed, there are {n}")
    value, random = float(statistic(*kept)), generator(seed)
    drawn: list[float] = []
    undefined = 0
    while len(drawn) < resamples:
        rows = random.integers(0, n, n)
        try:
            drawn.append(float(statistic(*(column[rows] for column in kept))))
        except RequestError as error:
            undefined += 1
            if undefined > _MOST_UNDEFINED * resamples:
                raise RequestError(f"{undefined} of the resamples have no value: {error}") from None
    jackknifed = [_or_nan(statistic, kept, rows) for rows in _left(n)]
    low, high = bca_interval(drawn, value, jackknifed, confidence)
    found = {"value": value, "low": low, "high": high, "n": n, "missing": int(within.sum()) - n}
    series = pd.Series(found | {"undefined": undefined}, dtype=np.float64)
    series.attrs = {
        "confidence": confidence,
        "interval": f"BCa bootstrap, {resamples} resamples, seed {seed}",
    }
    return series


def resampled_coefficients(
    x: Floats, y: Floats, of_x: Ranked, of_y: Ranked, resamples: int, seed: int
) -> Floats:
    """Give Spearman's, Kendall's (tau-b) and Pearson's coefficient of resampled rows, shape (resamples, 3).

    Resamples in which a column is constant have none and are drawn again.

    Parameters
    ----------
    x, y
        Complete columns, shape (n,), and their ranks.
    """
    parts, done = [], 0
    for rows in _drawn(len(x), resamples, seed):
        each = _coefficients(x, y, of_x, of_y, rows)
        parts.append(each[~np.isnan(each).any(axis=1)][: resamples - done])
        done += len(parts[-1])
        if done == resamples:
            break
    return np.concatenate(parts)


def jackknifed_coefficients(x: Floats, y: Floats, of_x: Ranked, of_y: Ranked) -> Floats:
    """Return the three coefficients of all rows but a part, each left out once, shape (parts, 3)."""
    left = _left(len(x))
    size = min(map(len, left))
    # Parts differ by one row at most: of the smaller ones, one row more is left out.
    rows = np.array([one[:size] for one in left])
    step = max(_AT_ONCE // size, 1)
    blocks = [rows[start : start + step] for start in range(0, len(rows), step)]
    return np.concatenate([_coefficients(x, y, of_x, of_y, block) for block in blocks])


def _left(n: int) -> list[NDArray[np.int64]]:
    """Return the rows that are left of n where one is left out, or where many are, one of `_PARTS` parts."""
    every = np.arange(n)
    parts = min(n, _PARTS)
    return [every[every % parts != part] for part in range(parts)]


def _coefficients(x: Floats, y: Floats, of_x: Ranked, of_y: Ranked, rows: NDArray[np.int64]) -> Floats:
    """Return the coefficients of chosen rows, shape (some, 3); NaN where a column is constant."""
    (one, counts), (other, others) = of_x.taken(rows), of_y.taken(rows)
    spearman = _dots(midranks(one.ranks, counts), midranks(other.ranks, others))
    constant = ((counts > 0).sum(axis=1) < 2) | ((others > 0).sum(axis=1) < 2)
    with np.errstate(divide="ignore", invalid="ignore"):
        each = np.stack([spearman, taus_of_resamples(one, other), _dots(x[rows], y[rows])], axis=1)
    each[constant] = np.nan
    return np.asarray(each)


def _or_nan(statistic: Callable[..., float], columns: list[Floats], rows: NDArray[np.int64]) -> float:
    try:
        return float(statistic(*(column[rows] for column in columns)))
    except RequestError:
        return float("nan")


def _drawn(n: int, resamples: int, seed: int) -> Iterator[NDArray[np.int64]]:
    """Give rows of resamples, shape (some, n), without an end."""
    random = generator(seed)
    while True:
        yield random.integers(0, n, (min(resamples, max(_AT_ONCE // n, 1)), n))


def _dots(x: Floats, y: Floats) -> Floats:
    """Give Pearson's r of each row of two arrays; of a constant one any number."""
    first, second = (_standardised_rows(values) for values in (x, y))
    return np.asarray(np.clip((first * second).sum(axis=1), -1.0, 1.0))


def _standardised_rows(values: Floats) -> Any:
    unit = centred_rows(values)
    length = np.sqrt((unit * unit).sum(axis=-1, keepdims=True))
    return unit / np.maximum(length, np.finfo(np.float64).tiny)


def centred_rows(values: Floats) -> Floats:
    """Return values less their mean along the last axis, the largest of them 1; 0 where they are constant.

    Scaled first, since the squares, or the very sum, of large numbers overflow; taken from one of them first,
    since the mean of numbers that hardly differ would lose what they differ by.
    """
    tiny = np.finfo(np.float64).tiny
    shrunk = values / np.maximum(np.abs(values).max(axis=-1, keepdims=True), 1.0) if _huge(values) else values
    apart = shrunk - shrunk[..., :1]
    unit = apart / np.maximum(np.abs(apart).max(axis=-1, keepdims=True), tiny)
    centred = unit - unit.mean(axis=-1, keepdims=True)
    return np.asarray(centred / np.maximum(np.abs(centred).max(axis=-1, keepdims=True), tiny))


def _huge(values: Floats) -> bool:
    return bool(np.abs(values).max() > _HUGE)
