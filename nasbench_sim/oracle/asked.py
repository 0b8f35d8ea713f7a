"""What a task was asked for: plain data, checked once, written to JSON and read back."""

from __future__ import annotations

import dataclasses
import operator
from collections.abc import Mapping, Sequence
from typing import Any, Literal, get_args

import numpy as np

from nasbench_sim.errors import RequestError, unknown
from nasbench_sim.oracle.constraint import HANDLINGS, Handling
from nasbench_sim.oracle.fidelity import Level
from nasbench_sim.oracle.frozen import Seconds
from nasbench_sim.oracle.objective import Noise, directions
from nasbench_sim.oracle.scalarisation import Scalarisation, scalarisation_from_json
from nasbench_sim.tables.metrics import Better

Repeats = Literal["charged", "free"]
Metrics = str | tuple[str, ...] | tuple[tuple[str, Better], ...]
"""A metric, several, or several each with its direction."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Asked:
    """What a task was asked for; the fields are the parameters of `nasbench_sim.Task`, as they were given.

    Lists are kept as tuples, a mapping to directions as pairs, numpy's numbers as Python's, and an array of
    seconds as `Seconds`.

    Raises
    ------
    RequestError
        For a field of another type or an unknown choice.

    Examples
    --------
    >>> asked = Asked(dataset="cifar10", objective={"latency:fpga": "min"}, noise=777)
    >>> Asked.from_json(asked.to_json()) == asked
    True
    """

    dataset: str
    objective: Metrics = "val_accuracy"
    schedule: int | None = None
    epoch: int | None = None
    trained_on: str | None = None
    noise: Noise = "run"
    report: Metrics | None = None
    cost: str | tuple[str, ...] | Seconds | None = None
    repeats: Repeats = "charged"
    scalarisation: Scalarisation | None = None
    constraints: tuple[str, ...] = ()
    infeasible: Handling = "death"
    fidelities: tuple[Level, ...] | None = None
    resume: bool | None = None

    def __post_init__(self) -> None:
        """Keep every field as plain data, or raise the error for what is none."""
        for name, kinds in (
            ("dataset", str),
            ("trained_on", str | None),
            ("report", str | Mapping | tuple | None),
            ("scalarisation", Scalarisation | None),
            ("constraints", str | Sequence),
            ("resume", bool | None),
        ):
            given = getattr(self, name)
            if not isinstance(given, kinds):
                raise RequestError(f"{name} of a task is no {type(given).__name__}: {given!r}")
        if self.scalarisation is not None:
            self.scalarisation.to_json()  # refuses what is no data
        for name in ("schedule", "epoch"):
            self._keep(name, _whole(name, getattr(self, name)))
        if self.repeats not in get_args(Repeats):
            raise RequestError(f"repeats is 'charged' or 'free', not {self.repeats!r}")
        if self.infeasible not in HANDLINGS:
            raise unknown("handling of the infeasible", self.infeasible, HANDLINGS)
        self._keep("objective", _metrics(self.objective, "objective"))
        if self.report is not None:
            self._keep("report", _metrics(self.report, "report"))
        self._keep("noise", _noise(self.noise))
        self._keep("cost", _cost(self.cost))
        named = (self.constraints,) if isinstance(self.constraints, str) else tuple(self.constraints)
        self._keep("constraints", named)
        if self.fidelities is not None:
            self._keep("fidelities", _levels(self.fidelities))

    def _keep(self, name: str, value: Any) -> None:
        object.__setattr__(self, name, value)

    def to_json(self, *, whole: bool = True) -> dict[str, Any]:
        """Write the fields as plain JSON types.

        Parameters
        ----------
        whole
            False for the hash only of costs that were given as an array.
        """
        fields = {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}
        if isinstance(self.cost, Seconds):
            fields["cost"] = self.cost.to_json(whole=whole)
        if self.scalarisation is not None:
            fields["scalarisation"] = self.scalarisation.to_json()
        return {name: _listed(value) for name, value in fields.items()}

    @classmethod
    def from_json(cls, fields: Mapping[str, Any]) -> Asked:
        """Read what `to_json` wrote.

        Raises
        ------
        RequestError
            For a field that a task does not have, and one that cannot be what it says.
        """
        names = [field.name for field in dataclasses.fields(cls)]
        for name in fields:
            if name not in names:
                raise unknown("part of a task", name, names)
        values = dict(fields)
        for name in ("objective", "report", "fidelities", "constraints"):
            if isinstance(values.get(name), list):
                values[name] = tuple(tuple(one) if isinstance(one, list) else one for one in values[name])
        try:
            if isinstance(values.get("cost"), Mapping):
                values["cost"] = Seconds.from_json(values["cost"])
            if values.get("scalarisation") is not None:
                values["scalarisation"] = scalarisation_from_json(values["scalarisation"])
            return cls(**values)
        except (TypeError, KeyError, ValueError, AttributeError) as error:
            raise RequestError(f"this does not define a task: {error!r}") from error


def _listed(value: Any) -> Any:
    """Write tuples as lists, as JSON does."""
    return [_listed(one) for one in value] if isinstance(value, tuple) else value


def _whole(name: str, number: Any) -> int | None:
    if number is None:
        return None
    try:
        return _plain_whole(number)
    except TypeError as error:
        raise RequestError(f"{name} is a whole number, not {number!r}") from error


def _plain_whole(number: Any) -> int:
    if isinstance(number, (bool, np.bool_)):
        raise TypeError
    return operator.index(number)


def _noise(noise: Any) -> Noise:
    if isinstance(noise, str) and noise in ("run", "mean"):
        return noise  # type: ignore[return-value]
    try:
        return _plain_whole(noise)
    except TypeError as error:
        raise RequestError(f"noise is 'run', 'mean' or a training seed, not {noise!r}") from error


def _metrics(given: Any, what: str) -> Metrics:
    """Keep metrics as they were given: a text, a tuple of texts, or pairs of a text and a direction."""
    pairs = isinstance(given, tuple) and bool(given) and all(isinstance(one, tuple) for one in given)
    asked = directions(dict(given) if pairs else given, what)
    if isinstance(given, str):
        return given
    if pairs or isinstance(given, Mapping):
        return tuple((label, better) for label, better in asked.items() if better is not None)
    return tuple(asked)


def _cost(cost: Any) -> str | tuple[str, ...] | Seconds | None:
    if isinstance(cost, np.ndarray):
        try:
            return Seconds(cost)
        except (TypeError, ValueError) as error:
            raise RequestError(f"a cost in seconds is an array of numbers, not of {cost.dtype}") from error
    if cost is None or isinstance(cost, (str, Seconds)):
        return cost
    names = tuple(cost) if isinstance(cost, Sequence) else ()
    if not names or not all(isinstance(name, str) for name in names):
        raise RequestError("a cost is the name of a time, several names, or a numpy array of seconds")
    return names


def _levels(levels: Any) -> tuple[Level, ...]:
    """Keep fidelities as they were given: epochs, pairs of a schedule and an epoch, metrics."""
    if not isinstance(levels, (Sequence, np.ndarray)) or isinstance(levels, str):
        raise RequestError(f"fidelities is a list of two or more, from the cheapest up, not {levels!r}")
    return tuple(_level(one) for one in levels)


def _level(level: Any) -> Level:
    if isinstance(level, str):
        return level
    try:
        if isinstance(level, tuple) and len(level) == 2:
            return _plain_whole(level[0]), _plain_whole(level[1])
        return _plain_whole(level)
    except TypeError as error:
        raise RequestError(
            f"a fidelity is an epoch, a (schedule, epoch) or a metric, not {level!r}"
        ) from error
