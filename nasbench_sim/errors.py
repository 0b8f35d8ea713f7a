"""Every error that the toolkit raises on purpose, and the builders that word them alike."""

from __future__ import annotations

from collections.abc import Iterable

_LONGEST = 2000  # characters of a message
_SHORTEST_PART = 3  # letters of a name that tell it
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


class MissingFileError(FileFormatError, FileNotFoundError):
    """A file that is named and is not there."""


class InstallError(NasbenchSimError):
    """Something outside stopped an installation: the network, the disk, a file with another hash."""


class MergeConflictError(NasbenchSimError):
    """Two tables give different values for one quantity; the message shows which, where and by how much."""


class ScratchError(NasbenchSimError):
    """The folder of temporary files cannot be written, or is full."""


class WorkerError(NasbenchSimError):
    """Worker processes died again and again, and no work was done in between."""


class TrainingError(NasbenchSimError):
    """A training that cannot go on: the loss is not finite, or memory does not suffice."""


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

    A name that contains what was asked, the shortest, or that it contains, the longest, is closer than one of
    similar letters.

    Examples
    --------
    >>> nearest("val_acuracy", ["val_accuracy", "latency"]), nearest("acc", ["val_accuracy", "macs"])
    (" (did you mean 'val_accuracy'?)", " (did you mean 'val_accuracy'?)")
    """
    if len(asked) > _LONGEST_VALUE:
        return ""
    import difflib

    text, names = asked.lower(), {name.lower(): name for name in known}
    longer = [name for name in names if text in name] if len(text) >= _SHORTEST_PART else []
    shorter = [name for name in names if len(name) >= _SHORTEST_PART and name in text]
    found = sorted(longer, key=len) or sorted(shorter, key=len, reverse=True)
    found = found or difflib.get_close_matches(text, names, n=1, cutoff=0.5)
    return f" (did you mean {names[found[0]]!r}?)" if found else ""


def place_of(name: str) -> str:
    """Tell where a name that the toolkit knows is to be had; an empty string for one that it does not know.

    Examples
    --------
    >>> place_of("logsynflow")
    "the table 'nas-bench-201-proxies' has it; `nasbench-sim data install freerea` brings it"
    """
    import importlib

    find = importlib.import_module("nasbench_sim.whereabouts").place_of  # which knows all rooms
    return str(find(name))


def unknown(kind: str, asked: object, known: Iterable[object]) -> RequestError:
    """Build the error for a name that does not exist: what was asked, the nearest, all there are.

    A name that is known elsewhere is not corrected: the message says where it is to be had.

    Examples
    --------
    >>> print(unknown("device", "raspi", ["raspi4", "fpga"]))
    unknown device 'raspi' (did you mean 'raspi4'?); known: fpga, raspi4
    """
    names = sorted({str(name) for name in known})
    place = place_of(asked) if isinstance(asked, str) else ""
    hint = nearest(asked, names) if isinstance(asked, str) and not place else ""
    text = shown(asked) if isinstance(asked, str) else repr(asked)
    elsewhere = f" here: {place}" if place else ""
    return RequestError(f"unknown {kind} {text}{hint}{elsewhere}; known: {', '.join(names) or 'none'}")
