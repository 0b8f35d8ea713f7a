"""Many panels as pages of a journal, and figures as files."""

from __future__ import annotations

from pathlib import Path

import matplotlib as mpl
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from nasbench_sim.plots.style import PAGE

ACROSS = 3
DOWN = 4
_ROW = 2.2  # inches
_DPI = 200
_DPI_OF_CLOUDS = 150  # in vector files


def pages(count: int) -> list[tuple[Figure, list[Axes]]]:
    """Make figures of at most three by four panels, each no larger than a page of a journal.

    Panels are spread evenly: eighteen are two pages of nine.

    Examples
    --------
    >>> [len(axes) for _, axes in pages(18)]
    [9, 9]
    >>> plt.close("all")
    """
    sheets = -(-count // (ACROSS * DOWN))
    made = []
    for sheet in range(sheets):
        number = count // sheets + (sheet < count % sheets)
        across = min(number, ACROSS)
        down = -(-number // across)
        size = (PAGE[0] * max(across, 2) / ACROSS, min(_ROW * down + 0.4, PAGE[1]))
        figure, axes = plt.subplots(down, across, figsize=size, squeeze=False)
        for ax in axes.flat[number:]:
            ax.remove()
        made.append((figure, list(axes.flat[:number])))
    return made


def save_figure(drawn: Figure | Axes, stem: Path) -> None:
    """Write a figure, or the one of axes, as PNG, SVG and PDF, the same bytes each time, and close it.

    Its layout is solved once, for all three.
    """
    figure = drawn.get_figure(root=True)
    assert figure is not None
    try:
        engine = figure.get_layout_engine()
        if engine is not None:
            engine.execute(figure)
            with mpl.rc_context({"figure.constrained_layout.use": False}):
                figure.set_layout_engine(None)  # an engine that does nothing would have all drawn twice
        figure.savefig(stem.with_name(f"{stem.name}.png"), dpi=_DPI)
        for ending, dated in (("svg", "Date"), ("pdf", "CreationDate")):
            path = stem.with_name(f"{stem.name}.{ending}")
            figure.savefig(path, dpi=_DPI_OF_CLOUDS, metadata={dated: None})
    finally:
        plt.close(figure)
