"""The file of a table: one HDF5 file with a JSON header and one data set a column, read lazily."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.errors import FileFormatError, RequestError
from nasbench_sim.spaces import SearchSpace, definition
from nasbench_sim.tables import stored_function as stored_functions
from nasbench_sim.tables.column import Column
from nasbench_sim.tables.computed import Computed
from nasbench_sim.tables.container import UNREADABLE, Kind, created, opened, plain_dataset, write_header
from nasbench_sim.tables.numbers import Data
from nasbench_sim.tables.sparse import Sparse, present, read_rows
from nasbench_sim.tables.stored_function import stored_function
from nasbench_sim.tables.table import Table

KIND = Kind("table", schema=1)
_CHECKED_WHOLE = 8 * 2**20
"""Columns up to this many bytes are hashed whenever they are read whole; larger ones by `verify`."""
_CURVE_ROWS, _CURVE_EPOCHS = 256, 8
_LARGEST_COLUMN = 2**32
"""Bytes; the largest published one, of three runs of 200 epochs, has 75 million."""


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
        if self.dtype.itemsize * np.prod(self.shape) <= _CHECKED_WHOLE:
            return np.asarray(self.verified()[key])
        return self._read(key)

    def verified(self) -> NDArray[Any]:
        """Read all numbers and compare their hash with the header's."""
        numbers = self._read(...)
        if _sha256(numbers) != self.sha256:
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


def save_table(table: Table, path: str | Path, level: int = 9) -> Path:
    """Write a table to one HDF5 file, through a temporary file that is renamed when it is complete.

    The same contents give the same bytes with the same version of HDF5, and the same `Table.hash` with
    every version.

    Parameters
    ----------
    level
        How hard to compress, 1 to 9; of columns above 8 MB never harder than 4.

    Returns
    -------
    Path
        Where it was written.

    Raises
    ------
    RequestError
        For a space of a class of the user's own, whose order the file cannot hold, or too large to list.

    Examples
    --------
    >>> import tempfile
    >>> import nasbench_sim as nbs
    >>> score = nbs.Column(metric="score", source="made here")
    >>> table = nbs.Table("mine", nbs.SearchSpace("tiny", ["ab"]), [(score, np.array([1.0, 2.0]))])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     again = nbs.load_table(save_table(table, Path(folder) / "mine.h5"))
    ...     again.hash == table.hash, again.query("b", "score")
    (True, 2.0)
    """
    if not table.space.listed and not all(map(stored_function, _all_data(table))):
        raise RequestError(f"{table.space.name} cannot be listed, so a file cannot hold its numbers")
    definition.to_json(
        table.space
    )  # an error for a space that a file cannot hold, before anything is written
    path = Path(path)
    with created(path, KIND) as (file, target):
        header = _header(table)
        for fields, data in zip(_all_fields(header), _all_data(table), strict=True):
            if (function := stored_function(data)) is not None:
                stored_functions.write(file, fields["function"], function)
                continue
            dtype = np.dtype(fields["dtype"])
            data, rows = _packed(data)
            if rows is not None:
                file.create_dataset(fields["rows"]["data"], data=rows.astype("<i8"), track_times=False)
            small = _bytes(data.shape, dtype) <= _CHECKED_WHOLE
            stored = file.create_dataset(
                fields["data"],
                shape=data.shape,
                dtype=dtype,
                fillvalue=None if small else np.nan,
                chunks=_chunks(data.shape, dtype),
                compression="gzip",
                compression_opts=level if small else min(level, 4),
                track_times=False,
            )
            if not small:  # is only ever read in part: this tells that it is still the same one
                stored.attrs["sha256"] = fields["sha256"]
            for part, numbers in _blocks(data, dtype):
                if target.error is not None:
                    break
                if small or not np.isnan(numbers).all():  # chunks without values are not stored at all
                    stored[part] = numbers
        write_header(file, KIND, _encoded(header))
    return path


def read_table(path: str | Path) -> Table:
    """Open a table file; the numbers are read when they are asked for.

    Raises
    ------
    FileFormatError
        For a file that is missing, truncated, foreign, hostile or of a newer schema.
    """
    path = Path(path)
    with opened(path, KIND) as (_, text):
        return _from_header(path, text)


def rename_table(table: Table, origin: Path, path: Path) -> None:
    """Give the file of a table another name; the table, and others with its columns, read from there."""
    origin.replace(path)
    for stored in _stored(table):
        if stored.path == origin:
            stored.path = path


def content_hash(table: Table) -> str:
    """Give the SHA-256 of a table's contents: the header with the hash of every column."""
    return hashlib.sha256(_encoded(_header(table))).hexdigest()


def verify(table: Table) -> int:
    """Re-hash every column that lies in a file, and give how many there were."""
    stored = _stored(table)
    for data in stored:
        data.verified()
    return len(stored)


def _stored(table: Table) -> list[StoredArray]:
    """Return the numbers that lie in a file."""
    parts = [data.values if isinstance(data, Sparse) else data for data in _all_data(table)]
    return [part for part in parts if isinstance(part, StoredArray)]


def _all_data(table: Table) -> list[Data]:
    """Return the numbers of all columns, those of the supplements last."""
    return [*(table.data(i) for i in range(len(table.schema))), *(data for _, data in table.supplements)]


def _all_fields(header: dict[str, Any]) -> list[dict[str, Any]]:
    return [*header["columns"], *header.get("supplements", [])]


def _packed(data: Data) -> tuple[Data, NDArray[np.int64] | None]:
    """Return what is written of a column: all its numbers, or those of few rows and which these are."""
    rows = present(data)
    if rows is None:
        return data, None
    return (data.values if isinstance(data, Sparse) else read_rows(data, rows)), rows


