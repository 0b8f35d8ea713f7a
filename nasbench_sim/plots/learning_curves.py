"""How architectures train: a metric over the epochs, with the spread of the runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from nasbench_sim.analysis.inputs import listed
from nasbench_sim.errors import RequestError
from nasbench_sim.plots.labels import labelled
from nasbench_sim.plots.legend import add_legend
from nasbench_sim.plots.style import axes_or_new, line_style, styled

if TYPE_CHECKING:
    from nasbench_sim.tables import Table


def learning_curves_frame(
    table: Table, architectures: Sequence[int | str], metric: str = "val_accuracy", **question: Any
) -> pd.DataFrame:
    """Give the data behind `learning_curves`.

    Parameters
    ----------
    table, architectures, metric, **question
        As in `learning_curves`.

    Returns
    -------
    DataFrame
        ``index`` (official), ``epoch``, ``n`` (runs with a value), ``mean``, ``min``, ``max``; epochs
        at which no run of an architecture has a value are left out. ``attrs`` holds the ``unit``.

    Raises
    ------
    RequestError
        For a column with fewer than two epochs, and an architecture without a curve.

    Examples
    --------
    >>> import nasbench_sim as nbs
    >>> table = nbs.load_table("nas-bench-201-digits")
    >>> learning_curves_frame(table, [1462], dataset="digits")[["index", "epoch", "n", "mean"]].tail(2)
       index  epoch  n   mean
    4   1462      5  1  63.50
    5   1462      6  1  65.75
    """
    if not hasattr(table, "curves"):
        raise RequestError(f"a table is expected, not {table!r:.60}")
    chosen = (
        [architectures]
        if isinstance(architectures, str)
        else listed(architectures, "a list of architectures")
    )
    if not chosen:
        raise RequestError("nothing to draw: no architectures")
    column = table.column(metric, **question)
    if len(column.epochs) < 2:
        epochs = f"epoch {column.epochs[0]} only" if column.epochs else "no epochs"
        raise RequestError(f"{column.describe()} has {epochs}: there is no curve to draw")
    official = np.atleast_1d(table.space.official(chosen))
    curves = table.curves(official, metric, **question)
    frames = []
    for place, epoch in enumerate(column.epochs):
        runs = curves[..., place]
        n = (~np.isnan(runs)).sum(axis=1)
        some = n > 0
        frames.append(
            pd.DataFrame(
                {
                    "index": official[some],
                    "epoch": epoch,
                    "n": n[some],
                    "mean": np.nanmean(runs[some], axis=1),
                    "min": np.nanmin(runs[some], axis=1),
                    "max": np.nanmax(runs[some], axis=1),
                }
            )
        )
    out = pd.concat(frames, ignore_index=True)
    without = sorted(set(official.tolist()) - set(out["index"]))
    if without:
        raise RequestError(f"{column.describe()} has no curve of {', '.join(map(str, without))}")
    out.attrs = {"unit": column.unit}
    return out


@styled
def learning_curves(
    table: Table,
    architectures: Sequence[int | str],
    metric: str = "val_accuracy",
    ax: Axes | None = None,
    **question: Any,
) -> Axes:
    """Draw a metric over the epochs of training: the mean of the runs, and a band from the least to the most.

    Parameters
    ----------
    table
        With learning curves.
    architectures
        Official indices or architecture strings.
    metric, **question
        As in `Table.query`, without an epoch and a seed.
    ax
        Where to draw; a new figure by default.

    Returns
    -------
    Axes

    Examples
    --------
    >>> import nasbench_sim as nbs
    >>> ax = learning_curves(nbs.load_table("nas-bench-201-digits"), [1462, 0], dataset="digits")
    >>> ax.get_xlabel(), len(ax.lines)
    ('epoch', 2)
    """
    frame = learning_curves_frame(table, architectures, metric, **question)
    alone, ax = ax is None, axes_or_new(ax)
    for number, (index, rows) in enumerate(frame.groupby("index", sort=False)):
        look = line_style(number)
        ax.plot(rows["epoch"], rows["mean"], label=str(index), **look)
        if rows["n"].max() > 1:
            ax.fill_between(
                rows["epoch"], rows["min"], rows["max"], color=look["color"], alpha=0.15, linewidth=0
            )
    ax.set_xlim(frame["epoch"].min(), frame["epoch"].max())
    ax.set_xlabel("epoch")
    ax.set_ylabel(labelled(metric, frame.attrs["unit"]))
    add_legend(ax, alone=alone, title="architecture")
    return ax
