"""Estimators on the plane of what they cost against how well they rank."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib import ticker
from matplotlib.axes import Axes
from matplotlib.transforms import Bbox
from numpy.typing import NDArray

from nasbench_sim.analysis.inputs import columns_of, frame_of
from nasbench_sim.errors import RequestError
from nasbench_sim.plots.labels import words
from nasbench_sim.plots.legend import add_legend
from nasbench_sim.plots.style import PALETTE, axes_or_new, line_style, styled

_MARKERS = "osD^vP*X"
_NEEDED = ("estimator", "kind", "cost", "kendall", "kendall_low", "kendall_high", "efficient", "n")


@styled
def estimators(study: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """Draw cost against Kendall's tau with its interval, and a line through those that nothing beats in both.

    Parameters
    ----------
    study
        As `nasbench_sim.analysis.estimator_study` gives; undefined estimators are left out. One that costs
        nothing is drawn at a third of the least cost that is above zero. Or of one cost what
        `nasbench_sim.estimators.cost_study.cost_study` gives: then Kendall's tau of each cost model is drawn
        over the number of measurements that it learned from, with its spread over the splits.
    ax
        Where to draw; a new figure by default.

    Returns
    -------
    Axes

    Examples
    --------
    >>> from nasbench_sim.analysis import estimator_study
    >>> study = estimator_study({"proxy": [2, 1, 3, 4], "12 epochs": [1, 3, 2, 4]}, [1, 2, 3, 4],
    ...                         {"proxy": 0.1, "12 epochs": 90.0}, k=1)
    >>> estimators(study).get_xlabel()
    'cost of one architecture (s)'
    """
    if {"model", "measurements", "kendall", "kendall_std"} <= set(frame_of(study).columns):
        return _over_measurements(study, ax)
    lacking = [name for name in _NEEDED if name not in frame_of(study).columns]
    if lacking:
        raise RequestError(f"a study as estimator_study gives is expected; it lacks {', '.join(lacking)}")
    columns_of(study, ["cost", "kendall", "kendall_low", "kendall_high", "n"])
    defined = study[study["kendall"].notna()]
    if defined.empty:
        raise RequestError("nothing to draw: no estimator is defined")
    alone, ax = ax is None, axes_or_new(ax)
    paid = defined.loc[defined["cost"] > 0, "cost"]
    place = np.where(defined["cost"] > 0, defined["cost"], paid.min() / 3 if len(paid) else 1.0)
    for number, (kind, rows) in enumerate(defined.assign(place=place).groupby("kind", sort=False)):
        ax.errorbar(
            rows["place"],
            rows["kendall"],
            yerr=[rows["kendall"] - rows["kendall_low"], rows["kendall_high"] - rows["kendall"]],
            fmt=_MARKERS[number % len(_MARKERS)],
            color=PALETTE[number % len(PALETTE)],
            label=str(kind) or "estimators",
            markersize=5,
            capsize=2,
            linewidth=0.8,
        )
    best = defined["efficient"].to_numpy(bool)
    ax.step(place[best], defined.loc[best, "kendall"], where="post", color="0.4", linewidth=0.8, zorder=0)
    ax.set_xscale("log")
    if place.max() < 100 * place.min():
        ax.xaxis.set_major_locator(ticker.LogLocator(subs=(1.0, 2.0, 5.0)))
    ax.xaxis.set_major_formatter(ticker.StrMethodFormatter("{x:,g}"))
    ax.xaxis.set_minor_formatter(ticker.NullFormatter())
    ax.margins(x=0.2, y=0.1)
    ax.set_xlabel("cost of one architecture (s)")
    ax.set_ylabel(f"Kendall's τ with the truth, n = {defined['n'].max():,.0f}")
    if len(ax.containers) > 1:
        add_legend(ax, alone=alone)
    _write_names(ax, [str(name) for name in defined["estimator"]], place, defined["kendall"].to_numpy())
    return ax


def _over_measurements(study: pd.DataFrame, ax: Axes | None) -> Axes:
    """Draw the quality of cost models against the number of measurements that they learned from."""
    columns_of(study, ["measurements", "kendall", "kendall_std"])
    costs = study["cost"].unique()
    if len(costs) != 1:
        raise RequestError(
            f"one cost is drawn, not {len(costs)}: choose the rows of one of {', '.join(costs)}"
        )
    alone, ax = ax is None, axes_or_new(ax)
    for number, (model, rows) in enumerate(study.groupby("model", sort=False)):
        spread = rows["kendall_std"].fillna(0.0)
        look = line_style(number)
        ax.errorbar(
            rows["measurements"],
            rows["kendall"],
            yerr=spread,
            label=str(model),
            marker="o",
            markersize=3,
            capsize=2,
            linewidth=1.0,
            **look,
        )
    ax.set_xscale("log")
    ax.xaxis.set_major_formatter(ticker.StrMethodFormatter("{x:,g}"))
    ax.xaxis.set_minor_formatter(ticker.NullFormatter())
    ax.set_xlabel("measurements")
    ax.set_ylabel(f"Kendall's τ on {study['test'].max():,.0f} others, {study['splits'].max():.0f} splits")
    ax.set_title(words(str(costs[0])))
    add_legend(ax, alone=alone)
    return ax


def _write_names(ax: Axes, names: Sequence[str], x: NDArray[np.float64], y: NDArray[np.float64]) -> None:
    """Write each name at that corner of its point where it covers the least of other names and points."""
    figure = ax.get_figure(root=True)
    assert figure is not None
    figure.draw_without_rendering()  # sizes are known only then
    around = 4 * figure.dpi / 72
    taken = [Bbox([spot - around, spot + around]) for spot in ax.transData.transform(np.column_stack([x, y]))]
    if (legend := ax.get_legend()) is not None:
        taken.append(legend.get_window_extent())
    for row in np.argsort(x, kind="stable"):
        tried = []
        for right, up in ((False, True), (True, False), (True, True), (False, False)):
            text = ax.annotate(
                names[row],
                (x[row], y[row]),
                xytext=(3 if right else -3, 5 if up else -5),
                textcoords="offset points",
                ha="left" if right else "right",
                va="bottom" if up else "top",
                fontsize="x-small",
            )
            box = text.get_window_extent()
            shared = [part.width * part.height for one in taken if (part := Bbox.intersection(box, one))]
            tried.append((sum(shared), text, box))
        least = min(range(len(tried)), key=lambda corner: tried[corner][0])
        taken.append(tried.pop(least)[2])
        for _, text, _ in tried:
            text.remove()
