"""A bound on a metric that the result of a search must keep."""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.errors import RequestError
from nasbench_sim.tables import Column, Table

Handling = Literal["death", "resample", "dominance"]
HANDLINGS = ("death", "resample", "dominance")

_FORM = re.compile(r"\s*([^\s<>=]+)\s*(<=|>=)\s*(\S+?)\s*(ms|mJ|nats|MB|M|s|%)?\s*")


@dataclasses.dataclass(frozen=True, eq=False)
class Constraint:
    """``metric <= bound`` or ``metric >= bound``, judged on the table's value: the mean of its runs.

    Attributes
    ----------
    column
        What is bounded.
    largest
        True for ``<=``.
    bound
        In the column's unit.
    violation
        How far each architecture is beyond the bound, as a part of the range of the column's values, shape
        (size,): 0 where it is kept, infinite where the value is missing.
    """

    column: Column
    largest: bool
    bound: float
    violation: NDArray[np.float64]

    def __str__(self) -> str:
        """As it is asked for, with its unit."""
        sign = "<=" if self.largest else ">="
        return f"{self.column.label} {sign} {_shortest(self.bound)} {self.column.unit}".rstrip()


def _shortest(number: float) -> str:
    """Write a number so that it is read back the same, without a needless point."""
    return str(int(number)) if number == int(number) and abs(number) < 2**53 else repr(number)


def read_constraint(table: Table, dataset: str, text: str) -> Constraint:
    """Read a constraint such as ``"latency:raspi4 <= 10 ms"`` and look its metric up.

    Parameters
    ----------
    table, dataset
        Where its metric is looked up.
    text
        Metric (also as ``metric:device``), ``<=`` or ``>=``, a number, and optionally the unit, which has to
        be the table's.

    Raises
    ------
    RequestError
        For text of another form, an unknown metric or unit, and a bound that no architecture keeps: the
        message says how close the best one comes.

    Examples
    --------
    >>> import nasbench_sim as nbs
    >>> table = nbs.load_table("nas-bench-201")
    >>> found = read_constraint(table, "cifar10", "latency:eyeriss <= 5 ms")
    >>> str(found), int((found.violation == 0).sum())
    ('latency:eyeriss <= 5 ms', 6525)
    """
    match = _FORM.fullmatch(text) if isinstance(text, str) else None
    bound = _number(match[3]) if match else None
    if match is None or bound is None:
        raise RequestError(
            f"a constraint reads 'metric <= number' or 'metric >= number', with or without the unit, such as "
            f"'latency:raspi4 <= 10 ms', not {text!r}"
        )
    column = table.column(match[1], **table.applying(match[1], {"dataset": dataset}))
    if match[4] not in (None, column.unit):
        raise RequestError(f"{column.label} is in {column.unit or 'no unit'}, not in {match[4]}: {text!r}")
    values = table.values(
        column.metric,
        dataset=column.dataset,
        device=column.device,
        schedule=column.schedule,
        trained_on=column.trained_on,
    )
    largest = match[2] == "<="
    beyond = np.maximum(values - bound if largest else bound - values, 0.0)
    span = float(np.nanmax(values) - np.nanmin(values)) or 1.0
    found = Constraint(column, largest, bound, np.where(np.isnan(beyond), np.inf, beyond / span))
    if not (found.violation == 0).any():
        nearest = np.nanmin(values) if largest else np.nanmax(values)
        raise RequestError(
            f"no architecture keeps {found}: the best has {nearest:g} {column.unit}, "
            f"{np.nanmin(beyond):g} beyond the bound"
        )
    return found


def total_violation(constraints: Sequence[Constraint], table: Table) -> NDArray[np.float64] | None:
    """Give the sum of the violations of every architecture; None where nothing is constrained.

    Raises
    ------
    RequestError
        Where each constraint can be kept, but no architecture keeps all.
    """
    if not constraints:
        return None
    total = np.asarray(sum(constraint.violation for constraint in constraints))
    if (total > 0).all():
        nearest = int(total.argmin())
        shares = ", ".join(
            f"{constraint} by {constraint.violation[nearest]:.2%} of its range"
            for constraint in constraints
            if constraint.violation[nearest] > 0
        )
        raise RequestError(
            f"no architecture keeps all constraints together; the nearest, {table.space.string(nearest)}, "
            f"violates {shares}"
        )
    return total


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None
