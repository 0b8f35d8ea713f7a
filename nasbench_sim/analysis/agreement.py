"""How well an estimate finds the best, rather than how well it ranks everything."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from nasbench_sim.analysis.inputs import (
    Floats,
    Pairs,
    aligned,
    defined_pairs,
    floats,
    listed,
    mask_of,
    share,
    whole,
)
from nasbench_sim.analysis.kendall import Ranked, discordant_pairs, tau_of_ranked
from nasbench_sim.analysis.ties import levels
from nasbench_sim.errors import RequestError

_NAMES = ("estimate", "truth")

_CHUNK = 2**22
"""Pairs of rows that the majority vote compares at a time."""


def top_k_overlap(
    estimate: ArrayLike, truth: ArrayLike, k: int, population: ArrayLike | None = None
) -> float:
    """Give the share of the true k best that are among the k best by the estimate.

    Larger is better in both columns. Rows tied at the k-th place share the places that are left, so that the
    result is the expected overlap under random tie-breaking and does not depend on the order of rows.

    Parameters
    ----------
    estimate, truth
        Shape (n,); rows that lack either are left out.
    k
        From 1 to the number of complete rows.
    population
        Mask of the rows to use; all by default.

    Returns
    -------
    float in [0, 1]

    Examples
    --------
    >>> top_k_overlap([4, 3, 2, 1], [4, 1, 3, 2], k=2)
    0.5
    """
    return precision_at_k(estimate, truth, k, best=k, population=population)


def precision_at_k(
    estimate: ArrayLike, truth: ArrayLike, k: int, *, best: int, population: ArrayLike | None = None
) -> float:
    """Give the share of the k best by the estimate that are truly among the `best`.

    Ties are treated as in `top_k_overlap`.

    Examples
    --------
    >>> precision_at_k([4, 3, 2, 1], [4, 1, 3, 2], k=1, best=2)
    1.0
    """
    found = defined_pairs(estimate, truth, population, _NAMES)
    chosen = _places(found.x, whole(k, "k", 1, len(found.x)))
    relevant = _places(found.y, whole(best, "best", 1, len(found.y)))
    return float(np.dot(chosen, relevant) / k)


def best_rank_at_k(
    estimate: ArrayLike, truth: ArrayLike, k: int, population: ArrayLike | None = None
) -> float:
    """Give the true rank (1 is best) of the best among the k best by the estimate.

    Rows with equal truth have the better rank; where the estimate ties at the k-th place, it is the mean over
    all choices among the tied.

    References
    ----------
    Ning et al. Evaluating efficient performance estimators of neural architectures. NeurIPS 2021 (there
    divided by the number of architectures).

    Examples
    --------
    >>> best_rank_at_k([4, 3, 2, 1], [1, 3, 4, 2], k=2)
    2.0
    >>> best_rank_at_k([4, 4, 4, 1], [1, 3, 4, 2], k=1)  # the mean of 4, 2 and 1
    2.333...
    """
    found = defined_pairs(estimate, truth, population, _NAMES)
    n = len(found.x)
    whole(k, "k", 1, n)
    scores, ranks = levels(found.x), stats.rankdata(-levels(found.y), method="min")
    edge = np.partition(scores, n - k)[n - k]
    sure = ranks[scores > edge].min(initial=n + 1)
    tied = np.sort(ranks[scores == edge])
    draws = k - int((scores > edge).sum())
    # The chance that the j-th best of the tied is the best of the drawn: those before it all missed.
    chance, left = np.zeros(len(tied)), 1.0
    for place in range(len(tied) - draws + 1):
        chance[place] = left * draws / (len(tied) - place)
        left -= chance[place]
    return float(np.dot(chance, np.minimum(sure, tied)))


def tau_at_top(
    estimate: ArrayLike, truth: ArrayLike, fraction: float = 0.1, population: ArrayLike | None = None
) -> float:
    """Give Kendall's tau-b among the rows in the top `fraction` by truth (ties at the edge included).

    Examples
    --------
    >>> tau_at_top([1, 2, 9, 3, 4], [1, 2, 3, 4, 5], fraction=0.6)
    -0.333...
    """
    share(fraction, "fraction")
    found = defined_pairs(estimate, truth, population, _NAMES)
    places = int(np.ceil(fraction * len(found.y) * (1 - 1e-12)))  # 0.1 of 30 is 3, not 4
    heights = levels(found.y)
    top = heights >= np.partition(heights, -places)[-places]
    inner = Pairs(found.x[top], found.y[top], 0, _NAMES)
    if inner.undefined:
        raise RequestError(f"undefined in the top {fraction:g}: {inner.undefined}")
    return tau_of_ranked(Ranked.of(inner.x), Ranked.of(inner.y))


def concordance(estimate: ArrayLike, truth: ArrayLike, population: ArrayLike | None = None) -> float:
    """Give the share of pairs with distinct truth that the estimate orders alike; its ties count one half.

    Without ties it is ``(1 + tau) / 2``.

    Examples
    --------
    >>> concordance([1, 3, 2, 4], [1, 2, 3, 4])
    0.833...
    """
    found = defined_pairs(estimate, truth, population, _NAMES)
    x, y = Ranked.of(found.x), Ranked.of(found.y)
    discordant, joint = discordant_pairs(x, y)
    distinct = len(x.ranks) * (len(x.ranks) - 1) // 2 - y.ties
    return float(1 - (discordant + (x.ties - joint) / 2) / distinct)


def vote_concordance(estimates: ArrayLike, truth: ArrayLike, population: ArrayLike | None = None) -> float:
    """Give the share of pairs with distinct truth that the majority of several estimators orders alike.

    This is what the published ``vote`` of proxies is: each pair of architectures is put to a vote, which
    gives no score to rank by. A drawn vote counts one half.

    Parameters
    ----------
    estimates
        One column an estimator, shape (n, estimators); a missing value abstains.
    truth
        Shape (n,); rows that lack it are left out.
    population
        Mask of the rows to use; all by default.

    Returns
    -------
    float in [0, 1]

    References
    ----------
    Abdelfattah, Mehrotra, Dudziak, Lane. Zero-cost proxies for lightweight NAS. ICLR 2021.

    Examples
    --------
    >>> vote_concordance([[1, 1, 2], [2, 3, 1], [3, 2, 3]], [1, 2, 3])
    1.0
    """
    aligned({"estimates": estimates, "truth": truth, "population": population})
    columns, target = floats(estimates, "estimates", 2), floats(truth, "truth")
    if len(columns) != len(target):
        raise RequestError(f"estimates and truth differ in length: {len(columns)} and {len(target)}")
    used = mask_of(population, len(target)) & ~np.isnan(target)
    gone = np.isnan(columns[used])
    scores = np.stack([levels(column) for column in columns[used].T], axis=1).astype(np.int32)
    goal = levels(target[used]).astype(np.int32)
    n = len(goal)
    if n < 2 or not goal.any():
        raise RequestError(f"undefined: no two of the {n} rows have a distinct truth")
    right = total = 0.0
    step = max(_CHUNK // n, 1)
    for start in range(0, n, step):
        rows = slice(start, min(start + step, n))
        votes = np.zeros((rows.stop - start, n), dtype=np.int16)
        for ranks, abstains in zip(scores.T, gone.T, strict=True):
            vote = _ordering(ranks[rows], ranks)
            vote[abstains[rows]] = 0
            vote[:, abstains] = 0
            votes += vote
        wanted = _ordering(goal[rows], goal)
        agreeing = np.sign(votes) * wanted
        distinct = np.count_nonzero(wanted)
        total += distinct
        right += (distinct + float(agreeing.sum(dtype=np.int64))) / 2
    return float(right / total)


def top_agreement(
    estimate: ArrayLike, truth: ArrayLike, k: int | Sequence[int], population: ArrayLike | None = None
) -> pd.DataFrame:
    """Give one row a k: how well the k best by the estimate hold the true best.

    Returns
    -------
    DataFrame
        ``k``, ``overlap`` (`top_k_overlap`), ``best_rank`` (`best_rank_at_k`), ``n`` and ``missing``.

    Examples
    --------
    >>> top_agreement([4, 3, 2, 1], [4, 1, 3, 2], k=(1, 2))
       k  overlap  best_rank  n  missing
    0  1      1.0        1.0  4        0
    1  2      0.5        1.0  4        0
    """
    found = defined_pairs(estimate, truth, population, _NAMES)
    each = [k] if isinstance(k, (int, np.integer)) else listed(k, "a list of k")
    rows = [
        {
            "k": places,
            "overlap": top_k_overlap(found.x, found.y, places),
            "best_rank": best_rank_at_k(found.x, found.y, places),
            "n": len(found.x),
            "missing": found.missing,
        }
        for places in each
    ]
    if not rows:
        raise RequestError("one or more k are needed")
    return pd.DataFrame(rows)


def _places(values: Floats, k: int) -> Floats:
    """Give each row its share of the k best places: 1, 0, or what the tied at the edge get each."""
    scores = levels(values)
    edge = np.partition(scores, len(scores) - k)[len(scores) - k]
    above, tied = scores > edge, scores == edge
    shares: Floats = above + tied * ((k - above.sum()) / tied.sum())
    return shares


def _ordering(rows: NDArray[np.int32], all_rows: NDArray[np.int32]) -> NDArray[np.int8]:
    return (rows[:, None] > all_rows).astype(np.int8) - (rows[:, None] < all_rows).astype(np.int8)
