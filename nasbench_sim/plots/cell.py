"""A drawing of a cell: its nodes, and its edges labelled with their operations."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pandas as pd
from matplotlib import patches
from matplotlib.axes import Axes

from nasbench_sim.errors import RequestError
from nasbench_sim.plots.style import PALETTE, axes_or_new, styled

if TYPE_CHECKING:
    from nasbench_sim.spaces import SearchSpace

_EDGE = re.compile(r"(\d+)->(\d+)")
_RADIUS = 0.13
_HEIGHT = 0.42  # of the arc of an edge, for each node that it passes over
_NOTHING = "none"


def cell_frame(space: SearchSpace, architecture: int | str) -> pd.DataFrame:
    """Give the edges of a cell.

    Parameters
    ----------
    space
        A space whose positions are edges, such as ``0->1`` of NAS-Bench-201.
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
    edges = [_EDGE.fullmatch(str(name)) for name in space.positions]
    rows = []
    for edge, code, names in zip(edges, space.ops(architecture), space.choices, strict=True):
        if edge is None:
            raise RequestError(
                f"{space.name} is not a space of cells: its positions are no edges like '0->1'"
            )
        rows.append({"source": int(edge[1]), "target": int(edge[2]), "operation": names[code]})
    return pd.DataFrame(rows)


@styled
def cell(space: SearchSpace, architecture: int | str, ax: Axes | None = None) -> Axes:
    """Draw a cell: nodes from input to output, an arrow an edge; edges of ``none`` are dotted lines.

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
    frame = cell_frame(space, architecture)
    ax = axes_or_new(ax)
    nodes = sorted(set(frame["source"]) | set(frame["target"]))
    circles: dict[int, patches.Patch] = {}
    for node in nodes:
        name = {nodes[0]: "in", nodes[-1]: "out"}.get(node, str(node))
        circle = patches.Circle((node, 0), _RADIUS, facecolor="white", edgecolor="black", zorder=3)
        circles[node] = ax.add_patch(circle)
        ax.text(node, 0, name, ha="center", va="center", fontsize="small", zorder=4)
    names = list(space.choices[0])
    for edge in frame.itertuples(index=False):
        color = (
            "0.6" if edge.operation == _NOTHING else PALETTE[names.index(str(edge.operation)) % len(PALETTE)]
        )
        _draw_edge(ax, edge, circles, color)
    reach = _HEIGHT * (nodes[-1] - nodes[0] - 1)
    ax.set_xlim(nodes[0] - 0.25, nodes[-1] + 0.25)
    ax.set_ylim(-_HEIGHT - 0.25, reach + 0.25)
    ax.set_aspect("equal")
    ax.set_axis_off()
    ax.set_title(f"{space.name} {space.official(architecture)}")
    return ax


def _draw_edge(ax: Axes, edge: Any, circles: dict[int, patches.Patch], color: str) -> None:
    """Draw an edge: straight to the next node, else an arc above, from odd nodes below."""
    span = edge.target - edge.source
    side = -1.0 if edge.source % 2 else 1.0
    top = side * _HEIGHT * (span - 1)
    nothing = edge.operation == _NOTHING
    ax.add_patch(
        patches.FancyArrowPatch(
            (edge.source, 0),
            (edge.target, 0),
            arrowstyle="-" if nothing else "-|>",
            mutation_scale=9,
            # Half the distance from the chord to the control point of the arc is its height.
            connectionstyle=f"arc3,rad={-2 * top / span}",
            shrinkA=0,
            shrinkB=0,
            patchA=circles[edge.source],
            patchB=circles[edge.target],
            linestyle=":" if nothing else "-",
            linewidth=1.0 if nothing else 1.6,
            color=color,
            label=f"{edge.source}->{edge.target} {edge.operation}",
        )
    )
    if not nothing:
        ax.text(
            (edge.source + edge.target) / 2,
            top,
            edge.operation.replace("nor_conv_", "conv ")
            .replace("avg_pool_", "pool ")
            .replace("_connect", ""),
            ha="center",
            va="center",
            fontsize="small",
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8},
            zorder=5,
        )
