"""A table of a person's own measurements: rows of architectures and numbers, from a frame or a CSV file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.errors import ArchitectureError, FileFormatError, MissingFileError, RequestError, unknown
from nasbench_sim.spaces import SearchSpace
from nasbench_sim.spaces import space as named
from nasbench_sim.tables.column import Column
from nasbench_sim.tables.metrics import known_metric

if TYPE_CHECKING:
    import pandas as pd

_LISTED = 3  # rows that a message names
_NOT_NEGATIVE = ("time", "hardware", "size", "loss")


def read_frame(
    frame: pd.DataFrame,
    architecture: str,
    columns: Mapping[str, str | Column],
    space: str | SearchSpace,
    dataset: str | None,
    source: str,
) -> tuple[SearchSpace, list[tuple[Column, NDArray[np.float64]]], dict[str, Any]]:
    """Read the measurements of a frame; the parameters are those of `nasbench_sim.Table.from_frame`.

    Returns
    -------
    SearchSpace, list of (Column, array), dict
        The space, the columns, and how they were made.
    """
    of = named(space) if isinstance(space, str) else space
    if not columns or not isinstance(columns, Mapping):
        raise RequestError(
            "columns maps names of the frame to metrics, such as {'ms': 'latency:mine:ms'}, "
            f"not {columns!r}"
        )
    for wanted in (architecture, *columns):
        if wanted not in frame.columns:
            raise unknown("column of the frame", wanted, frame.columns)
    rows = [str(label) for label in frame.index]
    index = _indices(of, frame[architecture].tolist(), rows)
    entries = []
    for own, meaning in columns.items():
        column = _column(meaning, own, dataset, source)
        entries.append(_runs(of, column, index, _numbers(frame[own], own, column, rows)))
    return of, entries, {"made_by": "Table.from_frame", "from": [source], "rows": len(rows)}


def read_csv(path: Path, architecture: str) -> pd.DataFrame:
    """Read a CSV file with a header for `nasbench_sim.Table.from_frame`; rows are named by their lines.

    Raises
    ------
    FileFormatError
        For a file that does not exist or is no CSV.
    """
    import pandas as pd

    if not path.is_file():
        raise MissingFileError(f"no file {path}")
    try:
        # Architectures stay text: 02012100 is a string of NAS-Bench-Macro.
        frame = pd.read_csv(path, dtype={architecture: str}, skipinitialspace=True)
    except ValueError as error:  # of pandas' parser, and of another encoding
        raise FileFormatError(f"{path} is no CSV file with a header: {error}") from error
    frame.index = pd.RangeIndex(2, len(frame) + 2)
    return frame


def meaning_of(text: str) -> dict[str, str]:
    """Read ``metric[:device[:unit[:better]]]``; parts may be empty.

    Examples
    --------
    >>> meaning_of("latency:mine:ms")
    {'metric': 'latency', 'device': 'mine', 'unit': 'ms'}
    >>> meaning_of("val_error::%:min")
    {'metric': 'val_error', 'unit': '%', 'better': 'min'}
    """
    parts = text.split(":")
    fields = ("metric", "device", "unit", "better")
    if len(parts) > len(fields) or not parts[0]:
        raise RequestError(f"{text!r} is not metric:device:unit:better, of which all but the metric may lack")
    return {field: part for field, part in zip(fields, parts, strict=False) if part}


def _column(meaning: str | Column, own: str, dataset: str | None, source: str) -> Column:
    if isinstance(meaning, Column):
        return meaning
    if not isinstance(meaning, str):
        raise RequestError(f"{own!r} is a metric such as 'latency:mine:ms' or a Column, not {meaning!r}")
    fields = meaning_of(meaning)
    column = Column(source=f"{source}, {own}", dataset=dataset, **fields)  # type: ignore[arg-type]
    if column.said is None:
        raise RequestError(
            f"{own!r}: nothing says which end of {column.metric} is the good one: write "
            f"'{column.metric}:{column.device or ''}:{column.unit}:min' or ':max'"
        )
    return column


def _indices(of: SearchSpace, values: Sequence[Any], rows: Sequence[str]) -> NDArray[Any]:
    """Read architectures, each an official index or a string; an error that names the rows that are none."""
    found, wrong = [], []
    for value, row in zip(values, rows, strict=True):
        try:
            found.append(_index(of, value))
        except ArchitectureError:
            wrong.append(f"row {row}: {value!r}")
    if wrong:
        more = f" and {len(wrong) - _LISTED:,} more" if len(wrong) > _LISTED else ""
        raise RequestError(
            f"{len(wrong):,} of {len(rows):,} rows name no architecture of {of.name}: "
            f"{'; '.join(wrong[:_LISTED])}{more}"
        )
    return np.array(found, dtype=of.index_dtype)


def _index(of: SearchSpace, value: Any) -> int:
    if isinstance(value, float) and value.is_integer():  # pandas makes floats of integers beside a gap
        value = int(value)
    if not isinstance(value, str):
        return int(of.official(value))
    text = value.strip()
    try:
        return int(of.index_of_string(text))
    except ArchitectureError:
        if text.isascii() and text.isdigit():
            return int(of.official(int(text)))
        raise


def _numbers(series: pd.Series[Any], own: str, column: Column, rows: Sequence[str]) -> NDArray[np.float64]:
    """Take real numbers, NaN where missing; refuse what is none, and what the unit does not have."""
    import pandas as pd

    if series.dtype.kind not in "fiuO":
        raise RequestError(f"the column {own!r} has {series.dtype} values, not numbers")
    numbers = pd.to_numeric(series, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    absent = series.isna().to_numpy()
    bad = np.isnan(numbers) & ~absent | np.isinf(numbers)
    known = known_metric(column.metric)
    if known is not None and known.kind in _NOT_NEGATIVE:
        bad |= numbers < 0
    if column.unit == "%":
        bad |= (numbers < 0) | (numbers > 100)
    if bad.any():
        listed = [f"row {rows[place]}: {series.iloc[place]!r}" for place in np.flatnonzero(bad)[:_LISTED]]
        unit = f" in {column.unit}" if column.unit else ""
        raise RequestError(
            f"the column {own!r} has {int(bad.sum()):,} values that are no {column.label}{unit}, "
            f"{'; '.join(listed)}; missing is an empty cell or NaN"
        )
    return numbers


def _runs(
    of: SearchSpace, column: Column, index: NDArray[Any], numbers: NDArray[np.float64]
) -> tuple[Column, NDArray[np.float64]]:
    """Lay measurements out, those of the same architecture as runs without a known seed."""
    if not of.listed:
        raise RequestError(f"{of.name} cannot be listed, so a table cannot hold measurements of it")
    there = ~np.isnan(numbers)
    index, numbers = index[there], numbers[there]
    order = np.argsort(index, kind="stable")
    index, numbers = index[order], numbers[order]
    _, start, count = np.unique(index, return_index=True, return_counts=True)
    run = np.arange(len(index)) - np.repeat(start, count)
    runs = int(count.max(initial=1))
    laid = np.full((of.size, runs), np.nan)
    laid[index, run] = numbers
    if runs == 1:
        return column, laid[:, 0]
    if column.seeds and len(column.seeds) != runs:
        raise RequestError(f"{column.describe()} names {len(column.seeds)} seeds for {runs} measurements")
    return column.with_fields(seeds=column.seeds or (None,) * runs), laid
