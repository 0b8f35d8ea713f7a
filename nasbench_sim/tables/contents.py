"""What a table file says and holds, and the hash of it: the header, the numbers a few rows at a time."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.spaces import definition
from nasbench_sim.tables import stored_function as stored_functions
from nasbench_sim.tables.column import Column
from nasbench_sim.tables.computed import Computed
from nasbench_sim.tables.numbers import Data
from nasbench_sim.tables.sparse import Sparse, present, read_rows
from nasbench_sim.tables.stored_array import CHECKED_WHOLE, StoredArray, bytes_of, little, sha256_of
from nasbench_sim.tables.stored_function import stored_function

if TYPE_CHECKING:
    from nasbench_sim.tables.table import Table

_CURVE_ROWS, _CURVE_EPOCHS = 256, 8


def content_hash(table: Table) -> str:
    """Give the SHA-256 of a table's contents: the header with the hash of every column."""
    return hashlib.sha256(encoded(header_of(table))).hexdigest()


def all_data(table: Table) -> list[Data]:
    """Return the numbers of all columns, those of the supplements last."""
    return [*(table.data(i) for i in range(len(table.schema))), *(data for _, data in table.supplements)]


def all_fields(header: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the parts of a header that are about a column, those of the supplements last."""
    return [*header["columns"], *header.get("supplements", [])]


def packed(data: Data) -> tuple[Data, NDArray[np.int64] | None]:
    """Return what is written of a column: all its numbers, or those of few rows and which these are."""
    rows = present(data)
    if rows is None:
        return data, None
    return (data.values if isinstance(data, Sparse) else read_rows(data, rows)), rows


def header_of(table: Table) -> dict[str, Any]:
    """Return the header of a table's file: all meanings, and the hash of every column."""
    header = {
        "name": table.name,
        "space": definition.to_json(table.space),
        "columns": _described(table.schema, all_data(table), table.space.listed, "columns"),
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
        numbers, rows = packed(given)
        if isinstance(numbers, StoredArray):
            dtype, sha256 = numbers.dtype, numbers.sha256
        elif isinstance(numbers, Computed) and not listed:
            dtype, sha256 = numbers.dtype, numbers.digest
        else:
            dtype = np.dtype(getattr(numbers, "dtype", np.float64))
            digest = hashlib.sha256()
            for _, block in blocks(numbers, dtype):
                digest.update(little(block))
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
                "sha256": sha256_of(rows),
                "of": given.shape[0],
            }
        found.append(fields)
    return found


def chunks(shape: tuple[int, ...], dtype: np.dtype[Any]) -> tuple[int, ...]:
    """Give chunks of at most about 1 MB along the architectures, each over all runs and epochs.

    Long curves are cut along the epochs too, so that one epoch of all architectures and all epochs of one
    are both a small part of the file.
    """
    if len(shape) > 1 and bytes_of(shape, dtype) > CHECKED_WHOLE:
        return (min(shape[0], _CURVE_ROWS), *shape[1:-1], min(shape[-1], _CURVE_EPOCHS))
    row = max(1, bytes_of(shape[1:], dtype))
    return (min(shape[0], max(1, 2**20 // row)), *shape[1:])


def blocks(data: Data, dtype: np.dtype[Any]) -> Iterator[tuple[slice, NDArray[Any]]]:
    """Give the numbers a few rows at a time, in order: a long curve is never whole in memory."""
    if bytes_of(tuple(data.shape), dtype) <= CHECKED_WHOLE:
        yield slice(None), np.asarray(data[...], dtype=dtype)
        return
    rows = chunks(tuple(data.shape), dtype)[0]
    step = rows * max(1, 2**23 // max(1, rows * bytes_of(tuple(data.shape[1:]), dtype)))
    for start in range(0, data.shape[0], step):
        part = slice(start, min(start + step, data.shape[0]))
        yield part, np.asarray(data[part], dtype=dtype)


def encoded(header: dict[str, Any]) -> bytes:
    """Write a header as the bytes that are hashed and stored."""
    return json.dumps(header, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()
