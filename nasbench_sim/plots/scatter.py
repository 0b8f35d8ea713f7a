"""One estimate against the truth: all architectures, how each is distributed, and the best close up."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from nasbench_sim.analysis.agreement import top_k_overlap
from nasbench_sim.analysis.correlation import rank_correlation
from nasbench_sim.analysis.inputs import aligned, columns_of, mask_of, whole
from nasbench_sim.errors import RequestError
from nasbench_sim.plots.cloud import draw_cloud
from nasbench_sim.plots.labels import column_label
from nasbench_sim.plots.style import PALETTE, axes_or_new, styled

_BINS = 60
_MARGIN = 0.16  # height of a marginal, as a share of the axes


def scatter_frame(
    frame: pd.DataFrame, x: str, y: str, *, top: int = 100, population: ArrayLike | None = None
) -> pd.DataFrame:
    """Give the data behind `scatter`: the complete rows, and which are among the best by `y`.

    Returns
    -------
    DataFrame
        Columns `x`, `y`, and ``top``: True for the `top` rows with the largest `y` (ties at the edge
        included). ``attrs`` holds the `rank_correlation` of the rows, and ``overlap``: the share of the top
        that is among as many with the largest `x`.

    Examples
    --------
    >>> frame = pd.DataFrame({"proxy": [1, 2, 3, 4], "accuracy": [1, 3, 2, 4]})
    >>> found = scatter_frame(frame, "proxy", "accuracy", top=2)
    >>> found["top"].tolist(), found.attrs["overlap"]
    ([False, True, False, True], 0.5)
    """
    aligned({"frame": frame, "population": population})
    values = columns_of(frame, [x, y])
    if x == y:
        raise RequestError(f"x and y are one column, {x!r}")
    kept = mask_of(population, len(frame)) & ~np.isnan(values).any(axis=1)
    found = frame.loc[kept, [x, y]].copy()
    correlated = rank_correlation(found[x], found[y])
    whole(top, "top", 2, len(found))
    edge = np.partition(found[y].to_numpy(np.float64), -top)[-top]
    found["top"] = found[y] >= edge
    found.attrs = {
        "units": frame.attrs.get("units", {}),
        "correlation": correlated.to_dict(),
        "overlap": top_k_overlap(found[x], found[y], top),
    }
    return found


@styled
def scatter(
    frame: pd.DataFrame,
    x: str,
    y: str,
    ax: Axes | None = None,
    *,
    top: int = 100,
    population: ArrayLike | None = None,
) -> Axes:
    """Draw an estimate against the truth, with the distribution of each and a close-up of the best.

    Parameters
    ----------
    frame
        One row an architecture, such as `Table.frame` gives.
    x, y
        Columns: the estimate and the truth, of which larger is better.
    ax
        Where to draw; a new figure by default. The marginals lie above it and to its right.
    top
        How many of the best by `y` are marked and shown close up.
    population
        Mask of the rows to use; all by default.

    Returns
    -------
    Axes
        Its ``child_axes`` are the marginal of x, the marginal of y, and the close-up.

    Examples
    --------
    >>> import nasbench_sim as nbs
    >>> frame = nbs.load_table("nas-bench-201").frame(["flops", "val_accuracy"], dataset="cifar10")
    >>> scatter(frame, "flops", "val_accuracy").get_xlabel()
    'FLOPs (M)'
    """
    found = scatter_frame(frame, x, y, top=top, population=population)
    ax = axes_or_new(ax)
    _points(ax, found, x, y, size=1.4)
    ax.set_xlabel(column_label(found, x))
    ax.set_ylabel(column_label(found, y))
    above = ax.inset_axes((0.0, 1.02, 1.0, _MARGIN), sharex=ax)
    right = ax.inset_axes((1.02, 0.0, _MARGIN, 1.0), sharey=ax)
    above.hist(found[x], bins=_BINS, color="0.6")
    right.hist(found[y], bins=_BINS, color="0.6", orientation="horizontal")
    for marginal in (above, right):
        marginal.axis("off")
    numbers = found.attrs["correlation"]
    said = f"Kendall's τ {numbers['kendall']:.2f}, n = {int(numbers['n']):,}"
    above.set_title(f"{said}, {found.attrs['overlap']:.0%} of the top {top} shared", fontsize="small")
    _close_up(ax, found, x, y, f"top {top}", falling=numbers["kendall"] < 0)
    return ax


def _points(ax: Axes, found: pd.DataFrame, x: str, y: str, size: float) -> None:
    rest, best = found[~found["top"]], found[found["top"]]
    draw_cloud(ax, rest[x], rest[y], color=PALETTE[0], alpha=0.25, size=size)
    draw_cloud(ax, best[x], best[y], color=PALETTE[1], alpha=0.8, size=1.4 * size)


def _close_up(ax: Axes, found: pd.DataFrame, x: str, y: str, title: str, *, falling: bool) -> None:
    """Put the close-up where a monotone cloud leaves room: below the diagonal."""
    inset = ax.inset_axes((0.1 if falling else 0.52, 0.13, 0.44, 0.42), zorder=5)
    _points(inset, found, x, y, size=1.7)
    best = found[found["top"]]
    for column, limits in ((x, inset.set_xlim), (y, inset.set_ylim)):
        low, high = float(best[column].min()), float(best[column].max())
        margin = 0.05 * (high - low) or 1.0
        limits(low - margin, high + margin)
    inset.tick_params(labelsize="x-small", length=2)
    inset.locator_params(nbins=3)
    inset.set_title(title, fontsize="x-small", pad=2)
    inset.grid(visible=False)
    inset.patch.set_alpha(0.9)
    ax.indicate_inset_zoom(inset, edgecolor="0.3", linewidth=0.8)
