"""Things by name: what comes with the package, what a person registers, what installed plug-ins bring."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Callable, Mapping
from types import MappingProxyType, ModuleType
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast, overload

from nasbench_sim.errors import PluginError, RequestError, unknown

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

T = TypeVar("T")
C = TypeVar("C")
_NOTHING = object()


def imported(reference: str) -> Any:
    """Import what ``"module:attribute"`` or ``"module"`` names.

    Examples
    --------
    >>> imported("math:pi")
    3.141592653589793
    """
    module, _, attribute = reference.partition(":")
    found = importlib.import_module(module)
    return getattr(found, attribute) if attribute else found


class Registry(Generic[T]):
    """Find the things of one kind by name, and import none but the one that is asked for.

    A thing comes with the package, is registered while a program runs, or is an entry point of an installed
    package, of the group ``nasbench_sim.<kind>``. A name belongs to whoever had it first: `register` refuses
    one that is taken, and a plug-in never takes the place of what comes with the package.

    Parameters
    ----------
    kind
        Plural, as the group of entry points has it: ``"spaces"``.
    built_in
        What comes with the package: name -> ``"module:attribute"``, ``"module"``, or the thing itself.
    word
        What messages call one of them; the kind without its last letter by default.

    Examples
    --------
    >>> numbers = Registry("numbers", {"pi": "math:pi"})
    >>> numbers.get("pi")
    3.141592653589793
    >>> numbers.register("four", 4)
    4
    >>> numbers.names(), "four" in numbers
    (('pi', 'four'), True)
    >>> numbers.get("por")
    Traceback (most recent call last):
    nasbench_sim.errors.RequestError: unknown number 'por' (did you mean 'four'?); known: four, pi
    """

    def __init__(self, kind: str, built_in: Mapping[str, str | T], *, word: str | None = None) -> None:
        self.kind = kind
        self.word = word or kind[:-1]
        self._built_in = built_in
        self._registered: dict[str, T] = {}
        self._points: list[EntryPoint] = []
        self._searched: tuple[Any, ...] = ()  # where and when they were found
        self._loaded: dict[str, T] = {}  # what they lead to

    @overload
    def register(self, name: str, thing: C) -> C: ...
    @overload
    def register(self, name: str) -> Callable[[C], C]: ...
    def register(self, name: str, thing: Any = _NOTHING) -> Any:
        """Add a thing under a name, or return a decorator that does.

        The same thing again is fine, and so is a function or class that its own module defines anew, as a
        notebook does whose cell is run twice.

        Returns
        -------
        the thing itself, or without one the decorator

        Raises
        ------
        RequestError
            For a name that something else has.
        """
        if not isinstance(name, str) or not name:
            raise RequestError(f"the name of a {self.word} is a text, not {name!r}")
        if thing is _NOTHING:
            return lambda defined: self.register(name, defined)
        home = _home(thing)
        if name in self._registered:
            other = self._registered[name]
            if other is not thing and not (_home(other) == home and _at_top(thing)):
                raise self._taken(name, home, _home(other))
        elif name in self._built_in:
            if thing is not self._built_in[name] and home != self._built_in[name]:
                raise self._taken(name, home, self.origin(name))
            return thing
        else:
            for point in self._entry_points(name):
                if _package(point.value) != _package(home):
                    raise self._taken(name, home, point.value)
        self._registered[name] = thing
        return thing

    def unregister(self, name: str) -> None:
        """Take out what was registered under a name; what comes with a package stays."""
        if name not in self._registered:
            raise unknown(f"registered {self.word}", name, self._registered)
        del self._registered[name]

    def get(self, name: str) -> T:
        """Return the thing of a name; its module is imported, and no other.

        Raises
        ------
        RequestError
            For a name that nothing has (the message names the nearest) and one that two plug-ins have.
        PluginError
            For a plug-in that cannot be imported.
        """
        if not isinstance(name, str):
            raise unknown(self.word, name, self.names())
        if name in self._registered:
            return self._registered[name]
        if name in self._loaded:
            return self._loaded[name]
        if name in self._built_in:
            built_in = self._built_in[name]
            if not isinstance(built_in, str):
                return built_in
            return cast(T, imported(built_in))
        points = self._entry_points(name)
        if not points:
            raise unknown(self.word, name, self.names())
        if len(points) > 1:
            homes = " and ".join(sorted(_described(point) for point in points))
            raise RequestError(f"two plug-ins have a {self.word} {name!r}: {homes}; uninstall one of them")
        try:
            self._loaded[name] = points[0].load()
        except (Exception, SystemExit) as error:  # whatever a stranger's module does
            raise PluginError(
                f"the {self.word} {name!r} of {_described(points[0])} cannot be imported: "
                f"{type(error).__name__}: {error}"
            ) from error
        return self._loaded[name]

    @property
    def registered(self) -> Mapping[str, T]:
        """What was registered in this process: name -> thing, read-only."""
        return MappingProxyType(self._registered)

    def names(self) -> tuple[str, ...]:
        """List all names: those of the package in its order, then the others sorted. Nothing is imported."""
        added = {*self._registered, *(point.name for point in self._entry_points())}
        return (*self._built_in, *sorted(added - set(self._built_in)))

    def origin(self, name: str) -> str:
        """Tell where the thing of a name is from, as ``module:attribute``, for messages."""
        if name in self._registered:
            return _home(self._registered[name])
        if name in self._built_in:
            built_in = self._built_in[name]
            return built_in if isinstance(built_in, str) else _home(built_in)
        return " and ".join(_described(point) for point in self._entry_points(name)) or "nowhere"

    def __contains__(self, name: object) -> bool:
        """Whether a name is known; nothing is imported."""
        if not isinstance(name, str):
            return False
        return name in self._registered or name in self._built_in or bool(self._entry_points(name))

    def _entry_points(self, name: str | None = None) -> list[EntryPoint]:
        """Find the plug-ins of a name, or all; anew where something was installed since."""
        from importlib import metadata  # 15 ms, which asking for what comes with the package does without

        state = (metadata.entry_points, *((folder, _modified(folder)) for folder in sys.path))
        if state != self._searched:
            different = {}  # a package that lies on the path twice is found twice
            for point in metadata.entry_points(group=f"nasbench_sim.{self.kind}"):
                if point.name not in self._built_in:
                    different[point.name, point.value] = point
            self._points, self._searched = list(different.values()), state
        return [point for point in self._points if name in (None, point.name)]

    def _taken(self, name: str, new: str, old: str) -> RequestError:
        return RequestError(
            f"the {self.word} {name!r} of {new} cannot be registered: {old} has the name already; "
            "give yours another"
        )


def _home(thing: Any) -> str:
    """Tell where a thing was defined."""
    if isinstance(thing, ModuleType):
        return thing.__name__
    owner = thing if hasattr(thing, "__qualname__") else type(thing)
    return f"{owner.__module__}:{owner.__qualname__}"


def _at_top(thing: Any) -> bool:
    """Whether a module's own name leads to a thing, so that another of that name is a later version of it."""
    return hasattr(thing, "__qualname__") and "<" not in thing.__qualname__


def _modified(folder: str) -> int | None:
    try:
        return os.stat(folder or ".").st_mtime_ns
    except OSError:
        return None


def _package(home: str) -> str:
    return home.partition(":")[0].partition(".")[0]


def _described(point: EntryPoint) -> str:
    owner = point.dist.metadata["Name"] if point.dist is not None else None
    return f"{point.value} (package {owner})" if owner else point.value
