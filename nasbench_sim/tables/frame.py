"""Several metrics of a table side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from nasbench_sim.errors import RequestError
from nasbench_sim.tables.question import ordered_parts

if TYPE_CHECKING:
    import pandas as pd

    from nasbench_sim.tables.table import Table


def frame_of(
    table: Table, metrics: Sequence[str], architectures: Any, question: dict[str, Any]
) -> pd.DataFrame:
    """Give one column a metric, indexed by official index; see `nasbench_sim.Table.frame`."""
    import pandas as pd

    if isinstance(metrics, str) or not len(metrics):
        raise RequestError(f"frame takes a list of one or more metrics, not {metrics!r}")
    ordered_parts(question)
    unused = {part for part, value in question.items() if value is not None}
    for metric in metrics:
        unused -= table.applying(metric, question).keys()
    if unused:
        names = ", ".join(str(metric) for metric in metrics)
        raise RequestError(f"{', '.join(sorted(unused))}: no part of a question for any of {names}")
    index: Any = pd.RangeIndex(table.space.size, name="index")
    if architectures is not None:
        chosen = np.atleast_1d(table.space.official(architectures))
        if chosen.ndim > 1:
            raise RequestError(f"frame takes one architecture or a list of them, not shape {chosen.shape}")
        index = pd.Index(chosen.tolist(), dtype=table.space.index_dtype, name="index")
    columns, units = {}, {}
    for metric in metrics:
        fitting = table.applying(metric, question)
        if architectures is None:
            columns[metric] = table.values(metric, **fitting)
        else:
            columns[metric] = table.query(chosen, metric, **fitting)
        named = {key: part for key, part in fitting.items() if key not in ("epoch", "seed")}
        units[metric] = table.column(metric, **named).unit
    frame = pd.DataFrame(columns, index=index)
    frame.attrs["units"] = units
    return frame
