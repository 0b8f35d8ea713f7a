"""One measured quantity of a table: what its numbers mean and where they come from."""

from __future__ import annotations

import dataclasses
import operator
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

from nasbench_sim.errors import RequestError
from nasbench_sim.tables.metrics import Better, Metric, Split, known_metric

if TYPE_CHECKING:
    import pandas as pd

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


class _Direction:
    """The field `Column.better`: reading one that was never said is an error."""

    def __get__(self, column: Column | None, owner: type | None = None) -> Better:
        if column is None:
            return cast(Better, self)  # the default, which stands for what is not said
        if column.said is None:
            raise RequestError(
                f"nothing says which end of {column.metric} is the good one: make its column with "
                "better='min' or better='max', or a task with objective={'" + column.metric + "': 'min'}, "
                "or register a nasbench_sim.tables.Metric of this name"
            )
        return column.said

    def __set__(self, column: Column, better: Any) -> None:
        object.__setattr__(column, "said", None if better is self else better)


@dataclasses.dataclass(frozen=True, kw_only=True, repr=False)
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
        Those of the known metric of this name (`nasbench_sim.tables.metrics`), unless given. The better
        direction of a name that is not known has to be given before anything asks for it.
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
    better: Better = dataclasses.field(default=cast(Better, _Direction()), compare=False)
    derived: bool = False
    licence: str = ""
    note: str = ""
    coverage: int = -1
    said: Better | None = dataclasses.field(default=None, init=False)

    def __post_init__(self) -> None:
        """Fill in what the metric's name fixes, and check the rest."""
        if not isinstance(self.metric, str) or not self.metric or ":" in self.metric:
            raise RequestError(f"a metric's name is not empty and has no ':', not {self.metric!r}")
        for name, numbers in (("epochs", self.epochs), ("seeds", self.seeds)):
            if type(numbers) is not tuple or numbers:
                object.__setattr__(self, name, _whole(self.metric, name, numbers))
        if self.schedule is not None:
            object.__setattr__(self, "schedule", *_whole(self.metric, "schedule", (self.schedule,)))
        known = known_metric(self.metric)
        if known is not None:
            self._fill_in(known)
        if self.said not in ("max", "min", None):
            raise RequestError(f"{self.metric}: better is 'max' or 'min', not {self.said!r}")
        if self.epochs and list(self.epochs) != sorted(set(self.epochs)):
            raise RequestError(f"{self.metric}: epochs must increase, not {self.epochs}")
        if self.epochs and (self.schedule is None or self.epochs[0] < 1 or self.epochs[-1] > self.schedule):
            raise RequestError(f"{self.metric}: epochs lie between 1 and the schedule, {self.schedule}")
        named = [seed for seed in self.seeds if seed is not None]
        if len(set(named)) != len(named):
            raise RequestError(f"{self.metric}: the seeds of the runs must differ, not {self.seeds}")

    def _fill_in(self, known: Metric) -> None:
        """Take unit and direction of the known metric of this name, where they are not given."""
        if known.kind != "proxy" and self.unit not in ("", known.unit):
            raise RequestError(f"{self.metric} is in {known.unit or 'no unit'}, not in {self.unit}")
        object.__setattr__(self, "unit", self.unit or known.unit)
        object.__setattr__(self, "said", self.said or known.better)

    def __repr__(self) -> str:
        """All fields that are not left at their defaults."""
        left = {field.name: field.default for field in dataclasses.fields(self)} | {"better": None}
        said = [f"{name}={value!r}" for name, value in self.to_json().items() if value != left[name]]
        return f"Column({', '.join(said)})"

    @property
    def key(self) -> tuple[str, str | None, str | None, int | None, str | None]:
        """What a question can ask for; no two columns of a table share it."""
        return (self.metric, self.dataset, self.trained_on, self.schedule, self.device)

    @property
    def split(self) -> Split | None:
        """The part of the data set that was measured on: train, val or test; None where that is not known."""
        known = known_metric(self.metric)
        return known.split if known else None

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
        """Give the fields as plain JSON types; ``better`` is None where nothing says it."""
        names = [field.name for field in dataclasses.fields(self) if field.init]
        return {name: self.said if name == "better" else getattr(self, name) for name in names}

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

    def with_fields(self, **changes: Any) -> Column:
        """Give the column with some fields changed, whether its direction was said or not.

        Examples
        --------
        >>> Column(metric="my_score", source="here").with_fields(note="on my desk").note
        'on my desk'
        """
        return Column.from_json({**self.to_json(), **changes})


def _whole(metric: str, name: str, numbers: Sequence[Any]) -> tuple[int | None, ...]:
    """Give whole numbers of any type, numpy's too, as plain ones; None stays in seeds."""
    if type(numbers) is tuple and {int}.issuperset(map(type, numbers)):
        return numbers
    try:
        if bool in map(type, numbers):
            raise TypeError
        plain = [number if number is None else operator.index(number) for number in numbers]
        if None in plain and name != "seeds":
            raise TypeError
    except TypeError:
        listed = "a sequence of whole numbers" if name != "schedule" else "a whole number"
        raise RequestError(f"{metric}: {name} is {listed}, not {numbers!r}") from None
    return tuple(plain)


def described(columns: Sequence[Column]) -> pd.DataFrame:
    """Give one row a column: meaning, units, axes, coverage, source and licence."""
    import pandas as pd

    return pd.DataFrame(facts(columns), columns=_SHOWN).astype({"schedule": "Int64"})


def facts(columns: Sequence[Column]) -> list[dict[str, Any]]:
    """Tell of each column its meaning, units, axes, coverage, source and licence; None for what it lacks."""
    rows = []
    for column in columns:
        seeds = [seed for seed in column.seeds if seed is not None]
        unnamed = len(column.seeds) - len(seeds)
        row = {
            **column.to_json(),
            "split": column.split,
            "epochs": spans(column.epochs),
            "seeds": spans(seeds) + (f" + {unnamed} unpublished" if unnamed else ""),
        }
        rows.append({name: row[name] for name in _SHOWN})
    return rows


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
