"""Fronts of several objectives, and the points on them where giving up more pays little."""

from __future__ import annotations

import moocore
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nasbench_sim.analysis.inputs import Floats, columns_of
from nasbench_sim.analysis.objectives import Bounds, Directions, bounds_of, directions, signs
from nasbench_sim.analysis.ties import at_least, at_most, snapped
from nasbench_sim.errors import RequestError


def pareto_front(
    frame: pd.DataFrame,
    objectives: Directions,
    constraints: Bounds | None = None,
) -> pd.DataFrame:
    """Give the rows of a frame that no other row dominates.

    Parameters
    ----------
    frame
        One row an architecture, such as `Table.frame` gives.
    objectives
        Column -> ``"min"`` or ``"max"``, two or more.
    constraints
        Column -> (lowest, highest) allowed, either of them None; rows outside, or without the value, are left
        out first.

    Returns
    -------
    DataFrame
        All columns of those rows, sorted from the best by the first objective; equal points are all on it.
        ``attrs`` holds the ``objectives``, ``constraints`` and how many ``rows`` were seen, of which
        ``outside`` the constraints and ``missing`` an objective.

    Raises
    ------
    RequestError
        For an unknown column or direction, and where no complete row is left.

    Examples
    --------
    >>> frame = pd.DataFrame({"latency": [3.0, 1.0, 2.0, np.nan], "test_accuracy": [94.0, 90.0, 89.0, 99.0]})
    >>> front = pareto_front(frame, {"latency": "min", "test_accuracy": "max"})
    >>> front
       latency  test_accuracy
    1      1.0           90.0
    0      3.0           94.0
    >>> front.attrs["missing"]
    1
    """
    objectives, kept = directions(objectives), bounds_of(constraints)
    if len(objectives) < 2:
        raise RequestError("a front needs two or more objectives")
    points = columns_of(frame, objectives)
    inside = within(frame, constraints)
    complete = ~np.isnan(points).any(axis=1)
    used = np.flatnonzero(inside & complete)
    if not len(used):
        raise RequestError(
            f"no row is left of {len(frame)}: {int((~inside).sum())} outside the constraints, "
            f"{int((inside & ~complete).sum())} without an objective"
        )
    costs = np.stack([snapped(column) for column in (points[used] * signs(objectives)).T], axis=1)
    best = moocore.is_nondominated(costs, keep_weakly=True)
    order = np.lexsort(costs[best].T[::-1])
    front: pd.DataFrame = frame.iloc[used[best][order]].copy()
    front.attrs = {
        "objectives": objectives,
        "constraints": kept,
        "rows": len(frame),
        "outside": int((~inside).sum()),
        "missing": int((inside & ~complete).sum()),
    }
    return front


def within(frame: pd.DataFrame, constraints: Bounds | None) -> NDArray[np.bool_]:
    """Tell which rows keep the constraints of `pareto_front`, shape (rows,)."""
    inside = np.ones(len(frame), dtype=bool)
    for name, (lowest, highest) in bounds_of(constraints).items():
        values = columns_of(frame, [name])[:, 0]
        inside &= at_least(values, -np.inf if lowest is None else lowest)
        inside &= at_most(values, np.inf if highest is None else highest)
    return inside


def knee_points(front: pd.DataFrame, objectives: Directions) -> pd.Series[float]:
    """Give how far each point of a front bulges out; the largest is the knee.

    Objectives are scaled to 0 (best on the front) and 1 (worst on it); the height of a point is its distance
    to the plane where they sum to one (of two objectives: the line through the extremes), positive towards
    the best.

    Parameters
    ----------
    front
        As `pareto_front` gives, none missing and none dominated.
    objectives
        As in `pareto_front`.

    Returns
    -------
    Series
        ``height``, indexed as `front`; ``idxmax()`` names the knee.

    Raises
    ------
    RequestError
        For rows that another one dominates, fewer than three distinct points, or an objective that is
        constant on the front.

    References
    ----------
    Das. On characterizing the "knee" of the Pareto curve based on normal-boundary intersection. 1999.

    Examples
    --------
    >>> front = pd.DataFrame({"latency": [1.0, 2.0, 11.0], "accuracy": [80.0, 89.0, 90.0]})
    >>> knee_points(front, {"latency": "min", "accuracy": "max"}).round(3).tolist()
    [0.0, 0.566, 0.0]
    """
    objectives = directions(objectives)
    scaled = _scaled(columns_of(front, objectives) * signs(objectives))
    height = (1 - scaled.sum(axis=1)) / np.sqrt(scaled.shape[1])
    return pd.Series(height, index=front.index, name="height")


def _scaled(costs: Floats) -> Floats:
    if np.isnan(costs).any():
        raise RequestError("a front has no missing objectives: take it from pareto_front")
    costs = np.stack([snapped(column) for column in costs.T], axis=1)
    if len(np.unique(costs, axis=0)) < 3:
        raise RequestError("a knee is undefined on fewer than three distinct points")
    low, high = costs.min(axis=0), costs.max(axis=0)
    if costs.shape[1] < 2 or np.any(low == high):
        raise RequestError("a knee is undefined where an objective is constant on the front")
    beaten = len(costs) - int(moocore.is_nondominated(costs, keep_weakly=True).sum())
    if beaten:
        raise RequestError(
            f"{beaten} of {len(costs)} rows are dominated by others: take the front from pareto_front"
        )
    return np.asarray((costs - low) / (high - low))
