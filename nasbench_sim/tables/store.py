"""The file of a table: one HDF5 file with a JSON header and one data set a column, read lazily."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np

from nasbench_sim.errors import FileFormatError, RequestError
from nasbench_sim.spaces import SearchSpace, definition
from nasbench_sim.tables import stored_function as stored_functions
from nasbench_sim.tables.column import Column
from nasbench_sim.tables.container import Kind, created, opened, write_header
from nasbench_sim.tables.contents import all_data, all_fields, blocks, chunks, encoded, header_of, packed
from nasbench_sim.tables.numbers import Data
from nasbench_sim.tables.sparse import Sparse
from nasbench_sim.tables.stored_array import CHECKED_WHOLE, StoredArray, bytes_of
from nasbench_sim.tables.stored_function import stored_function
from nasbench_sim.tables.table import Table

KIND = Kind("table", schema=1)
_LARGEST_COLUMN = 2**32
"""Bytes; the largest published one, of three runs of 200 epochs, has 75 million."""


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
    if not table.space.listed and not all(map(stored_function, all_data(table))):
        raise RequestError(f"{table.space.name} cannot be listed, so a file cannot hold its numbers")
    definition.to_json(
        table.space
    )  # an error for a space that a file cannot hold, before anything is written
    path = Path(path)
    with created(path, KIND) as (file, target):
        header = header_of(table)
        for fields, data in zip(all_fields(header), all_data(table), strict=True):
            if (function := stored_function(data)) is not None:
                stored_functions.write(file, fields["function"], function)
                continue
            dtype = np.dtype(fields["dtype"])
            data, rows = packed(data)
            if rows is not None:
                file.create_dataset(fields["rows"]["data"], data=rows.astype("<i8"), track_times=False)
            small = bytes_of(data.shape, dtype) <= CHECKED_WHOLE
            stored = file.create_dataset(
                fields["data"],
                shape=data.shape,
                dtype=dtype,
                fillvalue=None if small else np.nan,
                chunks=chunks(data.shape, dtype),
                compression="gzip",
                compression_opts=level if small else min(level, 4),
                track_times=False,
            )
            if not small:  # is only ever read in part: this tells that it is still the same one
                stored.attrs["sha256"] = fields["sha256"]
            for part, numbers in blocks(data, dtype):
                if target.error is not None:
                    break
                if small or not np.isnan(numbers).all():  # chunks without values are not stored at all
                    stored[part] = numbers
        write_header(file, KIND, encoded(header))
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


def verify(table: Table) -> int:
    """Re-hash every column that lies in a file, and give how many there were."""
    stored = _stored(table)
    for data in stored:
        data.verified()
    return sum(data.dtype.kind == "f" for data in stored)  # rows of sparse columns are no columns


def _stored(table: Table) -> list[StoredArray]:
    """Return the numbers that lie in a file."""
    parts = [
        part
        for data in all_data(table)
        for part in ((data.values, data.rows) if isinstance(data, Sparse) else (data,))
    ]
    return [part for part in parts if isinstance(part, StoredArray)]


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
    if bytes_of(shape, np.dtype(where["dtype"])) > _LARGEST_COLUMN:
        raise FileFormatError(f"{path}: a column of shape {shape}: refused")
    data: Data = StoredArray(path, str(where["data"]), shape, where["dtype"], str(where["sha256"]))
    if rows is not None:
        index = StoredArray(path, str(rows["data"]), shape[:1], "<i8", str(rows["sha256"]))
        data = Sparse(int(rows["of"]), index, data)
    return Column.from_json(fields), data
