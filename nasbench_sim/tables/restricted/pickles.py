"""Pickle files, read by the machine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from nasbench_sim.errors import FileFormatError
from nasbench_sim.tables.restricted.limits import DEFAULT, Limits
from nasbench_sim.tables.restricted.machine import Condense, Machine
from nasbench_sim.tables.restricted.stand_ins import Admitted
from nasbench_sim.tables.restricted.streams import bounded_stream


def read_pickle(
    path: str | Path, admitted: Admitted, limits: Limits = DEFAULT, condense: Condense | None = None
) -> Any:
    """Give the value of the one pickle in a file, plain, bz2 or gzip.

    Raises
    ------
    FileFormatError
        For a type that is not admitted, naming it; a truncated, damaged, foreign or too large file.

    Examples
    --------
    >>> import os, pickle, tempfile
    >>> path = os.path.join(tempfile.mkdtemp(), "file.pickle")
    >>> with open(path, "wb") as file:
    ...     pickle.dump({"latency": [1.5, 2.5]}, file)
    >>> read_pickle(path, {})
    {'latency': [1.5, 2.5]}
    """
    path = Path(path)
    with bounded_stream(path, limits) as stream:
        machine = Machine(stream, str(path), admitted, limits, condense, size=path.stat().st_size)
        value = machine.load()
        if stream.read(1):
            raise FileFormatError(f"{path} goes on after its pickle")
        return value


def read_pickles(path: str | Path, admitted: Admitted, limits: Limits = DEFAULT) -> Iterator[Any]:
    """Give the values of pickles written one after the other into a file."""
    path = Path(path)
    with bounded_stream(path, limits) as stream:
        machine = Machine(stream, str(path), admitted, limits, size=path.stat().st_size)
        while stream.peek(1):
            yield machine.load()
