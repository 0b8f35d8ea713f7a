"""Figures as SVG inside a page: its fonts, its colours of text and paper, ids of their own."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from matplotlib import pyplot as plt
from matplotlib.axes import Axes

from nasbench_sim import plots
from nasbench_sim.errors import RequestError
from nasbench_sim.plots.ecdf import SHARES
from nasbench_sim.plots.style import PALETTE

if TYPE_CHECKING:
    from nasbench_sim.oracle import Trajectories
    from nasbench_sim.studies import Comparison

_INK = "#010203"  # stands for the page's colour of text; no figure uses it
_INKED = (_INK, "#000000", "#333333", "#4d4d4d")
_COLORED = (
    "text.color",
    "axes.edgecolor",
    "axes.labelcolor",
    "axes.titlecolor",
    "xtick.color",
    "ytick.color",
)


def figures(found: Comparison) -> Iterator[tuple[str, str, str]]:
    """Give the figures of a comparison: title, what is to be seen, SVG; none where it cannot be drawn."""
    for name, runs in found.by_task().items():
        for title, said, draw in _of_task(runs):
            yield f"{title} on {name}", *_tried(said, draw)
    if len({one.searcher for one in found.runs}) > 2:
        frame = plots.critical_difference_frame(found.runs)
        said = (
            "Mean ranks over all tasks and seeds. Searchers under one bar do not differ at the 5 % level "
            "(Friedman and Nemenyi tests)."
        )
        yield "Ranks", *_tried(said, lambda: plots.critical_difference(frame))


def _of_task(runs: list[Trajectories]) -> Iterator[tuple[str, str, Callable[[], Axes]]]:
    several = len(runs[0].task.objectives) if runs[0].task.several else 1
    what = "The hypervolume of what was found" if several > 1 else "What is reported of the incumbent"
    said = f"{what}: median and middle half of {len(runs[0])} replicates."
    yield "Over the search", said, lambda: plots.anytime(runs)
    aims = (
        f"{', '.join(f'{100 * share:g}' for share in SHARES)} % of the hypervolume of the table."
        if several > 1
        else "to be as good as the architecture of rank 1, 2, 3, 5, 10, ... 1000 in the whole table."
    )
    said = f"Share of all couples of replicate and target that are reached. Targets: {aims}"
    yield "Targets reached", said, lambda: plots.ecdf(runs)
    if several > 1:
        said = (
            "Lines: what half of the replicates attain; bands: between what a quarter and three quarters do. "
            "Dotted: the front of the table, by the means of its runs."
        )
        yield "Fronts attained", said, lambda: plots.attainment(runs)


def _tried(said: str, draw: Callable[[], Axes]) -> tuple[str, str]:
    """Give what is to be seen and the SVG, or why there is none."""
    try:
        return said, inline(draw)
    except RequestError as error:
        return f"Not drawn: {error}.", ""


def inline(draw: Callable[[], Axes]) -> str:
    """Give a figure as an SVG element that takes the colours of the page."""
    settings: Any = {**dict.fromkeys(_COLORED, _INK), "svg.fonttype": "none"}
    with plots.style(), plt.rc_context(settings):
        figure = draw().get_figure(root=True)
        assert figure is not None
        try:
            written = io.StringIO()
            figure.savefig(written, format="svg", transparent=True, metadata={"Date": None})
        finally:
            plt.close(figure)
    text = written.getvalue()
    svg = text[text.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    for color in _INKED:
        svg = svg.replace(color, "currentColor")
    svg = svg.replace("#ffffff", "var(--page)").replace(PALETTE[0].lower(), "var(--blue)")
    svg = re.sub(r'(<svg[^>]*?) height="[\d.]+pt"', r"\1", svg, count=1)
    return re.sub(r'(<svg[^>]*?) width="([\d.]+)pt"', r'\1 style="max-width: \2pt"', svg, count=1)


def own_ids(svg: str, prefix: str) -> str:
    """Give an SVG whose ids begin with a prefix, so that several live in one page."""
    svg = re.sub(r'\bid="', f'id="{prefix}', svg)
    svg = svg.replace("url(#", f"url(#{prefix}")
    return svg.replace('href="#', f'href="#{prefix}')
