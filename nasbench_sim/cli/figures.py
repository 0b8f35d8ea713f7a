"""Figures as files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def save_figure(drawn: Figure | Axes, stem: Path) -> list[Path]:
    """Write a figure, or the one of axes, as PNG and as SVG, the same bytes each time, and close it."""
    from matplotlib import pyplot as plt

    figure = drawn.get_figure(root=True)
    assert figure is not None
    files = [stem.with_name(f"{stem.name}.{ending}") for ending in ("png", "svg")]
    figure.savefig(files[0])
    figure.savefig(files[1], metadata={"Date": None})
    plt.close(figure)
    return files
