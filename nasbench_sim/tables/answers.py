"""The numbers that questions mean: read from the columns, those of the last questions kept in memory."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.errors import RequestError
from nasbench_sim.tables.column import Column
from nasbench_sim.tables.numbers import Data, mean_of_runs
from nasbench_sim.tables.question import Answer, find_column, read_at

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
        self._found: dict[Any, Answer] = {}
        self._read: dict[Answer, NDArray[np.float64]] = {}

    def numbers(self, asked: tuple[Any, ...]) -> Any:
        """Give one number for every architecture; `asked` are the arguments of `find`, in this order."""
        try:
            answer = self._found.get(asked)
        except TypeError:  # what cannot be hashed
            wrong = [part for part in asked if isinstance(part, (list, dict, set, np.ndarray))]
            raise RequestError(f"a question names one of each, not several at once: {wrong}") from None
        if answer is None:
            answer = self.find(*asked)
        numbers = self._read.get(answer)
        return self._read_out(answer) if numbers is None else numbers

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
        answer = Answer(position, *read_at(self._columns, position, epoch, seed))
        self._found[metric, dataset, device, schedule, epoch, seed, trained_on] = answer
        return answer

    def runs(self, answer: Answer) -> NDArray[np.float64]:
        """Read the values of one epoch, shape (size,) or (size, seeds)."""
        data = self._data[answer.column]
        numbers = data[...] if answer.epoch is None else data[..., answer.epoch]
        return np.asarray(numbers, dtype=np.float64)

    def _read_out(self, answer: Answer) -> Any:
        if not self._listed:
            return self._data[answer.column]
        numbers = self.runs(answer)
        if numbers.ndim == 2:
            numbers = numbers[:, answer.seed] if answer.seed is not None else mean_of_runs(numbers)
        numbers = np.array(numbers)  # a view of the file's array would let a writer in
        numbers.flags.writeable = False
        if len(self._read) >= _KEPT:
            self._read.pop(next(iter(self._read)))
        self._read[answer] = numbers
        return numbers
