"""What fronts the replicates of a search with two objectives reach: their attainment surfaces."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from nasbench_sim.analysis.indicators import attainment_surfaces
from nasbench_sim.analysis.inputs import Floats
from nasbench_sim.analysis.pareto import pareto_front
from nasbench_sim.analysis.progress import on_one_task
from nasbench_sim.errors import RequestError
from nasbench_sim.plots.labels import labelled
from nasbench_sim.plots.legend import add_legend
from nasbench_sim.plots.limits import clear_of_outliers
from nasbench_sim.plots.style import axes_or_new, line_style, styled

if TYPE_CHECKING:
    from nasbench_sim.oracle import Trajectories

_PERCENTILES = (25, 50, 75)


def attainment_frame(runs: Trajectories | Sequence[Trajectories]) -> pd.DataFrame:
    """Give the data behind `attainment`.

    Parameters
    ----------
    runs
        As in `attainment`.

    Returns
    -------
    DataFrame
        ``searcher``, ``percentile`` (25, 50, 75: what that share of the replicates attains) and the
        objectives: the corner points of each surface.

    Examples
    --------
    >>> import nasbench_sim as nbs
    >>> table = nbs.load_table("nas-bench-201")
    >>> task = nbs.Task(table, dataset="cifar10", objective=["val_accuracy", "flops"])
    >>> runs = nbs.run("random_search", task, budget=nbs.Budget(evaluations=40), seeds=4)
    >>> list(attainment_frame(runs).columns)
    ['searcher', 'percentile', 'val_accuracy', 'flops']
    """
    several = on_one_task(runs)
    objectives = {one.label: one.better for one in several[0].task.objectives}
    if len(objectives) != 2 or not several[0].task.several:
        raise RequestError(
            f"an attainment figure is of a task with two objectives, not of {', '.join(objectives)}"
        )
    parts = []
    for one in several:
        fronts = [points for _, points in one.final().groupby("seed", sort=False)]
        found = attainment_surfaces(fronts, objectives, _PERCENTILES)
        found.insert(0, "searcher", one.searcher)
        parts.append(found)
    return pd.concat(parts, ignore_index=True)


@styled
def attainment(runs: Trajectories | Sequence[Trajectories], ax: Axes | None = None) -> Axes:
    """Draw the median attainment surface of each searcher, and the band that half of the replicates span.

    The dotted line is the front of the table (of the mean values), which runs that see noise may pass.
    Corners that lie more than three interquartile ranges from the middle half, such as of the fastest network
    that learns nothing, do not stretch the axes.

    Parameters
    ----------
    runs
        The trajectories of one or several searchers on one task with two objectives: the first is drawn from
        left to right.
    ax
        Where to draw; a new figure by default.

    Returns
    -------
    Axes

    References
    ----------
    Grunert da Fonseca, Fonseca, Hall. Inferential performance assessment of stochastic optimisers and the
    attainment function. EMO 2001.

    Examples
    --------
    >>> import nasbench_sim as nbs
    >>> task = nbs.Task(nbs.load_table("nas-bench-201"), dataset="cifar10", noise="mean",
    ...                 objective=["latency:eyeriss", "val_accuracy"])
    >>> ax = attainment(nbs.run("random_search", task, budget=nbs.Budget(evaluations=50), seeds=5))
    >>> ax.get_xlabel(), ax.get_ylabel()
    ('latency on eyeriss (ms)', 'validation accuracy (%)')
    """
    several = on_one_task(runs)
    frame = attainment_frame(several)
    alone, ax = ax is None, axes_or_new(ax)
    across, up = several[0].task.objectives
    corners = frame[[across.label, up.label]]
    worst = np.where([one.better == "min" for one in (across, up)], corners.max(), corners.min())
    for number, (searcher, rows) in enumerate(frame.groupby("searcher", sort=False)):
        stairs = {
            percentile: _staircase(surface[[across.label, up.label]].to_numpy(), across.better, worst)
            for percentile, surface in rows.groupby("percentile")
        }
        look = line_style(number)
        # What a quarter attains lies outside what three quarters attain: the band is what is between them.
        outline = np.concatenate([stairs[25], stairs[75][::-1]])
        ax.fill(*outline.T, color=look["color"], alpha=0.18, linewidth=0)
        ax.plot(*stairs[50].T, label=searcher, **look)
    ax.set_xlim(clear_of_outliers(corners[across.label]))
    ax.set_ylim(clear_of_outliers(corners[up.label]))
    if several[0].task.space.listed:
        best = table_front(several[0])[[across.label, up.label]].to_numpy()
        outline = _staircase(best, across.better, worst)
        ax.plot(*outline.T, color="0.4", linewidth=1.0, linestyle=":", label="front of the table")
    ax.set_xlabel(labelled(across.label, across.column.unit))
    ax.set_ylabel(labelled(up.label, up.column.unit))
    ax.set_title(several[0].task.dataset)
    add_legend(ax, alone=alone, title="median; band: half the replicates", title_fontsize="small")
    return ax


def table_front(runs: Trajectories) -> pd.DataFrame:
    """Give the front of the means of all architectures of the table that keep the task's constraints.

    Of a space that can be listed.
    """
    task = runs.task
    everything = pd.DataFrame({one.label: one.mean for one in task.objectives}).rename_axis("index")
    if task.penalty is not None:
        everything = everything[task.penalty.feasible]
    return pareto_front(everything, {one.label: one.better for one in task.objectives})


def _staircase(corners: Floats, better: str, worst: Floats) -> Floats:
    """Give the outline of what points attain, from the worst second to the worst first objective."""
    ordered = corners[np.argsort(corners[:, 0] if better == "min" else -corners[:, 0])]
    across = np.append(np.repeat(ordered[:, 0], 2), worst[0])
    up = np.concatenate([[worst[1]], np.repeat(ordered[:, 1], 2)])
    return np.column_stack([across, up])
