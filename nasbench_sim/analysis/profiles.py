"""Performance profiles: how much of the replicates or problems reach a quality."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from nasbench_sim.analysis.inputs import columns_of, complete, frame_of, sample
from nasbench_sim.analysis.objectives import samples_of
from nasbench_sim.analysis.ties import above, at_most
from nasbench_sim.errors import RequestError


def score_profile(samples: Mapping[str, ArrayLike], thresholds: ArrayLike) -> pd.DataFrame:
    """Give the share of each searcher's replicates whose value exceeds each threshold.

    Parameters
    ----------
    samples
        Searcher -> final value of each replicate (and task), larger is better; NaN is left out.
    thresholds
        Shape (thresholds,).

    Returns
    -------
    DataFrame
        ``searcher``, ``threshold``, ``share``, ``n``.

    References
    ----------
    Agarwal et al. Deep reinforcement learning at the edge of the statistical precipice. NeurIPS 2021.

    Examples
    --------
    >>> score_profile({"a": [90, 92, 94, 94]}, [91, 94])
      searcher  threshold  share  n
    0        a       91.0   0.75  4
    1        a       94.0   0.00  4
    """
    points = complete(thresholds, "thresholds")
    parts = []
    for name, values in samples_of(samples).items():
        present = sample(values, name)
        exceeding = above(present[:, None], points).mean(axis=0)
        row = {"searcher": name, "threshold": points, "share": exceeding, "n": len(present)}
        parts.append(pd.DataFrame(row))
    return pd.concat(parts, ignore_index=True)


def ratio_profile(costs: pd.DataFrame, ratios: ArrayLike) -> pd.DataFrame:
    """Give the share of problems that each searcher solves within a ratio of the cheapest one's cost.

    Parameters
    ----------
    costs
        One row a problem (a task, a target), one column a searcher: a positive cost such as the expected
        running time, smaller is better; NaN or infinite where the searcher failed. A problem that all failed
        counts as failed.
    ratios
        From 1, shape (ratios,).

    Returns
    -------
    DataFrame
        ``searcher``, ``ratio``, ``share``, ``n`` problems.

    References
    ----------
    Dolan, Moré. Benchmarking optimization software with performance profiles. Mathematical Programming 2002.

    Examples
    --------
    >>> ratio_profile(pd.DataFrame({"a": [1.0, 4.0], "b": [2.0, 1.0]}), [1, 2])
      searcher  ratio  share  n
    0        a    1.0    0.5  2
    1        a    2.0    0.5  2
    2        b    1.0    0.5  2
    3        b    2.0    1.0  2
    """
    failed = frame_of(costs).replace(np.inf, np.nan)
    values, points = columns_of(failed, list(costs)), complete(ratios, "ratios")
    if not values.size or np.any(values <= 0):
        raise RequestError("costs are positive numbers, NaN or infinite where a searcher failed")
    if np.any(points < 1):
        raise RequestError("ratios start at 1: no searcher is cheaper than the cheapest")
    spent = np.where(np.isnan(values), np.inf, values)
    best = spent.min(axis=1, keepdims=True)
    relative = np.divide(spent, best, out=np.full(spent.shape, np.inf), where=np.isfinite(spent))
    shares = at_most(relative.T[:, :, None], points).mean(axis=1)
    return pd.DataFrame(
        {
            "searcher": np.repeat(np.asarray(costs.columns), len(points)),
            "ratio": np.tile(points, shares.shape[0]),
            "share": shares.ravel(),
            "n": len(values),
        }
    )
