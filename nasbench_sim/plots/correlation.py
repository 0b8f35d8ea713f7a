"""How columns correlate: a heat map of many, and one pair in detail."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from nasbench_sim.analysis.correlation import DEFAULT_METHOD, REPORTED
from nasbench_sim.analysis.inputs import columns_of, frame_of, one_of
from nasbench_sim.analysis.matrix import correlation_matrix, correlation_table
from nasbench_sim.errors import RequestError
from nasbench_sim.plots.heatmap import axes_for, heatmap
from nasbench_sim.plots.labels import words
from nasbench_sim.plots.style import styled

_NEEDED = ("dataset", "metric", "against", "population", "n", "missing", *REPORTED)
_SYMBOLS = {
    "kendall": "Kendall's τ",
    "spearman": "Spearman's ρ",
    "pearson": "Pearson's r",
    "weighted_kendall": "weighted τ",
}


def correlation_frame(
    frame: pd.DataFrame,
    method: str = DEFAULT_METHOD,
    *,
    against: Sequence[str] | None = None,
    population: ArrayLike | None = None,
    rows: str = "common",
) -> pd.DataFrame:
    """Compute the data behind `correlation`: a matrix, NaN where a correlation is undefined.

    Parameters
    ----------
    frame, method, against, population, rows
        As in `correlation`.

    Returns
    -------
    DataFrame
        Square; or with `against` one row for each other column and one column for each of `against`.
        ``attrs["n"]``: row -> column -> architectures used.

    Examples
    --------
    >>> frame = pd.DataFrame({"proxy": [1, 2, 3, 4], "flops": [4, 3, 2, 1], "accuracy": [1, 3, 2, 4]})
    >>> correlation_frame(frame, against=["accuracy"]).round(2)
           accuracy
    proxy      0.67
    flops     -0.67
    """
    if against is None:
        return correlation_matrix(frame, method, population=population, rows=rows)
    one_of(method, "correlation method", REPORTED)
    populations = None if population is None else {"chosen": population}
    table = correlation_table(frame, against, populations=populations, rows=rows)
    return _pivoted(table.rename(columns={"x": "metric", "y": "against"}), method)


def _pivoted(table: pd.DataFrame, method: str) -> pd.DataFrame:
    """Return one row a metric and one column a target, in the order of the table."""
    down, across = list(table["metric"].unique()), list(table["against"].unique())
    keyed = table.set_index(["metric", "against"])
    matrix: pd.DataFrame = keyed[method].unstack().loc[down, across]  # noqa: PD010 - one value a couple
    counts = {one: {other: int(keyed["n"][one, other]) for other in across} for one in down}
    matrix.attrs = {"method": method, "n": counts}
    return matrix.rename_axis(index=None, columns=None)


@styled
def correlation(
    frame: pd.DataFrame,
    ax: Axes | None = None,
    *,
    method: str = DEFAULT_METHOD,
    against: Sequence[str] | None = None,
    population: ArrayLike | None = None,
    rows: str = "common",
) -> Axes:
    """Draw a heat map of the correlations of the columns of a frame.

    Parameters
    ----------
    frame
        One column a quantity, such as `Table.frame` gives; NaN is missing.
    ax
        Where to draw; a new figure by default.
    method
        ``kendall`` (tau-b), ``spearman``, ``pearson``; without `against` also ``weighted_kendall``.
    against
        Columns that the others are correlated with, such as the metrics that proxies are to predict; every
        pair of columns by default.
    population
        Mask of the rows to use; all by default.
    rows
        ``"common"``: all coefficients are of the rows that all columns have; ``"own"``: each of the rows that
        both of its columns have. The title says how many these are.

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
    matrix = correlation_frame(frame, method, against=against, population=population, rows=rows)
    ax = _drawn(matrix, ax)
    ax.set_title(f"n = {_counted(matrix)}", fontsize="small")
    return ax


@styled
def correlations(table: pd.DataFrame, ax: Axes | None = None, *, method: str = DEFAULT_METHOD) -> Axes:
    """Draw a heat map of the correlations of one data set, such as `studies.correlate` computes.

    Parameters
    ----------
    table
        ``dataset``, ``metric``, ``against``, ``population``, ``n``, ``missing`` and the coefficients; of one
        data set and population.
    ax
        Where to draw; a new figure by default.
    method
        ``kendall``, ``spearman`` or ``pearson``.

    Returns
    -------
    Axes
        Its title says over how many architectures; where metrics differ in that, their labels do.

    Examples
    --------
    >>> import nasbench_sim as nbs
    >>> from nasbench_sim.studies import correlate
    >>> found = correlate(nbs.load_table("nas-bench-201"), datasets=["cifar10"], of=["flops", "params"])
    >>> correlations(found).get_title()
    'cifar10, all: n = 15,625 of 15,625'
    """
    one_of(method, "correlation method", REPORTED)
    lacking = [name for name in _NEEDED if name not in frame_of(table).columns]
    if lacking or table.empty:
        raise RequestError(f"rows as studies.correlate gives are expected; {lacking or 'rows'} are missing")
    kinds = table[["dataset", "population"]].drop_duplicates()
    if len(kinds) > 1:
        raise RequestError("a heat map is of one data set and population: choose the rows of one")
    columns_of(table, [method, "n", "missing"])
    matrix = _pivoted(table, method)
    counts = matrix.attrs["n"]
    size = int((table["n"] + table["missing"]).max())
    if len({n for row in counts.values() for n in row.values()}) > 1:
        fewest = {name: min(row.values()) for name, row in counts.items()}
        matrix = matrix.rename(index=lambda name: f"{words(name)}, n = {fewest[name]:,}")
    said = f"{kinds['dataset'].iloc[0]}, {kinds['population'].iloc[0]}: n = {_counted(matrix)} of {size:,}"
    ax = _drawn(matrix, ax)
    ax.set_title(said)
    return ax


def _counted(matrix: pd.DataFrame) -> str:
    """Say of how many architectures the coefficients are, the diagonal apart."""
    counts = [n for one, row in matrix.attrs["n"].items() for other, n in row.items() if one != other]
    low, high = min(counts), max(counts)
    return f"{low:,}" if low == high else f"{low:,} to {high:,}"


def _drawn(matrix: pd.DataFrame, ax: Axes | None) -> Axes:
    """Draw a matrix of correlations, labelled in words."""
    ax = axes_for(matrix, ax)
    named = matrix.rename(index=words, columns=words)
    return heatmap(ax, named, title=_SYMBOLS[matrix.attrs["method"]], limits=(-1.0, 1.0))
