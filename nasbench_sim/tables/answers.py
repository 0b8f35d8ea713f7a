"""The numbers that questions mean: read from the columns, those of the last questions kept in memory."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.errors import RequestError
from nasbench_sim.spaces.benchmark import Benchmark
from nasbench_sim.tables.choice import Answer, find_column, read_at
from nasbench_sim.tables.column import Column
from nasbench_sim.tables.numbers import Data, mean_of_runs
from nasbench_sim.tables.question import Question

_KEPT = 512
"""How many read-out columns are kept in memory (125 kB each for NAS-Bench-201)."""
_NO_CONVENTIONS = Benchmark()


class Answers:
    """Answers the questions to a table.

    Parameters
    ----------
    columns, data
        The columns and their numbers.
    listed
        Whether the space can be listed; of another the `Computed` numbers themselves are the answer.
    benchmark
        Whose conventions fill in what a question leaves out.
    supplements
        Columns beside others of the same question, with their numbers: where a question names an epoch or
        a training seed, they answer what the column itself has not, the first of them that does.

    Raises
    ------
    RequestError
        For a supplement without a column that answers the same question.

    Examples
    --------
    >>> column = Column(metric="val_accuracy", source="here", schedule=12, seeds=(1, 2))
    >>> answers = Answers([column], [np.array([[90.0, 92.0], [80.0, np.nan]])], listed=True)
    >>> answers.numbers(("val_accuracy", None, None, None, None, None, None))
    array([91., 80.])
    """

    def __init__(
        self,
        columns: Sequence[Column],
        data: Sequence[Data],
        listed: bool,
        benchmark: Benchmark = _NO_CONVENTIONS,
        supplements: Sequence[tuple[Column, Data]] = (),
    ) -> None:
        self._columns = columns
        self._all = [*columns, *(column for column, _ in supplements)]
        self._data = [*data, *(numbers for _, numbers in supplements)]
        self._listed = listed
        self._benchmark = benchmark
        self._beside: dict[int, list[int]] = {}
        places = {column.key: place for place, column in enumerate(columns)}
        for place, (column, _) in enumerate(supplements, len(columns)):
            if column.key not in places:
                raise RequestError(f"no column that this one would supplement: {column.describe()}")
            self._beside.setdefault(places[column.key], []).append(place)
        self._asked: dict[tuple[Any, ...], Any] = {}
        self._read: dict[tuple[Answer, ...], NDArray[np.float64]] = {}

    def __getstate__(self) -> dict[str, Any]:
        """Travel without what was read: copies of read-only arrays can be written to."""
        return {**vars(self), "_asked": {}, "_read": {}}

    def numbers(self, parts: tuple[Any, ...]) -> Any:
        """Return one number for every architecture; `parts` are those of a `Question`, in its order."""
        _, _, _, schedule, epoch, seed, _ = parts
        try:
            numbers = self._asked.get(parts)
        except TypeError:  # what cannot be hashed: the question says so
            numbers = None
        if (
            numbers is None
            # 200.0 is the same key as 200, and True as 1.
            or not (schedule is None or type(schedule) is int)
            or not (epoch is None or type(epoch) is int)
            or not (seed is None or type(seed) is int)
        ):
            question = Question(*parts)
            numbers = self._read_out(self._layers(question))
            self._asked[parts] = numbers
        return numbers

    def find(self, question: Question) -> Answer:
        """Return the column that a question means, and where on its axes."""
        return self._layers(question)[0]

    def column(self, question: Question) -> int:
        """Return the position of the column that a question means."""
        return find_column(self._columns, question, self._benchmark)

    def _layers(self, question: Question) -> tuple[Answer, ...]:
        """Return what answers a question: the first that has a value of an architecture does."""
        epoch, seed = question.epoch, question.seed
        position = self.column(question)
        if position not in self._beside or (epoch is None and seed is None):
            return (Answer(position, *read_at(self._columns, position, epoch, seed)),)
        found = []
        last = self._columns[position].epochs[-1:]
        for place in (position, *self._beside[position]):
            column = self._all[place]
            where = next(iter(last or column.epochs[-1:]), None) if epoch is None else epoch
            if (where is None or where in column.epochs) and (seed is None or seed in column.seeds):
                found.append(Answer(place, *read_at(self._all, place, where, seed)))
        return tuple(found) or self._refused(position, epoch, seed)

    def _refused(self, position: int, epoch: int | None, seed: int | None) -> tuple[Answer, ...]:
        """Say what the column and its supplements have together."""
        column = self._columns[position]
        several = [self._all[place] for place in (position, *self._beside[position])]
        epochs = {epoch for one in several for epoch in one.epochs}
        seeds = {seed for one in several for seed in one.seeds if seed is not None}
        whole = column.with_fields(epochs=tuple(sorted(epochs)), seeds=tuple(sorted(seeds)))
        read_at([*self._columns[:position], whole, *self._columns[position + 1 :]], position, epoch, seed)
        raise RequestError(f"{column.describe()} has no epoch {epoch} of seed {seed}, only of others")

    def runs(self, answer: Answer) -> NDArray[np.float64]:
        """Read the values of one epoch, shape (size,) or (size, seeds)."""
        data = self._data[answer.column]
        numbers = data[...] if answer.epoch is None else data[..., answer.epoch]
        return np.asarray(numbers, dtype=np.float64)

    def _read_out(self, layers: tuple[Answer, ...]) -> Any:
        if not self._listed:
            return self._data[layers[0].column]
        if layers in self._read:
            return self._read[layers]
        numbers = self._one(layers[0])
        for answer in layers[1:]:
            numbers = np.where(np.isnan(numbers), self._one(answer), numbers)
        numbers.flags.writeable = False
        if len(self._read) >= _KEPT:
            self._read.pop(next(iter(self._read)))
            self._asked.clear()  # or it would keep what was let go
        self._read[layers] = numbers
        return numbers

    def _one(self, answer: Answer) -> NDArray[np.float64]:
        """Read the numbers of one epoch, and of one run or the mean, into an array of their own."""
        numbers = self.runs(answer)
        if numbers.ndim == 2:
            numbers = numbers[:, answer.seed] if answer.seed is not None else mean_of_runs(numbers)
        return np.array(numbers)  # a view of the file's array would let a writer in
