"""The numbers of a column of which only some architectures have any, kept as the rows of those."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.errors import FileFormatError
from nasbench_sim.tables.numbers import Data
from nasbench_sim.tables.rows import Rows


class Sparse:
    """Numbers of shape (size, ...), spread out only where they are read.

    Parameters
    ----------
    size
        Number of architectures of the space.
    index
        The official indices that have numbers, increasing; every other row is NaN. Read when first needed.
    values
        Their numbers, shape (len(index), ...): an array, or one that is read from a file when indexed.

    Examples
    --------
    >>> sparse = Sparse(1000, np.array([7, 9]), np.array([[10.0, 20.0], [30.0, 40.0]]))
    >>> sparse[6:10, 1]
    array([nan, 20., nan, 40.])
    >>> sparse[9]
    array([30., 40.])
    """

    dtype = np.dtype(np.float64)

    def __init__(self, size: int, index: Data, values: Data) -> None:
        self.shape = (size, *values.shape[1:])
        self.values = values
        self.rows = index

    @functools.cached_property
    def index(self) -> NDArray[np.int64]:
        """The official indices that have numbers, increasing.

        Raises
        ------
        FileFormatError
            For a file in which they are none.
        """
        index = np.asarray(self.rows[...], dtype=np.int64)
        if len(index) and (index[0] < 0 or index[-1] >= self.shape[0] or (np.diff(index) <= 0).any()):
            raise FileFormatError("a column's rows are no increasing official indices: the file is damaged")
        return index

    def __getitem__(self, key: Any) -> NDArray[np.float64]:
        """Return a part of the numbers as an array; any index that numpy takes, rows by an int or a slice."""
        first, *rest = key if isinstance(key, tuple) else (key,)
        if first is Ellipsis:
            first, rest = slice(None), [Ellipsis, *rest]
        chosen = range(self.shape[0])[first]
        if isinstance(chosen, int):
            at = int(np.searchsorted(self.index, chosen))
            if at < len(self.index) and self.index[at] == chosen:
                return np.asarray(self.values[(at, *rest)], dtype=np.float64)
            return np.full(np.broadcast_to(np.nan, self.shape[1:])[tuple(rest)].shape, np.nan)
        first_row, last_row = sorted((chosen[0], chosen[-1])) if chosen else (0, -1)
        begin, end = np.searchsorted(self.index, [first_row, last_row + 1])
        part = np.asarray(self.values[(slice(int(begin), int(end)), *rest)], dtype=np.float64)
        out = np.full((len(chosen), *part.shape[1:]), np.nan)
        place, beside = np.divmod(self.index[begin:end] - chosen.start, chosen.step)
        out[place[beside == 0]] = part[beside == 0]
        return out


def present(data: Data) -> NDArray[np.int64] | None:
    """Return the official indices that have numbers, where few have any and they are kept as such; else None.

    Few are less than half of all.

    Examples
    --------
    >>> present(np.zeros(3)) is None
    True
    >>> present(Sparse(1000, np.array([7]), np.zeros((1, 2))))
    array([7])
    """
    if not isinstance(data, (Sparse, Rows)):
        return None
    count = data.values.shape[0] if isinstance(data, Sparse) else len(data.runs)
    return data.index if 2 * count < data.shape[0] else None


def read_rows(data: Data, index: NDArray[np.int64]) -> NDArray[np.float64]:
    """Read the numbers of some architectures into an array of their own, shape (len(index), ...).

    Examples
    --------
    >>> read_rows(Sparse(1000, np.array([7, 9]), np.array([1.0, 2.0])), np.array([8, 9]))
    array([nan,  2.])
    """
    out = np.full((len(index), *data.shape[1:]), np.nan)
    if isinstance(data, Sparse):
        _, ours, theirs = np.intersect1d(index, data.index, assume_unique=True, return_indices=True)
        out[ours] = np.asarray(data.values[...])[theirs]
    else:
        for place, row in enumerate(index.tolist()):
            out[place] = data[row]
    return out
