"""One objective against another: every architecture, the front, and its knee."""

from __future__ import annotations

from collections.abc import Hashable, Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from nasbench_sim.analysis.objectives import Bounds, Directions, bounds_of, directions, named
from nasbench_sim.analysis.pareto import knee_points, pareto_front, within
from nasbench_sim.errors import RequestError
from nasbench_sim.plots.cloud import draw_cloud
from nasbench_sim.plots.labels import column_label
from nasbench_sim.plots.legend import add_legend
from nasbench_sim.plots.limits import clear_of_outliers
from nasbench_sim.plots.style import PALETTE, axes_or_new, styled

_FAINT = 0.1
"""Opacity of what a constraint rules out."""


def pareto_frame(
    frame: pd.DataFrame, objectives: Directions, constraints: Bounds | None = None
) -> pd.DataFrame:
    """Give the data behind `pareto`: the front, best first by the first objective.

    Parameters
    ----------
    frame, objectives, constraints
        As in `pareto`.

    Returns
    -------
    DataFrame
        As `nasbench_sim.analysis.pareto_front` gives it, with ``knee``: True for the point that bulges out
        most, of a front that has one.

    Examples
    --------
    >>> frame = pd.DataFrame({"latency": [1, 2, 3, 4], "accuracy": [60, 90, 80, 95]})
    >>> pareto_frame(frame, {"latency": "min", "accuracy": "max"})
       latency  accuracy   knee
    0        1        60  False
    1        2        90   True
    3        4        95  False
    """
    objectives = directions(objectives)
    if len(objectives) != 2:
        raise RequestError(f"a front is drawn of two objectives, not {len(objectives)}")
    front = pareto_front(frame, objectives, constraints)
    attrs, knee = dict(front.attrs), np.zeros(len(front), dtype=bool)
    points = front[list(objectives)].drop_duplicates()
    if len(points) > 2:  # so that neither objective is constant on it
        knee[int(np.argmax(knee_points(front, objectives).to_numpy()))] = True
    front = front.assign(knee=knee)
    front.attrs = {**attrs, "units": frame.attrs.get("units", {})}
    return front


@styled
def pareto(
    frame: pd.DataFrame,
    objectives: Directions,
    ax: Axes | None = None,
    *,
    constraints: Bounds | None = None,
    labels: Mapping[Hashable, str] | None = None,
) -> Axes:
    """Draw two objectives of all architectures, their front as a staircase, its knee, and what is ruled out.

    The axis of y shows the range of the front, but for points of it that are outliers, and as much again;
    what is farther from it lies outside.

    Parameters
    ----------
    frame
        One row an architecture, such as `Table.frame` gives.
    objectives
        Two columns -> ``"min"`` or ``"max"``: the first along x, the second along y.
    ax
        Where to draw; a new figure by default.
    constraints
        Column -> (lowest, highest) allowed, either of them None.
    labels
        Row of the frame, such as an official index -> what is written beside it.

    Returns
    -------
    Axes

    Raises
    ------
    RequestError
        For a label of a row that the frame lacks or that lacks an objective, and as `pareto_front`.

    Examples
    --------
    >>> import nasbench_sim as nbs
    >>> frame = nbs.load_table("nas-bench-201").frame(["latency:eyeriss", "val_accuracy"], dataset="cifar10")
    >>> ax = pareto(frame, {"latency:eyeriss": "min", "val_accuracy": "max"})
    >>> ax.get_xlabel(), ax.get_ylabel()
    ('latency on eyeriss (ms)', 'validation accuracy (%)')
    """
    objectives, bounds = directions(objectives), bounds_of(constraints)
    front = pareto_frame(frame, objectives, bounds)
    x, y = objectives
    written = {} if labels is None else named(labels, "labels", '{6111: "mine"}')
    marked = _marked(frame, (x, y), written)
    alone, ax = ax is None, axes_or_new(ax)
    allowed = within(frame, bounds)
    for rows, alpha in ((frame[~allowed], _FAINT), (frame[allowed], 0.35)):
        if len(rows):
            draw_cloud(ax, rows[x], rows[y], color="0.6", alpha=alpha)
    # The staircase runs over the points that the front dominates: level in y, then on to the next in x.
    line = front.sort_values(x, ascending=objectives[x] == "min")
    limits = _heights(pd.concat([line[y], marked[y]]), frame[y], objectives[y])
    beyond = int(((line[y] < limits[0]) | (line[y] > limits[1])).sum())
    shown = f"front, {len(line)} points" + (f", {beyond} of them below" if beyond else "")
    ax.step(line[x], line[y], where="post", color=PALETTE[1])
    ax.plot(line[x], line[y], "o", color=PALETTE[1], markersize=3.5, label=shown)
    knee = line[line["knee"]]
    if len(knee):
        said = f"knee: {knee.index[0]}" if frame.index.name == "index" else "knee"
        ax.plot(knee[x], knee[y], "D", color=PALETTE[0], markersize=6, label=said)
    ax.set_ylim(limits)
    if written:
        ax.plot(marked[x], marked[y], "s", color="black", markersize=3.5)
    for text, point in zip(written.values(), marked.itertuples(index=False, name=None), strict=True):
        veil = {"facecolor": "white", "edgecolor": "none", "alpha": 0.7, "pad": 0.8}
        ax.annotate(
            str(text), point, (5, -3), textcoords="offset points", va="top", fontsize="small", bbox=veil
        )
    for name, both in bounds.items():
        for place, bound in enumerate(both):
            if bound is not None and name in objectives:
                _rule_out(ax, bound, below=place == 0, horizontal=name == y)
    ax.set_xlabel(column_label(frame, x))
    ax.set_ylabel(column_label(frame, y))
    if alone:
        add_legend(ax, alone=True)
    else:  # a line above the axes covers nothing, and is drawn faster than a legend
        points = [f"● {shown}", *([f"◆ knee: {knee.index[0]}"] if len(knee) else [])]
        ax.set_title("  ".join(points), fontsize="small")
    return ax


def _marked(frame: pd.DataFrame, objectives: tuple[str, str], labels: Mapping[Hashable, str]) -> pd.DataFrame:
    """Give the rows that are labelled, checked."""
    for row in labels:
        if row not in frame.index:
            raise RequestError(f"labels: the frame has no row {row!r}")
    marked = frame.loc[list(labels), list(objectives)]
    lacking = marked.index[marked.isna().any(axis=1)]
    if len(lacking):
        raise RequestError(f"labels: row {lacking[0]} lacks one of {' and '.join(objectives)}")
    return marked


def _heights(front: pd.Series[float], every: pd.Series[float], better: str) -> tuple[float, float]:
    low, high = clear_of_outliers(front)
    span = high - low
    if better == "max":
        return max(low - span, min(low, float(every.min()) - span / 20)), high + span / 20
    return low - span / 20, min(high + span, max(high, float(every.max()) + span / 20))


def _rule_out(ax: Axes, bound: float, *, below: bool, horizontal: bool) -> None:
    """Shade what a bound rules out, without moving the limits of the axes."""
    limits = ax.get_ylim() if horizontal else ax.get_xlim()
    edge = min(limits) if below else max(limits)
    if not min(limits) < bound < max(limits):
        return
    shade = ax.axhspan if horizontal else ax.axvspan
    shade(min(edge, bound), max(edge, bound), color="0.5", alpha=0.15, linewidth=0)
    (ax.set_ylim if horizontal else ax.set_xlim)(limits)
