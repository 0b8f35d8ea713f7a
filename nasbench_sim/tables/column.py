"""One measured quantity of a table: what its numbers mean and where they come from."""

from __future__ import annotations

import dataclasses
import operator
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

from nasbench_sim.errors import RequestError

if TYPE_CHECKING:
    import pandas as pd

Better = Literal["max", "min"]

METRICS: dict[str, tuple[str, Better]] = {
    "train_accuracy": ("%", "max"),
    "val_accuracy": ("%", "max"),
    "test_accuracy": ("%", "max"),
    "train_loss": ("nats", "min"),
    "val_loss": ("nats", "min"),
    "test_loss": ("nats", "min"),
    "train_time": ("s", "min"),
    "val_time": ("s", "min"),
    "test_time": ("s", "min"),
    "latency": ("ms", "min"),
    "energy": ("mJ", "min"),
    "params": ("M", "min"),
    "flops": ("M", "min"),
}
"""Unit and better direction of the metrics that every table means alike; other names are proxies."""

_SHOWN = [
    "metric",
    "dataset",
    "split",
    "trained_on",
    "schedule",
    "epochs",
    "seeds",
    "device",
    "unit",
    "better",
    "coverage",
    "derived",
    "source",
    "licence",
    "note",
]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Column:
    """What one column of a table means; its numbers have shape (size, seeds..., epochs...).

    Parameters
    ----------
    metric
        Name of the quantity, such as ``val_accuracy`` or ``synflow``.
    source
        Where the numbers were published, and the key they have there.
    dataset
        Data set, or None where the quantity has none.
    trained_on
        ``"train"`` or ``"train+val"`` (the two published ways of cifar10); None for what is not trained.
    schedule
        Number of epochs that the training was planned for.
    epochs
        The epochs (1-based, increasing) of the last axis; empty where there is no such axis.
    seeds
        The training seeds of the second axis; None stands for a run whose seed was not published. Empty
        where there is no such axis: one number an architecture.
    device
        Device of a latency or an energy.
    unit, better
        Taken from `METRICS` when not given; the better direction of any other metric defaults to max.
    derived
        True where the numbers were computed from published ones rather than published.
    licence
        Licence of the source.
    note
        What else a reader must know.
    coverage
        Number of architectures with a value; filled in by the table.

    Examples
    --------
    >>> column = Column(metric="latency", device="my phone", dataset="cifar10", source="measured here")
    >>> column.unit, column.better, column.label
    ('ms', 'min', 'latency:my phone')
    >>> column.describe()
    "latency(dataset='cifar10', device='my phone')"
    """

    metric: str
    source: str
    dataset: str | None = None
    trained_on: str | None = None
    schedule: int | None = None
    epochs: tuple[int, ...] = ()
    seeds: tuple[int | None, ...] = ()
    device: str | None = None
    unit: str = ""
    better: Better = "max"
    derived: bool = False
    licence: str = ""
    note: str = ""
    coverage: int = -1

    def __post_init__(self) -> None:
        """Fill in what the metric's name fixes, and check the rest."""
        if not isinstance(self.metric, str) or not self.metric or ":" in self.metric:
            raise RequestError(f"a metric's name is not empty and has no ':', not {self.metric!r}")
        for name, numbers in (("epochs", self.epochs), ("seeds", self.seeds)):
            if type(numbers) is not tuple or numbers:
                object.__setattr__(self, name, _whole(self.metric, name, numbers))
        if self.schedule is not None:
            object.__setattr__(self, "schedule", *_whole(self.metric, "schedule", (self.schedule,)))
        if self.metric in METRICS:
            unit, better = METRICS[self.metric]
            if self.unit not in ("", unit):
                raise RequestError(f"{self.metric} is in {unit}, not in {self.unit}")
            object.__setattr__(self, "unit", unit)
            object.__setattr__(self, "better", better)
        if self.better not in ("max", "min"):
            raise RequestError(f"{self.metric}: better is 'max' or 'min', not {self.better!r}")
        if self.epochs and list(self.epochs) != sorted(set(self.epochs)):
            raise RequestError(f"{self.metric}: epochs must increase, not {self.epochs}")
        if self.epochs and (self.schedule is None or self.epochs[0] < 1 or self.epochs[-1] > self.schedule):
            raise RequestError(f"{self.metric}: epochs lie between 1 and the schedule, {self.schedule}")
        known = [seed for seed in self.seeds if seed is not None]
        if len(set(known)) != len(known):
            raise RequestError(f"{self.metric}: the seeds of the runs must differ, not {self.seeds}")

    @property
    def key(self) -> tuple[str, str | None, str | None, int | None, str | None]:
        """What a question can ask for; no two columns of a table share it."""
        return (self.metric, self.dataset, self.trained_on, self.schedule, self.device)

    @property
    def split(self) -> str | None:
        """The part of the data set that was measured on: train, val or test."""
        part = self.metric.partition("_")[0]
        return part if part in ("train", "val", "test") else None

    @property
    def label(self) -> str:
        """Metric and device as one asks for them, such as ``latency:raspi4``."""
        return f"{self.metric}:{self.device}" if self.device else self.metric

    def describe(self) -> str:
        """One line: the metric and all that distinguishes this column."""
        parts = [
            f"{name}={value!r}"
            for name in ("dataset", "device", "trained_on", "schedule")
            if (value := getattr(self, name)) is not None
        ]
        return f"{self.metric}({', '.join(parts)})"

    def _repr_html_(self) -> str:
        """What the column means, for Jupyter: one row for each field that it has."""
        return str(described([self]).T.dropna().replace("", None).dropna().to_html(border=0, header=False))

    def to_json(self) -> dict[str, Any]:
        """Give the fields as plain JSON types."""
        return dataclasses.asdict(self)

    @classmethod
    def from_json(cls, fields: dict[str, Any]) -> Column:
        """Give the column back from `to_json`.

        Examples
        --------
        >>> column = Column(metric="synflow", source="here", seeds=(1, 2))
        >>> Column.from_json(column.to_json()) == column
        True
        """
        return cls(**{**fields, "epochs": tuple(fields["epochs"]), "seeds": tuple(fields["seeds"])})


