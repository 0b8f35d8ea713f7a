"""A bound on a metric that the result of a search must keep."""

from __future__ import annotations

import dataclasses
import functools
import math
import re
from collections.abc import Callable, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.errors import RequestError
from nasbench_sim.spaces.product import Array
from nasbench_sim.tables import Column, Computed, Table

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
        (size,): 0 where it is kept, infinite where the value is missing. Computed where the space is too
        large to list.
    """

    column: Column
    largest: bool
    bound: float
    violation: Any

    def __str__(self) -> str:
        """As it is asked for, with its unit."""
        sign = "<=" if self.largest else ">="
        return f"{self.column.label} {sign} {_shortest(self.bound)} {self.column.unit}".rstrip()


def _shortest(number: float) -> str:
    """Write a number so that it is read back the same, without a needless point."""
    return str(int(number)) if number == int(number) and abs(number) < 2**53 else repr(number)


class Violation:
    """How far architectures are beyond bounds in a space too large to list: computed for official indices.

    Parameters
    ----------
    parts
        Functions from indices to violations, which are added.
    """

    def __init__(self, *parts: Callable[[Array], NDArray[np.float64]]) -> None:
        self.parts = parts

    def __getitem__(self, index: Array) -> NDArray[np.float64]:
        """Compute the violations of architectures; 0 for the feasible."""
        return np.asarray(sum(part(index) for part in self.parts))


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
    values = table.lookup(
        column.metric,
        dataset=column.dataset,
        device=column.device,
        schedule=column.schedule,
        trained_on=column.trained_on,
    )
    largest = match[2] == "<="
    if isinstance(values, Computed):
        low, high = values.low, values.high
        if np.isnan([low, high]).any():
            raise RequestError(
                f"the range of {column.label} is not known: give its column as Computed(..., low=, high=)"
            )
    else:
        low, high = np.nanmin(values), np.nanmax(values)
    beyond = functools.partial(_beyond, bound=bound, largest=largest, span=float(high - low) or 1.0)
    if isinstance(values, Computed):
        violation: Any = Violation(functools.partial(_computed_beyond, values, beyond))
    else:
        violation = beyond(values)
    found = Constraint(column, largest, bound, violation)
    nearest = float(low if largest else high)
    if not (nearest <= bound if largest else nearest >= bound):
        raise RequestError(
            f"no architecture keeps {found}: the best has {nearest:g} {column.unit}, "
            f"{abs(nearest - bound):g} beyond the bound"
        )
    return found


def _beyond(values: NDArray[np.float64], bound: float, largest: bool, span: float) -> NDArray[np.float64]:
    """Compute how far values are beyond a bound, as a part of their range; infinite where missing."""
    beyond = np.maximum(values - bound if largest else bound - values, 0.0)
    return np.where(np.isnan(beyond), np.inf, beyond / span)


def _computed_beyond(
    values: Computed, beyond: Callable[[NDArray[np.float64]], NDArray[np.float64]], index: Array
) -> NDArray[np.float64]:
    return beyond(values.take(index))


def total_violation(constraints: Sequence[Constraint], table: Table) -> Any:
    """Compute the sum of the violations of every architecture; None where nothing is constrained.

    Raises
    ------
    RequestError
        Where each constraint can be kept, but no architecture keeps all.
    """
    if not constraints:
        return None
    if not table.space.listed:
        return Violation(*(part for one in constraints for part in one.violation.parts))
    total = np.sum([constraint.violation for constraint in constraints], axis=0)
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
