"""Rank correlations of two columns, with intervals, on a stated population."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats

from nasbench_sim.analysis.bootstrap import (
    centred_rows,
    jackknifed_coefficients,
    resampled_coefficients,
)
from nasbench_sim.analysis.inputs import Floats, defined_pairs, one_of, share, whole
from nasbench_sim.analysis.interval import bca_interval, fisher_interval
from nasbench_sim.analysis.kendall import Ranked, midranks, tau_of_ranked
from nasbench_sim.analysis.ties import levels
from nasbench_sim.errors import RequestError


def standardised(values: Floats) -> Floats:
    """Give a column centred and scaled to length one, so that a dot product is Pearson's r."""
    centred = centred_rows(values)
    return np.asarray(centred / np.sqrt((centred * centred).sum()))


def _dot(x: Floats, y: Floats) -> float:
    # Summed pairwise: closer than BLAS, and without its threads, which cost more than a product this short.
    return float(np.clip((x * y).sum(), -1.0, 1.0))


def _standardised_ranks(ranked: Ranked) -> Floats:
    return standardised(midranks(ranked.ranks, np.bincount(ranked.ranks, minlength=ranked.distinct)))


def _weighted_tau(x: Floats, y: Floats) -> float:
    return float(stats.weightedtau(x, y).statistic)


DEFAULT_METHOD = "kendall"
"""Of every correlation for which no method is named."""

# Method -> (what is done once to a complete column, what is done to two such columns).
METHODS: dict[str, tuple[Callable[[Floats], Any], Callable[[Any, Any], float]]] = {
    "spearman": (lambda values: _standardised_ranks(Ranked.of(values)), _dot),
    "kendall": (Ranked.of, tau_of_ranked),
    "pearson": (standardised, _dot),
    "weighted_kendall": (levels, _weighted_tau),
}

REPORTED = ("spearman", "kendall", "pearson")
"""The coefficients that `rank_correlation` reports with intervals, in the order of its bootstrap."""


def method_named(method: str) -> tuple[Callable[[Floats], Any], Callable[[Any, Any], float]]:
    """Give the two steps of a method of `METHODS`, or an error that lists them."""
    return METHODS[one_of(method, "correlation method", METHODS)]


def correlation_coefficient(
    x: ArrayLike, y: ArrayLike, method: str = DEFAULT_METHOD, population: ArrayLike | None = None
) -> float:
    """Give one correlation coefficient of the complete pairs of two columns.

    Parameters
    ----------
    x, y
        Columns of equal length, shape (n,); NaN is missing.
    method
        ``spearman``, ``kendall`` (tau-b), ``pearson`` or ``weighted_kendall`` (Vigna's additive hyperbolic
        weighting, larger values first, as in scipy).
    population
        Mask of the rows to use, shape (n,); all by default.

    Returns
    -------
    float in [-1, 1]

    Raises
    ------
    RequestError
        For fewer than three complete pairs, a constant column, or an unknown method.

    References
    ----------
    Vigna. A weighted correlation index for rankings with ties. WWW 2015.

    Examples
    --------
    >>> round(correlation_coefficient([1, 2, 3, 4], [1, 3, 2, 4], "spearman"), 6)
    0.8
    """
    prepare, combine = method_named(method)
    found = defined_pairs(x, y, population, exactly=method == "pearson")
    return combine(prepare(found.x), prepare(found.y))


