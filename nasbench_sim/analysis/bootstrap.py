"""The bootstrap over rows: of the rank correlations many resamples at once, and of any other statistic."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from nasbench_sim.analysis.inputs import FEWEST, Floats, aligned, floats, generator, mask_of, share, whole
from nasbench_sim.analysis.interval import percentile_interval
from nasbench_sim.analysis.kendall import Ranked, midranks, taus_of_resamples
from nasbench_sim.errors import RequestError

_AT_ONCE = 2**19
"""Rows of resamples that are held in memory at a time."""

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
    """Give any statistic of columns with its percentile bootstrap interval over rows.

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
    Efron, Tibshirani. An introduction to the bootstrap. 1993, chapter 13.

    Examples
    --------
    >>> from nasbench_sim.analysis import concordance
    >>> found = bootstrap_interval(concordance, [1, 3, 2, 4, 5, 6], [1, 2, 3, 4, 5, 6], resamples=200)
    >>> bool(found["low"] <= found["value"] <= found["high"])
    True
    """
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
    low, high = percentile_interval(drawn, confidence)
    found = {"value": value, "low": low, "high": high, "n": n, "missing": int(within.sum()) - n}
    series = pd.Series(found | {"undefined": undefined}, dtype=np.float64)
    series.attrs = {
        "confidence": confidence,
        "interval": f"percentile bootstrap, {resamples} resamples, seed {seed}",
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
        (one, counts), (other, others) = of_x.taken(rows), of_y.taken(rows)
        spearman = _dots(midranks(one.ranks, counts), midranks(other.ranks, others))
        pearson = _dots(x[rows], y[rows])
        varying = ((counts > 0).sum(axis=1) > 1) & ((others > 0).sum(axis=1) > 1)
        with np.errstate(divide="ignore", invalid="ignore"):
            each = np.stack([spearman, taus_of_resamples(one, other), pearson], axis=1)
        parts.append(each[varying][: resamples - done])
        done += len(parts[-1])
        if done == resamples:
            break
    return np.concatenate(parts)


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
    centred = values - values.mean(axis=1, keepdims=True)
    unit = centred / np.maximum(np.abs(centred).max(axis=1, keepdims=True), np.finfo(np.float64).tiny)
    length = np.sqrt((unit * unit).sum(axis=1, keepdims=True))
    return unit / np.maximum(length, np.finfo(np.float64).tiny)
