"""Figures as files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


_ACROSS = 3
_SMALLER = 0.8  # each of several, than one alone


def panels(count: int) -> tuple[Figure, list[Axes]]:
    """Give a figure in the style that has been chosen with so many axes, three at most in a row."""
    from matplotlib import pyplot as plt

    across = min(count, _ACROSS)
    down = -(-count // across)
    width, height = (_SMALLER * size for size in plt.rcParams["figure.figsize"])
    figure, axes = plt.subplots(down, across, figsize=(width * across, height * down), squeeze=False)
    for ax in axes.flat[count:]:
        ax.axis("off")
    return figure, list(axes.flat[:count])


def save_figure(drawn: Figure | Axes, stem: Path) -> None:
    """Write a figure, or the one of axes, as PNG and as SVG, the same bytes each time, and close it."""
    from matplotlib import pyplot as plt

    figure = drawn.get_figure(root=True)
    assert figure is not None
    try:
        figure.savefig(stem.with_name(f"{stem.name}.png"))
        figure.savefig(stem.with_name(f"{stem.name}.svg"), metadata={"Date": None})
    finally:
        plt.close(figure)
