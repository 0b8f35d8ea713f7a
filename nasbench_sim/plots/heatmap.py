"""A matrix as a heat map: what the figures of correlations, devices and operations share."""

from __future__ import annotations

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from nasbench_sim.analysis.inputs import Floats, floats
from nasbench_sim.plots.style import axes_or_new

_LEGIBLE = 4.0
"""Size of numbers, in points, below which they are left out."""

_LETTER = 0.64
"""Width of a letter, as a share of the size of the font."""

_LETTERS_SIDE_BY_SIDE = 24
"""How long all column labels may be together before they are slanted."""


def heatmap(
    ax: Axes, matrix: pd.DataFrame, *, title: str, limits: tuple[float, float], digits: int = 2
) -> Axes:
    """Draw a matrix on a scale that blue-yellow and red-green blind readers can tell apart.

    Parameters
    ----------
    ax
        Where to draw.
    matrix
        Numbers; NaN is left white, with a dash. They are written into the cells where they fit. Rows and
        columns are labelled by its index and columns.
    title
        Of the colour bar, with the unit.
    limits
        Ends of the colour scale, which diverges from 0 where it begins below it.
    digits
        After the decimal point of the numbers in the cells.
    """
    numbers = floats(matrix, "matrix", 2)
    written = np.array(
        [["–" if np.isnan(value) else _short(value, digits) for value in row] for row in numbers]
    )
    sns.heatmap(
        matrix.astype(np.float64),
        ax=ax,
        cmap="RdBu" if limits[0] < 0 else "Blues",
        vmin=limits[0],
        vmax=limits[1],
        mask=np.isnan(numbers),
        xticklabels=True,  # every one, however many: _fit makes them small enough
        yticklabels=True,
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
    _fit(ax, numbers, written, limits)
    return ax


def axes_for(matrix: pd.DataFrame, ax: Axes | None) -> Axes:
    """Give `ax`, or where there is none the axes of a new figure as high as the rows of a matrix need."""
    if ax is not None:
        return axes_or_new(ax)
    ax = axes_or_new(None)
    figure = ax.figure
    if isinstance(figure, Figure):
        size = float(plt.rcParams["font.size"])  # in points; a row is some twice as high
        figure.set_figheight(max(2.0, (10 + 2.1 * len(matrix)) * size / 72))
    return ax


def _fit(ax: Axes, numbers: Floats, written: NDArray[np.str_], limits: tuple[float, float]) -> None:
    """Put the numbers into the cells, as large as they fit, and let the labels of columns stand clear."""
    figure = ax.get_figure(root=True)
    assert figure is not None
    figure.draw_without_rendering()  # the room that labels and colour bar leave is known only then
    room = ax.get_window_extent()
    width, height = (72 / figure.dpi * side for side in (room.width, room.height))
    columns, rows = width / numbers.shape[1], height / numbers.shape[0]
    labels = ax.get_xticklabels()
    slanted = [label for label in labels if label.get_rotation()]
    if any(label.get_fontsize() > 0.75 * columns for label in slanted):  # as high as they are far apart
        for label in slanted:
            label.set(rotation=90, va="center", fontsize=min(label.get_fontsize(), columns))
    for label in ax.get_yticklabels():
        label.set_fontsize(min(label.get_fontsize(), rows))
    letters = max(len(text) for text in written.ravel())
    size = min(9.0, 0.85 * columns / (_LETTER * letters), 0.8 * rows)
    if size < _LEGIBLE:
        return
    dark = 0.62 * max(abs(limit) for limit in limits)
    for (row, column), text in np.ndenumerate(written):
        color = "white" if abs(numbers[row, column]) > dark else "0.15"
        ax.text(column + 0.5, row + 0.5, text, ha="center", va="center", fontsize=size, color=color)


def _short(value: float, digits: int) -> str:
    """Write a number without the zero before the point, as correlations are written, and a true minus."""
    if abs(value) == 1:
        return f"{value:.0f}".replace("-", "−")
    text = f"{value:.{digits}f}"
    text = text.lstrip("-") if float(text) == 0 else text.replace("-", "−")
    return text.replace("0.", ".", 1) if abs(value) < 1 else text
