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


def percentile_interval(drawn: ArrayLike, confidence: float) -> Floats:
    """Give the limits of the middle share of resampled statistics, shape (2, ...) from (resamples, ...).

    Examples
    --------
    >>> percentile_interval(np.arange(101), 0.9)
    array([ 5., 95.])
    """
    tail = (1 - confidence) / 2
    return np.asarray(np.quantile(np.asarray(drawn), [tail, 1 - tail], axis=0))
