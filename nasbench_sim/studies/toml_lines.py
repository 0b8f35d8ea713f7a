"""Where in a TOML text a key was given, so that an error can point at the line."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from typing import Any

_MOST = 1000  # lines within statements at which a half ended; a file of more is not looked through


def line_of(text: str, path: Sequence[str | int]) -> int | None:
    r"""Give the line, from 1, on which a key of a valid TOML text is given; None where it is nowhere.

    The text is parsed up to a line in its middle, and so on by halves: the statement that first brings the
    key is where it is. Within a statement of several lines, such as a long list, it is the first line that
    shows the key or, for a place in a list, its value.

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
    before, after = 0, len(lines)  # ends of statements: without the key, and with it
    looked = 0
    if not _found(_known(lines), path)[0]:
        return None
    below = after  # no statement ends from here up to `after`
    while before + 1 < below:
        end = (before + below) // 2
        middle = end
        while end < below and (known := _known(lines[:end])) is None:
            end += 1
            looked += 1
        if looked > _MOST:
            return None
        if end == below:
            below = middle
        elif _found(known, path)[0]:
            below = after = end
        else:
            before = end
    value = _found(_known(lines[:after]), path)[1]
    return _within(lines[before:after], path[-1] if path else "", value) + before + 1


def _known(lines: Sequence[str]) -> Any:
    """Read some lines; None where a statement is not complete."""
    try:
        return tomllib.loads("\n".join(lines))
    except tomllib.TOMLDecodeError:
        return None


def _found(data: Any, path: Sequence[str | int]) -> tuple[bool, Any]:
    for key in path:
        try:
            data = data[key]
        except (KeyError, IndexError, TypeError):
            return False, None
    return True, data


def _within(statement: list[str], key: str | int, value: Any) -> int:
    shown = str(value if isinstance(key, int) else key)
    return next((place for place, line in enumerate(statement) if shown in line), 0)
