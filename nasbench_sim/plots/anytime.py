"""How good the incumbent is after every evaluation, or at every moment of the simulated clock."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib import pyplot as plt
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from nasbench_sim.analysis.anytime import curves
from nasbench_sim.analysis.inputs import listed, one_of
from nasbench_sim.analysis.progress import axis_of, clock_of, on_one_task, reached, reading
from nasbench_sim.analysis.summary import summarize
from nasbench_sim.errors import RequestError
from nasbench_sim.plots.axis import dot_if_single, dress_axis
from nasbench_sim.plots.labels import folded, labelled
from nasbench_sim.plots.legend import add_legend, legend_below
from nasbench_sim.plots.style import axes_or_new, line_style, style, styled

if TYPE_CHECKING:
    from nasbench_sim.oracle import Trajectories

_BANDS = {"median": ("q25", "q75", "middle half"), "mean": ("low", "high", "95 % interval of the mean")}
BAND = ("spread", "none")
"""What is drawn around a line: the middle half of the replicates or the interval of their mean; nothing."""

_MOST_BANDS = 3  # more of them mix to grey
_OPTIMUM = "optimum of the table"
_ACROSS = 3  # panels side by side
_PANEL = (3.0, 2.5)  # inches
_LETTERS_OF_A_TITLE = 30
_LETTERS_AN_INCH = 14  # of small text in the notebook style
_SHOWN_FROM = 0.05  # the part of the x range whose values do not stretch the y axis


def anytime_frame(
    runs: Trajectories | Sequence[Trajectories], x: str | None = None, statistic: str = "median"
) -> pd.DataFrame:
    """Give the data behind `anytime`.

    Parameters
    ----------
    runs, x, statistic
        As in `anytime`.

    Returns
    -------
    DataFrame
        ``searcher`` and the columns of `nasbench_sim.analysis.summarize`: ``x``, ``n`` replicates with an
        incumbent, ``mean``, ``median``, ``q25``, ``q75``, ..., of the reported metric of the incumbent, or of
        the hypervolume where the task has several objectives. A grid point is kept while every replicate is
        within its run.

    Examples
    --------
    >>> import nasbench_sim as nbs
    >>> task = nbs.Task(nbs.load_table("nas-bench-201"), dataset="cifar10")
    >>> runs = nbs.run("random_search", task, budget=nbs.Budget(evaluations=3), seeds=5)
    >>> frame = anytime_frame(runs)
    >>> frame[["searcher", "x", "n"]]
            searcher    x  n
    0  random_search  1.0  5
    1  random_search  2.0  5
    2  random_search  3.0  5
    >>> bool((frame["q25"] <= frame["median"]).all())
    True
    """
    several = on_one_task(runs)
    one_of(statistic, "statistic", _BANDS)
    x = axis_of(several[0], x)
    frames = []
    for one in several:
        clock, grid, end = clock_of(one, x)
        heights = curves(clock, reached(one), grid, end=end)
        band = "mean" if statistic == "mean" and len(one) > 1 else None
        frame = summarize(heights, grid, band=band)
        frame.insert(0, "searcher", one.searcher)
        frames.append(frame)
    return pd.concat(frames, ignore_index=True)


@styled
def anytime(
    runs: Trajectories | Sequence[Trajectories],
    ax: Axes | None = None,
    *,
    x: str | None = None,
    statistic: str = "median",
    band: str | None = None,
) -> Axes:
    """Draw the reported metric of the incumbent, or the hypervolume of several objectives, over the search.

    A line and a band a searcher, from where half of the replicates have an incumbent; steps, since nothing
    changes between two evaluations.

    Parameters
    ----------
    runs
        The trajectories of one or several searchers on one task.
    ax
        Where to draw; a new figure by default.
    x
        ``"evaluations"`` or ``"seconds"`` (of simulated time; drawn in hours where it is longer than one); by
        default what the budget is in.
    statistic
        ``"median"`` with the middle half of the replicates as band, or ``"mean"`` with the 95 % bootstrap
        interval of the mean.
    band
        ``"spread"``: bands are drawn; ``"none"``: they are not. By default they are for three searchers at
        most: more of them mix to grey.

    Returns
    -------
    Axes
        Alone in their figure they have the legend beneath them.

    Raises
    ------
    RequestError
        For runs on several tasks, and where no searcher has a value in half of its replicates.

    Examples
    --------
    >>> import nasbench_sim as nbs
    >>> task = nbs.Task(nbs.load_table("nas-bench-201"), dataset="cifar10")
    >>> runs = nbs.run("random_search", task, budget=nbs.Budget(evaluations=50), seeds=10)
    >>> anytime(runs).get_xlabel()
    'evaluations'
    """
    several = on_one_task(runs)
    alone = ax is None
    ax = _draw(several, ax, x, statistic, _searchers([several]), band)
    add_legend(ax, alone=alone)
    return ax


def _searchers(groups: Sequence[Sequence[Trajectories]]) -> list[str]:
    """Give the names of all searchers, each once."""
    return list(dict.fromkeys(one.searcher for group in groups for one in group))


def _draw(
    several: Sequence[Trajectories],
    ax: Axes | None,
    x: str | None,
    statistic: str,
    searchers: Sequence[str],
    band: str | None,
) -> Axes:
    """Draw all but the legend; the place of a searcher among `searchers` gives the look of its line."""
    spread = _spread(band, len(several))
    x = axis_of(several[0], x)
    frame = anytime_frame(several, x, statistic)
    most = frame["n"].max()
    frame = frame[frame["n"] >= frame["missing"]]  # the few that begin early are not what all are like
    if frame.empty:
        what = labelled(str(several[0].results().name))
        raise RequestError(
            f"nothing to draw: at most {most} of {len(several[0])} replicates have a value of {what} at "
            "once, and a line begins where half of them have one"
        )
    unit, named = reading(x, frame["x"].max())
    ax = axes_or_new(ax)
    low, high, _ = _BANDS[statistic]
    for searcher in _searchers([several]):
        rows, look = frame[frame["searcher"] == searcher], line_style(searchers.index(searcher))
        label, dot = searcher if len(rows) else f"{searcher} (no values)", dot_if_single(len(rows))
        ax.plot(rows["x"] / unit, rows[statistic], label=label, drawstyle="steps-post", **(look | dot))
        if not spread or low not in rows:
            continue
        if dot:
            ax.vlines(rows["x"] / unit, rows[low], rows[high], color=look["color"], alpha=0.5)
        else:
            veil = {"color": look["color"], "alpha": 0.15, "linewidth": 0, "step": "post"}
            ax.fill_between(rows["x"] / unit, rows[low], rows[high], **veil)
    results = several[0].results()
    best = results.attrs["optimum"]
    if np.isfinite(best):  # it is not known of every space that is too large to list
        ax.axhline(best, color="0.5", linewidth=0.8, linestyle=":", label=_OPTIMUM)
    dress_axis(ax, named, frame["x"] / unit)
    _focus(ax, frame, (statistic, low, high) if spread else (statistic,), best)
    ax.set_ylabel(labelled(str(results.name), results.attrs["unit"]))
    ax.set_title(several[0].task.dataset)
    return ax


def _spread(band: str | None, searchers: int) -> bool:
    """Tell whether bands are drawn."""
    if band is None:
        return searchers <= _MOST_BANDS
    return one_of(band, "band", BAND) == "spread"


def anytime_panels(
    groups: Sequence[Sequence[Trajectories]] | Mapping[str, Sequence[Trajectories]],
    *,
    x: str | None = None,
    statistic: str = "median",
    band: str | None = None,
) -> Figure:
    """Draw one anytime panel a task, with one legend and a caption that says what is shown.

    Parameters
    ----------
    groups
        For each task, the trajectories of all searchers on it; or what it is called -> these.
    x, statistic, band
        As in `anytime`.

    Returns
    -------
    Figure
        Three panels side by side at most, the legend beneath them and the caption under it.

    Examples
    --------
    >>> import nasbench_sim as nbs
    >>> task = nbs.Task(nbs.load_table("nas-bench-201"), dataset="cifar10")
    >>> runs = nbs.run("random_search", task, budget=nbs.Budget(evaluations=3), seeds=5)
    >>> [ax.get_title() for ax in anytime_panels([[runs]]).axes]
    ['cifar10']
    """
    named = groups if isinstance(groups, Mapping) else None
    given = groups.values() if isinstance(groups, Mapping) else groups
    tasks = [on_one_task(runs) for runs in listed(given, "a list of lists of trajectories")]
    if not tasks:
        raise RequestError("nothing to draw: no trajectories")
    titles = [runs[0].task.dataset for runs in tasks] if named is None else list(named)
    one_of(statistic, "statistic", _BANDS)
    _spread(band, 1)
    for runs in tasks:
        axis_of(runs[0], x)
    searchers = _searchers(tasks)
    with style():
        across = min(len(tasks), _ACROSS)
        down = -(-len(tasks) // across)
        size = (max(_PANEL[0] * across, 4.5), (_PANEL[1] if down > 1 else 3.2) * down)
        figure, panels = plt.subplots(down, across, figsize=size, squeeze=False)
        for ax in panels.flat[len(tasks) :]:
            ax.remove()
        entries: dict[str, Artist] = {}
        drawn = list(panels.flat[: len(tasks)])
        for ax, runs, title in zip(drawn, tasks, titles, strict=True):
            _draw(runs, ax, x, statistic, searchers, band)
            ax.set_title(folded(title, _LETTERS_OF_A_TITLE))
            handles, labels = ax.get_legend_handles_labels()
            entries |= dict(zip(labels, handles, strict=True))
        labels = [name if name in entries else f"{name} (no values)" for name in searchers]
        labels += [_OPTIMUM] if _OPTIMUM in entries else []
        shown = [(ax.get_xlabel(), ax.get_ylabel()) for ax in drawn]
        for place, ax in enumerate(drawn):  # said once where neighbours agree
            if place % across and shown[place][1] == shown[place - 1][1]:
                ax.set_ylabel("")
            if place + across < len(tasks) and shown[place][0] == shown[place + across][0]:
                ax.set_xlabel("")
        letters = int(_LETTERS_AN_INCH * size[0])
        caption = textwrap.fill(_caption(tasks, statistic, band), letters)
        legend = legend_below(figure, {label: entries[label] for label in labels}, title=caption)
        legend.get_title().set(fontsize="small", color="0.35")
    plt.close(figure)  # it is shown by whoever asked for it, once
    return figure


def _caption(tasks: Sequence[Sequence[Trajectories]], statistic: str, band: str | None) -> str:
    """Say what is shown: of what, which statistic, how many replicates, budget and table."""
    every = [runs for group in tasks for runs in group]
    replicates, budgets = _listed(map(len, every)), _listed(runs.budget for runs in every)
    tables = _listed(f"{runs.task.table.name} {runs.task.table.hash[:8]}" for runs in every)
    spread = {_spread(band, len(group)) for group in tasks}
    shown = f"{statistic} (line) and {_BANDS[statistic][2]} (band)" if spread == {True} else statistic
    if spread == {True, False}:
        shown += f", {_BANDS[statistic][2]} (band) where there is one"
    return f"{_words(tasks)}: {shown} of {replicates} replicates; budget {budgets}; table {tables}"


def _words(groups: Sequence[Sequence[Trajectories]]) -> str:
    """Say what the curves are of."""
    several = {runs.task.several for group in groups for runs in group}
    both = {False: "Incumbents", True: "Hypervolume"}
    return " or ".join(both[one] for one in sorted(several)).capitalize()


def _listed(values: Iterable[object]) -> str:
    """Name each value once."""
    return " or ".join(dict.fromkeys(map(str, values)))


def _focus(ax: Axes, frame: pd.DataFrame, names: tuple[str, ...], optimum: float) -> None:
    """Let the y axis leave out the first steps of a search, which are far below all that matters."""
    shown = frame[frame["x"] >= frame["x"].max() * _SHOWN_FROM]
    values = np.append(shown[[name for name in names if name in shown]].to_numpy().ravel(), optimum)
    low, high = np.nanmin(values), np.nanmax(values)
    margin = 0.04 * (high - low) or 1.0
    ax.set_ylim(low - margin, high + margin)
