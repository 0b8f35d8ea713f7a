"""How far searches have come: evaluations or simulated time, what they are judged by, up to the budget."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.analysis.indicators import hypervolume_over_time
from nasbench_sim.analysis.inputs import one_of
from nasbench_sim.errors import RequestError

if TYPE_CHECKING:
    from nasbench_sim.oracle import Trajectories

_POINTS = 200
AXES = ("evaluations", "seconds")
"""What a search is followed over: how many evaluations, or the simulated clock."""


def runs_of(runs: Any) -> list[Trajectories]:
    """Return trajectories as a list, or an error for anything else."""
    several = list(runs) if isinstance(runs, (list, tuple)) else [runs]
    if not several:
        raise RequestError("nothing to draw: no trajectories")
    for one in several:
        if not hasattr(one, "searcher") or not hasattr(one, "observed"):
            raise RequestError(f"trajectories are expected, as nasbench_sim.run gives, not {one!r:.60}")
    return several


def on_one_task(runs: Trajectories | Sequence[Trajectories]) -> list[Trajectories]:
    """Return the trajectories as a list, or an error unless there are some and all are on one task."""
    several = runs_of(runs)
    if len({id(one.task) for one in several}) > 1:
        raise RequestError("a figure of searches shows one task; draw each task on axes of its own")
    return several


def axis_of(runs: Trajectories, x: str | None) -> str:
    """Return a checked axis; by default what the budget was given in."""
    if x is None:
        return "evaluations" if runs.budget.seconds is None else "seconds"
    return one_of(x, "x axis", AXES)


def refuse_empty(runs: Trajectories) -> None:
    """Raise the error for runs of which a replicate evaluated nothing."""
    nothing = int((runs.length == 0).sum())
    if nothing:
        raise RequestError(
            f"{nothing} of {len(runs)} replicates of {runs.searcher} evaluated nothing on "
            f"{runs.task.dataset} with budget {runs.budget}: there is no curve to draw"
        )


def clock_of(runs: Trajectories, x: str) -> tuple[Any, Any, float]:
    """Give where each evaluation ended on the axis, a grid for curves, and up to where runs are known.

    Returns
    -------
    clock : array of float64, shape (replicates, evaluations)
    grid : array of float64
        At most 200 points, evenly spaced on a logarithmic scale.
    end : float
        The budget, or where the first replicate stopped; where no evaluation ends before, where the last one
        does, which then is the only point of the grid.

    Raises
    ------
    RequestError
        Where a replicate evaluated nothing.
    """
    refuse_empty(runs)
    clock = runs.counted if x == "evaluations" else runs.clock
    budget = runs.budget.evaluations if x == "evaluations" else runs.budget.seconds
    end = float(budget or np.nanmax(clock, axis=1).min())
    first = float(np.nanmin(clock))
    if end <= first:
        end = float(np.nanmax(clock))
        return clock, np.array([end]), end
    grid = np.geomspace(first, end, _POINTS)
    return clock, np.unique(np.round(grid)) if x == "evaluations" else grid, end


def reached(runs: Trajectories) -> NDArray[np.float64]:
    """Give what each replicate is judged by after each of its evaluations, shape (replicates, evaluations).

    The reported metric of the incumbent; of several objectives the hypervolume up to the worst values of the
    table, as `Trajectories.hypervolume` has it.
    """
    if not runs.task.several:
        return runs.incumbent_reported()
    values = {
        one.label: np.where(runs.feasible, runs.observed[..., place], np.nan)
        for place, one in enumerate(runs.task.objectives)
    }
    objectives = {one.label: one.better for one in runs.task.objectives}
    worst = {one.label: one.worst for one in runs.task.objectives}
    places = np.arange(1.0, runs.index.shape[1] + 1)  # a free repeat has one, too, although it does not count
    evaluated = np.where(np.isnan(runs.counted), np.nan, places)
    volume = hypervolume_over_time(evaluated, values, objectives, worst, places, end=places[-1])
    return np.where(np.isnan(evaluated), np.nan, volume)


def reading(x: str, longest: float) -> tuple[float, str]:
    """Give what positions are divided by to be drawn, and the label of the axis: seconds, or hours if long.

    Examples
    --------
    >>> reading("seconds", 7200.0)
    (3600.0, 'simulated time (h)')
    >>> reading("seconds", 60.0)
    (1.0, 'simulated time (s)')
    """
    if x == "evaluations":
        return 1.0, "evaluations"
    return (3600.0, "simulated time (h)") if longest > 3600 else (1.0, "simulated time (s)")
