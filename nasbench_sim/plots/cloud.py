"""One quantity of all architectures against another."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from nasbench_sim.analysis.correlation import correlation_coefficient
from nasbench_sim.analysis.inputs import columns_of
from nasbench_sim.plots.labels import column_label
from nasbench_sim.plots.style import PALETTE, axes_or_new, styled


def draw_cloud(ax: Axes, x: ArrayLike, y: ArrayLike, *, color: str, alpha: float, size: float = 1.4) -> None:
    """Draw thousands of points as one artist: marks of one kind, and pixels in vector files.

    A collection, whose points may differ, takes ten times as long.
    """
    look: Any = {"linestyle": "none", "marker": "o", "markersize": size, "markeredgewidth": 0}
    ax.plot(np.asarray(x), np.asarray(y), color=color, alpha=alpha, rasterized=True, **look)


@styled
def cloud(frame: pd.DataFrame, x: str, y: str, ax: Axes | None = None) -> Axes:
    """Draw two quantities of all architectures against each other, such as FLOPs and a latency.

    Parameters
    ----------
    frame
        One row an architecture, such as `Table.frame` gives.
    x, y
        Columns; rows that lack one are left out.
    ax
        Where to draw; a new figure by default.

    Returns
    -------
    Axes
        Its title says how well they agree, by Kendall's tau, over how many.

    Raises
    ------
    RequestError
        As `analysis.correlation_coefficient`, of columns that do not vary, say.

    Examples
    --------
    >>> import nasbench_sim as nbs
    >>> frame = nbs.load_table("nas-bench-201").frame(["flops", "latency:gpu"], dataset="cifar10")
    >>> cloud(frame, "flops", "latency:gpu").get_title()
    "Kendall's τ 0.61, n = 15,625"
    """
    values = columns_of(frame, [x, y])
    tau = correlation_coefficient(*values.T)
    known = values[~np.isnan(values).any(axis=1)]
    ax = axes_or_new(ax)
    draw_cloud(ax, known[:, 0], known[:, 1], color=PALETTE[0], alpha=0.2)
    ax.set_xlabel(column_label(frame, x))
    ax.set_ylabel(column_label(frame, y))
    ax.set_title(f"Kendall's τ {tau:.2f}, n = {len(known):,}", fontsize="small")
    return ax
