"""A question to a table as a value: what is asked, checked once."""

from __future__ import annotations

import dataclasses
import operator
from collections.abc import Mapping
from typing import Any

from nasbench_sim.errors import RequestError, nearest

KEYS = ("dataset", "device", "schedule", "trained_on")
"""The parts that tell one column of a metric from another."""
AXES = ("epoch", "seed")
"""The parts that say where on its axes a column is read."""


@dataclasses.dataclass(frozen=True)
class Question:
    """What is asked of a table; None for what is left out.

    Parameters
    ----------
    metric
        Such as ``val_accuracy`` or ``latency:raspi4``, which names the device too.
    dataset, device, schedule, epoch, seed, trained_on
        As `nasbench_sim.Table.query` takes them.

    Raises
    ------
    RequestError
        For a part of another type, several at once, and two devices.

    Examples
    --------
    >>> Question("latency:raspi4", dataset="cifar10").device
    'raspi4'
    """

    metric: str
    dataset: str | None = None
    device: str | None = None
    schedule: int | None = None
    epoch: int | None = None
    seed: int | None = None
    trained_on: str | None = None

    def __post_init__(self) -> None:
        """Check the parts, and take a device out of the metric."""
        if not isinstance(self.metric, str):
            raise RequestError(f"a metric is named by a string such as 'val_accuracy', not {self.metric!r}")
        several = [part for part in vars(self).values() if type(part).__hash__ is None]
        if several:
            raise RequestError(f"a question names one of each, not several at once: {several}")
        for name in ("schedule", *AXES):
            value = getattr(self, name)
            if value is not None and type(value) is not int:
                object.__setattr__(self, name, _whole(name, value))
        metric, colon, named = self.metric.partition(":")
        if colon:
            if self.device not in (None, named):
                raise RequestError(
                    f"{self.metric!r} names the device {named!r}, but device={self.device!r} is asked for"
                )
            object.__setattr__(self, "metric", metric)
            object.__setattr__(self, "device", named)

    @classmethod
    def of(cls, metric: str, parts: Mapping[str, Any]) -> Question:
        """Make one of parts by name; an error for a part that no question has.

        Examples
        --------
        >>> Question.of("params", {"dataset": "cifar10"}) == Question("params", "cifar10")
        True
        """
        for part in parts:
            if part not in (*KEYS, *AXES):
                raise RequestError(f"a question has no part {part}{nearest(part, (*KEYS, *AXES))}")
        return cls(metric, **parts)

    @property
    def asked(self) -> dict[str, Any]:
        """What tells columns apart and is not left out: part -> value."""
        return {key: value for key in KEYS if (value := getattr(self, key)) is not None}


def _whole(name: str, value: Any) -> int:
    """Take a whole number of any type, but no 200.0 and no True."""
    if not isinstance(value, bool):
        try:
            return operator.index(value)
        except TypeError:
            pass
    raise RequestError(f"{name} is a whole number, not {value!r}")
