"""A pickled pandas frame as its columns, read without pandas."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from nasbench_sim.errors import FileFormatError, shown
from nasbench_sim.tables.restricted import NUMPY, Record, read_pickle, records

_FRAME = "pandas.core.frame.DataFrame"
_MANAGER = "pandas.core.internals.managers.BlockManager"
_ADMITTED = {
    **NUMPY,
    **records(
        (
            _FRAME,
            _MANAGER,
            "pandas.core.indexes.base._new_Index",
            "pandas.core.indexes.base.Index",
            "pandas.core.indexes.range.RangeIndex",
            "builtins.slice",
        )
    ),
}


def read_frame(path: Path) -> dict[str, Any]:
    """Give the columns of a frame that pandas 1 pickled: name -> array of numbers or list of text.

    Raises
    ------
    FileFormatError
        For anything else.
    """
    frame = read_pickle(path, _ADMITTED)
    try:
        if frame.name != _FRAME or frame.state["_data"].name != _MANAGER:
            raise FileFormatError(f"{path} is not a pickled pandas frame")
        _, _, _, version = frame.state["_data"].state
        content = version["0.14.1"]
        names = content["axes"][0].arguments[1]["data"]
        columns: dict[str, Any] = {}
        for block in content["blocks"]:
            places = _places(block["mgr_locs"])
            values = block["values"]
            rows = [values] if isinstance(values, list) else list(values)
            if len(rows) != len(places):
                raise FileFormatError(f"{path}: a block of {len(rows)} columns has {len(places)} places")
            for place, row in zip(places, rows, strict=True):
                if not isinstance(names[place], str):
                    raise FileFormatError(f"{path}: a column whose name is {shown(names[place])}")
                columns[names[place]] = row
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        raise FileFormatError(f"{path} is not a frame as pandas 1 pickled it: {error}") from error
    return columns


def _places(locations: Any) -> list[int]:
    if isinstance(locations, Record) and locations.name == "builtins.slice":
        start, stop, step = locations.arguments
        if not 0 <= start <= stop <= 1000:
            raise ValueError("places beyond a thousand columns")
        return list(range(start, stop, step or 1))
    if not isinstance(locations, np.ndarray) or locations.ndim != 1:
        raise TypeError("places that are not an array")
    return [int(place) for place in locations]
