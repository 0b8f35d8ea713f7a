"""Which searchers differ: mean ranks on a line, with bars over those that do not (Demšar's diagram)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from nasbench_sim.analysis.progress import runs_of
from nasbench_sim.analysis.significance import CriticalDifference
from nasbench_sim.analysis.significance import critical_difference as differing
from nasbench_sim.plots.labels import folded, task_names
from nasbench_sim.plots.style import axes_or_new, styled

if TYPE_CHECKING:
    from nasbench_sim.oracle import Trajectories

_LINE = 0.5  # height of a line of a label; the unit is twice the size of the font
_BETWEEN = 0.3  # two labels
_BAR = 0.34  # distance of two bars
_ABOVE = 2.1  # where the critical difference is shown, clear of the label of the line
_TICKS = 12  # at most
_LONGEST = 18  # letters of a line of a name, if it has no longer word


def critical_difference_frame(runs: Sequence[Trajectories]) -> pd.DataFrame:
    """Give the final result of every searcher for each task and seed, larger is better.

    Parameters
    ----------
    runs
        Of several searchers on the same tasks with the same seeds, such as `Comparison.runs`.

    Returns
    -------
    DataFrame
        Indexed by ``task`` (its data set; numbered where two share one) and ``seed``, one column a searcher:
        its `Trajectories.results`, times -1 where less is better. Several seeds of a task are repeats: a test
        over them says which searchers differ on these tasks. What holds for tasks at large needs many tasks
        and one block of each, ``frame.groupby("task").mean()``.

    Examples
    --------
    >>> import nasbench_sim as nbs
    >>> task = nbs.Task(nbs.load_table("nas-bench-201"), dataset="cifar10")
    >>> runs = nbs.run("random_search", task, budget=nbs.Budget(evaluations=3), seeds=5)
    >>> critical_difference_frame([runs]).shape
    (5, 1)
    """
    runs = runs_of(runs)
    tasks = list({id(one.task): one.task for one in runs}.values())
    named = {id(task): name for task, name in zip(tasks, task_names(tasks), strict=True)}
    parts = []
    for one in runs:
        results = one.results()
        sign = 1.0 if results.attrs["better"] == "max" else -1.0
        part = (sign * results).rename("value").reset_index()
        parts.append(part.assign(task=named[id(one.task)], searcher=one.searcher))
    tidy = pd.concat(parts, ignore_index=True)
    wide = tidy.pivot(index=["task", "seed"], columns="searcher", values="value")  # noqa: PD010
    return wide[list(dict.fromkeys(tidy["searcher"]))].rename_axis(columns=None)


@styled
def critical_difference(frame: pd.DataFrame, ax: Axes | None = None, *, alpha: float = 0.05) -> Axes:
    """Draw mean ranks and the groups of searchers that do not differ (Friedman and Nemenyi).

    Parameters
    ----------
    frame
        One row a block (a task, or a seed shared by all), one column a searcher; larger is better, as
        `critical_difference_frame` gives.
    ax
        Where to draw; a new figure by default.
    alpha
        The level.

    Returns
    -------
    Axes

    References
    ----------
    Demšar. Statistical comparisons of classifiers over multiple data sets. JMLR 7, 2006.

    Examples
    --------
    >>> frame = pd.DataFrame({"a": [1, 2, 3], "b": [2, 3, 4], "c": [3, 4, 5]})
    >>> critical_difference(frame).get_xlabel()
    'mean rank over 3 blocks (1 is best)'
    """
    found = differing(frame, alpha)
    alone, ax = ax is None, axes_or_new(ax)
    _axis(ax, found)
    for level, group in enumerate(found.groups, 1):
        places = found.ranks[list(group)]
        ax.plot(
            [places.min() - 0.02, places.max() + 0.02],
            [_BAR * level] * 2,
            color="black",
            linewidth=3,
            solid_capstyle="butt",
            label="_group",
        )
    bars = _BAR * (len(found.groups) + 1)
    half = (len(found.ranks) + 1) // 2
    left, right = ax.get_xlim()
    names = [folded(name, _LONGEST) for name in found.ranks.index]
    row_height = _LINE * max(name.count("\n") + 1 for name in names) + _BETWEEN
    for position, (name, rank) in enumerate(zip(names, found.ranks, strict=True)):
        best_half = position < half
        row = position if best_half else len(found.ranks) - 1 - position
        height = bars + row_height * (row + 0.5)
        edge = left if best_half else right
        ax.plot([rank, rank, edge], [0, height, height], color="0.3", linewidth=0.8, clip_on=False)
        ax.annotate(
            f"{name} {rank:.2f}" if best_half else f"{rank:.2f} {name}",
            (edge, height),
            xytext=(-3 if best_half else 3, 0),
            textcoords="offset points",
            ha="right" if best_half else "left",
            va="center",
            fontsize="small",
        )
    low, high = bars + row_height * half, -_ABOVE - 3 * _LINE
    ax.set_ylim(low, high)
    if alone and isinstance(ax.figure, Figure):
        ax.figure.set_figheight((low - high) * 2 * plt.rcParams["font.size"] / 72)
    return ax


def _axis(ax: Axes, found: CriticalDifference) -> None:
    """Draw the line of ranks on top, and above it how far apart is different."""
    ax.set_xlim(1.0, float(len(found.ranks)))
    step = -(-len(found.ranks) // _TICKS)
    ax.set_xticks(np.arange(1, len(found.ranks) + 1, step))
    ax.xaxis.set_ticks_position("top")
    ax.xaxis.set_label_position("top")
    ax.spines["top"].set_visible(True)
    ax.spines["top"].set_position(("data", 0.0))
    for side in ("bottom", "left", "right"):
        ax.spines[side].set_visible(False)
    ax.yaxis.set_visible(False)
    ax.grid(visible=False)
    ax.set_xlabel(f"mean rank over {found.n:,} blocks (1 is best)")
    width = min(found.difference, len(found.ranks) - 1.0)
    ax.plot([1.0, 1.0 + width], [-_ABOVE, -_ABOVE], color="black", linewidth=1.2, marker="|", clip_on=False)
    verdict = f"critical difference {found.difference:.2f} (α = {found.alpha:g})"
    if found.p > found.alpha:
        verdict += f"\nFriedman p = {found.p:.2g}: no difference shown"
    ax.annotate(
        verdict,
        (1.0, -_ABOVE),
        xytext=(0, 4),
        textcoords="offset points",
        va="bottom",
        fontsize="small",
        annotation_clip=False,
    )
