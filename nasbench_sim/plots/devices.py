"""How alike devices are: whether they rank architectures alike, and whether they want the same ones."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from nasbench_sim.analysis.inputs import columns_of, names_of
from nasbench_sim.analysis.matrix import correlation_matrix
from nasbench_sim.analysis.pareto import pareto_front
from nasbench_sim.errors import RequestError
from nasbench_sim.plots.heatmap import axes_for, heatmap
from nasbench_sim.plots.labels import words
from nasbench_sim.plots.style import styled


def devices_frame(frame: pd.DataFrame, quality: str, costs: Sequence[str] | None = None) -> pd.DataFrame:
    """Give the data behind `devices`.

    Parameters
    ----------
    frame, quality, costs
        As in `devices`.

    Returns
    -------
    DataFrame, shape (costs, costs)
        Below the diagonal Kendall's tau of two costs over the rows that have both; above it the share of the
        architectures on either front of `quality` against the cost that are on both; 1 on the diagonal.

    Examples
    --------
    >>> frame = pd.DataFrame({"accuracy": [1, 2, 3], "phone": [1, 2, 3], "server": [1, 3, 2]})
    >>> devices_frame(frame, "accuracy").round(2)
            phone  server
    phone    1.00    0.67
    server   0.33    1.00
    """
    columns_of(frame, [quality])
    named = [name for name in frame.columns if name != quality] if costs is None else names_of(costs)
    columns_of(frame, named or [quality])
    if len(named) < 2:
        raise RequestError("two or more costs, such as latencies of devices, are needed to compare them")
    matrix = correlation_matrix(frame[named], "kendall")
    fronts = [set(pareto_front(frame, {name: "min", quality: "max"}).index) for name in named]
    numbers = matrix.to_numpy(copy=True)
    for row, column in zip(*np.triu_indices(len(named), 1), strict=True):
        numbers[row, column] = len(fronts[row] & fronts[column]) / len(fronts[row] | fronts[column])
    return pd.DataFrame(numbers, index=named, columns=named)


@styled
def devices(
    frame: pd.DataFrame, quality: str, ax: Axes | None = None, *, costs: Sequence[str] | None = None
) -> Axes:
    """Draw how alike devices are: rank correlation below the diagonal, shared front above it.

    Parameters
    ----------
    frame
        One row an architecture, such as `Table.frame` gives of an accuracy and ``latency:device`` columns.
    quality
        The column that is traded against each cost; larger is better.
    ax
        Where to draw; a new figure by default.
    costs
        Columns to compare, less is better; all others by default.

    Returns
    -------
    Axes

    Examples
    --------
    >>> import nasbench_sim as nbs
    >>> frame = nbs.load_table("nas-bench-201").frame(
    ...     ["val_accuracy", "latency:gpu", "latency:eyeriss", "latency:fpga"], dataset="cifar10")
    >>> [text.get_text() for text in devices(frame, "val_accuracy").get_xticklabels()]
    ['gpu', 'eyeriss', 'fpga']
    """
    matrix = devices_frame(frame, quality, costs)
    parts = [str(name).partition(":") for name in matrix.columns]
    one_metric = len({metric for metric, _, _ in parts}) == 1
    named = [
        device if one_metric and device else words("".join(part)) for part in parts for device in part[2:]
    ]
    ax = axes_for(matrix, ax)
    shown = matrix.set_axis(named, axis=0).set_axis(named, axis=1)
    heatmap(ax, shown, title="τ below the diagonal,\nshared front above", limits=(-1.0, 1.0))
    ax.plot([0, len(matrix)], [0, len(matrix)], color="0.2", linewidth=1.2)
    return ax
