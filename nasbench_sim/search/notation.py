"""A searcher and its hyperparameters as one text, written and read back."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from typing import Any

from nasbench_sim.errors import RequestError

_BARE = re.compile(r"[^\W\d][\w:./@+-]*")
"""Texts that are written without quotes."""


def written(name: str, hyperparameters: Mapping[str, Any]) -> str:
    """Write a searcher as tables and figures call it.

    Examples
    --------
    >>> written("local_search", {"improvement": "first", "warm_start": (3, "a b")})
    "local_search(improvement=first, warm_start=(3, 'a b'))"
    """
    listed = ", ".join(f"{key}={_shown(value)}" for key, value in hyperparameters.items())
    return f"{name}({listed})" if listed else name


def read(text: str) -> tuple[str, dict[str, Any]]:
    """Read what `written` wrote; no code of it is run.

    Returns
    -------
    name, hyperparameters
        Numbers, texts, True and False, and lists of these; whether a searcher has such hyperparameters, and
        may have such values, is not checked here.

    Raises
    ------
    RequestError
        For a text of another form.

    Examples
    --------
    >>> read("local_search(improvement=first, warm_start=(3, 'a b'))")
    ('local_search', {'improvement': 'first', 'warm_start': (3, 'a b')})
    """
    name, opening, rest = text.strip().partition("(")
    if not opening:
        return text, {}
    if not rest.endswith(")"):
        raise _unreadable(text, "the last parenthesis is missing")
    found: dict[str, Any] = {}
    for part in _parts(rest[:-1], text):
        key, equals, value = (one.strip() for one in part.partition("="))
        if not equals or not key.isidentifier():
            raise _unreadable(text, f"{part.strip()!r} is no name=value")
        if key in found:
            raise _unreadable(text, f"{key} is there twice")
        found[key] = _value(value, text)
    return name.strip(), found


def _shown(value: Any) -> str:
    bare = isinstance(value, str) and _BARE.fullmatch(value) and value not in ("True", "False", "None")
    return str(value) if bare else repr(value)


def _parts(inside: str, text: str) -> Iterator[str]:
    """Split at the commas that are in no bracket and in no quotes."""
    if not inside.strip():
        return
    depth, quote, start = 0, "", 0
    place = 0
    while place < len(inside):
        letter = inside[place]
        if quote:
            if letter == "\\":
                place += 1
            elif letter == quote:
                quote = ""
        elif letter in "'\"":
            quote = letter
        elif letter in "([{":
            depth += 1
        elif letter in ")]}":
            depth -= 1
        elif letter == "," and not depth:
            yield inside[start:place]
            start = place + 1
        if depth < 0:
            break
        place += 1
    if depth or quote:
        raise _unreadable(text, "its brackets or quotes do not match")
    if inside[start:].strip():  # a comma may end the list
        yield inside[start:]


def _value(value: str, text: str) -> Any:
    if _BARE.fullmatch(value) and value not in ("True", "False", "None"):
        return value
    try:
        return ast.literal_eval(value)
    except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError):
        raise _unreadable(text, f"{value!r} is no number, text or list") from None


def _unreadable(text: str, why: str) -> RequestError:
    return RequestError(f"cannot read the searcher {text!r}: {why}; write name(hyperparameter=value, ...)")
