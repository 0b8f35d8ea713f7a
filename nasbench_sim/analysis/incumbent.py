"""The best so far of every replicate, and how far it is from the best there is."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nasbench_sim.analysis.inputs import Floats, aligned, floats, number
from nasbench_sim.analysis.ties import above, at_least
from nasbench_sim.arrays import real_array
from nasbench_sim.errors import RequestError


def incumbents(values: ArrayLike) -> NDArray[np.int64]:
    """Give the position of the best value so far; the first of equal ones.

    Parameters
    ----------
    values
        Observed objective, larger is better, shape (replicates, evaluations); NaN is missing.

    Returns
    -------
    array of int64, shape (replicates, evaluations)
        -1 before a replicate's first value.

    Examples
    --------
    >>> incumbents([[np.nan, 2.0, 1.0, 2.0, 3.0]])
    array([[-1,  1,  1,  1,  4]])
    """
    observed = floats(values, "values", 2)
    if not observed.size:
        return np.empty(observed.shape, dtype=np.int64)
    best = np.fmax.accumulate(observed, axis=1)
    before = np.concatenate(
        [np.full((len(best), 1), -np.inf), np.nan_to_num(best[:, :-1], nan=-np.inf)], axis=1
    )
    improves = above(observed, before)  # false for NaN
    return np.maximum.accumulate(np.where(improves, np.arange(observed.shape[1]), -1), axis=1)


def final_incumbents(values: ArrayLike) -> NDArray[np.int64]:
    """Give the position of the best value of all; the first of equal ones.

    Parameters
    ----------
    values
        Observed objective, larger is better, shape (replicates, evaluations), at least one evaluation; NaN is
        missing.

    Returns
    -------
    array of int64, shape (replicates,)
        The last column of `incumbents`; -1 for a replicate without a value.

    Examples
    --------
    >>> final_incumbents([[np.nan, 2.0, 3.0, 1.0, 3.0]])
    array([2])
    """
    observed = floats(values, "values", 2)
    if not observed.shape[1]:
        return np.full(len(observed), -1, dtype=np.int64)
    best = np.fmax.reduce(observed, axis=1)
    first = at_least(observed, best[:, None]).argmax(axis=1)
    return np.asarray(np.where(np.isnan(best), -1, first))


def at_incumbents(values: ArrayLike, metric: ArrayLike) -> Floats:
    """Give a metric of the incumbent after every evaluation.

    Parameters
    ----------
    values
        Observed objective that chooses the incumbent, larger is better, shape (replicates, evaluations).
    metric
        What is reported of each evaluated architecture, same shape.

    Returns
    -------
    array of float64, same shape
        NaN before the first value, and where the incumbent's metric is missing.

    Examples
    --------
    >>> at_incumbents([[1.0, 3.0, 2.0]], [[70.0, 60.0, 90.0]])
    array([[70., 60., 60.]])
    """
    aligned({"values": values, "metric": metric})
    observed, reported = floats(values, "values", 2), floats(metric, "metric", 2)
    if observed.shape != reported.shape:
        raise RequestError(f"values and metric differ in shape: {observed.shape} and {reported.shape}")
    places = incumbents(observed)
    found = np.take_along_axis(reported, np.maximum(places, 0), axis=1)
    return np.where(places < 0, np.nan, found)


def regret(values: ArrayLike, best: float, worst: float | None = None) -> Floats:
    """Give how far values (larger is better) are below the best there is, in their unit or as a share.

    Parameters
    ----------
    values
        Any shape.
    best
        The best value of the whole space.
    worst
        Where given, the regret is divided by ``best - worst``: 0 at `best`, 1 at `worst`. Papers also take
        the mean of the space or a reference searcher for it: say which.

    Returns
    -------
    array of float64, the shape of `values`

    Raises
    ------
    RequestError
        For a value above `best`, and where `worst` is not below it.

    Examples
    --------
    >>> regret([[91.0, 94.0]], best=94.0)
    array([[3., 0.]])
    >>> regret([[91.0, 94.0]], best=94.0, worst=88.0)
    array([[0.5, 0. ]])
    """
    numbers, best = real_array(values, "values").astype(np.float64), number(best, "best")
    if above(numbers, best).any():
        raise RequestError(f"a value of {np.nanmax(numbers):.12g} is above the best, {best:.12g}")
    below = np.maximum(best - numbers, 0.0)
    if worst is None:
        return np.asarray(below)
    worst = number(worst, "worst")
    if not best > worst:
        raise RequestError(f"best ({best:g}) is to be above worst ({worst:g})")
    return below / (best - worst)
