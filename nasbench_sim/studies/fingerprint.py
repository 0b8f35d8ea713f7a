"""What the code of a person's own searcher is, as one hash that changes with whatever it runs on."""

from __future__ import annotations

import enum
import functools
import hashlib
import inspect
import json
import logging
import types
from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import PurePath
from typing import Any

import numpy as np

from nasbench_sim.errors import RequestError
from nasbench_sim.oracle import Task
from nasbench_sim.search.configured import Configured
from nasbench_sim.spaces import SearchSpace
from nasbench_sim.studies.origin import full_name, importable, origin
from nasbench_sim.tables import Table

_PLAIN = (
    bool,
    int,
    float,
    complex,
    str,
    bytes,
    range,
    PurePath,
    np.dtype,
    types.NoneType,
    types.EllipsisType,
)
_CONTAINERS = (list, tuple, dict, set, frozenset, deque)
_DESCRIPTORS = (types.GetSetDescriptorType, types.MemberDescriptorType, types.WrapperDescriptorType)
_BUILT_IN = (types.BuiltinFunctionType, types.MethodDescriptorType)


def code_hash(searcher: Configured) -> str | None:
    """Give the hash of the code of a searcher that is not one of the package's own.

    It covers the source of the function or class; of a function its closure, defaults and bound arguments; of
    a class those of its methods, its attributes and its bases; and, in the same way, the functions, classes
    and plain data that these name in their own modules. Of installed packages it covers the source of what is
    named, no more.

    Raises
    ------
    RequestError
        For a source that cannot be read, and for anything in a closure, a default, a bound argument or an
        attribute of a class that is not plain data, a function, a class or an object of such a class with
        such attributes: a later change of it would go unnoticed.
    """
    start: Any = searcher.start
    code: Any = start.func
    if "function" in start.keywords:
        bound: Any = start.keywords["function"]
        others = {key: value for key, value in bound.keywords.items() if key not in searcher.hyperparameters}
        code = functools.partial(bound.func, *bound.args, **others) if bound.args or others else bound.func
    if origin(code) == "here" and importable(code):
        return None
    return function_hash(code, searcher.label)


def function_hash(code: Any, label: str) -> str:
    """Compute the hash of the code of a function, a class or a callable object, as `code_hash` does.

    Raises
    ------
    RequestError
        As `code_hash`; `label` names it.
    """
    try:
        facts = _Facts().of(code, code.__name__ if hasattr(code, "__name__") else label)
    except _UnreadableError as error:
        raise RequestError(f"{label}: {error}") from error
    except RecursionError as error:
        raise RequestError(f"{label}: what it is made of contains itself") from error
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()


class _UnreadableError(Exception):
    """Something that nobody could tell from another one later."""


