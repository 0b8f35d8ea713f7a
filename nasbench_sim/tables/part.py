"""The numbers of some architectures of a column, read where they are asked for."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.spaces import RestrictedSpace, SampledSpace
from nasbench_sim.tables.column import Column
from nasbench_sim.tables.computed import Computed
from nasbench_sim.tables.numbers import Data

_ROWS = 1024
_IN_MEMORY = 2**20  # numbers of a column of the part


class Part:
    """Numbers of shape (rows, ...): some rows of others, in an order of their own.

    Parameters
    ----------
    whole
        An array, or one that is read from a file when indexed.
    rows
        Which rows of it.

    Examples
    --------
    >>> part = Part(np.arange(12.0).reshape(6, 2), np.array([4, 1]))
    >>> part.shape, part[..., 0], part[1]
    ((2, 2), array([8., 2.]), array([2., 3.]))
    """

    dtype = np.dtype(np.float64)

    def __init__(self, whole: Data, rows: NDArray[np.int64]) -> None:
        self.shape = (len(rows), *whole.shape[1:])
        self.whole = whole
        self.rows = rows

    def __getitem__(self, key: Any) -> NDArray[np.float64]:
        """Return a part of the numbers as an array; any index that numpy takes, rows by an int or a slice."""
        first, *rest = key if isinstance(key, tuple) else (key,)
        if first is Ellipsis:
            first, rest = slice(None), [Ellipsis, *rest]
        wanted = self.rows[first]
        if wanted.ndim == 0:
            return np.asarray(self.whole[(int(wanted), *rest)], dtype=np.float64)
        order = np.argsort(wanted)
        out = np.full((len(wanted), *np.empty(self.shape[1:])[tuple(rest)].shape), np.nan)
        for begin in range(0, self.whole.shape[0], _ROWS):
            low, high = np.searchsorted(wanted[order], [begin, begin + _ROWS])
            if low < high:
                block = np.asarray(self.whole[(slice(begin, begin + _ROWS), *rest)], dtype=np.float64)
                out[order[low:high]] = block[wanted[order[low:high]] - begin]
        return out


def part_of(column: Column, data: Data, space: RestrictedSpace | SampledSpace) -> tuple[Column, Data]:
    """Return a column of a parent space over a part of it.

    Parameters
    ----------
    column, data
        Over ``space.parent``.
    space
        The part.
    """
    if isinstance(data, Computed):
        return column, Computed(space, _ComputedPart(data, space), deviation=data.deviation)
    rows = np.asarray(space.to_parent(space.all_indices()), dtype=np.int64)
    if np.prod(data.shape[1:]) * space.parent.size <= _IN_MEMORY:
        return column, np.asarray(data[...])[rows]
    part = Part(data, rows)
    if len(rows) * np.prod(data.shape[1:]) <= _IN_MEMORY:
        return column, part[...]
    full = column.coverage == space.parent.size
    present = len(rows) if full else sum(bool(np.isfinite(part[row]).any()) for row in range(len(rows)))
    return column.with_fields(coverage=present), part


class _ComputedPart:
    """A computed column over a part of its space, which travels to other processes."""

    def __init__(self, whole: Computed, space: RestrictedSpace | SampledSpace) -> None:
        self._whole = whole
        self._space = space

    def __call__(self, index: NDArray[Any]) -> NDArray[np.float64]:
        return self._whole.take(np.asarray(self._space.to_parent(index), dtype=self._whole.space.index_dtype))