def _header(table: Table) -> dict[str, Any]:
    header = {
        "name": table.name,
        "space": definition.to_json(table.space),
        "columns": _described(table.schema, _all_data(table), table.space.listed, "columns"),
        "provenance": table.provenance,
    }
    if table.supplements:
        columns = [column for column, _ in table.supplements]
        data = [data for _, data in table.supplements]
        header["supplements"] = _described(columns, data, table.space.listed, "supplements")
    return header


def _described(
    columns: Sequence[Column], data: Sequence[Data], listed: bool, folder: str
) -> list[dict[str, Any]]:
    """Return the meaning of columns, and where and what their numbers are."""
    found = []
    for position, (column, given) in enumerate(zip(columns, data, strict=False)):
        if (function := stored_function(given)) is not None:
            fields = stored_functions.described(given, function, f"{folder}/{position:04d}")
            found.append({**column.to_json(), "function": fields})
            continue
        numbers, rows = _packed(given)
        if isinstance(numbers, StoredArray):
            dtype, sha256 = numbers.dtype, numbers.sha256
        elif isinstance(numbers, Computed) and not listed:
            dtype, sha256 = numbers.dtype, numbers.digest
        else:
            dtype = np.dtype(getattr(numbers, "dtype", np.float64))
            digest = hashlib.sha256()
            for _, block in _blocks(numbers, dtype):
                digest.update(_little(block))
            sha256 = digest.hexdigest()
        fields = {
            **column.to_json(),
            "data": f"{folder}/{position:04d}",
            "shape": list(numbers.shape),
            "dtype": dtype.newbyteorder("<").str,
            "sha256": sha256,
        }
        if rows is not None:
            fields["rows"] = {
                "data": f"{folder}/{position:04d}-rows",
                "sha256": _sha256(rows),
                "of": given.shape[0],
            }
        found.append(fields)
    return found


def _from_header(path: Path, text: bytes) -> Table:
    header = json.loads(text)
    space = definition.from_json(header["space"])
    return Table(
        header["name"],
        space,
        [_column(path, fields, space) for fields in header["columns"]],
        header["provenance"],
        hash=hashlib.sha256(text).hexdigest(),
        supplements=[_column(path, fields, space) for fields in header.get("supplements", [])],
    )


def _column(path: Path, fields: dict[str, Any], space: SearchSpace) -> tuple[Column, Data]:
    """Return a column as its part of the header describes it, its numbers not yet read."""
    if "function" in fields:
        function = fields.pop("function")
        return Column.from_json(fields), stored_functions.read(path, function, space)
    where = {key: fields.pop(key) for key in ("data", "shape", "dtype", "sha256")}
    rows = fields.pop("rows", None)
    if where["dtype"] not in ("<f8", "<f4"):
        raise FileFormatError(f"{path}: a column has numbers of type {where['dtype']!r}")
    shape = tuple(int(length) for length in where["shape"])
    if _bytes(shape, np.dtype(where["dtype"])) > _LARGEST_COLUMN:
        raise FileFormatError(f"{path}: a column of shape {shape}: refused")
    data: Data = StoredArray(path, str(where["data"]), shape, where["dtype"], str(where["sha256"]))
    if rows is not None:
        size = int(rows["of"])
        index = StoredArray(path, str(rows["data"]), shape[:1], "<i8", str(rows["sha256"])).verified()
        if len(index) and (index[0] < 0 or index[-1] >= size or (np.diff(index) <= 0).any()):
            raise FileFormatError(f"{path}: {where['data']}: rows that are no increasing official indices")
        data = Sparse(size, index, data)
    return Column.from_json(fields), data


def _bytes(shape: tuple[int, ...], dtype: np.dtype[Any]) -> int:
    return dtype.itemsize * math.prod(shape)


def _chunks(shape: tuple[int, ...], dtype: np.dtype[Any]) -> tuple[int, ...]:
    """Give chunks of at most about 1 MB along the architectures, each over all runs and epochs.

    Long curves are cut along the epochs too, so that one epoch of all architectures and all epochs of one
    are both a small part of the file.
    """
    if len(shape) > 1 and _bytes(shape, dtype) > _CHECKED_WHOLE:
        return (min(shape[0], _CURVE_ROWS), *shape[1:-1], min(shape[-1], _CURVE_EPOCHS))
    row = max(1, _bytes(shape[1:], dtype))
    return (min(shape[0], max(1, 2**20 // row)), *shape[1:])


def _blocks(data: Data, dtype: np.dtype[Any]) -> Iterator[tuple[slice, NDArray[Any]]]:
    """Give the numbers a few rows at a time, in order: a long curve is never whole in memory."""
    if _bytes(tuple(data.shape), dtype) <= _CHECKED_WHOLE:
        yield slice(None), np.asarray(data[...], dtype=dtype)
        return
    rows = _chunks(tuple(data.shape), dtype)[0]
    step = rows * max(1, 2**23 // max(1, rows * _bytes(tuple(data.shape[1:]), dtype)))
    for start in range(0, data.shape[0], step):
        part = slice(start, min(start + step, data.shape[0]))
        yield part, np.asarray(data[part], dtype=dtype)


def _encoded(header: dict[str, Any]) -> bytes:
    return json.dumps(header, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def _little(numbers: NDArray[Any]) -> bytes:
    return numbers.astype(numbers.dtype.newbyteorder("<"), copy=False).tobytes()


def _sha256(numbers: NDArray[Any]) -> str:
    return hashlib.sha256(_little(numbers)).hexdigest()
