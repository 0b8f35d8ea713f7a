"""Computed columns in a file: the arrays that their function is made of, checked and built again."""

from __future__ import annotations

import hashlib
import math
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.errors import FileFormatError
from nasbench_sim.spaces import SearchSpace
from nasbench_sim.tables.class_values import ClassValues
from nasbench_sim.tables.computed import Computed
from nasbench_sim.tables.container import plain_dataset
from nasbench_sim.tables.sample_distance import SampleDistance
from nasbench_sim.tables.trees import Trees

_TYPES = ("<f8", "<f4", "<i4", "|i1")
_LARGEST = 2**27  # bytes of an array
_KINDS: dict[str, Any] = {one.kind: one for one in (Trees, SampleDistance, ClassValues)}


class StoredFunction(Protocol):
    """A function of official indices that arrays define."""

    kind: str

    def __call__(self, index: NDArray[Any], /) -> NDArray[np.float64]:
        """Compute the numbers of valid official indices."""
        ...

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return what it is made of."""
        ...


def stored_function(data: Any) -> StoredFunction | None:
    """Return the function of a computed column, if a file can hold it."""
    function: Any = data.function if isinstance(data, Computed) else None
    return function if getattr(function, "kind", None) in _KINDS else None


def digest(function: StoredFunction) -> str:
    """Compute the SHA-256 of what a function is made of."""
    whole = hashlib.sha256(function.kind.encode())
    for name, array in sorted(function.arrays().items()):
        whole.update(name.encode() + str(array.shape).encode() + _little(array).tobytes())
    return whole.hexdigest()


def described(computed: Any, function: StoredFunction, folder: str) -> dict[str, Any]:
    """Describe the function of a column and its arrays for the header of a file."""
    arrays = {}
    for name, array in sorted(function.arrays().items()):
        numbers = _little(array)
        arrays[name] = {
            "data": f"{folder}-{name}",
            "shape": list(array.shape),
            "dtype": numbers.dtype.str,
            "sha256": hashlib.sha256(numbers.tobytes()).hexdigest(),
        }
    facts = {"kind": function.kind, "deviation": computed.deviation, "coverage": computed.coverage}
    return {**facts, "arrays": arrays}


def write(file: Any, fields: dict[str, Any], function: StoredFunction) -> None:
    """Write the arrays of a function, as `described` says, into an open HDF5 file."""
    for name, array in function.arrays().items():
        single = array.dtype == np.float32  # of these alone the bytes of a kind are smaller side by side
        where = fields["arrays"][name]["data"]
        settings = {"compression": "gzip", "compression_opts": 9, "shuffle": single, "track_times": False}
        file.create_dataset(where, data=_little(array), **settings)


def read(path: Path, fields: dict[str, Any], space: SearchSpace) -> Computed:
    """Read the function of a column from a file.

    Raises
    ------
    FileFormatError
        For a kind that is not known, and for arrays that are too large, damaged, or no such function.
    """
    import h5py

    if fields["kind"] not in _KINDS:
        raise FileFormatError(f"{path}: a computed column of the unknown kind {fields['kind']!r}")
    arrays = {}
    with h5py.File(path, "r", locking=False) as file:
        for name, where in fields["arrays"].items():
            shape, dtype = tuple(int(length) for length in where["shape"]), where["dtype"]
            if dtype not in _TYPES or math.prod(shape) * np.dtype(dtype).itemsize > _LARGEST:
                raise FileFormatError(f"{path}: an array of type {dtype!r} and shape {shape}: refused")
            numbers = np.asarray(plain_dataset(file, where["data"], shape, np.dtype(dtype))[...])
            if hashlib.sha256(_little(numbers).tobytes()).hexdigest() != where["sha256"]:
                raise FileFormatError(f"{path}: {where['data']} does not have the hash of the header")
            arrays[name] = numbers
    function = _KINDS[fields["kind"]].from_arrays(space, arrays)
    deviation, coverage = float(fields["deviation"]), int(fields["coverage"])
    return Computed(space, function, deviation=deviation, coverage=coverage, digest=digest(function))


def _little(array: NDArray[Any]) -> NDArray[Any]:
    return np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<"))
