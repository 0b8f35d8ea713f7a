"""A legend that hides nothing: beneath the axes, and the figure grows by it."""

from __future__ import annotations

from typing import Any

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.legend import Legend

from nasbench_sim.plots.labels import folded

_PAD = 0.1  # inches between a legend and the edges of the figure


def add_legend(ax: Axes, *, alone: bool, **settings: Any) -> None:
    """Give axes a legend.

    Parameters
    ----------
    ax
        With everything drawn on it.
    alone
        Whether the figure was made for these axes, so that it may grow: then the legend goes beneath them. On
        axes of someone else it stays inside, where they can move it.
    **settings
        As of ``Axes.legend``.
    """
    handles, labels = ax.get_legend_handles_labels()
    if alone and isinstance(ax.figure, Figure):
        legend_below(ax.figure, dict(zip(labels, handles, strict=True)), **settings)
    else:
        ax.legend(handles, labels, alignment="left", **settings)


def legend_below(figure: Figure, entries: dict[str, Artist], **settings: Any) -> Legend:
    """Put a legend beneath all axes of a figure, which grows by its height.

    As many columns as fit side by side; names that are wider than the figure are folded.
    """
    room = figure.get_figwidth() - 2 * _PAD
    labels = list(entries)
    width, _ = _size(figure, entries, labels, 1, {})
    if width > room:
        longest = max(map(len, labels))
        letters = max(int(longest * (room / width) - 4), 8)
        labels = [folded(label, letters) for label in labels]
        width, _ = _size(figure, entries, labels, 1, {})
    columns = min(max(int(room // width), 1), len(labels))
    while columns > 1 and _size(figure, entries, labels, columns, {})[0] > room:  # a long name in each
        columns -= 1
    _, height = _size(figure, entries, labels, columns, settings)
    figure.set_figheight(figure.get_figheight() + height + _PAD)
    where: Any = {"loc": "outside lower center", "ncols": columns, "alignment": "left"}
    return figure.legend(list(entries.values()), labels, **where, **settings)


def _size(
    figure: Figure, entries: dict[str, Artist], labels: list[str], columns: int, settings: dict[str, Any]
) -> tuple[float, float]:
    """Return the width and height of a legend, in inches."""
    legend = figure.legend(list(entries.values()), labels, ncols=columns, loc="lower left", **settings)
    box = legend.get_window_extent()
    legend.remove()
    return box.width / figure.dpi, box.height / figure.dpi
