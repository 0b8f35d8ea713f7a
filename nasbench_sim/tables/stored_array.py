"""Numbers that lie in a file: read when they are indexed, small ones checked against their hash."""

from __future__ import annotations

import hashlib
import math
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.errors import FileFormatError
from nasbench_sim.tables.container import UNREADABLE, plain_dataset

CHECKED_WHOLE = 8 * 2**20
"""Columns up to this many bytes are hashed whenever they are read whole; larger ones by `verify`."""


class StoredArray:
    """The numbers of one column in a file; indexing reads that part."""

    def __init__(self, path: Path, name: str, shape: tuple[int, ...], dtype: str, sha256: str) -> None:
        self.path = path
        self.name = name
        self.shape = shape
        self.dtype = np.dtype(dtype)
        self.sha256 = sha256

    def __getitem__(self, key: Any) -> NDArray[Any]:
        """Read a part of the numbers; a small column is read whole and checked against its hash."""
        if self.dtype.itemsize * np.prod(self.shape) <= CHECKED_WHOLE:
            return np.asarray(self.verified()[key])
        return self._read(key)

    def verified(self) -> NDArray[Any]:
        """Read all numbers and compare their hash with the header's."""
        numbers = self._read(...)
        if sha256_of(numbers) != self.sha256:
            raise FileFormatError(
                f"{self.path}: {self.name} does not have the hash of the header: the file is damaged, "
                "or was replaced since it was opened; open it again"
            )
        return numbers

    def _read(self, key: Any) -> NDArray[Any]:
        import h5py

        try:
            with h5py.File(self.path, "r", locking=False) as file:
                stored = plain_dataset(file, self.name, self.shape, self.dtype)
                if stored.attrs.get("sha256", self.sha256) != self.sha256:
                    raise FileFormatError(f"{self.path} was replaced since it was opened: open it again")
                return np.asarray(stored[key])
        except UNREADABLE as error:
            raise FileFormatError(f"{self.path}: {self.name} cannot be read: {error}") from error


def bytes_of(shape: tuple[int, ...], dtype: np.dtype[Any]) -> int:
    """Compute the size of numbers of a shape and type."""
    return dtype.itemsize * math.prod(shape)


def little(numbers: NDArray[Any]) -> bytes:
    """Write numbers as bytes that are the same on every machine."""
    return numbers.astype(numbers.dtype.newbyteorder("<"), copy=False).tobytes()


def sha256_of(numbers: NDArray[Any]) -> str:
    """Compute the hash of numbers that fit in memory."""
    return hashlib.sha256(little(numbers)).hexdigest()
