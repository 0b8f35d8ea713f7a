"""Several metrics of a table side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from nasbench_sim.errors import RequestError
from nasbench_sim.tables.question import Question

if TYPE_CHECKING:
    import pandas as pd

    from nasbench_sim.tables.table import Table


def side_by_side(
    table: Table, metrics: Sequence[str], architectures: Any, question: dict[str, Any]
) -> tuple[Any, dict[str, Any], dict[str, str]]:
    """Look several metrics up.

    Returns
    -------
    index
        Official indices, shape (n,); None where all architectures were asked for.
    values
        Metric -> array of float64, shape (n,).
    units
        Metric -> its unit.

    Raises
    ------
    RequestError
        As `nasbench_sim.Table.frame`.
    """
    if isinstance(metrics, str) or not len(metrics):
        raise RequestError(f"frame takes a list of one or more metrics, not {metrics!r}")
    Question.of(metrics[0], question)
    unused = {part for part, value in question.items() if value is not None}
    for metric in metrics:
        unused -= table.applying(metric, question).keys()
    if unused:
        names = ", ".join(str(metric) for metric in metrics)
        raise RequestError(f"{', '.join(sorted(unused))}: no part of a question for any of {names}")
    index = None
    if architectures is not None:
        index = np.atleast_1d(table.space.official(architectures))
        if index.ndim > 1:
            raise RequestError(f"frame takes one architecture or a list of them, not shape {index.shape}")
    values, units = {}, {}
    for metric in metrics:
        fitting = table.applying(metric, question)
        values[metric] = (
            table.values(metric, **fitting) if index is None else table.query(index, metric, **fitting)
        )
        named = {key: part for key, part in fitting.items() if key not in ("epoch", "seed")}
        units[metric] = table.column(metric, **named).unit
    return index, values, units


def frame_of(
    table: Table, metrics: Sequence[str], architectures: Any, question: dict[str, Any]
) -> pd.DataFrame:
    """Give one column a metric, indexed by official index; see `nasbench_sim.Table.frame`."""
    import pandas as pd

    chosen, values, units = side_by_side(table, metrics, architectures, question)
    index: Any = pd.RangeIndex(table.space.size, name="index")
    if chosen is not None:
        index = pd.Index(chosen.tolist(), dtype=table.space.index_dtype, name="index")
    frame = pd.DataFrame(values, index=index)
    frame.attrs["units"] = units
    return frame
