"""The numbers that questions mean: read from the columns, those of the last questions kept in memory."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.tables.column import Column
from nasbench_sim.tables.numbers import Data, mean_of_runs
from nasbench_sim.tables.question import Answer, find_column, read_at, refuse_several, whole_numbers

_KEPT = 512
"""How many read-out columns are kept in memory (125 kB each for NAS-Bench-201)."""


class Answers:
    """Answers the questions to a table.

    Parameters
    ----------
    columns, data
        The columns and their numbers.
    listed
        Whether the space can be listed; of another the `Computed` numbers themselves are the answer.

    Examples
    --------
    >>> column = Column(metric="val_accuracy", source="here", schedule=12, seeds=(1, 2))
    >>> answers = Answers([column], [np.array([[90.0, 92.0], [80.0, np.nan]])], listed=True)
    >>> answers.numbers(("val_accuracy", None, None, None, None, None, None))
    array([91., 80.])
    """

    def __init__(self, columns: Sequence[Column], data: Sequence[Data], listed: bool) -> None:
        self._columns = columns
        self._data = data
        self._listed = listed
        self._asked: dict[tuple[Any, ...], Any] = {}
        self._read: dict[Answer, NDArray[np.float64]] = {}

    def __getstate__(self) -> dict[str, Any]:
        """Travel without what was read: copies of read-only arrays can be written to."""
        return {**vars(self), "_asked": {}, "_read": {}}

    def numbers(self, asked: tuple[Any, ...]) -> Any:
        """Give one number for every architecture; `asked` are the arguments of `find`, in this order."""
        try:
            numbers = self._asked.get(asked)
        except TypeError:  # what cannot be hashed
            refuse_several(asked)
            raise
        if numbers is None or asked[3] is not None or asked[4] is not None or asked[5] is not None:
            for part in asked[3:6]:
                if type(part) is not int and part is not None:  # 200.0 is the same key as 200, True as 1
                    whole_numbers(*asked[3:6])
        if numbers is None:
            numbers = self._read_out(self.find(*asked))
            self._asked[asked] = numbers
        return numbers

    def find(
        self,
        metric: str,
        dataset: str | None,
        device: str | None,
        schedule: int | None,
        epoch: int | None,
        seed: int | None,
        trained_on: str | None,
    ) -> Answer:
        """Give the column that a question means, and where on its axes."""
        position = find_column(
            self._columns, metric, dataset=dataset, device=device, schedule=schedule, trained_on=trained_on
        )
        return Answer(position, *read_at(self._columns, position, epoch, seed))

    def runs(self, answer: Answer) -> NDArray[np.float64]:
        """Read the values of one epoch, shape (size,) or (size, seeds)."""
        data = self._data[answer.column]
        numbers = data[...] if answer.epoch is None else data[..., answer.epoch]
        return np.asarray(numbers, dtype=np.float64)

    def _read_out(self, answer: Answer) -> Any:
        if not self._listed:
            return self._data[answer.column]
        if answer in self._read:
            return self._read[answer]
        numbers = self.runs(answer)
        if numbers.ndim == 2:
            numbers = numbers[:, answer.seed] if answer.seed is not None else mean_of_runs(numbers)
        numbers = np.array(numbers)  # a view of the file's array would let a writer in
        numbers.flags.writeable = False
        if len(self._read) >= _KEPT:
            self._read.pop(next(iter(self._read)))
            self._asked.clear()  # or it would keep what was let go
        self._read[answer] = numbers
        return numbers
