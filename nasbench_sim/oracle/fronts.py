"""What runs with several objectives found: the points that are not dominated, and their volume over time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nasbench_sim.errors import RequestError, unknown
from nasbench_sim.oracle.runs import Runs
from nasbench_sim.tables.metrics import Better

if TYPE_CHECKING:
    import pandas as pd


_POINTS = 100


def final_fronts(runs: Runs) -> pd.DataFrame:
    """Return what each replicate found, without what is dominated: one row a point of its front.

    Returns
    -------
    DataFrame
        ``seed``, ``evaluations``, ``seconds`` (simulated), ``index``, each objective as observed, under its
        own name, and the reported metric under its own name where it is none of them. Sorted by the first
        objective, the best first. Of points that were observed alike, the first. What violates a constraint
        or lacks an objective is left out; a replicate that has nothing else has no row.

    Examples
    --------
    >>> import nasbench_sim as nbs
    >>> task = nbs.Task(nbs.load_table("nas-bench-201"), dataset="cifar10", noise="mean",
    ...                 objective=["val_accuracy", "latency:eyeriss"])
    >>> front = nbs.run("random_search", task, budget=nbs.Budget(evaluations=50)).final()
    >>> bool(front["latency:eyeriss"].is_monotonic_decreasing)
    True
    """
    import moocore
    import pandas as pd

    task = runs.task
    labels = [one.label for one in task.objectives]
    observed, kept = signed_points(runs)
    frames = []
    for row, seed in enumerate(runs.seeds):
        places = np.flatnonzero(kept[row])
        points = observed[row, places]
        if len(places):
            front = moocore.is_nondominated(points, maximise=True)
            places, points = places[front], points[front]
            order = np.lexsort(-points.T[::-1])
            places, points = places[order], points[order]
        index = runs.index[row, places]
        length = int(runs.length[row])
        columns = {
            "seed": np.full(len(places), seed, dtype=runs.seed_array.dtype),
            "evaluations": np.full(len(places), runs.evaluations[row]),
            "seconds": np.full(len(places), runs.clock[row, length - 1] if length else 0.0),
            "index": index,
            **{label: points[:, k] * task.signs[k] for k, label in enumerate(labels)},
        }
        columns.setdefault(task.report.label, task.reported[index])
        frames.append(pd.DataFrame(columns))
    return pd.concat(frames, ignore_index=True)


def hypervolume_of(
    runs: Runs, grid: ArrayLike | None, *, reference: Mapping[str, float] | None, x: str
) -> pd.DataFrame:
    """Compute the volume that each replicate's observed points dominate over time.

    Parameters
    ----------
    runs
        Of several objectives.
    grid
        Where to read it off; by default 100 points from the first evaluation to the end of the budget.
    reference
        Objective -> the worst value that counts; by default the worst that the table has (the mean of the
        runs). Points beyond it add nothing.
    x
        ``"evaluations"`` or ``"seconds"``.

    Returns
    -------
    DataFrame
        ``seed``, ``x``, ``hypervolume`` (in the product of the objectives' units). ``attrs`` holds the
        ``reference``, how many evaluations were ``beyond`` it, and as ``optimum`` the volume of all
        architectures of the table that keep the constraints (the means of their runs); NaN where a space
        is too large to list.

    Raises
    ------
    RequestError
        For one objective, an unknown `x`, and where a replicate evaluated nothing.

    Examples
    --------
    >>> import nasbench_sim as nbs
    >>> task = nbs.Task(nbs.load_table("nas-bench-201"), dataset="cifar10", noise="mean",
    ...                 objective=["val_accuracy", "latency:eyeriss"])
    >>> runs = nbs.run("random_search", task, budget=nbs.Budget(evaluations=50), seeds=2)
    >>> runs.hypervolume([10, 50])["hypervolume"].round().tolist()
    [529.0, 655.0, 678.0, 686.0]
    """
    import pandas as pd

    from nasbench_sim.analysis import hypervolume_over_time

    task = runs.task
    if not task.several:
        raise RequestError("a hypervolume needs several objectives")
    clocks = {"evaluations": runs.counted, "seconds": runs.clock}
    if x not in clocks:
        raise unknown("x axis", x, clocks)
    if not runs.length.all():
        raise RequestError(
            f"{int((runs.length == 0).sum())} of {len(runs)} replicates evaluated nothing: they have no "
            "volume over time; results() gives the volume of each at its end"
        )
    clock = clocks[x]
    end = (runs.budget.evaluations if x == "evaluations" else runs.budget.seconds) or float(
        np.nanmin(np.nanmax(clock, axis=1))
    )
    points = np.asarray(grid, dtype=np.float64) if grid is not None else _grid(clock, end, x)
    objectives, corner = _measure(runs, reference)
    observed, kept = signed_points(runs)
    values = {
        one.label: np.where(kept, observed[..., k] * task.signs[k], np.nan)
        for k, one in enumerate(task.objectives)
    }
    found = hypervolume_over_time(clock, values, objectives, corner, points, end=end)
    frame = pd.DataFrame(
        {
            "seed": np.repeat(runs.seed_array, len(points)),
            "x": np.tile(points, len(runs)),
            "hypervolume": found.ravel(),
        }
    )
    worst = np.array([corner[label] for label in objectives]) * task.signs
    frame.attrs = {
        "reference": corner,
        "beyond": int((kept & (observed < worst).any(axis=-1)).sum()),
        "optimum": _most(runs, objectives, corner),
    }
    return frame


def final_hypervolume(runs: Runs) -> pd.Series[float]:
    """Compute the volume that each replicate dominates by all that it evaluated; the table's as `optimum`.

    Returns
    -------
    Series
        Indexed by ``seed``; ``attrs`` as of `Trajectories.results`.
    """
    import pandas as pd

    from nasbench_sim.analysis import hypervolume

    objectives, corner = _measure(runs, None)
    observed, kept = signed_points(runs)
    found = [
        hypervolume(pd.DataFrame(points[own] * runs.task.signs, columns=list(objectives)), objectives, corner)
        if own.any()
        else 0.0
        for points, own in zip(observed, kept, strict=True)
    ]
    results = pd.Series(found, pd.Index(runs.seed_array, name="seed"), np.float64, "hypervolume")
    results.attrs = {"better": "max", "unit": "", "optimum": _most(runs, objectives, corner)}
    return results


def _measure(runs: Runs, reference: Mapping[str, float] | None) -> tuple[dict[str, Better], dict[str, float]]:
    """Return which end of each objective is good, and the corner that volumes are measured from."""
    each = runs.task.objectives
    corner = {one.label: one.worst for one in each} if reference is None else dict(reference)
    return {one.label: one.better for one in each}, corner


def _most(runs: Runs, objectives: Mapping[str, str], corner: Mapping[str, float]) -> float:
    """Compute the volume of all architectures that keep the constraints; NaN of a space too large to list."""
    import pandas as pd

    from nasbench_sim.analysis import hypervolume

    task = runs.task
    if not task.space.listed:
        return float("nan")
    everything = pd.DataFrame({one.label: one.mean for one in task.objectives})
    if task.penalty is not None:
        everything = everything[task.penalty.feasible]
    return hypervolume(everything, objectives, corner)


def signed_points(runs: Runs) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return the observed objectives, larger is better, (R, n, objectives), and which count, (R, n)."""
    observed = runs.observed * runs.task.signs
    return observed, runs.feasible & ~np.isnan(observed).any(axis=-1)


def _grid(clock: NDArray[np.float64], end: float, x: str) -> NDArray[np.float64]:
    points = np.linspace(float(np.nanmin(clock)), end, _POINTS)
    return np.unique(np.floor(points)) if x == "evaluations" else points
