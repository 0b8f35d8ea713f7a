"""What several objectives are asked for by: directions, reference points and bounds, by name or in order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from nasbench_sim.analysis.inputs import Floats, columns_of, complete, floats, number
from nasbench_sim.errors import RequestError, unknown

Directions = Mapping[str, str] | Sequence[tuple[str, str]]
"""Column -> ``"min"`` or ``"max"``, or the couples of them."""

Corner = Mapping[str, float] | Sequence[float] | np.ndarray[Any, Any]
"""A value of each objective: by name, or in the order of the objectives."""

Bounds = Mapping[str, tuple[float | None, float | None]] | Sequence[tuple[Any, ...]]
"""Column -> (lowest, highest), either of them None, or the triples of them."""


def named(given: Any, what: str, example: str) -> dict[Any, Any]:
    """Return a mapping as a dictionary; couples of name and value, Series and frames are taken as one.

    Examples
    --------
    >>> named([("latency", "min")], "objectives", '{"latency": "min"}')
    {'latency': 'min'}
    """
    if isinstance(given, Mapping):
        return dict(given)
    couples: list[Any] = []
    if isinstance(given, pd.Series):
        couples = list(given.items())
    elif isinstance(given, pd.DataFrame):
        couples = [(name, given.iloc[:, place]) for place, name in enumerate(given.columns)]
    elif isinstance(given, (list, tuple)):
        couples = list(given)
    fit = all(isinstance(one, (tuple, list)) and len(one) == 2 and isinstance(one[0], str) for one in couples)
    if isinstance(given, (pd.Series, pd.DataFrame)):
        fit = True
    if not couples or not fit:
        said = "a list without names" if isinstance(given, (list, tuple, np.ndarray)) else f"{given!r:.60}"
        raise RequestError(f"{what}: a mapping by name is expected, such as {example}, not {said}")
    found = dict(couples)
    if len(found) < len(couples):
        raise RequestError(f"{what}: a name is there more than once")
    return found


def samples_of(
    given: Any, what: str = "samples", example: str = '{"random_search": [90.1, 90.4, 89.9]}'
) -> dict[str, Any]:
    """Return searcher (or task, landscape, population) -> its values, one or more."""
    found = named([] if isinstance(given, pd.Series) else given, what, example)
    if not found:
        raise RequestError(f"{what}: one or more are needed")
    return {str(name): values for name, values in found.items()}


def directions(objectives: Any) -> dict[Any, str]:
    """Return column -> direction, checked."""
    found = named(objectives, "objectives", '{"latency": "min", "accuracy": "max"}')
    if not found:
        raise RequestError("objectives: one or more columns with 'min' or 'max' are needed")
    for direction in found.values():
        if not isinstance(direction, str) or direction not in ("min", "max"):
            raise unknown("direction", direction, ("min", "max"))
    return found


def signs(objectives: Mapping[Any, str]) -> Floats:
    """Return +1 for each objective to minimise and -1 for each to maximise."""
    return np.array([1.0 if direction == "min" else -1.0 for direction in objectives.values()])


def each(given: Any, names: Sequence[Any], what: str, example: str) -> dict[Any, Any]:
    """Return one thing for each name, which a list or an array gives in the order of the names.

    Examples
    --------
    >>> each([3.0, 70.0], ["latency", "accuracy"], "reference", "{}")
    {'latency': 3.0, 'accuracy': 70.0}
    """
    ordered = isinstance(given, (list, tuple)) and not all(
        isinstance(one, (list, tuple)) and len(one) == 2 and isinstance(one[0], str) for one in given
    )
    if ordered or (isinstance(given, np.ndarray) and given.ndim):
        if len(given) != len(names):
            raise RequestError(f"{what}: one for each of {', '.join(map(str, names))}, not {len(given)}")
        return dict(zip(names, given, strict=True))
    found = named(given, what, example)
    if set(found) != set(names):
        raise RequestError(
            f"{what}: one for each of {', '.join(map(str, names))} is needed, not {list(found)}"
        )
    return {name: found[name] for name in names}


def corner_of(reference: Any, objectives: Mapping[Any, str]) -> Floats:
    """Return the reference point, each objective signed so that less is better."""
    found = each(reference, list(objectives), "reference", '{"latency": 10.0, "accuracy": 50.0}')
    return complete(list(found.values()), "reference") * signs(objectives)


def costs_of(points: Any, objectives: Mapping[Any, str]) -> Floats:
    """Return the points that have all objectives, signed so that less is better, shape (n, objectives).

    Points are a frame with the columns, or an array with one column an objective in their order.
    """
    if isinstance(points, pd.DataFrame):
        numbers = columns_of(points, objectives)
    else:
        numbers = floats(points, "points", 2)
        if numbers.shape[1] != len(objectives):
            raise RequestError(
                f"points: a frame with {', '.join(map(str, objectives))} or an array of shape (n, "
                f"{len(objectives)}) is expected, not {numbers.shape}"
            )
    known = numbers[~np.isnan(numbers).any(axis=1)]
    if not len(known):
        raise RequestError(f"none of {len(numbers)} rows has all of {', '.join(map(str, objectives))}")
    return known * signs(objectives)


def bounds_of(constraints: Any) -> dict[str, tuple[float | None, float | None]]:
    """Return column -> (lowest, highest), checked; triples of the three are taken, too.

    Examples
    --------
    >>> bounds_of([("latency", None, 10)])
    {'latency': (None, 10.0)}
    """
    if constraints is None:
        return {}
    if isinstance(constraints, (list, tuple)) and all(
        isinstance(one, (list, tuple)) and len(one) == 3 for one in constraints
    ):
        constraints = [(name, (low, high)) for name, low, high in constraints]
    if isinstance(constraints, (list, tuple)) and not constraints:
        return {}
    example = '{"latency": (None, 10.0)}'
    found = {}
    for name, both in named(constraints, "constraints", example).items():
        if not isinstance(both, (list, tuple)) or len(both) != 2:
            raise RequestError(
                f"constraints: {name!r} has (lowest, highest), such as {example}, not {both!r:.60}"
            )
        low, high = (None if one is None else number(one, f"a bound of {name!r}") for one in both)
        found[name] = (low, high)
    return found
