"""Every error that the toolkit raises on purpose, and the builders that word them alike."""

from __future__ import annotations

from collections.abc import Iterable


class NasbenchSimError(Exception):
    """Base of all errors raised on purpose by nasbench_sim."""


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


def nearest(asked: str, known: Iterable[str]) -> str:
    """Give `` (did you mean 'x'?)`` for the known name closest to `asked`, or an empty string.

    Examples
    --------
    >>> nearest("val_acuracy", ["val_accuracy", "latency"])
    " (did you mean 'val_accuracy'?)"
    """
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
    return RequestError(f"unknown {kind} {asked!r}{hint}; known: {', '.join(names) or 'none'}")
