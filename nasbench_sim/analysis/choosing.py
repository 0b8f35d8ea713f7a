"""What choosing by an estimate is worth: rank sums of several, discounted gain, the best of n drawn."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from nasbench_sim.analysis.inputs import Floats, aligned, defined_pairs, floats, mask_of, whole
from nasbench_sim.analysis.kendall import midranks
from nasbench_sim.analysis.ties import levels
from nasbench_sim.errors import RequestError


def rank_sum_of_estimates(estimates: ArrayLike, population: ArrayLike | None = None) -> Floats:
    """Compute the sum of the ranks that several estimates give each row: an estimate made of all of them.

    Parameters
    ----------
    estimates
        One column an estimator, larger is better, shape (n, estimators).
    population
        Mask of the rows that are ranked; all by default.

    Returns
    -------
    array of float64, shape (n,)
        Larger is better, ranks from 1, equal values at the mean of theirs; NaN outside the population and
        where an estimate is missing.

    Examples
    --------
    >>> rank_sum_of_estimates([[1, 30], [2, 10], [3, 20]])
    array([4., 3., 5.])
    """
    aligned({"estimates": estimates, "population": population})
    columns = floats(estimates, "estimates", 2)
    if not columns.shape[1]:
        raise RequestError("estimates: one or more columns are expected")
    ranked = mask_of(population, len(columns)) & ~np.isnan(columns).any(axis=1)
    out = np.full(len(columns), np.nan)
    if ranked.any():
        places = [levels(column) for column in columns[ranked].T]
        out[ranked] = np.sum([midranks(one, np.bincount(one)) for one in places], axis=0)
    return out


def expected_best(
    estimate: ArrayLike, truth: ArrayLike, n: int, *, k: int = 1, population: ArrayLike | None = None
) -> float:
    """Compute the mean truth of what an estimate chooses among n rows drawn without replacement, exactly.

    Parameters
    ----------
    estimate, truth
        Larger is better, shape (rows,); rows that lack either are left out. By the truth itself as estimate
        it is the mean of the best of n.
    n
        How many are drawn.
    k
        How many of the drawn, the best by the estimate, are looked at: the mean of their truths is taken.
    population
        Mask of the rows to draw from; all by default.

    Returns
    -------
    float
        In the unit of the truth; rows of equal estimate share their places.

    Examples
    --------
    >>> round(expected_best([1, 2, 3], [10.0, 20.0, 30.0], n=2), 4)  # of pairs: 20, 30, 30
    26.6667
    """
    found = defined_pairs(estimate, truth, population, ("estimate", "truth"))
    size = len(found.x)
    whole(n, "n", 1, size)
    whole(k, "k", 1, n)
    places = levels(found.x)
    order = np.argsort(-places, kind="stable")
    # The row at place j (from 0) is among the k best of n drawn if fewer than k of the j before it are drawn.
    drawn = n / size * stats.hypergeom.cdf(k - 1, size - 1, np.arange(size), n - 1)
    groups = places[order]
    shares = np.bincount(groups, drawn) / np.maximum(np.bincount(groups), 1)
    return float(np.dot(shares[groups], found.y[order]) / k)


def discounted_gain(
    estimate: ArrayLike, truth: ArrayLike, k: int, population: ArrayLike | None = None
) -> float:
    """Compute nDCG at k: the discounted truths of the k best by the estimate, as a share of the most.

    Parameters
    ----------
    estimate, truth
        Larger is better, shape (n,); rows that lack either are left out. The gain of a row is its truth less
        the least one, so that the unit does not matter; rows of equal estimate share their places.
    k
        From 1 to the number of complete rows.
    population
        Mask of the rows to use; all by default.

    Returns
    -------
    float in [0, 1]

    References
    ----------
    Järvelin, Kekäläinen. Cumulated gain-based evaluation of IR techniques. ACM TOIS 20, 2002.

    Examples
    --------
    >>> discounted_gain([3, 2, 1], [30, 20, 10], k=2)
    1.0
    >>> round(discounted_gain([1, 2, 3], [30, 20, 10], k=2), 4)
    0.2398
    """
    found = defined_pairs(estimate, truth, population, ("estimate", "truth"))
    whole(k, "k", 1, len(found.x))
    gain = found.y - found.y.min()
    discount = np.where(np.arange(len(gain)) < k, 1 / np.log2(np.arange(len(gain)) + 2), 0.0)

    def of(scores: Floats) -> float:
        places = levels(scores)
        order = np.argsort(-places, kind="stable")
        groups = places[order]
        shared = np.bincount(groups, discount) / np.maximum(np.bincount(groups), 1)
        return float(np.dot(shared[groups], gain[order]))

    return of(found.x) / of(found.y)
