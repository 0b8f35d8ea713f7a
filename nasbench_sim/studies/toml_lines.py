"""Where in a TOML text a key was given, so that an error can point at the line."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from typing import Any


def line_of(text: str, path: Sequence[str | int]) -> int | None:
    r"""Give the line, from 1, on which a key of a valid TOML text is given; None where it is nowhere.

    The text is parsed up to each line in turn: the statement that first brings the key is where it is.
    Within a statement of several lines, such as a long list, it is the first line that shows the key or,
    for a place in a list, its value.

    Parameters
    ----------
    text
        A valid TOML text.
    path
        Keys, and places in lists from 0, from the outside in.

    Examples
    --------
    >>> line_of('a = 1\n\n[[b]]\nx = 2\n[[b]]\nx = [3,\n 4]', ["b", 1, "x", 1])
    7
    """
    lines = text.splitlines()
    begin = 0  # of the statement that is not complete yet
    for end in range(1, len(lines) + 1):
        try:
            known = tomllib.loads("\n".join(lines[:end]))
        except tomllib.TOMLDecodeError:
            continue
        found, value = _look_up(known, path)
        if found:
            return _within(lines[begin:end], path[-1] if path else "", value) + begin + 1
        begin = end
    return None


def _look_up(data: Any, path: Sequence[str | int]) -> tuple[bool, Any]:
    for key in path:
        try:
            data = data[key]
        except (KeyError, IndexError, TypeError):
            return False, None
    return True, data


def _within(statement: list[str], key: str | int, value: Any) -> int:
    shown = str(value if isinstance(key, int) else key)
    return next((place for place, line in enumerate(statement) if shown in line), 0)