class _Facts:
    """Gives whatever code is made of as lists of texts; each function, class and object once."""

    def __init__(self) -> None:
        # With the object itself, so that its id stays its own.
        self._seen: dict[tuple[int, bool], tuple[int, Any]] = {}
        self._strict = True

    def of(self, value: Any, where: str) -> Any:
        """Give what a value is; `where` names it in errors."""
        plain = origin(type(value)) in ("python", "installed")
        if isinstance(value, (np.ndarray, np.generic)) and plain:
            if value.dtype == object:
                return ["array", list(value.shape), self.of(value.ravel().tolist(), where)]
            data = hashlib.sha256(np.ascontiguousarray(value).tobytes()).hexdigest()
            return ["array", value.dtype.str, list(value.shape), data]
        if isinstance(value, _PLAIN) and plain:
            return [type(value).__name__, repr(value)]
        if isinstance(value, enum.Enum):
            return [self.of(type(value), where), value.name]
        if isinstance(value, _CONTAINERS) and plain:
            return [type(value).__name__, self._contents(value, where)]
        known = self._known(value)
        return self._of_code(value, where) if known is None else ["again", known]

    def _known(self, value: Any) -> int | None:
        """Give the place of something that was seen; None for what is new, which is noted."""
        key = (id(value), self._strict)
        if key in self._seen:
            return self._seen[key][0]
        self._seen[key] = len(self._seen), value
        return None

    def _contents(self, value: Any, where: str) -> list[Any]:
        if isinstance(value, dict):
            return [[self.of(key, where), self.of(own, f"{where}[{key!r}]")] for key, own in value.items()]
        found = [self.of(own, f"an element of {where}") for own in value]
        return sorted(found, key=json.dumps) if isinstance(value, (set, frozenset)) else found

    def _of_code(self, value: Any, where: str) -> Any:
        if isinstance(value, types.FunctionType):
            return self._function(value, where)
        if isinstance(value, type):
            return self._class(value, where)
        if isinstance(value, _BUILT_IN):
            owner = getattr(value, "__self__", None)
            own = None if isinstance(owner, types.ModuleType) else owner
            return ["built in", value.__qualname__, self.of(own, where)]
        if isinstance(value, types.ModuleType):
            return ["module", value.__name__]
        if isinstance(value, _DESCRIPTORS):
            return ["descriptor", value.__name__]
        parts: Sequence[Any] | None = None
        if isinstance(value, (functools.partial, functools.partialmethod)):
            parts = (value.func, value.args, value.keywords)
        elif isinstance(value, types.MethodType):
            parts = (value.__func__, value.__self__)
        elif isinstance(value, (staticmethod, classmethod)):
            parts = (value.__func__,)
        elif isinstance(value, property):
            parts = (value.fget, value.fset, value.fdel)
        elif isinstance(value, functools.cached_property):
            parts = (value.func,)
        elif isinstance(value, functools._lru_cache_wrapper):
            parts = (value.__wrapped__,)
        if parts is not None:
            return [type(value).__name__, *(self.of(part, f"a part of {where}") for part in parts)]
        return self._object(value, where)

    def _function(self, function: types.FunctionType, where: str) -> Any:
        code, known = function.__code__, origin(function) != "own"
        if origin(function) in ("here", "python") and importable(function):
            return ["known", full_name(function)]
        try:
            source = inspect.getsource(code)
        except (OSError, TypeError) as error:
            return self._unreadable(f"the source code of {where} cannot be read; define it in a file", error)
        if known and importable(function):
            return ["known", full_name(function), source]
        # Lambdas of one line have one source: the place of the body tells which is which.
        place = list(list(code.co_positions())[-1][2:]) if function.__name__ == "<lambda>" else None
        cells = zip(code.co_freevars, function.__closure__ or (), strict=True)
        return [
            *("function", source, place),
            self.of(function.__defaults__, f"a default of {where}"),
            self.of(function.__kwdefaults__, f"a default of {where}"),
            [[name, self._cell(cell, f"{name} in the closure of {where}")] for name, cell in cells],
            [] if known else self._globals(function),
        ]

    def _cell(self, cell: types.CellType, where: str) -> Any:
        try:
            content = cell.cell_contents
        except ValueError:
            return "empty"
        return self.of(content, where)

    def _globals(self, function: types.FunctionType) -> list[Any]:
        """Give the globals that a function names; of what cannot be read, that it is there."""
        strict, self._strict = self._strict, False
        names = list(dict.fromkeys(_names(function.__code__)))
        found = self._named(function.__globals__, names)
        self._strict = strict
        return found

    def _named(self, among: dict[str, Any], names: list[str]) -> list[Any]:
        found = []
        for name in names:
            if name in among:
                value = among[name]
                own = isinstance(value, types.ModuleType) and origin(value) == "own"
                facts = self._named(vars(value), names) if own and self._known(value) is None else None
                found.append([name, facts or self.of(value, name)])
        return found

    def _class(self, cls: type, where: str) -> Any:
        whose = origin(cls)
        if whose == "python" or (whose == "here" and importable(cls)):
            return ["known", full_name(cls)]
        bases = [self.of(base, where) for base in cls.__bases__]
        try:
            source = inspect.getsource(cls)
        except (OSError, TypeError) as error:
            if whose == "installed":  # not written in Python
                return ["known", full_name(cls), bases]
            said = f"the source code of the class {cls.__name__} cannot be read; define it in a file"
            return self._unreadable(said, error)
        if whose == "installed" and importable(cls):
            return ["known", full_name(cls), source, bases]
        if issubclass(cls, enum.Enum):
            values = [[name, self.of(one.value, where)] for name, one in cls.__members__.items()]
            return ["enum", source, values, bases]
        attributes = [
            [name, self.of(value, f"{cls.__name__}.{name}")]
            for name, value in vars(cls).items()
            if not _kept_by_python(name, value)
        ]
        return ["class", source, attributes, bases]

    def _object(self, value: Any, where: str) -> Any:
        if isinstance(value, Table):
            return ["table", value.hash]
        if isinstance(value, Task):
            return ["task", value.describe()]
        if isinstance(value, SearchSpace):
            return ["space", value.name, [list(choices) for choices in value.choices]]
        if isinstance(value, logging.Logger):  # it changes nothing
            return ["logger", value.name]
        if callable(value) and origin(value) in ("python", "installed") and importable(value):
            return ["known", full_name(value)]
        bases = [base for base in type(value).__mro__ if base is not object]
        foreign = [base for base in bases if origin(base) not in ("own", "here")]
        contents: list[Any] = []
        if any(issubclass(base, _CONTAINERS) for base in foreign):
            contents = self._contents(value, where)
        elif any(base.__module__ not in ("abc", "typing") for base in foreign):
            return self._unreadable(
                f"{where} is of type {full_name(type(value))}: a later change of it would go unnoticed; use "
                "plain data, functions and classes"
            )
        state = {name: getattr(value, name) for name in _slots(bases) if hasattr(value, name)}
        state |= getattr(value, "__dict__", {})
        attributes = [[name, self.of(part, f"{name} of {where}")] for name, part in state.items()]
        return ["object", self.of(type(value), where), attributes, contents]

    def _unreadable(self, said: str, error: Exception | None = None) -> Any:
        """Refuse what cannot be told from another one later, unless it is a mere global."""
        if self._strict:
            raise _UnreadableError(said) from error
        return "unread"


def _names(code: types.CodeType) -> Iterator[str]:
    """Give the names that code, and the functions in it, look up."""
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from _names(constant)


def _kept_by_python(name: str, value: Any) -> bool:
    """Tell whether an attribute of a class is what Python makes of the class's source."""
    if name == "_abc_impl":
        return True
    if not (name.startswith("__") and name.endswith("__")):
        return False
    function = getattr(value, "__func__", value)  # of dataclasses, methods are made from text
    return not isinstance(function, types.FunctionType) or function.__code__.co_filename.startswith("<string")


def _slots(bases: Sequence[type]) -> list[str]:
    listed = [vars(base).get("__slots__", ()) for base in bases]
    return [name for slots in listed for name in ([slots] if isinstance(slots, str) else slots)]
