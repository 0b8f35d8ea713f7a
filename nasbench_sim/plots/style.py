"""What all figures share: colours that colour-blind readers tell apart, sizes, axes."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, ParamSpec

import matplotlib as mpl
from cycler import cycler
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.text import Text

from nasbench_sim.errors import RequestError, unknown

PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#8C6D1F")
"""Okabe and Ito's colours, the darker ones first; the yellow, which is hard to see on white, is left out."""

DASHES = ("-", "--", "-.", ":")
"""Line styles, for more lines than colours and for print in grey."""

COLUMN_WIDTH = 85 / 25.4
"""Width of one column of a journal, in inches."""

PAGE = (7.0, 9.2)
"""Width and height that a page of a journal has for a figure, in inches."""

_STYLES: dict[str, dict[str, Any]] = {
    "paper": {
        "figure.figsize": (COLUMN_WIDTH, 2.4),
        "font.size": 8,
        "savefig.dpi": 300,
        "lines.linewidth": 1.2,
    },
    "notebook": {"figure.figsize": (6.4, 4.2), "font.size": 10, "savefig.dpi": 150},
}
_TEXT: Any = {"text.parse_math": False}
"""Names are text, whatever dollars they have; no figure has mathematics."""
_COMMON: dict[str, Any] = {
    # The colours are chosen for white, whatever style has been set before.
    "figure.facecolor": "white",
    "savefig.facecolor": "auto",
    "axes.facecolor": "white",
    "axes.edgecolor": "black",
    "axes.labelcolor": "black",
    "axes.titlecolor": "auto",
    "text.color": "black",
    "xtick.color": "black",
    "ytick.color": "black",
    "grid.color": "#b0b0b0",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.prop_cycle": cycler(color=PALETTE),
    "axes.grid": True,
    "grid.alpha": 0.25,
    "grid.linewidth": 0.6,
    "axes.titlesize": "medium",
    "legend.facecolor": "white",  # a veil over what is drawn beneath, without an edge
    "legend.edgecolor": "none",
    "legend.framealpha": 0.7,
    "legend.fancybox": False,
    "legend.borderpad": 0.2,
    "legend.fontsize": "small",
    "legend.handlelength": 1.6,
    "svg.hashsalt": "nasbench_sim",  # the same figure gives the same file
    "figure.constrained_layout.use": True,
    **_TEXT,
}


_chosen: ContextVar[bool] = ContextVar("style chosen", default=False)

_Parameters = ParamSpec("_Parameters")


@contextmanager
def style(name: str = "notebook") -> Iterator[None]:
    """Draw with the sizes of a ``"paper"`` (one column, 85 mm) or a ``"notebook"``.

    Examples
    --------
    >>> with style("paper"):
    ...     width = plt.rcParams["figure.figsize"][0]
    >>> round(width * 25.4)
    85
    """
    if name not in _STYLES:
        raise unknown("style", name, _STYLES)
    settings: Any = _COMMON | _STYLES[name]
    token = _chosen.set(True)
    interactive = mpl.is_interactive()
    try:
        with mpl.rc_context(settings):
            try:
                yield
            finally:
                interactive = mpl.is_interactive()
    finally:
        # The first figure of a notebook turns Jupyter's display on, which must not end with these settings.
        mpl.interactive(interactive)
        _chosen.reset(token)


def styled(draw: Callable[_Parameters, Axes]) -> Callable[_Parameters, Axes]:
    """Let a function draw in the notebook style, unless it is given axes or a style has been chosen."""
    signature = inspect.signature(draw)

    @functools.wraps(draw)
    def drawn(*args: _Parameters.args, **kwargs: _Parameters.kwargs) -> Axes:
        given = signature.bind(*args, **kwargs).arguments.get("ax")
        if _chosen.get() or given is not None:
            for text in _named(given):
                text.set_parse_math(False)
            with mpl.rc_context(_TEXT):
                return draw(*args, **kwargs)
        open_before = plt.get_fignums()
        with style():
            try:
                return draw(*args, **kwargs)
            except BaseException:  # a half-drawn figure is nobody's
                for number in set(plt.get_fignums()).difference(open_before):
                    plt.close(number)
                raise

    return drawn


def _named(ax: Axes | None) -> list[Text]:
    """Give the texts of axes that were there before anything is drawn."""
    return [ax.title, ax.xaxis.label, ax.yaxis.label] if isinstance(ax, Axes) else []


def axes_or_new(ax: Axes | None) -> Axes:
    """Give `ax`, or where there is none the axes of a new figure, in the style that has been chosen."""
    if ax is not None:
        if not isinstance(ax, Axes):
            raise RequestError(f"ax: Axes of matplotlib are expected, not {ax!r:.60}")
        return ax
    if _chosen.get():
        return plt.subplots()[1]
    with style():
        return plt.subplots()[1]


def line_style(number: int) -> dict[str, Any]:
    """Give colour and dashes of the line of this number; no two of the first 32 are alike."""
    return {
        "color": PALETTE[number % len(PALETTE)],
        "linestyle": DASHES[number // len(PALETTE) % len(DASHES)],
    }
