"""How large a share of the targets searches have reached, over the search."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib import ticker
from matplotlib.axes import Axes
from numpy.typing import ArrayLike, NDArray

from nasbench_sim.analysis.inputs import complete
from nasbench_sim.analysis.progress import axis_of, clock_of, on_one_task, reached, reading
from nasbench_sim.analysis.targets import target_ecdf
from nasbench_sim.errors import RequestError
from nasbench_sim.plots.axis import dot_if_single, dress_axis
from nasbench_sim.plots.legend import add_legend
from nasbench_sim.plots.style import axes_or_new, line_style, styled

if TYPE_CHECKING:
    from nasbench_sim.oracle import Trajectories

RANKS = (1, 2, 3, 5, 10, 20, 30, 50, 100, 200, 300, 500, 1000)
"""The default targets: to be as good as the architecture of this rank in the whole table."""

SHARES = (0.5, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999)
"""The default targets of several objectives: this share of the hypervolume of the whole table."""


def ecdf_frame(
    runs: Trajectories | Sequence[Trajectories], x: str | None = None, targets: ArrayLike | None = None
) -> pd.DataFrame:
    """Give the data behind `ecdf`.

    Parameters
    ----------
    runs, x, targets
        As in `ecdf`.

    Returns
    -------
    DataFrame
        ``searcher``, ``x``, ``reached`` (the share of all couples of replicate and target, 0 to 1) and ``n``,
        the number of couples. ``attrs["targets"]`` lists the targets.

    Examples
    --------
    >>> import nasbench_sim as nbs
    >>> task = nbs.Task(nbs.load_table("nas-bench-201"), dataset="cifar10")
    >>> runs = nbs.run("random_search", task, budget=nbs.Budget(evaluations=3), seeds=5)
    >>> frame = ecdf_frame(runs, targets=[80.0, 91.0])  # two targets of five replicates
    >>> frame[["x", "n"]]
         x   n
    0  1.0  10
    1  2.0  10
    2  3.0  10
    >>> bool(frame["reached"].is_monotonic_increasing)
    True
    """
    several = on_one_task(runs)
    x = axis_of(several[0], x)
    wanted = default_targets(several[0]) if targets is None else complete(targets, "targets")
    less = not several[0].task.several and several[0].task.report.better == "min"
    sign = -1.0 if less else 1.0
    frames = []
    for one in several:
        clock, grid, end = clock_of(one, x)
        frame = target_ecdf(clock, sign * reached(one), sign * wanted, grid, end=end)
        frame.insert(0, "searcher", one.searcher)
        frames.append(frame)
    out = pd.concat(frames, ignore_index=True)
    out.attrs = {"targets": [float(target) for target in wanted]}
    return out


def default_targets(runs: Trajectories) -> NDArray[np.float64]:
    """Give the reported metric of the architectures of rank `RANKS` in the table, the best first.

    Of several objectives, `SHARES` of the hypervolume of the table.
    """
    if not runs.task.space.listed:
        raise RequestError(f"{runs.task.space.name} is too large to rank its architectures: name the targets")
    if runs.task.several:
        return np.asarray(runs.results().attrs["optimum"] * np.array(SHARES))
    values = runs.task.reported
    ordered = np.sort(values[~np.isnan(values)])
    if runs.task.report.better == "max":
        ordered = ordered[::-1]
    ranks = [rank for rank in RANKS if rank <= len(ordered)]
    if not ranks:
        raise RequestError(f"{runs.task.report.label}: the table has no value to aim at")
    return np.asarray(ordered[np.array(ranks) - 1])


@styled
def ecdf(
    runs: Trajectories | Sequence[Trajectories],
    ax: Axes | None = None,
    *,
    x: str | None = None,
    targets: ArrayLike | None = None,
) -> Axes:
    """Draw the share of all couples of replicate and target that are reached, a line a searcher.

    A target is reached once the reported metric of the incumbent, or the hypervolume of several objectives,
    is as good; under noise an incumbent may be given up for a worse one later, which does not count back.

    Parameters
    ----------
    runs
        The trajectories of one or several searchers on one task.
    ax
        Where to draw; a new figure by default.
    x
        As in `anytime`.
    targets
        Values of the reported metric, or hypervolumes; by default those of the architectures of rank `RANKS`
        in the table, or `SHARES` of the hypervolume of the table.

    Returns
    -------
    Axes

    References
    ----------
    Hansen, Auger, Ros, Mersmann, Tušar, Brockhoff. COCO: a platform for comparing continuous optimizers.
    Optimization Methods and Software 36, 2021.

    Examples
    --------
    >>> import nasbench_sim as nbs
    >>> task = nbs.Task(nbs.load_table("nas-bench-201"), dataset="cifar10")
    >>> runs = nbs.run("random_search", task, budget=nbs.Budget(evaluations=50), seeds=10)
    >>> ecdf(runs).get_ylabel()
    'share of targets reached'
    """
    several = on_one_task(runs)
    x = axis_of(several[0], x)
    frame = ecdf_frame(several, x, targets)
    unit, named = reading(x, frame["x"].max())
    alone, ax = ax is None, axes_or_new(ax)
    for number, (searcher, rows) in enumerate(frame.groupby("searcher", sort=False)):
        look = line_style(number) | dot_if_single(len(rows))
        ax.step(rows["x"] / unit, rows["reached"], where="post", label=searcher, **look)
    dress_axis(ax, named, frame["x"] / unit)
    ax.set_ylim(0.0, 1.02)
    ax.yaxis.set_major_formatter(ticker.PercentFormatter(1.0))
    ax.set_ylabel("share of targets reached")
    ax.set_title(several[0].task.dataset)
    add_legend(ax, alone=alone)
    return ax
