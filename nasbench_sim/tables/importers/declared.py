"""Columns declared in a line: the key that a published record has, and what its number means."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.errors import FileFormatError
from nasbench_sim.tables.column import Column
from nasbench_sim.tables.metrics import Better


@dataclasses.dataclass(frozen=True)
class Declared:
    """A quantity of published records.

    Attributes
    ----------
    key
        What the records call it; of records within records all names, joined by ``/``.
    metric
        What it is called here.
    scale
        The published number times this is in the unit of the column.
    device, unit, better, note
        As in `Column`.
    missing
        A published number that stands for none.
    several
        Whether records have one number a run.

    Examples
    --------
    >>> latency = Declared("perf/lat_s", "latency", scale=1000.0, device="board")
    >>> latency.numbers(Path("x"), [{"perf": {"lat_s": 0.25}}, {"perf": {}}])
    array([250.,  nan])
    >>> latency.column(dataset="d", source="here", licence="MIT").label
    'latency:board'
    """

    key: str
    metric: str
    scale: float = 1.0
    device: str | None = None
    unit: str = ""
    better: Better | None = None
    note: str = ""
    missing: float | None = None
    several: bool = False

    def column(self, *, dataset: str | None, source: str, licence: str, **fields: Any) -> Column:
        """Return the column of a data set; `fields` as `Column` has them."""
        said: dict[str, Any] = {} if self.better is None else {"better": self.better}
        return Column(
            metric=self.metric,
            dataset=dataset,
            device=self.device,
            unit=self.unit,
            source=f"{source}: {self.key}",
            licence=licence,
            note=self.note,
            **said,
            **fields,
        )

    def numbers(self, path: Path, records: Sequence[Any]) -> NDArray[np.float64]:
        """Read the numbers of records; NaN where one lacks the key.

        Returns
        -------
        array of float64, shape (n,) or (n, runs)

        Raises
        ------
        FileFormatError
            For what is no finite number, and for other numbers of runs.
        """
        found = [self._of(record) for record in records]
        wrong = next((one for one in found if not _is_number(one, self.several)), None)
        if wrong is not None:
            raise FileFormatError(f"{path}: {self.key} of a network is {str(wrong)[:60]!r}, no number")
        try:
            numbers = np.array(found, dtype=np.float64)
        except ValueError as error:
            raise FileFormatError(f"{path}: {self.key}: {error}") from error
        numbers = np.where(numbers == self.missing, np.nan, numbers) if self.missing is not None else numbers
        if np.isinf(numbers).any():
            raise FileFormatError(f"{path}: {self.key} of a network is infinite")
        return numbers * self.scale

    def _of(self, record: Any) -> Any:
        for part in self.key.split("/"):
            if not isinstance(record, Mapping):
                return str(record)
            if part not in record:
                return np.nan
            record = record[part]
        return record


def _is_number(value: Any, several: bool) -> bool:
    if several:
        return isinstance(value, (list, tuple)) and all(_is_number(one, False) for one in value)
    return isinstance(value, (int, float, np.integer, np.floating)) and not isinstance(value, bool)
