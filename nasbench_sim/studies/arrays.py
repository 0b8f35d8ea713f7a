"""Arrays of numbers as they lie in files: checked by their hash, integers of any size as bytes."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.errors import FileFormatError
from nasbench_sim.tables.container import plain_dataset


def facts(name: str, array: NDArray[Any]) -> dict[str, Any]:
    """Tell name, type, shape and SHA-256 of an array, as plain JSON types."""
    return {"name": name, "dtype": array.dtype.str, "shape": list(array.shape), "sha256": sha256(array)}


def read(file: Any, about: dict[str, Any]) -> NDArray[Any]:
    """Read the array of an open HDF5 file that `facts` tell of.

    Raises
    ------
    FileFormatError
        For anything but numbers of that type and shape, and for numbers that do not have that hash.
    """
    name, dtype = about["name"], np.dtype(about["dtype"])
    if dtype.kind not in "fiub":
        raise FileFormatError(f"{file.filename}: {name} is of type {dtype}, not numbers")
    numbers = np.asarray(plain_dataset(file, name, tuple(about["shape"]), dtype)[...])
    if sha256(numbers) != about["sha256"]:
        raise FileFormatError(
            f"{file.filename}: {name} does not have the hash that the header names: the file is damaged"
        )
    return numbers


def as_bytes(integers: NDArray[Any]) -> NDArray[np.uint8]:
    """Write integers of any size as bytes (two's complement, the lowest first) on an axis of their own."""
    width = max((int(one).bit_length() for one in integers.flat), default=0) // 8 + 1
    packed = b"".join(int(one).to_bytes(width, "little", signed=True) for one in integers.flat)
    return np.frombuffer(packed, dtype=np.uint8).reshape(*integers.shape, width)


def as_integers(packed: NDArray[Any]) -> NDArray[Any]:
    """Read the integers that `as_bytes` wrote."""
    width, data = packed.shape[-1], packed.tobytes()
    found = [
        int.from_bytes(data[at : at + width], "little", signed=True) for at in range(0, len(data), width)
    ]
    return np.array(found, dtype=object).reshape(packed.shape[:-1])


def little(array: NDArray[Any]) -> NDArray[Any]:
    """Return an array with the lowest byte of each number first, as every machine writes it."""
    return array.astype(array.dtype.newbyteorder("<"), copy=False)


def sha256(array: NDArray[Any]) -> str:
    """Compute the SHA-256 of the numbers of an array."""
    return hashlib.sha256(np.ascontiguousarray(array).data).hexdigest()
