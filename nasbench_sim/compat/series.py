"""One published quantity of one kind of training: every run and epoch of an architecture that a table has."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.tables import Column, Table
from nasbench_sim.tables.numbers import Data, mean_of_runs
from nasbench_sim.tables.sparse import Sparse

_WHOLE = 2**22
"""Numbers of a column that is kept in memory; of larger ones the row of an architecture is read."""

NAN = float("nan")


class UnnamedRun(int):
    """The seed that stands for a run of which it is not published which seed it has.

    Attributes
    ----------
    place
        Which of an architecture's nameless runs it is.
    """

    place: int

    def __new__(cls, seed: int, place: int) -> UnnamedRun:
        """Make the stand-in: equal to a published seed, but known as none."""
        run = super().__new__(cls, seed)
        run.place = place
        return run

    def __reduce__(self) -> tuple[type[UnnamedRun], tuple[int, int]]:
        """Travel with the place."""
        return (UnnamedRun, (int(self), self.place))


class Row(NamedTuple):
    """What a table has of one architecture; each list has one number an epoch."""

    named: dict[int, list[float]]
    """Of each run by its training seed."""
    nameless: list[list[float]]
    """Of the runs whose seeds are not published."""
    mean: list[float]
    """What the table serves where no run is named: one number for all runs, or their mean."""

    def run(self, seed: int) -> list[float] | None:
        """Return the numbers of a run, None where the table does not have them one by one."""
        if isinstance(seed, UnnamedRun):
            return self.nameless[seed.place] if seed.place < len(self.nameless) else None
        return self.named.get(seed)

    @property
    def seeds(self) -> list[int] | None:
        """The training seeds of the runs, None where no single run is known.

        Of nameless ones the first published seeds stand for them.
        """
        if len(self.named) >= len(self.nameless):
            return sorted(self.named) or None
        return [UnnamedRun(seed, place) for place, seed in enumerate((777, 888, 999)[: len(self.nameless)])]


class Series:
    """A metric of a training, over all columns of a table that have some of it.

    Parameters
    ----------
    table
        Where the numbers are.
    metric, dataset, trained_on, schedule
        What they are; the last two are None for what does not depend on a training.
    device
        Of a latency.
    """

    def __init__(
        self,
        table: Table,
        metric: str,
        dataset: str,
        trained_on: str | None = None,
        schedule: int | None = None,
        device: str | None = None,
    ) -> None:
        key = (metric, dataset, trained_on, schedule, device)
        columns = [(column, table.data(i)) for i, column in enumerate(table.schema)]
        self._parts = [_Part(*entry) for entry in (*columns, *table.supplements) if entry[0].key == key]
        self._epochs = schedule or 1

    def row(self, index: int) -> Row:
        """Read what there is of an architecture."""
        named: dict[int, list[float]] = {}
        nameless: list[list[float]] = []
        mean = [NAN] * self._epochs
        for part in self._parts:  # the column that answers by default comes first
            numbers = part.read(index)
            if numbers is None:
                continue
            for seed, run in zip(part.column.seeds, numbers, strict=False):
                if np.isnan(run).all():
                    continue
                if seed is None:
                    nameless.append(part.spread(run, [NAN] * self._epochs))
                else:
                    named[seed] = part.spread(run, named.get(seed) or [NAN] * self._epochs)
            part.spread(mean_of_runs(numbers.T) if part.column.seeds else numbers[0], mean)
        return Row(named, nameless, mean)


class _Part:
    def __init__(self, column: Column, data: Data) -> None:
        self.column = column
        self._data = data
        self._read = False
        self._places = [epoch - 1 for epoch in column.epochs] or [-1]

    def read(self, index: int) -> NDArray[np.float64] | None:
        """Return the numbers of an architecture, shape (runs, epochs), None where it has none."""
        if not self._read:
            self._read, self._data = True, _in_memory(self._data)
        found = np.asarray(self._data[index], dtype=np.float64)
        if np.isnan(found).all():
            return None
        return found.reshape(max(1, len(self.column.seeds)), -1)

    def spread(self, run: NDArray[np.float64], epochs: list[float]) -> list[float]:
        """Put the numbers of a run to their epochs, where there is none yet."""
        for place, value in zip(self._places, run.tolist(), strict=True):
            if epochs[place] != epochs[place]:
                epochs[place] = value
        return epochs


def _in_memory(data: Data) -> Data:
    """Read the numbers of a column, unless they are many."""
    if isinstance(data, Sparse):
        return Sparse(data.shape[0], data.index, _in_memory(data.values))
    return np.asarray(data[...], dtype=np.float64) if np.prod(data.shape) <= _WHOLE else data
