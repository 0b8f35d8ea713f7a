"""A drawing of an architecture: nodes, and edges labelled with their operations."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib import patches
from matplotlib.axes import Axes

from nasbench_sim.errors import RequestError
from nasbench_sim.plots.style import PALETTE, axes_or_new, styled

if TYPE_CHECKING:
    from nasbench_sim.spaces import SearchSpace
    from nasbench_sim.spaces.drawing import Drawing, Edge

_RADIUS = 0.13


def cell_frame(space: SearchSpace, architecture: int | str) -> pd.DataFrame:
    """List the edges of an architecture.

    Parameters
    ----------
    space
        A space with a picture, see `nasbench_sim.SearchSpace.drawing`.
    architecture
        Official index or architecture string.

    Returns
    -------
    DataFrame
        ``source``, ``target`` (nodes), ``operation``.

    Examples
    --------
    >>> import nasbench_sim as nbs
    >>> cell_frame(nbs.space("nas-bench-201"), 9).head(2)
       source  target     operation
    0       0       1  avg_pool_3x3
    1       0       2          none
    """
    edges = _drawing(space, architecture).edges
    rows = [(edge.source, edge.target, edge.operation) for edge in edges]
    return pd.DataFrame(rows, columns=["source", "target", "operation"])


def _drawing(space: SearchSpace, architecture: int | str) -> Drawing:
    if not hasattr(space, "drawing"):
        raise RequestError(f"a search space is expected, not {space!r:.60}")
    if np.ndim(space.official(architecture)):
        raise RequestError("one architecture is drawn, not a list of them")
    return space.drawing(architecture)


@styled
def cell(space: SearchSpace, architecture: int | str, ax: Axes | None = None) -> Axes:
    """Draw an architecture: nodes from input to output, an arrow an edge; those of ``none`` are dotted.

    Parameters
    ----------
    space, architecture
        As in `cell_frame`.
    ax
        Where to draw; a new figure by default.

    Returns
    -------
    Axes

    Examples
    --------
    >>> import nasbench_sim as nbs
    >>> cell(nbs.space("nas-bench-201"), 6111).get_title()
    'nas-bench-201 6111'
    """
    drawing = _drawing(space, architecture)
    ax = axes_or_new(ax)
    circles = [
        ax.add_patch(
            patches.Circle((node.x, node.y), _RADIUS, facecolor="white", edgecolor="black", zorder=3)
        )
        for node in drawing.nodes
    ]
    for node in drawing.nodes:
        ax.text(node.x, node.y, node.label, ha="center", va="center", fontsize="small", zorder=4)
    for edge in drawing.edges:
        _draw_edge(ax, edge, drawing, circles)
    heights = [edge.height for edge in drawing.edges]
    across, up = [node.x for node in drawing.nodes], [node.y for node in drawing.nodes]
    ax.set_xlim(min(across) - 0.25, max(across) + 0.25)
    ax.set_ylim(min(up) + min([-0.05, *heights]) - 0.25, max(up) + max([0.05, *heights]) + 0.25)
    ax.set_aspect("equal")
    ax.set_axis_off()
    ax.set_title(f"{space.name} {space.official(architecture)}")
    return ax


def _draw_edge(ax: Axes, edge: Edge, drawing: Drawing, circles: Sequence[patches.Patch]) -> None:
    """Draw an edge: an arc of its height, dotted where it does nothing."""
    start, end = drawing.nodes[edge.source], drawing.nodes[edge.target]
    length = math.hypot(end.x - start.x, end.y - start.y)
    ax.add_patch(
        patches.FancyArrowPatch(
            (start.x, start.y),
            (end.x, end.y),
            arrowstyle="-|>" if edge.label else "-",
            mutation_scale=9,
            # Half the distance from the chord to the control point of the arc is its height.
            connectionstyle=f"arc3,rad={-2 * edge.height / length}",
            shrinkA=0,
            shrinkB=0,
            patchA=circles[edge.source],
            patchB=circles[edge.target],
            linestyle="-" if edge.label else ":",
            linewidth=1.6 if edge.label else 1.0,
            color=PALETTE[edge.color % len(PALETTE)] if edge.label else "0.6",
            label=f"{edge.source}->{edge.target} {edge.operation}",
        )
    )
    if edge.label:
        ax.text(
            (start.x + end.x) / 2,
            (start.y + end.y) / 2 + edge.height,
            edge.label,
            ha="center",
            va="center",
            fontsize="small",
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8},
            zorder=5,
        )
