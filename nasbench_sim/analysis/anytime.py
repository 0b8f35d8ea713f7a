"""Performance against evaluations or simulated time: curves on a grid and their area."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats

from nasbench_sim.analysis.inputs import Floats, aligned, floats, number, one_of
from nasbench_sim.analysis.objectives import samples_of
from nasbench_sim.analysis.runs import Runs, grid_of
from nasbench_sim.analysis.ties import levels
from nasbench_sim.errors import RequestError


def curves(
    x: ArrayLike,
    y: ArrayLike,
    grid: ArrayLike,
    *,
    interpolation: str = "step",
    end: ArrayLike | None = None,
    beyond: str = "error",
) -> Floats:
    """Give the value of every replicate at every grid point.

    Parameters
    ----------
    x
        Clock (s) or number of evaluations at the end of each evaluation, not decreasing, shape
        (replicates, evaluations); NaN past a replicate's end.
    y
        What holds from then on, such as `at_incumbents` gives, same shape.
    grid
        Points in increasing order, shape (points,).
    interpolation
        ``"step"``: the value after the last evaluation finished at or before the point; NaN before the first.
        ``"nats-bench"``: as the published tables do it, the straight line through the two evaluations whose
        ends are nearest to the point, which extrapolates where both are on one side of it.
    end
        Up to where each replicate is known, such as its budget, a number or shape (replicates,); by default
        its last evaluation.
    beyond
        What a grid point past the end of a replicate is: an ``"error"``, or ``"missing"`` (NaN).

    Returns
    -------
    array of float64, shape (replicates, points)

    Raises
    ------
    RequestError
        For a budget beyond the data, a clock that runs backwards, shapes that do not fit.

    References
    ----------
    Dong, Liu, Musial, Gabrys. NATS-Bench. TPAMI 2021; its plotting scripts, ``query_performance``.

    Examples
    --------
    >>> curves([[10.0, 20.0]], [[90.0, 92.0]], [5, 10, 15, 20])
    array([[nan, 90., 90., 92.]])
    >>> curves([[10.0, 20.0]], [[90.0, 92.0]], [15], interpolation="nats-bench")
    array([[91.]])
    """
    runs, points = Runs.of(x, y, end), grid_of(grid)
    read = _INTERPOLATIONS[one_of(interpolation, "interpolation", _INTERPOLATIONS)]
    if one_of(beyond, "way to treat points beyond the data", ("error", "missing")) == "error":
        runs.require(points[-1])
    out = np.empty((len(runs.x), len(points)))
    for row, length in enumerate(runs.lengths):
        out[row] = read(runs.x[row, :length], runs.y[row, :length], points)
    out[points > runs.ends[:, None]] = np.nan
    return out


def area_under_curve(
    x: ArrayLike,
    y: ArrayLike,
    start: float,
    stop: float,
    *,
    scale: str = "linear",
    end: ArrayLike | None = None,
) -> Floats:
    """Give the mean height of each replicate's step curve between two points: its area, divided by the width.

    Parameters
    ----------
    x, y, end
        As in `curves`.
    start, stop
        The range; every replicate needs a value at `start` and data up to `stop`.
    scale
        ``"linear"``, or ``"log"`` to weigh x by its logarithm.

    Returns
    -------
    array of float64, shape (replicates,)

    Examples
    --------
    >>> area_under_curve([[10.0, 20.0, 40.0]], [[90.0, 92.0, 93.0]], 10, 40)
    array([91.33333333])
    """
    runs = Runs.of(x, y, end)
    one_of(scale, "scale", ("linear", "log"))
    start, stop = number(start, "start"), number(stop, "stop")
    if not start < stop or (scale == "log" and start <= 0):
        raise RequestError(f"a range from {start:g} to {stop:g} has no area on a {scale} scale")
    runs.require(stop)
    first = curves(runs.x, runs.y, [start], end=runs.ends)[:, 0]
    if np.isnan(first).any():
        raise RequestError(f"{np.isnan(first).sum()} of {len(first)} replicates have no value at {start:g}")
    # Each step reaches from its own x, cut to the range, to the next one's; past the end it has no width.
    steps = np.clip(np.nan_to_num(runs.x, nan=stop), start, stop)
    edges = np.full(len(first), start), steps, np.full(len(first), stop)
    bounds = np.column_stack(edges)
    widths = np.diff(np.log(bounds) if scale == "log" else bounds, axis=1)
    heights = np.column_stack([first, runs.y])
    if np.isnan(heights[widths > 0]).any():
        raise RequestError("a curve has missing values inside the range")
    area = np.where(widths > 0, widths * np.where(widths > 0, heights, 0.0), 0.0).sum(axis=1)
    return np.asarray(area / widths.sum(axis=1))


def rank_over_time(by_searcher: Mapping[str, ArrayLike], grid: ArrayLike) -> pd.DataFrame:
    """Give the mean rank of each searcher at each grid point, replicate by replicate (1 is best).

    Parameters
    ----------
    by_searcher
        Name -> curves on the same grid, larger is better, shape (replicates, points); replicate r of one is
        compared with replicate r of the others. Searchers without a value yet share the last ranks.
    grid
        Shape (points,).

    Returns
    -------
    DataFrame
        ``searcher``, ``x``, ``rank``, ``n``.

    Examples
    --------
    >>> rank_over_time({"a": [[1.0, 5.0]], "b": [[2.0, 4.0]]}, [10, 20])
      searcher     x  rank  n
    0        a  10.0   2.0  1
    1        a  20.0   1.0  1
    2        b  10.0   1.0  1
    3        b  20.0   2.0  1
    """
    points = grid_of(grid)
    given = samples_of(by_searcher, "by_searcher")
    aligned(given)
    stacked = {name: floats(values, name, 2) for name, values in given.items()}
    shapes = {name: values.shape for name, values in stacked.items()}
    replicates, width = next(iter(shapes.values()), (0, 0))
    if len(shapes) < 2 or len(set(shapes.values())) > 1 or width != len(points):
        raise RequestError(
            f"ranks need curves of two or more searchers, of one shape (replicates, {len(points)}): {shapes}"
        )
    places = levels(np.stack(list(stacked.values())))  # missing is -1, the last
    ranks = stats.rankdata(-places, axis=0).mean(axis=1)
    return pd.DataFrame(
        {
            "searcher": np.repeat(list(stacked), len(points)),
            "x": np.tile(points, len(stacked)),
            "rank": ranks.ravel(),
            "n": replicates,
        }
    )


def _step(x: Floats, y: Floats, points: Floats) -> Floats:
    place = np.searchsorted(x, points, side="right") - 1
    return np.where(place < 0, np.nan, y[place])


def _nats_bench(x: Floats, y: Floats, points: Floats) -> Floats:
    if len(x) < 2:
        raise RequestError("the interpolation of NATS-Bench needs two evaluations in each replicate")
    # Of the evaluations sorted by nearness the first two are neighbours in time: slide to the nearest couple.
    right = np.clip(np.searchsorted(x, points), 1, len(x) - 1)
    later = np.minimum(right + 1, len(x) - 1)
    right = np.where(np.abs(x[later] - points) < np.abs(x[right - 1] - points), later, right)
    earlier = np.maximum(right - 2, 0)
    right = np.where(
        (right > 1) & (np.abs(x[earlier] - points) <= np.abs(x[right] - points)), right - 1, right
    )
    width = x[right] - x[right - 1]
    if np.any(width == 0):
        raise RequestError(
            "the interpolation of NATS-Bench is undefined between evaluations that end together"
        )
    share = (points - x[right - 1]) / width
    return np.asarray((1 - share) * y[right - 1] + share * y[right])


_INTERPOLATIONS: dict[str, Callable[[Floats, Floats, Floats], Floats]] = {
    "step": _step,
    "nats-bench": _nats_bench,
}
