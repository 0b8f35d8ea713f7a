"""How long it takes to reach a target, as the optimisation-benchmark people report it."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from nasbench_sim.analysis.inputs import Floats, complete, number
from nasbench_sim.analysis.runs import Runs, grid_of
from nasbench_sim.analysis.ties import at_least


def runtime_to_target(x: ArrayLike, y: ArrayLike, target: float) -> Floats:
    """Give when each replicate first has a value of `target` or more.

    Parameters
    ----------
    x, y
        As in `curves`.
    target
        In the unit of y, larger is better.

    Returns
    -------
    array of float64, shape (replicates,)
        NaN for a replicate that never reaches it.

    Examples
    --------
    >>> runtime_to_target([[10.0, 20.0], [10.0, 20.0]], [[90.0, 92.0], [90.0, 91.0]], 92)
    array([20., nan])
    """
    return _hits(Runs.of(x, y), number(target, "target"))


def expected_runtime(
    x: ArrayLike, y: ArrayLike, targets: ArrayLike, *, end: ArrayLike | None = None
) -> pd.DataFrame:
    """Give the success rate and the expected running time to each target.

    The expected running time is what all replicates spent until they reached the target or ended, divided by
    the number that reached it: the mean cost of restarting until it is reached.

    Parameters
    ----------
    x, y, end
        As in `curves`.
    targets
        Larger is better, shape (targets,).

    Returns
    -------
    DataFrame
        ``target``, ``n`` replicates, ``successes``, ``success_rate``, ``expected_runtime`` (infinite where no
        replicate reached the target), ``median_runtime`` (of those that did; NaN where none).

    References
    ----------
    Hansen, Auger, Ros, Mersmann, Tušar, Brockhoff. COCO: a platform for comparing continuous optimizers.
    Optimization Methods and Software 36, 2021.

    Examples
    --------
    >>> found = expected_runtime([[10.0, 20.0], [10.0, 20.0]], [[90.0, 92.0], [90.0, 91.0]], [92])
    >>> found[["target", "success_rate", "expected_runtime"]]
       target  success_rate  expected_runtime
    0    92.0           0.5              40.0
    """
    runs = Runs.of(x, y, end)
    rows = []
    for target in complete(targets, "targets"):
        hits = _hits(runs, target)
        reached = ~np.isnan(hits)
        spent = float(np.where(reached, hits, runs.ends).sum())
        successes = int(reached.sum())
        rows.append(
            {
                "target": target,
                "n": len(hits),
                "successes": successes,
                "success_rate": successes / len(hits),
                "expected_runtime": spent / successes if successes else np.inf,
                "median_runtime": float(np.median(hits[reached])) if successes else np.nan,
            }
        )
    return pd.DataFrame(rows)


def target_ecdf(
    x: ArrayLike, y: ArrayLike, targets: ArrayLike, grid: ArrayLike, *, end: ArrayLike | None = None
) -> pd.DataFrame:
    """Give the share of all (replicate, target) couples that are reached by each point of a grid.

    Parameters
    ----------
    x, y, end
        As in `curves`.
    targets
        Larger is better, shape (targets,).
    grid
        Shape (points,).

    Returns
    -------
    DataFrame
        ``x``, ``reached`` (0 to 1) and ``n``, the number of couples.

    Raises
    ------
    RequestError
        For a budget beyond the data: what has not ended cannot be said to have failed.

    Examples
    --------
    >>> target_ecdf([[10.0, 20.0]], [[90.0, 92.0]], [90, 91], [5, 10, 20])
          x  reached  n
    0   5.0      0.0  2
    1  10.0      0.5  2
    2  20.0      1.0  2
    """
    runs = Runs.of(x, y, end)
    points, wanted = grid_of(grid), complete(targets, "targets")
    runs.require(points[-1])
    hits = np.concatenate([_hits(runs, target) for target in wanted])
    reached = np.searchsorted(np.sort(hits[~np.isnan(hits)]), points, side="right") / len(hits)
    return pd.DataFrame({"x": points, "reached": reached, "n": len(hits)})


def _hits(runs: Runs, target: float) -> Floats:
    reached = at_least(runs.y, target)
    first = np.argmax(reached, axis=1)
    return np.where(reached.any(axis=1), runs.x[np.arange(len(first)), first], np.nan)
