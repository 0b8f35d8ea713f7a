"""Whole numbers as every room takes them: of Python or numpy, but no float and no bool."""

from __future__ import annotations

import operator
from typing import Any, TypeGuard

import numpy as np

from nasbench_sim.errors import RequestError


def is_whole(value: Any) -> TypeGuard[int]:
    """Tell whether a value is one whole number: an integer of Python or numpy, not a bool, not an array.

    Examples
    --------
    >>> is_whole(3), is_whole(np.int8(3)), is_whole(3.0), is_whole(True), is_whole(np.array([3]))
    (True, True, False, False, False)
    """
    return isinstance(value, (int, np.integer)) and not isinstance(value, bool)


def whole(value: Any, name: str, least: int | None = None, most: int | None = None) -> int:
    """Return a whole number as one of Python.

    Parameters
    ----------
    value
        What was given.
    name
        What it is called in the error.
    least, most
        The range that it must be in; None for no limit.

    Raises
    ------
    RequestError
        For anything else, and a number out of the range.

    Examples
    --------
    >>> whole(np.uint8(7), "chunk", least=1)
    7
    >>> whole(True, "chunk", least=1)
    Traceback (most recent call last):
    nasbench_sim.errors.RequestError: chunk is a whole number of 1 or more, not True
    """
    in_range = is_whole(value) and (least is None or value >= least) and (most is None or value <= most)
    if not in_range:
        raise RequestError(f"{name} is a whole number{limits(least, most)}, not {value!r}")
    return operator.index(value)


def limits(least: int | None, most: int | None) -> str:
    """Say a range in words, after "a whole number"."""
    if least is None:
        return "" if most is None else f" of {most} or less"
    return f" of {least} or more" if most is None else f" from {least} to {most}"
