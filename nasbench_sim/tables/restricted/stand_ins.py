"""What a file may name: for each admitted type, a function of ours that builds plain data instead."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NoReturn

import numpy as np

from nasbench_sim.errors import FileFormatError, shown
from nasbench_sim.tables.restricted.limits import check_whole

Maker = Callable[[tuple[Any, ...]], Any]
"""Builds the value of a call in a file from its arguments."""
Admitted = Mapping[str, Maker]
"""The full name of each type or function that a format needs, and what stands in for it."""

_NUMBERS = {f"{kind}{size}" for kind in "iu" for size in (1, 2, 4, 8)} | {"f2", "f4", "f8", "b1"}


_EMPTY_ROWS = 2**16


class Name:
    """A name in a file that is admitted, before it is called."""

    __slots__ = ("make", "text")

    def __init__(self, text: str, make: Maker) -> None:
        self.text = text
        self.make = make


class Draft:
    """A value that a file finishes by a state; `build` gives the finished one."""

    __slots__ = ("memo",)

    def __init__(self) -> None:
        self.memo: list[int] = []  # where the machine remembers the draft

    def build(self, state: Any) -> Any:
        """Give the finished value."""
        raise FileFormatError(f"{type(self).__name__} takes no state, not {type(state).__name__}")


class Record(Draft):
    """An object of an admitted type as what the file says of it: its name, arguments and state.

    Nothing of the type itself is imported or run.
    """

    __slots__ = ("arguments", "name", "state")

    def __init__(self, name: str, arguments: tuple[Any, ...]) -> None:
        super().__init__()
        self.name = name
        self.arguments = arguments
        self.state: Any = None

    def build(self, state: Any) -> Record:
        """Keep the state."""
        self.state = state
        return self


def records(names: Iterable[str]) -> dict[str, Maker]:
    """Admit types whose objects are kept as a `Record`."""

    def maker(name: str) -> Maker:
        return lambda arguments: Record(name, arguments)

    return {name: maker(name) for name in names}


# -- plain containers


def _ordered_dict(arguments: tuple[Any, ...]) -> dict[Any, Any]:
    if arguments:
        raise FileFormatError("an OrderedDict with arguments: only its items may fill it")
    return {}


def _number_set(arguments: tuple[Any, ...]) -> set[int]:
    items = arguments[0] if arguments else []
    if len(arguments) > 1 or type(items) is not list or not all(type(item) is int for item in items):
        raise FileFormatError("a set of anything but whole numbers")
    check_whole(items)
    return set(items)


def _latin1(arguments: tuple[Any, ...]) -> bytes:
    if len(arguments) != 2 or type(arguments[0]) is not str or arguments[1] not in ("latin1", "latin-1"):
        raise FileFormatError("_codecs.encode is admitted for latin1 text only")
    return arguments[0].encode("latin1")


def _no_bytes(arguments: tuple[Any, ...]) -> bytes:
    if arguments:
        raise FileFormatError("bytes that are made by a call")
    return b""


PLAIN: Admitted = {
    "collections.OrderedDict": _ordered_dict,
    "builtins.set": _number_set,
    "__builtin__.set": _number_set,
}
"""Ordered dictionaries (as dictionaries) and sets of whole numbers; all else plain needs no name."""


# -- numpy, rebuilt from raw bytes by us


class _DtypeDraft(Draft):
    __slots__ = ("code",)

    def __init__(self, arguments: tuple[Any, ...]) -> None:
        super().__init__()
        code = arguments[0] if arguments else None
        if type(code) is not str or (code not in _NUMBERS and code not in ("O8", "O")):
            raise FileFormatError(f"numpy numbers of type {shown(code)}")
        self.code = code

    def build(self, state: Any) -> np.dtype[Any]:
        plain = isinstance(state, tuple) and len(state) >= 5 and state[1] in ("<", ">", "|", "=")
        if not plain or any(part is not None for part in state[2:5]):
            raise FileFormatError("a numpy type with fields")
        return np.dtype("O") if self.code[0] == "O" else np.dtype(state[1] + self.code)


class _ArrayDraft(Draft):
    __slots__ = ()

    def build(self, state: Any) -> Any:
        if not isinstance(state, tuple) or len(state) != 5:
            raise FileFormatError("a numpy array without shape, type and numbers")
        _, shape, dtype, fortran, raw = state
        if isinstance(dtype, np.dtype) and dtype.kind == "O":
            # pandas keeps a column of text as one row of objects
            if type(raw) is not list or [n for n in _shape(shape) if n != 1] not in ([len(raw)], []):
                raise FileFormatError("a numpy array of objects that is not one row")
            return raw
        return _array(raw, dtype, shape, "F" if fortran is True else "C")


def _reconstruct(arguments: tuple[Any, ...]) -> _ArrayDraft:
    if not arguments or getattr(arguments[0], "text", None) != "numpy.ndarray":
        raise FileFormatError("an array type other than numpy.ndarray")
    return _ArrayDraft()


def _from_buffer(arguments: tuple[Any, ...]) -> Any:
    if len(arguments) != 4:
        raise FileFormatError("a numpy buffer without shape, type and order")
    raw, dtype, shape, order = arguments
    return _array(raw, dtype, shape, "F" if order == "F" else "C")


def _scalar(arguments: tuple[Any, ...]) -> Any:
    if len(arguments) != 2:
        raise FileFormatError("a numpy number without type and bytes")
    return _array(arguments[1], arguments[0], (), "C").item()


def _shape(shape: Any) -> tuple[int, ...]:
    if not isinstance(shape, tuple) or len(shape) > 8 or not all(type(n) is int and n >= 0 for n in shape):
        raise FileFormatError("a numpy shape that is not a few whole numbers")
    if 0 in shape and max(shape) > _EMPTY_ROWS:  # whoever walks through the rows would never end
        raise FileFormatError("a numpy array of no numbers in many rows")
    return shape


def _array(raw: Any, dtype: Any, shape: Any, order: Any) -> Any:
    if not isinstance(dtype, np.dtype) or dtype.kind == "O":
        raise FileFormatError("a numpy array without a type of plain numbers")
    if isinstance(raw, str):  # written by Python 2
        raw = raw.encode("latin1")
    if not isinstance(raw, (bytes, bytearray)) or len(raw) != math.prod(_shape(shape)) * dtype.itemsize:
        raise FileFormatError("a numpy array whose bytes do not fill its shape")
    return np.frombuffer(bytes(raw), dtype).reshape(shape, order=order)


def _never(arguments: tuple[Any, ...]) -> NoReturn:
    raise FileFormatError("a numpy array that is made by a call")


NUMPY: Admitted = {
    **PLAIN,
    "_codecs.encode": _latin1,  # how protocol 2 writes bytes
    "__builtin__.bytes": _no_bytes,
    "numpy.dtype": _DtypeDraft,
    "numpy.ndarray": _never,
    **{
        f"numpy.{core}.{name}": maker
        for core in ("core", "_core")
        for name, maker in {
            "multiarray._reconstruct": _reconstruct,
            "multiarray.scalar": _scalar,
            "numeric._frombuffer": _from_buffer,
        }.items()
    },
}
"""`PLAIN`, and numpy arrays and numbers of plain types."""
