"""How columns correlate: a heat map of many, and one pair in detail."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from nasbench_sim.analysis.correlation import REPORTED
from nasbench_sim.analysis.matrix import correlation_matrix, correlation_table
from nasbench_sim.errors import unknown
from nasbench_sim.plots.heatmap import axes_for, heatmap
from nasbench_sim.plots.labels import words
from nasbench_sim.plots.style import styled

_SYMBOLS = {
    "kendall": "Kendall's τ",
    "spearman": "Spearman's ρ",
    "pearson": "Pearson's r",
    "weighted_kendall": "weighted τ",
}


def correlation_frame(
    frame: pd.DataFrame,
    method: str = "kendall",
    *,
    against: Sequence[str] | None = None,
    population: ArrayLike | None = None,
) -> pd.DataFrame:
    """Give the data behind `correlation`: a matrix, NaN where a correlation is undefined.

    Parameters
    ----------
    frame, method, against, population
        As in `correlation`.

    Returns
    -------
    DataFrame
        Square; or with `against` one row for each other column and one column for each of `against`.

    Examples
    --------
    >>> frame = pd.DataFrame({"proxy": [1, 2, 3, 4], "flops": [4, 3, 2, 1], "accuracy": [1, 3, 2, 4]})
    >>> correlation_frame(frame, against=["accuracy"]).round(2)
           accuracy
    proxy      0.67
    flops     -0.67
    """
    if against is None:
        return correlation_matrix(frame, method, population=population)
    if method not in REPORTED:
        raise unknown("correlation method", method, REPORTED)
    populations = None if population is None else {"chosen": population}
    rows = correlation_table(frame, against, populations=populations)
    matrix = rows.pivot(index="x", columns="y", values=method)  # noqa: PD010 - one value a couple
    others = [name for name in frame.columns if name not in against]
    return matrix.loc[others, list(against)].rename_axis(index=None, columns=None)


@styled
def correlation(
    frame: pd.DataFrame,
    ax: Axes | None = None,
    *,
    method: str = "kendall",
    against: Sequence[str] | None = None,
    population: ArrayLike | None = None,
) -> Axes:
    """Draw a heat map of the correlations of the columns of a frame.

    Parameters
    ----------
    frame
        One column a quantity, such as `Table.frame` gives; NaN is missing and left out pair by pair.
    ax
        Where to draw; a new figure by default.
    method
        ``kendall`` (tau-b), ``spearman``, ``pearson``; without `against` also ``weighted_kendall``.
    against
        Columns that the others are correlated with, such as the metrics that proxies are to predict; every
        pair of columns by default.
    population
        Mask of the rows to use; all by default.

    Returns
    -------
    Axes

    Examples
    --------
    >>> import nasbench_sim as nbs
    >>> frame = nbs.load_table("nas-bench-201").frame(["val_accuracy", "flops", "params"], dataset="cifar10")
    >>> [text.get_text() for text in correlation(frame, against=["val_accuracy"]).get_yticklabels()]
    ['FLOPs', 'parameters']
    """
    matrix = correlation_frame(frame, method, against=against, population=population)
    return draw_matrix(matrix, method, ax)


def draw_matrix(matrix: pd.DataFrame, method: str, ax: Axes | None = None) -> Axes:
    """Draw a matrix of correlations of a known method, labelled in words."""
    ax = axes_for(matrix, ax)
    named = matrix.rename(index=words, columns=words)
    return heatmap(ax, named, title=_SYMBOLS[method], limits=(-1.0, 1.0))
