"""The door for numbers from outside: what any library gives becomes an array of real numbers, or an error."""

from __future__ import annotations

from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.errors import RequestError

_NOT_NUMBERS = {
    "M": "dates",
    "m": "spans of time",
    "c": "complex numbers",
    "b": "true and false",
    "U": "text",
    "S": "bytes",
    "T": "text",
    "V": "records",
}
_MISSING = ("NAType", "NaTType")  # of pandas, which need not be there


def real_array(values: Any, name: str) -> NDArray[np.floating[Any]]:
    """Return an array of real numbers: float32 where it was, else float64; missing is NaN.

    Taken are arrays and lists of integers and floats, masked arrays, and what pandas has, whose missing
    values are None or NA. Dates, spans of time, text (digits, too), complex numbers, true and false are
    refused, since numpy would turn each of them into some number.

    Parameters
    ----------
    values
        Any shape.
    name
        What they are called in the error.

    Raises
    ------
    RequestError
        For anything else, and lists of different lengths.

    Examples
    --------
    >>> real_array([1, None, 3], "accuracy")
    array([ 1., nan,  3.])
    >>> real_array(["1", "2"], "accuracy")
    Traceback (most recent call last):
    nasbench_sim.errors.RequestError: accuracy: numbers are expected, missing as NaN, not text
    """
    if isinstance(values, np.ma.MaskedArray):  # of which asarray gives what the mask hides
        numbers = values.dtype.kind in "fiu"
        values = np.ma.filled(values.astype(np.float64 if numbers else object), np.nan if numbers else None)
    if hasattr(values, "to_numpy"):  # pandas, polars
        values = values.to_numpy()
    try:
        array = np.asarray(values)
    except (TypeError, ValueError, RuntimeError):  # ragged lists; what another library does not give away
        raise RequestError(f"{name}: numbers that fill an array are expected, missing as NaN") from None
    if array.dtype.kind == "O":
        return _of_objects(array, name)
    if array.dtype.kind not in "fiu":
        raise _refused(name, _NOT_NUMBERS[array.dtype.kind])
    return array.astype(np.float32 if array.dtype == np.float32 else np.float64, copy=False)


def _of_objects(array: NDArray[np.object_], name: str) -> NDArray[np.float64]:
    numbers = np.full(array.shape, np.nan)
    for place, one in np.ndenumerate(array):
        if one is None or type(one).__name__ in _MISSING:
            continue
        if not isinstance(one, Real) or isinstance(one, bool):
            raise _refused(name, type(one).__name__)
        try:
            numbers[place] = float(one)
        except OverflowError:
            raise RequestError(f"{name}: a number is beyond what a float64 holds") from None
    return numbers


def _refused(name: str, what: str) -> RequestError:
    return RequestError(f"{name}: numbers are expected, missing as NaN, not {what}")
