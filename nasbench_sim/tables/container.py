"""The HDF5 file that everything is kept in: a JSON header, plain data sets, written whole or not at all."""

from __future__ import annotations

import contextlib
import dataclasses
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from nasbench_sim.errors import FileFormatError, MissingFileError
from nasbench_sim.files import replacing
from nasbench_sim.mistaken import check_kind
from nasbench_sim.tables.target import Target

_SIGNATURE = b"\x89HDF\r\n\x1a\n"
UNREADABLE = (OSError, RuntimeError, KeyError, TypeError, ValueError, AttributeError)
"""What h5py raises for damaged files."""
_LARGEST_HEADER = 16 * 2**20
_LARGEST_PIECE = 2**26
"""Bytes that HDF5 unpacks at once, however little is asked for; ours have about a million."""
_LAST_BUILT_IN = 3  # HDF5's own filters: deflate 1, shuffle 2, fletcher32 3


@dataclasses.dataclass(frozen=True)
class Kind:
    """A kind of file.

    Attributes
    ----------
    word
        What it holds, such as ``table``.
    schema
        The version of its layout that this version of the package writes and reads.
    """

    word: str
    schema: int

    @property
    def format(self) -> str:
        """The mark that the file bears."""
        return f"nasbench_sim {self.word}"


@contextlib.contextmanager
def created(path: Path, kind: Kind) -> Iterator[tuple[Any, Target]]:
    """Give a new HDF5 file that becomes `path` when the block ends well, and what tells of a full disk.

    The block ends with `write_header`.
    """
    import h5py

    with (
        replacing(path) as temporary,
        Target(temporary) as target,
        h5py.File(target, "w", libver=("earliest", "v110")) as file,
    ):
        yield file, target


def write_header(file: Any, kind: Kind, text: bytes) -> None:
    """Write the header, and what kind of file it is."""
    file.create_dataset("header", data=np.frombuffer(text, dtype=np.uint8), track_times=False)
    file.attrs["format"] = kind.format
    file.attrs["schema"] = kind.schema


@contextlib.contextmanager
def opened(path: Path, kind: Kind) -> Iterator[tuple[Any, bytes]]:
    """Open a file and give it with its header; what is wrong with it, here or in the block, is one error.

    Raises
    ------
    FileFormatError
        For a file that is missing, truncated, foreign, hostile or of a newer schema.
    """
    import h5py

    if not path.is_file():
        raise MissingFileError(f"no {kind.word} file {path}")
    try:
        with h5py.File(path, "r", locking=False) as file:
            yield file, _header(file, path, kind)
    except UNREADABLE as error:
        if isinstance(error, FileFormatError):
            raise
        check_kind(path, (_SIGNATURE,))
        raise FileFormatError(f"{path} cannot be read as a {kind.word}: {error}") from error


def _header(file: Any, path: Path, kind: Kind) -> bytes:
    import h5py

    if file.attrs.get("format") != kind.format:
        raise FileFormatError(f"{path} is an HDF5 file, but not a {kind.word} of nasbench_sim")
    schema = file.attrs.get("schema")
    if schema != kind.schema:
        raise FileFormatError(
            f"{path} has schema {schema}; this version reads {kind.schema}: install a newer nasbench_sim"
        )
    link = file.get("header", getlink=True)
    if not isinstance(link, h5py.HardLink) or file["header"].size > _LARGEST_HEADER:
        raise FileFormatError(f"{path}: no header of a plausible size")
    stored = plain_dataset(file, "header", file["header"].shape, np.dtype(np.uint8))
    return bytes(stored[...].tobytes())


def plain_dataset(file: Any, name: str, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Any:
    """Give a data set that lies in this very file, of the announced shape and type."""
    import h5py

    node: Any = file
    for part in name.split("/"):
        if not isinstance(node, h5py.Group) or not isinstance(node.get(part, getlink=True), h5py.HardLink):
            raise FileFormatError(f"{file.filename}: {name} is not a plain part of this file")
        node = node[part]
    if not isinstance(node, h5py.Dataset) or node.is_virtual or node.external:
        raise FileFormatError(f"{file.filename}: {name} is not a plain data set")
    if node.shape != shape or node.dtype != dtype:
        raise FileFormatError(f"{file.filename}: {name} has not the shape and type of the header")
    if node.chunks is not None and math.prod(node.chunks) * dtype.itemsize > _LARGEST_PIECE:
        raise FileFormatError(
            f"{file.filename}: {name} is packed in pieces of {node.chunks} numbers: refused"
        )
    packing = node.id.get_create_plist()
    if any(packing.get_filter(i)[0] > _LAST_BUILT_IN for i in range(packing.get_nfilters())):
        raise FileFormatError(f"{file.filename}: {name} is packed with a filter that is not HDF5's own")
    return node
