"""Mann-Whitney's test of samples that are ranked already, so that many couples of them cost little."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import special, stats

from nasbench_sim.analysis.effect_size import a12_of_levels

_EXACT = 8
"""The largest smaller sample of which the exact distribution is taken where nothing ties, as scipy does."""


def rank_sum(first: NDArray[np.int64], second: NDArray[np.int64]) -> dict[str, float]:
    """Test two samples, two-sided, given as `ties.levels` of both together in increasing order.

    Returns
    -------
    dict
        ``statistic`` (U of the first), ``p`` and ``a12``; the numbers of ``scipy.stats.mannwhitneyu``.

    Examples
    --------
    >>> found = rank_sum(np.array([0, 1, 2]), np.array([2, 3, 4, 5]))
    >>> expected = stats.mannwhitneyu([0, 1, 2], [2, 3, 4, 5])
    >>> found["statistic"], bool(np.isclose(found["p"], expected.pvalue))
    (0.5, True)
    """
    n, m = len(first), len(second)
    share = a12_of_levels(first, second)
    statistic = share * n * m
    together = np.sort(np.concatenate([first, second]), kind="stable")
    edges = np.flatnonzero(np.diff(together)) + 1
    sizes = np.diff(edges, prepend=0, append=n + m).astype(np.float64)
    tied = float((sizes**3 - sizes).sum())
    if not tied and min(n, m) <= _EXACT:
        p = float(stats.mannwhitneyu(first, second, method="exact").pvalue)
        return {"statistic": round(statistic), "p": p, "a12": share}
    spread = np.sqrt(n * m / 12 * (n + m + 1 - tied / ((n + m) * (n + m - 1))))
    apart = max(statistic, n * m - statistic) - n * m / 2 - 0.5  # corrected for continuity
    p = min(2 * float(special.ndtr(-apart / spread)), 1.0) if spread > 0 else 1.0
    return {"statistic": round(2 * statistic) / 2, "p": p, "a12": share}
