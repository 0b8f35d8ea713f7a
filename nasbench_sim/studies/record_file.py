"""The file of a record: what some replicates of one searcher did on one task, in one HDF5 file."""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import json
import platform
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.errors import FileFormatError
from nasbench_sim.files import replacing
from nasbench_sim.oracle import Trajectories
from nasbench_sim.oracle.record import Record
from nasbench_sim.tables.store import plain_dataset
from nasbench_sim.tables.target import Target

FORMAT = "nasbench_sim record"
SCHEMA = 1
_LARGEST_HEADER = 16 * 2**20


@dataclasses.dataclass(frozen=True)
class Header:
    """What a record file says of itself."""

    about: dict[str, Any]
    """The provenance that it was saved with."""
    arrays: tuple[dict[str, Any], ...]
    """Name, type, shape and SHA-256 of each array."""
    digest: str
    """SHA-256 of provenance and arrays: equal for equal results, however long they took to compute."""
    wall_seconds: float
    """How long the simulation took, in real time."""


def save_record(runs: Trajectories, path: Path, about: Mapping[str, Any]) -> None:
    """Write the record of some replicates, complete or not at all.

    Parameters
    ----------
    runs
        What to write; each array of its `Record` as it is, bit for bit.
    path
        The file; what was there is replaced.
    about
        Provenance, as plain JSON types.
    """
    import h5py

    arrays = {name: _little(array) for name, array in _arrays(runs).items()}
    header = {
        "about": about,
        "arrays": [
            {"name": name, "dtype": a.dtype.str, "shape": list(a.shape), "sha256": _sha256(a)}
            for name, a in arrays.items()
        ],
    }
    text = json.dumps(header, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()
    with (
        replacing(path) as temporary,
        Target(temporary) as target,
        h5py.File(target, "w", libver=("earliest", "v110")) as file,
    ):
        for name, array in arrays.items():  # not packed: it saves a third and takes longer than a search
            file.create_dataset(name, data=array, track_times=False)
        file.create_dataset("header", data=np.frombuffer(text, dtype=np.uint8), track_times=False)
        file.attrs["format"] = FORMAT
        file.attrs["schema"] = SCHEMA
        file.attrs["wall_seconds"] = runs.wall_seconds
        file.attrs["python"] = platform.python_version()
        file.attrs["numpy"] = np.__version__


def read_header(path: Path) -> Header:
    """Give what a record file says of itself, without its arrays.

    Raises
    ------
    FileFormatError
        For a file that is missing, truncated, foreign, hostile or of a newer schema.
    """
    with _opened(path) as file:
        return _header(file)


def read_record(path: Path) -> tuple[Record, Header]:
    """Give a record and its header, every array compared with its hash.

    Raises
    ------
    FileFormatError
        As `read_header`, and for numbers that are not those that were written.
    """
    with _opened(path) as file:
        header = _header(file)
        arrays = {about["name"]: _numbers(file, about) for about in header.arrays}
        return Record(**arrays), header


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[Any]:
    """Open a file, and say in one way what is wrong with it."""
    import h5py

    if not path.is_file():
        raise FileFormatError(f"no record file {path}")
    try:
        with h5py.File(path, "r") as file:
            yield file
    except (OSError, RuntimeError, KeyError, TypeError, ValueError, AttributeError) as error:
        if isinstance(error, FileFormatError):
            raise
        raise FileFormatError(f"{path} cannot be read as a record: {error}") from error


def _header(file: Any) -> Header:
    import h5py

    if file.attrs.get("format") != FORMAT:
        raise FileFormatError(f"{file.filename} is an HDF5 file, but not a record of nasbench_sim")
    schema = file.attrs.get("schema")
    if schema != SCHEMA:
        raise FileFormatError(
            f"{file.filename} has schema {schema}; this version reads {SCHEMA}: install a newer nasbench_sim"
        )
    link = file.get("header", getlink=True)
    if not isinstance(link, h5py.HardLink) or file["header"].size > _LARGEST_HEADER:
        raise FileFormatError(f"{file.filename}: no header of a plausible size")
    text = plain_dataset(file, "header", file["header"].shape, np.dtype(np.uint8))[...].tobytes()
    fields = json.loads(text)
    return Header(
        about=fields["about"],
        arrays=tuple(fields["arrays"]),
        digest=hashlib.sha256(text).hexdigest(),
        wall_seconds=float(file.attrs["wall_seconds"]),
    )


def _numbers(file: Any, about: dict[str, Any]) -> NDArray[Any]:
    name, dtype = about["name"], np.dtype(about["dtype"])
    if dtype.kind not in "fiub":
        raise FileFormatError(f"{file.filename}: {name} is of type {dtype}, not numbers")
    numbers = np.asarray(plain_dataset(file, name, tuple(about["shape"]), dtype)[...])
    if _sha256(numbers) != about["sha256"]:
        raise FileFormatError(
            f"{file.filename}: {name} does not have the hash that the header names: the file is damaged"
        )
    return numbers


def _arrays(runs: Trajectories) -> dict[str, NDArray[Any]]:
    """Give the arrays of a record by name: whatever fields it has, but for those that it leaves out."""
    record = runs.record
    named = {field.name: getattr(record, field.name) for field in dataclasses.fields(Record)}
    return {name: array for name, array in named.items() if array is not None}


def _little(array: NDArray[Any]) -> NDArray[Any]:
    return array.astype(array.dtype.newbyteorder("<"), copy=False)


def _sha256(array: NDArray[Any]) -> str:
    return hashlib.sha256(np.ascontiguousarray(array).data).hexdigest()
