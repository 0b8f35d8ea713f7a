"""The axis that figures of searches share."""

from __future__ import annotations

import pandas as pd
from matplotlib import ticker
from matplotlib.axes import Axes


def dot_if_single(points: int) -> dict[str, str]:
    """Give what lets a line of one point be seen.

    Examples
    --------
    >>> dot_if_single(1), dot_if_single(2)
    ({'marker': 'o'}, {})
    """
    return {"marker": "o"} if points == 1 else {}


def dress_axis(ax: Axes, label: str, positions: pd.Series[float]) -> None:
    """Give an axis its scale, the limits of what is drawn, and its label."""
    ax.set_xscale("log")
    ax.xaxis.set_major_formatter(ticker.StrMethodFormatter("{x:,g}"))
    ax.xaxis.set_minor_formatter(ticker.NullFormatter())
    if positions.min() < positions.max():
        ax.set_xlim(positions.min(), positions.max())
    ax.set_xlabel(label)
