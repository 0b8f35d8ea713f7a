"""Every error that the toolkit raises on purpose, and the builders that word them alike."""

from __future__ import annotations

from collections.abc import Iterable

_LONGEST = 2000  # characters of a message
_LONGEST_VALUE = 80  # characters of a value in a message


class NasbenchSimError(Exception):
    """Base of all errors raised on purpose by nasbench_sim; of a very long message the middle is left out."""

    def __str__(self) -> str:
        """Give the message, within a bounded length."""
        text = super().__str__()
        if len(text) <= _LONGEST:
            return text
        return f"{text[: _LONGEST * 2 // 3]} ... {text[-_LONGEST // 4 :]}"


class RequestError(NasbenchSimError, ValueError):
    """What was asked for is wrong or does not exist; the message says what does."""


class ArchitectureError(RequestError):
    """An index, operation code or architecture string that is not in the search space."""


class FileFormatError(NasbenchSimError):
    """A file that is truncated, hostile, of another format or of a newer version."""


class MissingDependencyError(NasbenchSimError, ImportError):
    """An optional package is not installed; the message names the extra that brings it."""


class PluginError(NasbenchSimError):
    """A part of another installed package cannot be used; the message names the part and the package."""


def shown(value: object) -> str:
    """Write a value for a message: a long text without its middle, of what is not plain only the type.

    A value from elsewhere may be small in memory and endless as text, so only plain ones are written out.

    Examples
    --------
    >>> shown("cifar"), shown(2.5), shown([1, 2]), shown("a" * 1000)[-26:]
    ("'cifar'", '2.5', 'a list', "aaaaaa' (1,000 characters)")
    """
    if isinstance(value, str):
        if len(value) <= _LONGEST_VALUE:
            return repr(value)
        half = _LONGEST_VALUE // 2
        return f"{value[:half] + '...' + value[-half:]!r} ({len(value):,} characters)"
    if type(value) is int and value.bit_length() > 4 * _LONGEST_VALUE:
        return f"a number of {value.bit_length():,} bits"
    if value is None or isinstance(value, (int, float)):
        return repr(value)
    return f"a {type(value).__name__}"


def nearest(asked: str, known: Iterable[str]) -> str:
    """Give `` (did you mean 'x'?)`` for the known name closest to `asked`, or an empty string.

    Examples
    --------
    >>> nearest("val_acuracy", ["val_accuracy", "latency"])
    " (did you mean 'val_accuracy'?)"
    """
    if len(asked) > _LONGEST_VALUE:
        return ""
    import difflib

    names = {name.lower(): name for name in known}
    found = difflib.get_close_matches(asked.lower(), names, n=1, cutoff=0.5)
    return f" (did you mean {names[found[0]]!r}?)" if found else ""


def unknown(kind: str, asked: object, known: Iterable[object]) -> RequestError:
    """Build the error for a name that does not exist: what was asked, the nearest, all there are.

    Examples
    --------
    >>> print(unknown("device", "raspi", ["raspi4", "fpga"]))
    unknown device 'raspi' (did you mean 'raspi4'?); known: fpga, raspi4
    """
    names = sorted({str(name) for name in known})
    hint = nearest(asked, names) if isinstance(asked, str) else ""
    text = shown(asked) if isinstance(asked, str) else repr(asked)
    return RequestError(f"unknown {kind} {text}{hint}; known: {', '.join(names) or 'none'}")
