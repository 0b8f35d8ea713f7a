"""How good a set of points is as a front: indicators, hypervolume over time, attainment surfaces."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import moocore
import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from nasbench_sim.analysis.inputs import Floats, complete, listed
from nasbench_sim.analysis.objectives import Corner, Directions, corner_of, costs_of, directions, each, signs
from nasbench_sim.analysis.runs import Runs, grid_of
from nasbench_sim.errors import RequestError


def hypervolume(frame: pd.DataFrame | Floats, objectives: Directions, reference: Corner) -> float:
    """Give the volume that points dominate up to a reference point.

    Parameters
    ----------
    frame
        One row a point, a frame with the columns or an array with one column an objective in their order;
        rows that lack an objective are left out, points beyond the reference add nothing.
    objectives
        Column -> ``"min"`` or ``"max"``, or such couples.
    reference
        Objective -> its worst value that counts, or those values in the order of the objectives.

    Returns
    -------
    float
        In the product of the objectives' units.

    Examples
    --------
    >>> frame = pd.DataFrame({"latency": [1.0, 2.0], "accuracy": [80.0, 90.0]})
    >>> hypervolume(frame, {"latency": "min", "accuracy": "max"}, {"latency": 3.0, "accuracy": 70.0})
    30.0
    """
    ends = directions(objectives)
    return float(moocore.hypervolume(costs_of(frame, ends), ref=corner_of(reference, ends)))


def front_quality(
    frame: pd.DataFrame | Floats,
    objectives: Directions,
    reference_front: pd.DataFrame | Floats,
    reference: Corner,
) -> pd.Series[float]:
    """Give how close points come to a reference front, such as the true one of the whole table.

    Parameters
    ----------
    frame, objectives, reference
        As in `hypervolume`.
    reference_front
        Points of the front to compare with, the same columns. Both are scaled to 0..1 by its range for IGD+
        and epsilon, so that units do not matter.

    Returns
    -------
    Series
        ``hypervolume``, ``hypervolume_share`` (of the reference front's), ``igd_plus`` and
        ``epsilon_additive`` (0 at best both), ``points`` used.

    References
    ----------
    Ishibuchi et al. Modified distance calculation in generational distance and IGD. EMO 2015. Zitzler et al.
    Performance assessment of multiobjective optimizers. IEEE TEVC 2003. Computed by moocore.

    Examples
    --------
    >>> truth = pd.DataFrame({"latency": [1.0, 2.0], "accuracy": [80.0, 90.0]})
    >>> objectives, worst = {"latency": "min", "accuracy": "max"}, {"latency": 3.0, "accuracy": 70.0}
    >>> front_quality(truth.iloc[:1], objectives, truth, worst)[["hypervolume_share", "epsilon_additive"]]
    hypervolume_share    0.666667
    epsilon_additive     1.000000
    dtype: float64
    """
    ends = directions(objectives)
    costs, truth = costs_of(frame, ends), costs_of(reference_front, ends)
    low, high = truth.min(axis=0), truth.max(axis=0)
    if np.any(low == high):
        raise RequestError("the reference front is constant in an objective: its range gives no scale")
    corner = corner_of(reference, ends)
    volume, full = (float(moocore.hypervolume(points, ref=corner)) for points in (costs, truth))
    if not full > 0:
        raise RequestError("the reference front dominates nothing up to the reference point")
    scaled, target = (costs - low) / (high - low), (truth - low) / (high - low)
    found = {
        "hypervolume": volume,
        "hypervolume_share": volume / full,
        "igd_plus": float(moocore.igd_plus(scaled, ref=target)),
        "epsilon_additive": float(moocore.epsilon_additive(scaled, ref=target)),
        "points": len(costs),
    }
    return pd.Series(found, dtype=np.float64)


def hypervolume_over_time(
    x: ArrayLike,
    values: Mapping[str, ArrayLike] | Sequence[ArrayLike],
    objectives: Directions,
    reference: Corner,
    grid: ArrayLike,
    *,
    end: ArrayLike | None = None,
) -> Floats:
    """Give the hypervolume of what each replicate has evaluated by each grid point.

    Parameters
    ----------
    x
        As in `curves`, shape (replicates, evaluations).
    values
        Objective -> its values, shape (replicates, evaluations), or those in the order of the objectives; an
        evaluation that lacks one adds nothing.
    objectives, reference
        As in `hypervolume`.
    grid, end
        As in `curves`.

    Returns
    -------
    array of float64, shape (replicates, points)
        0 before the first evaluation; fit for `summarize`.

    Examples
    --------
    >>> values = {"latency": [[1.0, 2.0]], "accuracy": [[80.0, 90.0]]}
    >>> objectives, worst = {"latency": "min", "accuracy": "max"}, {"latency": 3.0, "accuracy": 70.0}
    >>> hypervolume_over_time([[10.0, 20.0]], values, objectives, worst, [5, 10, 20])
    array([[ 0., 20., 30.]])
    """
    ends = directions(objectives)
    corner, points = corner_of(reference, ends), grid_of(grid)
    given = each(values, list(ends), "values", '{"latency": [[3.1, 2.9]], "accuracy": [[91.0, 90.2]]}')
    runs = [Runs.of(x, one, end) for one in given.values()]
    runs[0].require(points[-1])
    costs = np.stack([one.y for one in runs], axis=-1) * signs(ends)
    measure = moocore.Hypervolume(ref=corner)
    out = np.zeros((len(costs), len(points)))
    for row, volumes in enumerate(out):
        cell = np.searchsorted(points, runs[0].x[row])  # where an evaluation first counts; NaN: nowhere
        left = np.flatnonzero((costs[row] < corner).all(axis=1) & (cell < len(points)))
        front = np.empty((0, len(corner)))
        while len(left):
            new = np.count_nonzero(cell[left] == cell[left[0]])
            front = moocore.filter_dominated(np.concatenate([front, costs[row, left[:new]]]))
            volumes[cell[left[0]] :] = measure(front)
            left = left[new:]
            left = left[~(front <= costs[row, left, None]).all(axis=2).any(axis=1)]
    return out


def attainment_surfaces(
    fronts: Sequence[pd.DataFrame | Floats],
    objectives: Directions,
    percentiles: Sequence[float] = (25, 50, 75),
) -> pd.DataFrame:
    """Give the surfaces that a share of the replicates attains (weakly dominates).

    Parameters
    ----------
    fronts
        The points of each replicate; rows that lack an objective are left out.
    objectives
        Two or three columns -> ``"min"`` or ``"max"``.
    percentiles
        Of replicates, in (0, 100]: 50 is the median attainment surface.

    Returns
    -------
    DataFrame
        ``percentile`` and the objectives: the corner points of each surface, sorted by the first objective.

    References
    ----------
    Grunert da Fonseca, Fonseca, Hall. Inferential performance assessment of stochastic optimisers and the
    attainment function. EMO 2001. Computed by moocore.

    Examples
    --------
    >>> runs = [pd.DataFrame({"a": [1.0, 3.0], "b": [3.0, 1.0]}), pd.DataFrame({"a": [2.0], "b": [2.0]})]
    >>> attainment_surfaces(runs, {"a": "min", "b": "min"}, [100])
       percentile    a    b
    0       100.0  2.0  3.0
    1       100.0  3.0  2.0
    """
    ends = directions(objectives)
    found_by = [] if isinstance(fronts, (pd.DataFrame, str)) else listed(fronts, "a list of fronts")
    if len(found_by) < 2:
        raise RequestError("attainment surfaces need the fronts of two or more replicates, as a list")
    if len(ends) not in (2, 3):
        raise RequestError(f"attainment surfaces are of two or three objectives, not {len(ends)}")
    shares = complete(percentiles, "percentiles")
    if np.any((shares <= 0) | (shares > 100)):
        raise RequestError(f"percentiles are above 0 and up to 100: {percentiles!r}")
    costs = [costs_of(front, ends) for front in found_by]
    sets = np.repeat(np.arange(1, len(costs) + 1), [len(points) for points in costs])
    found = moocore.eaf(np.concatenate(costs), sets, percentiles=np.unique(shares))
    found = found[np.lexsort((found[:, 0], found[:, -1]))]
    out = pd.DataFrame(found[:, :-1] * signs(ends), columns=list(ends))
    out.insert(0, "percentile", found[:, -1])
    return out
