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

from nasbench_sim.errors import FileFormatError
from nasbench_sim.interrupts import uninterrupted
from nasbench_sim.oracle import Trajectories
from nasbench_sim.oracle.record import Record
from nasbench_sim.tables.container import Kind, created, opened, plain_dataset, write_header

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
    arrays = {name: _little(array) for name, array in _arrays(runs).items()}
    header = {
        "about": about,
        "arrays": [
            {"name": name, "dtype": a.dtype.str, "shape": list(a.shape), "sha256": _sha256(a)}
            for name, a in arrays.items()
        ],
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
        arrays = {about["name"]: _numbers(file, about) for about in header.arrays}
        if arrays["index"].ndim == _AS_BYTES:
            arrays["index"] = _integers(arrays["index"])
        return Record(**arrays), header


def _header(text: bytes) -> Header:
    fields = json.loads(text)
    return Header(
        about=fields["about"],
        arrays=tuple(fields["arrays"]),
        digest=hashlib.sha256(text).hexdigest(),
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
    arrays = {name: array for name, array in named.items() if array is not None}
    if arrays["index"].dtype.kind == "O":
        arrays["index"] = _bytes_of(arrays["index"])
    return arrays


def _bytes_of(integers: NDArray[Any]) -> NDArray[np.uint8]:
    """Give integers of any size as bytes (two's complement, the lowest first) on an axis of their own."""
    width = max((int(one).bit_length() for one in integers.flat), default=0) // 8 + 1
    packed = b"".join(int(one).to_bytes(width, "little", signed=True) for one in integers.flat)
    return np.frombuffer(packed, dtype=np.uint8).reshape(*integers.shape, width)


def _integers(packed: NDArray[Any]) -> NDArray[Any]:
    """Give the integers that `_bytes_of` packed."""
    width, data = packed.shape[-1], packed.tobytes()
    found = [
        int.from_bytes(data[at : at + width], "little", signed=True) for at in range(0, len(data), width)
    ]
    return np.array(found, dtype=object).reshape(packed.shape[:-1])


def _little(array: NDArray[Any]) -> NDArray[Any]:
    return array.astype(array.dtype.newbyteorder("<"), copy=False)


def _sha256(array: NDArray[Any]) -> str:
    return hashlib.sha256(np.ascontiguousarray(array).data).hexdigest()
