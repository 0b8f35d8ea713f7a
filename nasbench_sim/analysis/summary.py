"""Statistics over replicates at each point of a grid, with bands."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from nasbench_sim.analysis.inputs import Floats, complete, deviation, floats, generator, one_of, share, whole
from nasbench_sim.analysis.interval import percentile_interval
from nasbench_sim.errors import RequestError

BANDS = ("mean", "median", "iqm")
"""The statistics that a bootstrap band can be asked for."""


def interquartile_mean(values: ArrayLike) -> float:
    """Give the mean of the middle half, values at its edges counted in part.

    Parameters
    ----------
    values
        Shape (n,), none missing.

    Examples
    --------
    >>> interquartile_mean([1, 2, 3, 4, 5, 100])  # (0.5 * 2 + 3 + 4 + 0.5 * 5) / 3
    3.5
    """
    numbers = complete(values, "values")
    return float(_weighted(np.sort(numbers), np.ones((len(numbers), 1)), "iqm")[0])


def summarize(
    values: ArrayLike,
    grid: ArrayLike,
    *,
    band: str | None = None,
    confidence: float = 0.95,
    resamples: int = 1000,
    seed: int = 0,
) -> pd.DataFrame:
    """Give the statistics of curves over their replicates.

    Parameters
    ----------
    values
        Such as `curves` gives, shape (replicates, points); NaN is missing and left out.
    grid
        Shape (points,).
    band
        The statistic to give a percentile bootstrap band over replicates: ``mean``, ``median``, ``iqm``.
    confidence, resamples, seed
        Of the band. Every point uses the same resamples of replicates, so that bands are smooth in x.

    Returns
    -------
    DataFrame
        One row a point: ``x``, ``n`` replicates with a value, ``missing``, ``mean``, ``std`` (of a sample,
        ddof 1, as everywhere here), ``median``, ``q25``, ``q75``, ``iqm`` (interquartile mean), ``min``,
        ``max``, and with a band its ``low`` and ``high``. NaN where no replicate has a value; ``std`` and the
        band also where only one has.

    Raises
    ------
    RequestError
        For a band over one replicate, an unknown statistic, a grid that does not fit.

    References
    ----------
    Agarwal et al. Deep reinforcement learning at the edge of the statistical precipice. NeurIPS 2021 (IQM).

    Examples
    --------
    >>> summarize([[90.0, 92.0], [94.0, 96.0]], [10, 20])[["x", "n", "mean", "std", "iqm"]]
          x  n  mean       std   iqm
    0  10.0  2  92.0  2.828427  92.0
    1  20.0  2  94.0  2.828427  94.0
    """
    numbers, points = floats(values, "values", 2), floats(grid, "grid")
    if numbers.shape[1] != len(points) or not numbers.size:
        raise RequestError(f"values of {numbers.shape} do not fit a grid of {len(points)} points")
    if band is not None:
        one_of(band, "statistic for a band", BANDS)
        share(confidence, "confidence")
        whole(resamples, "resamples", 2)
        if len(numbers) < 2:
            raise RequestError("one replicate has no band: run more, or leave band out")
    ordered = np.sort(numbers, axis=0)  # NaN last
    rows = []
    for point, column in zip(points, ordered.T, strict=True):
        present = column[: len(column) - int(np.isnan(column).sum())]
        rows.append(
            {"x": point, "n": len(present), "missing": len(column) - len(present), **_statistics(present)}
        )
    out = pd.DataFrame(rows)
    if band is not None:
        counts = _resample_counts(len(numbers), resamples, seed)
        limits = [_limits(column, counts, band, confidence) for column in numbers.T]
        out["low"], out["high"] = np.array(limits).T
        out.attrs = {"band": band, "confidence": confidence, "resamples": resamples, "seed": seed}
    return out


def _statistics(ordered: Floats) -> dict[str, float]:
    if not len(ordered):
        return dict.fromkeys(("mean", "std", "median", "q25", "q75", "iqm", "min", "max"), np.nan)
    q25, median, q75 = np.quantile(ordered, [0.25, 0.5, 0.75])
    iqm = _weighted(ordered, np.ones((len(ordered), 1)), "iqm")[0]
    return {
        "mean": ordered.mean(),
        "std": deviation(ordered),
        "median": median,
        "q25": q25,
        "q75": q75,
        "iqm": iqm,
        "min": ordered[0],
        "max": ordered[-1],
    }


def _resample_counts(n: int, resamples: int, seed: int) -> Floats:
    """Give how often each replicate is in each resample, shape (n, resamples)."""
    drawn = generator(seed).integers(0, n, (resamples, n))
    flat = drawn * resamples + np.arange(resamples)[:, None]
    return np.bincount(flat.ravel(), minlength=n * resamples).reshape(n, resamples).astype(np.float64)


def _limits(column: Floats, counts: Floats, band: str, confidence: float) -> Floats:
    present = np.flatnonzero(~np.isnan(column))
    if len(present) < 2:
        return np.array([np.nan, np.nan])
    order = present[np.argsort(column[present])]
    drawn = counts[order]
    if len(present) < len(column):  # a resample may hold none of the replicates that have a value
        drawn = drawn[:, drawn.any(axis=0)]
    return percentile_interval(_weighted(column[order], drawn, band), confidence)


def _weighted(ordered: Floats, weights: Floats, statistic: str) -> Floats:
    """Give a statistic of sorted values, each taken `weights` times; one column of weights a result."""
    if statistic == "mean":
        return np.asarray(np.einsum("ij,i->j", weights, ordered) / weights.sum(axis=0))
    upto = np.cumsum(weights, axis=0)
    total = upto[-1]
    if statistic == "iqm":
        inside = np.diff(np.clip(upto, 0.25 * total, 0.75 * total), axis=0, prepend=0.25 * total[None])
        return np.asarray(np.einsum("ij,i->j", inside, ordered) / (0.5 * total))
    lower = (upto < total / 2).sum(axis=0)  # the two middle ones are one where the number is odd
    upper = (upto < total / 2 + 0.5).sum(axis=0)
    return np.asarray((ordered[lower] + ordered[upper]) / 2)
