"""A legend where it hides nothing: inside the axes while it is small, else beneath them."""

from __future__ import annotations

import math
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.transforms import ScaledTranslation

_LARGE = 0.2
"""Share of the axes beyond which a legend covers too much of them."""


def add_legend(ax: Axes, *, alone: bool, **settings: Any) -> None:
    """Give axes a legend.

    Parameters
    ----------
    ax
        With everything drawn on it.
    alone
        Whether the figure was made for these axes, so that it may grow: then a large legend goes beneath
        them. On axes of someone else it stays inside, where they can move it.
    **settings
        As of ``Axes.legend``.
    """
    legend = ax.legend(alignment="left", **settings)
    figure = ax.figure
    if not alone or not isinstance(figure, Figure):
        return
    legend.set_in_layout(False)  # it may be higher than the figure
    figure.draw_without_rendering()  # sizes are known only then
    legend.set_in_layout(True)
    size, room = legend.get_window_extent(), ax.get_window_extent()
    entries = len(legend.get_texts())
    if size.width * size.height < _LARGE * room.width * room.height:
        return
    columns = min(max(int(room.width // size.width), 1), entries)
    axis = ax.xaxis.get_tightbbox()
    assert axis is not None  # it has a label
    down = ScaledTranslation(0.0, (axis.y0 - room.y0) / figure.dpi, figure.dpi_scale_trans)
    ax.legend(
        alignment="left",
        loc="upper center",
        bbox_to_anchor=(0.5, 0.0),
        bbox_transform=ax.transAxes + down,
        ncols=columns,
        **settings,
    )
    rows = math.ceil(entries / columns)
    figure.set_figheight(figure.get_figheight() + size.height / figure.dpi * rows / entries)
