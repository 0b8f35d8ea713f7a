"""Confidence intervals: on Fisher's z scale, and of a bootstrap."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from nasbench_sim.analysis.inputs import Floats


def fisher_interval(coefficients: ArrayLike, numerator: ArrayLike, spare: Any, confidence: float) -> Floats:
    """Give the limits of correlations whose z has the variance `numerator` / `spare`, shape (2, ...).

    [-1, 1] where nothing is spare: so few rows say nothing.

    Examples
    --------
    >>> fisher_interval([0.5, 0.5], [1.0, 1.0], np.array([22, 0]), 0.95).round(3)
    array([[ 0.131, -1.   ],
           [ 0.747,  1.   ]])
    """
    with np.errstate(divide="ignore"):  # a perfect correlation has an infinite z and a point for an interval
        centre = np.arctanh(np.asarray(coefficients, dtype=np.float64))
    wide = stats.norm.ppf((1 + confidence) / 2) * np.sqrt(np.asarray(numerator) / np.maximum(spare, 1))
    limits = np.tanh(np.stack([centre - wide, centre + wide]))
    nothing = np.broadcast_to(np.asarray(spare) <= 0, limits.shape[1:])
    return np.where(nothing, np.array([-1.0, 1.0]).reshape(2, *[1] * nothing.ndim), limits)


def bca_interval(drawn: ArrayLike, value: ArrayLike, jackknifed: ArrayLike, confidence: float) -> Floats:
    """Return the limits of the bias-corrected and accelerated bootstrap, shape (2, ...).

    Parameters
    ----------
    drawn
        The statistic of resamples, shape (resamples, ...).
    value
        That of all rows, shape (...).
    jackknifed
        Those of all rows but some, each left out once, shape (parts, ...); undefined ones are NaN.

    References
    ----------
    Efron. Better bootstrap confidence intervals. JASA 82, 1987.

    Examples
    --------
    >>> bca_interval(np.arange(101), 50, [0, 1, 2], 0.9)  # neither bias nor skewness: the percentiles
    array([ 5., 95.])
    """
    resampled, centre = np.asarray(drawn, dtype=np.float64), np.asarray(value, dtype=np.float64)
    below = (resampled < centre).mean(axis=0) + (resampled == centre).mean(axis=0) / 2
    edge = 0.5 / len(resampled)
    bias = stats.norm.ppf(np.clip(below, edge, 1 - edge))
    parts = np.asarray(jackknifed, dtype=np.float64)
    apart = np.nan_to_num(np.nanmean(parts, axis=0) - parts) if np.isfinite(parts).any() else np.zeros(1)
    spread = (apart**2).sum(axis=0)
    skewness = (apart**3).sum(axis=0) / np.maximum(6 * spread**1.5, np.finfo(np.float64).tiny)
    tail = stats.norm.ppf((1 - confidence) / 2)
    limits = [
        stats.norm.cdf(bias + (bias + one) / np.maximum(1 - skewness * (bias + one), 0.1))
        for one in (tail, -tail)
    ]
    if not np.ndim(centre):
        return np.asarray(np.quantile(resampled, limits))
    columns = zip(resampled.T, np.transpose(limits), strict=True)
    return np.stack([np.quantile(column, own) for column, own in columns], axis=1)


def percentile_interval(drawn: ArrayLike, confidence: float) -> Floats:
    """Give the limits of the middle share of resampled statistics, shape (2, ...) from (resamples, ...).

    Examples
    --------
    >>> percentile_interval(np.arange(101), 0.9)
    array([ 5., 95.])
    """
    tail = (1 - confidence) / 2
    return np.asarray(np.quantile(np.asarray(drawn), [tail, 1 - tail], axis=0))
