"""The numbers of a column of which only some runs of some architectures are known, kept as those runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray


class Run(NamedTuple):
    """Consecutive values of one training run."""

    seed: int | None
    """Position on the seed axis; None where the column has none."""
    epoch: int
    """Position of the first value on the epoch axis."""
    values: NDArray[np.float64]


class Rows:
    """Numbers of shape (size, seeds, epochs) or (size, epochs), spread out only where they are read.

    Parameters
    ----------
    shape
        Of all numbers.
    runs
        Official index -> the runs that exist; everything else is NaN. Read whenever numbers are.

    Examples
    --------
    >>> rows = Rows((1000, 2, 3), {7: [Run(1, 0, np.array([10.0, 20.0]))]})
    >>> rows[7]
    array([[nan, nan, nan],
           [10., 20., nan]])
    >>> rows[5:9, :, 1][2]
    array([nan, 20.])
    """

    dtype = np.dtype(np.float64)

    def __init__(self, shape: tuple[int, ...], runs: Mapping[int, list[Run]]) -> None:
        self.shape = shape
        self.runs = runs

    @property
    def index(self) -> NDArray[np.int64]:
        """The official indices that have runs, increasing."""
        return np.array(sorted(self.runs), dtype=np.int64)

    def __getitem__(self, key: Any) -> NDArray[np.float64]:
        """Give a part of the numbers as an array; any index that numpy takes, rows by an int or a slice."""
        first, *rest = key if isinstance(key, tuple) else (key,)
        if first is Ellipsis:
            first, rest = slice(None), [Ellipsis, *rest]
        chosen = range(self.shape[0])[first]
        if isinstance(chosen, int):
            return np.asarray(self._row(chosen)[tuple(rest)])
        sample = np.empty(self.shape[1:])[tuple(rest)]
        out = np.full((len(chosen), *sample.shape), np.nan)
        few = chosen if len(chosen) < len(self.runs) else self.runs
        for index in few:
            if index in self.runs and index in chosen:
                out[chosen.index(index)] = self._row(index)[tuple(rest)]
        return out

    def _row(self, index: int) -> NDArray[np.float64]:
        row = np.full(self.shape[1:], np.nan)
        for run in self.runs.get(index, ()):
            epochs = slice(run.epoch, run.epoch + len(run.values))
            row[(epochs,) if run.seed is None else (run.seed, epochs)] = run.values
        return row
