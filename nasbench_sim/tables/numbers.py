"""The numbers of a column: what is accepted, and the mean over runs that are there."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.arrays import real_array
from nasbench_sim.errors import RequestError
from nasbench_sim.spaces import SearchSpace
from nasbench_sim.tables.column import Column
from nasbench_sim.tables.computed import Computed


class Data(Protocol):
    """The numbers of a column: a numpy array, one that is read from a file when indexed, or `Computed`."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape (size, seeds..., epochs...)."""
        ...

    def __getitem__(self, key: Any, /) -> Any:
        """Read a part as a numpy array."""
        ...


def mean_of_runs(runs: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give the mean over the last axis of the runs that exist; NaN where there is none.

    Examples
    --------
    >>> mean_of_runs(np.array([[1.0, 3.0], [2.0, np.nan], [np.nan, np.nan]]))
    array([ 2.,  2., nan])
    """
    present = np.isfinite(runs)
    count = present.sum(axis=-1)
    total = np.where(present, runs, 0.0).sum(axis=-1)
    mean = np.full(total.shape, np.nan)
    np.divide(total, count, out=mean, where=count > 0)
    return mean


def checked(column: Column, data: Data, space: SearchSpace) -> tuple[Column, Data]:
    """Give a column with its coverage and its numbers, read-only; refuse wrong shapes and infinities.

    Lists, masked arrays (masked is missing) and what pandas has, in official order, are taken as arrays.
    """
    data = _in_memory(column, data, space.size)
    expected = (space.size, *(len(axis) for axis in (column.seeds, column.epochs) if axis))
    if tuple(data.shape) != expected:
        raise RequestError(f"{column.describe()}: shape {expected} is expected, not {tuple(data.shape)}")
    if isinstance(data, Computed):
        return column.with_fields(coverage=data.coverage), data
    if not space.listed:
        raise RequestError(
            f"{space.name} has {space.size:,} architectures: too many for a list of numbers; a column of "
            "Computed numbers takes any"
        )
    if not isinstance(data, np.ndarray):
        return column, data  # in a file: checked when it was written
    numbers = data.copy()
    if np.isinf(numbers).any():
        raise RequestError(f"{column.describe()}: infinite values; missing is NaN")
    present = ~np.isnan(numbers).reshape(space.size, -1).all(axis=1)
    numbers.flags.writeable = False
    return column.with_fields(coverage=int(present.sum())), numbers


def _in_memory(column: Column, data: Any, size: int) -> Any:
    """Return numbers that lie in memory as an array of real numbers, and others as they are."""
    if isinstance(data, Computed) or (hasattr(data, "shape") and not hasattr(data, "__array__")):
        return data
    # The index of what is of pandas would silently be left aside.
    if hasattr(data, "to_numpy") and not np.array_equal(getattr(data, "index", range(size)), range(size)):
        raise RequestError(
            f"{column.describe()}: the index of its rows is not 0 to {size - 1:,} in order; reindex them by "
            "official index, or give their numbers alone"
        )
    return real_array(data, column.describe())