def rank_correlation(
    x: ArrayLike,
    y: ArrayLike,
    *,
    population: ArrayLike | None = None,
    confidence: float = 0.95,
    bootstrap: int = 0,
    seed: int = 0,
) -> pd.Series[float]:
    """Give the rank correlations of two columns, their intervals, and what they rest on.

    Parameters
    ----------
    x, y
        Columns of equal length, shape (n,), or Series of equal index; NaN is missing and left out pairwise.
    population
        Mask of the rows to use, shape (n,); all by default.
    confidence
        Of the intervals.
    bootstrap
        0 for the analytic intervals on Fisher's z scale (standard errors ``1 / (n - 3)`` for Pearson,
        ``(1 + r**2 / 2) / (n - 3)`` for Spearman, ``0.437 / (n - 4)`` for Kendall, under the root; [-1, 1]
        where n is too small for one), else the number of resamples of a BCa bootstrap over rows. No rank
        correlation has an exact interval without a model of the values. Of 1,500 samples each of 20, 50 and
        100 rows of two normal variables (rho 0.5, 600 resamples) the bootstrap's cover the truth in 92.9 to
        93.6 % (Pearson), 93.9 to 94.8 % (Spearman) and 95.2 to 96.7 % (Kendall) at a confidence of 0.95.
    seed
        Of the bootstrap.

    Returns
    -------
    Series
        ``spearman``, ``kendall`` (tau-b) and ``pearson``, each followed by its ``_low`` and ``_high``; ``n``
        complete pairs used, ``missing`` rows of the population without one, and ``ties_x`` and ``ties_y``,
        the numbers of pairs of rows with equal values. Its ``attrs`` say what the intervals are.

    Raises
    ------
    RequestError
        For fewer than three complete pairs, a constant column, columns that do not fit together.

    References
    ----------
    Bonett, Wright. Sample size requirements for estimating Pearson, Kendall and Spearman correlations.
    Psychometrika 65, 2000.

    Examples
    --------
    >>> rank_correlation([1, 2, 3, 4, np.nan], [1, 3, 2, 4, 5])[["kendall", "n", "missing"]]
    kendall    0.666667
    n          4.000000
    missing    1.000000
    dtype: float64
    """
    interval = checked_interval(confidence, bootstrap, seed)
    found = defined_pairs(x, y, population, exactly=True)
    row = described(Complete.of(found.x), Complete.of(found.y), found.missing, **interval)
    series = pd.Series(row, dtype=np.float64)
    kind = f"BCa bootstrap, {bootstrap} resamples, seed {seed}" if bootstrap else "analytic (Fisher z)"
    series.attrs = {"confidence": confidence, "interval": kind}
    return series


@dataclasses.dataclass(frozen=True)
class Complete:
    """A complete column, and what is done to it once whatever it is correlated with.

    Attributes
    ----------
    values
        Shape (n,).
    ranked
        Its ranks.
    places, scaled
        Ranks and values, standardised.
    """

    values: Floats
    ranked: Ranked
    places: Floats
    scaled: Floats

    @classmethod
    def of(cls, values: Floats) -> Complete:
        """Rank and standardise a column that is not constant, though its ranks may be: NaN."""
        ranked = Ranked.of(values)
        varying = ranked.distinct > 1
        places = _standardised_ranks(ranked) if varying else np.full(len(values), np.nan)
        return cls(values, ranked, places, standardised(values))


def described(
    x: Complete, y: Complete, missing: int, *, confidence: float, bootstrap: int, seed: int
) -> dict[str, float]:
    """Give the fields of `rank_correlation`; its parameters are those, checked."""
    n = len(x.values)
    by_rank = min(x.ranked.distinct, y.ranked.distinct) > 1
    tau = tau_of_ranked(x.ranked, y.ranked) if by_rank else np.nan
    coefficients = np.array([_dot(x.places, y.places), tau, _dot(x.scaled, y.scaled)])
    if bootstrap and by_rank:
        both = (x.values, y.values, x.ranked, y.ranked)
        drawn = resampled_coefficients(*both, bootstrap, seed)
        low, high = bca_interval(drawn, coefficients, jackknifed_coefficients(*both), confidence)
    else:
        numerators = [1 + coefficients[0] ** 2 / 2, 0.437, 1.0]
        low, high = fisher_interval(coefficients, numerators, n - np.array([3, 4, 3]), confidence)
    row: dict[str, float] = {}
    for position, name in enumerate(REPORTED):
        row[name] = coefficients[position]
        row[f"{name}_low"], row[f"{name}_high"] = low[position], high[position]
    return row | {"n": n, "missing": missing, "ties_x": x.ranked.ties, "ties_y": y.ranked.ties}


def checked_interval(confidence: float, bootstrap: int, seed: int) -> dict[str, Any]:
    """Give what intervals are to be, checked."""
    if whole(bootstrap, "bootstrap", 0) == 1:
        raise RequestError("one resample makes no interval: bootstrap is 0 or at least 2")
    return {"confidence": share(confidence, "confidence"), "bootstrap": bootstrap, "seed": seed}
