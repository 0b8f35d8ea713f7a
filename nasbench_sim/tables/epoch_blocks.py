"""Reading two columns epoch by epoch, a few epochs at a time and only where both can have a value."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.tables.column import Column
from nasbench_sim.tables.numbers import Data

_EPOCHS = 8  # at a time: as many as long curves have in a piece of their file
_FEW = 64  # architectures that are read one by one rather than all


class EpochBlocks:
    """The values of a column at one epoch after the other, each part of the file read once.

    Parameters
    ----------
    column, data
        What is read.
    """

    def __init__(self, column: Column, data: Data) -> None:
        self._column = column
        self._data = data
        self._start = -1
        self._block: NDArray[np.float64] = np.empty(0)
        self._curves: dict[int, NDArray[np.float64]] = {}

    def at(self, epoch: int | None, rows: NDArray[np.intp] | None = None) -> NDArray[np.float64]:
        """Give the values at an epoch, shape (size,) or (size, seeds); None where there is no such axis.

        Parameters
        ----------
        rows
            Architectures that are asked for; the others may be NaN. All by default.
        """
        if epoch is None:
            return np.asarray(self._data[...])
        position = self._column.epochs.index(epoch)
        if rows is not None and len(rows) <= _FEW:
            found = np.full(self._data.shape[:-1], np.nan)
            for row in rows.tolist():
                if row not in self._curves:
                    self._curves[row] = np.asarray(self._data[row])
                found[row] = self._curves[row][..., position]
            return found
        start = position - position % _EPOCHS
        if start != self._start:
            self._block = np.asarray(self._data[..., start : start + _EPOCHS])
            self._start = start
        return np.asarray(self._block[..., position - start])
