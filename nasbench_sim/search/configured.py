"""What can stand for a searcher, made ready: names, classes, functions, objects, mappings."""

from __future__ import annotations

import dataclasses
import functools
import inspect
from collections.abc import Callable, Mapping
from typing import Any

from nasbench_sim.errors import RequestError
from nasbench_sim.search.ask_tell import AskTell, asks_and_tells
from nasbench_sim.search.generator import GeneratorSearcher
from nasbench_sim.search.notation import read, written
from nasbench_sim.search.registry import searcher_class
from nasbench_sim.search.searcher import Context, Searcher


@dataclasses.dataclass(frozen=True)
class Configured:
    """A searcher with all its hyperparameters, ready to start on any task.

    Attributes
    ----------
    label
        What it is called in tables and figures.
    start
        Makes the `Searcher` for a context.
    hyperparameters
        All of them, defaults too.
    chunk
        How many replicates are advanced together at most.
    once
        Whether it runs one replicate only, as an object with a state of its own does.
    """

    label: str
    start: Callable[[Context], Searcher]
    hyperparameters: Mapping[str, Any]
    chunk: int
    once: bool = False


def searcher(which: Any, **hyperparameters: Any) -> Configured:
    """Configure a searcher.

    Parameters
    ----------
    which
        Name of a registered searcher, also with hyperparameters as summaries print it,
        ``"regularized_evolution(population=20)"``; a `Searcher` subclass; a generator function
        ``f(space, random)`` that yields an architecture and receives its value; a function or class that
        makes an object with ``ask()`` and ``tell(architecture, value)`` of (space, random), or one such
        object (`nasbench_sim.search.from_ask_tell` has more); a mapping of one label to any of these; or what
        this function returned before.
    **hyperparameters
        Those that differ from the published defaults.

    Returns
    -------
    Configured
        Its label lists the hyperparameters that differ from the defaults: a default that is given is the same
        searcher as one that is not.

    Raises
    ------
    RequestError
        For an unknown searcher, one that is not complete, and an unknown or wrong hyperparameter.

    Examples
    --------
    >>> searcher("regularized_evolution", population=20).label
    'regularized_evolution(population=20)'
    >>> searcher("regularized_evolution(population=10)").label
    'regularized_evolution'
    >>> searcher({"ours": "local_search"}).label
    'ours'
    """
    if isinstance(which, Configured):
        if hyperparameters:
            raise RequestError(f"{which.label} is configured already")
        return which
    if isinstance(which, Mapping):
        return _labelled(which, hyperparameters)
    if isinstance(which, str):
        which, said = read(which)
        for name in said:
            if name in hyperparameters:
                raise RequestError(f"the hyperparameter {name} is given twice")
        which, hyperparameters = searcher_class(which), {**said, **hyperparameters}
    if isinstance(which, type) and issubclass(which, Searcher):
        return _of_class(which, hyperparameters)
    if callable(which) and (asks_and_tells(which) or not isinstance(which, type)):
        return _of_function(which, hyperparameters)
    if asks_and_tells(which):
        if hyperparameters:
            raise RequestError(f"an object of {type(which).__name__} takes no hyperparameters any more")
        return _of_function(AskTell(which), {})  # an object, of which there is one
    raise RequestError(
        "a searcher is a registered name, a Searcher subclass, a generator function, an object with ask and "
        f"tell or what makes one, or a mapping of a label to one of these, not {which!r}"
    )


def _labelled(which: Mapping[Any, Any], hyperparameters: Mapping[str, Any]) -> Configured:
    if len(which) != 1:
        raise RequestError(f"a mapping of one label to one searcher is wanted, not of {len(which)}")
    ((label, one),) = which.items()
    if not isinstance(label, str) or not label.strip():
        raise RequestError(f"the label of a searcher is a text, not {label!r}")
    return dataclasses.replace(searcher(one, **hyperparameters), label=label)


def _of_class(which: type[Searcher], hyperparameters: Mapping[str, Any]) -> Configured:
    lacking = sorted(getattr(which, "__abstractmethods__", ()))
    if lacking or not getattr(which, "name", None):
        raise RequestError(f"the searcher {which.__name__} lacks {', '.join(lacking) or 'a name'}")
    complete = which.configured(hyperparameters)
    declared = which.declared_for(hyperparameters)
    different = {name: complete[name] for name, one in declared.items() if complete[name] != one.default}
    return Configured(
        written(which.name, different),
        functools.partial(which, hyperparameters=complete),
        complete,
        which.together(complete),
    )


def _of_function(which: Any, hyperparameters: Mapping[str, Any]) -> Configured:
    name = getattr(which, "__name__", type(which).__name__)
    try:
        inspect.signature(which, follow_wrapped=False).bind("space", "random", **hyperparameters)
    except (TypeError, ValueError) as error:
        raise RequestError(f"{name} cannot be called with (space, random): {error}") from error
    own: Any = which
    bound = dict(hyperparameters)
    while isinstance(own, functools.partial):
        own, bound = own.func, {**own.keywords, **bound}
    name = getattr(own, "__name__", name)
    function = functools.partial(which, **hyperparameters)
    start = functools.partial(GeneratorSearcher, hyperparameters={}, function=function, title=name)
    label = written(name, {**_enclosed(own.made if isinstance(own, AskTell) else own), **bound})
    once = isinstance(own, AskTell) and not callable(own.made)
    return Configured(label, start, hyperparameters, GeneratorSearcher.chunk, once)


def _enclosed(function: Any) -> dict[str, Any]:
    """Return the plain values that a function made by another remembers: they tell it from its like."""
    cells = getattr(function, "__closure__", None) or ()
    names = function.__code__.co_freevars if cells else ()
    found = {}
    for name, cell in zip(names, cells, strict=True):
        try:
            value = cell.cell_contents
        except ValueError:  # not filled yet: a name of the function around it that comes later
            continue
        if isinstance(value, (bool, int, float, str, type(None))):
            found[name] = value
    return found
