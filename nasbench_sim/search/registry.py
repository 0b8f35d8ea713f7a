"""Searchers by name, and what else can stand for a searcher: a configured one, a generator function."""

from __future__ import annotations

import dataclasses
import functools
import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

from nasbench_sim.errors import RequestError, unknown
from nasbench_sim.search.generator import GeneratorSearcher
from nasbench_sim.search.searcher import Context, Searcher

S = TypeVar("S", bound=type[Searcher])

_REGISTERED: dict[str, type[Searcher]] = {}


def register(searcher: S) -> S:
    """Register a searcher class under its name: a class decorator.

    Examples
    --------
    >>> import numpy as np
    >>> from nasbench_sim.search import Searcher, register, searchers
    >>> @register
    ... class First(Searcher):
    ...     '''Always the first architecture.'''
    ...     name = "first"
    ...     def ask(self):
    ...         return np.zeros((self.replicates, 1), dtype=np.int64)
    ...     def tell(self, index, values):
    ...         pass
    >>> "first" in searchers()
    True
    >>> del _REGISTERED["first"]
    """
    if _REGISTERED.get(searcher.name, searcher).__qualname__ != searcher.__qualname__:
        raise RequestError(f"a searcher named {searcher.name!r} is registered already")
    _REGISTERED[searcher.name] = searcher
    return searcher


@functools.cache
def _load_built_in() -> None:
    from nasbench_sim.search import strategies

    for module in pkgutil.iter_modules(strategies.__path__):
        importlib.import_module(f"{strategies.__name__}.{module.name}")


def searchers() -> dict[str, type[Searcher]]:
    """Give all registered searchers: name -> class."""
    _load_built_in()
    return dict(sorted(_REGISTERED.items()))


@dataclasses.dataclass(frozen=True)
class Configured:
    """A searcher with all its hyperparameters, ready to start on any task."""

    label: str
    start: Callable[[Context], Searcher]
    hyperparameters: Mapping[str, Any]
    chunk: int


def searcher(which: Any, **hyperparameters: Any) -> Configured:
    """Configure a searcher.

    Parameters
    ----------
    which
        Name of a registered searcher; a `Searcher` subclass; a generator function ``f(space, random)`` that
        yields an architecture and receives its value; or what this function gave before.
    **hyperparameters
        Those that differ from the published defaults.

    Raises
    ------
    RequestError
        For an unknown searcher, one that is not complete, and an unknown or wrong hyperparameter.

    Examples
    --------
    >>> searcher("regularized_evolution", population=20).label
    'regularized_evolution(population=20)'
    """
    if isinstance(which, Configured):
        if hyperparameters:
            raise RequestError(f"{which.label} is configured already")
        return which
    if isinstance(which, str):
        known = searchers()
        if which not in known:
            raise unknown("searcher", which, known)
        which = known[which]
    if isinstance(which, type) and issubclass(which, Searcher):
        lacking = sorted(getattr(which, "__abstractmethods__", ()))
        if lacking or not getattr(which, "name", None):
            raise RequestError(f"the searcher {which.__name__} lacks {', '.join(lacking) or 'a name'}")
        complete = which.configured(hyperparameters)
        return Configured(
            _label(which.name, hyperparameters),
            functools.partial(which, hyperparameters=complete),
            complete,
            which.together(complete),
        )
    if inspect.isgeneratorfunction(which) or (callable(which) and not isinstance(which, type)):
        name = getattr(which, "__name__", type(which).__name__)
        try:
            inspect.signature(which, follow_wrapped=False).bind("space", "random", **hyperparameters)
        except (TypeError, ValueError) as error:
            raise RequestError(f"{name} cannot be called with (space, random): {error}") from error
        function: Callable[..., Iterator[Any]] = functools.partial(which, **hyperparameters)
        start = functools.partial(GeneratorSearcher, hyperparameters={}, function=function, title=name)
        return Configured(_label(name, hyperparameters), start, hyperparameters, GeneratorSearcher.chunk)
    raise RequestError(
        f"a searcher is a registered name, a Searcher subclass or a generator function, not {which!r}"
    )


def _label(name: str, hyperparameters: Mapping[str, Any]) -> str:
    listed = ", ".join(f"{key}={value}" for key, value in hyperparameters.items())
    return f"{name}({listed})" if listed else name
