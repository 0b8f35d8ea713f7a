"""Whole learning curves of some architectures, read from no more of a file than holds them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.errors import RequestError
from nasbench_sim.tables.column import Column
from nasbench_sim.tables.numbers import Data

_TOGETHER = 256  # architectures that lie in one piece of a file


def read_curves(column: Column, data: Data, index: Any) -> NDArray[np.float64]:
    """Give every epoch of every run of architectures; see `nasbench_sim.Table.curves`.

    Parameters
    ----------
    column, data
        What is read.
    index
        Valid official indices, of any shape.

    Examples
    --------
    >>> column = Column(metric="score", source="here", schedule=3, epochs=(1, 2, 3))
    >>> read_curves(column, np.arange(12.0).reshape(4, 3), [2, 0])
    array([[[6., 7., 8.]],
    <BLANKLINE>
           [[0., 1., 2.]]])
    """
    if not column.epochs:
        raise RequestError(f"{column.describe()} is not read at epochs: it has no curve")
    asked = np.asarray(index, dtype=np.int64)
    rows, place = np.unique(asked, return_inverse=True)
    found = np.empty((len(rows), *data.shape[1:]))
    begin = 0
    for part in np.split(rows, np.flatnonzero(np.diff(rows // _TOGETHER)) + 1):
        if len(part):
            piece = np.asarray(data[int(part[0]) : int(part[-1]) + 1])
            found[begin : begin + len(part)] = piece[part - part[0]]
            begin += len(part)
    if not column.seeds:
        found = found[:, None]
    return found[place.reshape(asked.shape)]
