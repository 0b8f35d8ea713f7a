"""A matrix as a heat map: what the figures of correlations, devices and operations share."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes

_MOST_ANNOTATED = 14
"""Columns beyond which the numbers would no longer be legible in one column of a journal."""


_LETTERS_SIDE_BY_SIDE = 24
"""How long all column labels may be together before they are slanted."""


def heatmap(
    ax: Axes, matrix: pd.DataFrame, *, title: str, limits: tuple[float, float], digits: int = 2
) -> Axes:
    """Draw a matrix on a diverging scale that blue-yellow and red-green blind readers can tell apart.

    Parameters
    ----------
    ax
        Where to draw.
    matrix
        Numbers; NaN is left white with a dash. Rows and columns are labelled by its index and columns.
    title
        Of the colour bar, with the unit.
    limits
        Ends of the colour scale.
    digits
        After the decimal point of the numbers in the cells.
    """
    numbers = matrix.to_numpy(np.float64)
    legible = matrix.shape[1] <= _MOST_ANNOTATED
    written: Any = False
    if legible:
        written = [["–" if np.isnan(value) else _short(value, digits) for value in row] for row in numbers]
    sns.heatmap(
        pd.DataFrame(np.nan_to_num(numbers), index=matrix.index, columns=matrix.columns),
        mask=None if legible else np.isnan(numbers),
        ax=ax,
        cmap="RdBu",
        vmin=limits[0],
        vmax=limits[1],
        annot=np.array(written) if legible else None,
        fmt="",
        annot_kws={"fontsize": _size_of_numbers(ax, matrix.shape[1])},
        linewidths=0.5,
        cbar_kws={"label": title, "shrink": 0.85},
    )
    ax.grid(visible=False)
    ax.set_xlabel("")
    ax.set_ylabel("")
    ax.tick_params(length=0)
    ax.tick_params(axis="y", rotation=0)
    longest = max(len(str(name)) for name in matrix.columns)
    if matrix.shape[1] * longest > _LETTERS_SIDE_BY_SIDE:
        for label in ax.get_xticklabels():
            label.set(rotation=45, ha="right", rotation_mode="anchor")
    return ax


def _short(value: float, digits: int) -> str:
    """Write a number without the zero before the point, as correlations are written, and a true minus."""
    if abs(value) == 1:
        return f"{value:.0f}".replace("-", "−")
    text = f"{value:.{digits}f}"
    text = text.lstrip("-") if float(text) == 0 else text.replace("-", "−")
    return text.replace("0.", ".", 1) if abs(value) < 1 else text


def _size_of_numbers(ax: Axes, columns: int) -> float:
    """Give the largest size, in points, at which numbers of four characters fit side by side."""
    figure = ax.get_figure()
    if figure is None:
        return 8.0
    width = ax.get_position().width * figure.get_figwidth() * 72  # type: ignore[union-attr]
    return float(np.clip(width * 0.55 / columns / 2.0, 4.5, 9.0))