def _whole(metric: str, name: str, numbers: Sequence[Any]) -> tuple[int | None, ...]:
    """Give whole numbers of any type, numpy's too, as plain ones; None stays in seeds."""
    if type(numbers) is tuple and {int}.issuperset(map(type, numbers)):
        return numbers
    try:
        plain = [number if number is None else operator.index(number) for number in numbers]
    except TypeError:
        plain = []
    if len(plain) != len(numbers) or bool in map(type, numbers) or (None in plain and name != "seeds"):
        raise RequestError(f"{metric}: {name} of whole numbers, not {numbers!r}")
    return tuple(plain)


def described(columns: Sequence[Column]) -> pd.DataFrame:
    """Give one row a column: meaning, units, axes, coverage, source and licence."""
    import pandas as pd

    rows = []
    for column in columns:
        seeds = [seed for seed in column.seeds if seed is not None]
        unnamed = len(column.seeds) - len(seeds)
        rows.append(
            {
                **column.to_json(),
                "split": column.split,
                "epochs": spans(column.epochs),
                "seeds": spans(seeds) + (f" + {unnamed} unpublished" if unnamed else ""),
            }
        )
    return pd.DataFrame(rows, columns=_SHOWN).astype({"schedule": "Int64"})


def spans(numbers: Sequence[int]) -> str:
    """Write numbers as ranges where they follow each other.

    Examples
    --------
    >>> spans([1, 2, 3, 12, 777])
    '1-3, 12, 777'
    """
    out: list[list[int]] = []
    for number in numbers:
        if out and number == out[-1][1] + 1:
            out[-1][1] = number
        else:
            out.append([number, number])
    return ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in out)
