"""The file of a record: what some replicates of one searcher did on one task, in one HDF5 file."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import platform
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.interrupts import uninterrupted
from nasbench_sim.oracle import Trajectories
from nasbench_sim.oracle.record import Record
from nasbench_sim.studies.arrays import as_bytes, as_integers, facts, little, read
from nasbench_sim.tables.container import Kind, created, opened, write_header

KIND = Kind("record", schema=1)
_AS_BYTES = 3  # axes of official indices that do not fit 64 bits


@dataclasses.dataclass(frozen=True)
class Header:
    """What a record file says of itself."""

    about: dict[str, Any]
    """The provenance that it was saved with."""
    arrays: tuple[dict[str, Any], ...]
    """Name, type, shape and SHA-256 of each array."""
    digest: str
    """SHA-256 of provenance and arrays."""


def save_record(runs: Trajectories, path: Path, about: Mapping[str, Any]) -> None:
    """Write the record of some replicates, complete or not at all; equal results give equal bytes.

    Parameters
    ----------
    runs
        What to write; each array of its `Record` as it is, bit for bit.
    path
        The file; what was there is replaced.
    about
        Provenance, as plain JSON types.
    """
    arrays = {name: little(array) for name, array in _arrays(runs).items()}
    header = {
        "about": about,
        "arrays": [facts(name, array) for name, array in arrays.items()],
    }
    text = json.dumps(header, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()
    with uninterrupted(), created(path, KIND) as (file, _):
        for name, array in arrays.items():  # not packed: it saves a third and takes longer than a search
            file.create_dataset(name, data=array, track_times=False)
        write_header(file, KIND, text)
        file.attrs["python"] = platform.python_version()
        file.attrs["numpy"] = np.__version__


def read_header(path: Path) -> Header:
    """Give what a record file says of itself, without its arrays.

    Raises
    ------
    FileFormatError
        For a file that is missing, truncated, foreign, hostile or of a newer schema.
    """
    with opened(path, KIND) as (_, text):
        return _header(text)


def read_record(path: Path) -> tuple[Record, Header]:
    """Give a record and its header, every array compared with its hash.

    Raises
    ------
    FileFormatError
        As `read_header`, and for numbers that are not those that were written.
    """
    with opened(path, KIND) as (file, text):
        header = _header(text)
        arrays = {about["name"]: read(file, about) for about in header.arrays}
        if arrays["index"].ndim == _AS_BYTES:
            arrays["index"] = as_integers(arrays["index"])
        return Record(**arrays), header


def _header(text: bytes) -> Header:
    fields = json.loads(text)
    return Header(
        about=fields["about"],
        arrays=tuple(fields["arrays"]),
        digest=hashlib.sha256(text).hexdigest(),
    )


def _arrays(runs: Trajectories) -> dict[str, NDArray[Any]]:
    """Give the arrays of a record by name: whatever fields it has, but for those that it leaves out."""
    record = runs.record
    named = {field.name: getattr(record, field.name) for field in dataclasses.fields(Record)}
    arrays = {name: array for name, array in named.items() if array is not None}
    if arrays["index"].dtype.kind == "O":
        arrays["index"] = as_bytes(arrays["index"])
    return arrays
