"""Reading published CSV and JSON files, with errors that say which line is wrong."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.errors import FileFormatError
from nasbench_sim.tables.restricted import Limits, bounded_stream

# Ten times what is published; objects that fit into two gigabytes, those of a small file into half of one.
_CSV = Limits(bytes=2**25, start=2**23, ratio=8)
_JSON = Limits(bytes=2**26, start=2**24, ratio=4)


def header(path: Path) -> str:
    """Give the first line of a file, empty where there is no text."""
    if not path.is_file():
        return ""
    with path.open("rb") as file:
        line = file.readline(1000)
    return line.decode("ascii", errors="replace").strip()


def read_csv(path: Path) -> dict[str, list[str]]:
    """Give the columns of a CSV file as text, all of one length.

    Raises
    ------
    FileFormatError
        For a file that is empty, not text, names a column twice, or has a line of another number of fields.
    """
    names: list[str] = []
    body: list[list[str]] = []
    with bounded_stream(path, _CSV) as stream:
        rows = csv.reader(io.TextIOWrapper(stream, encoding="utf-8", newline=""), strict=True)
        try:
            names = next(rows)
            if not names or len(set(names)) != len(names):
                raise FileFormatError(f"{path}: its first line does not name each column once")
            for row in rows:  # one by one: a file of nothing but line ends must not fill the memory
                if len(row) != len(names):
                    raise FileFormatError(
                        f"{path}, line {rows.line_num}: {len(row)} fields instead of {len(names)}"
                    )
                body.append(row)
        except (UnicodeDecodeError, csv.Error) as error:
            raise FileFormatError(f"{path} is not a CSV file: {error}") from error
    return dict(zip(names, map(list, zip(*body, strict=True)), strict=False)) if body else {}


def read_json(path: Path) -> Any:
    """Give the content of a JSON file."""
    with bounded_stream(path, _JSON) as stream:
        try:
            return json.loads(stream.read())
        except (ValueError, RecursionError) as error:
            raise FileFormatError(f"{path} is truncated, or not a JSON file: {error}") from error


def numbers(path: Path, texts: list[str], what: str, size: int | None = None) -> NDArray[np.float64]:
    """Give texts as numbers.

    Parameters
    ----------
    what
        What they are, for the message.
    size
        How many there have to be.
    """
    try:
        found = np.array([float(text) for text in texts])
    except ValueError as error:
        raise FileFormatError(f"{path}: {what}: {error}") from error
    return sized(path, found, what, size)


def sized(path: Path, found: Any, what: str, size: int | None) -> NDArray[np.float64]:
    """Give a list of plain numbers as an array of the expected length."""
    try:
        array = np.asarray(found, dtype=np.float64)
    except (TypeError, ValueError, OverflowError) as error:
        raise FileFormatError(f"{path}: {what}: not plain numbers") from error
    if array.ndim != 1 or (size is not None and len(array) != size):
        raise FileFormatError(
            f"{path}: {what}: shape {array.shape} instead of ({size},): truncated or foreign"
        )
    return array


def spread(path: Path, size: int, index: Any, values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Put values to their official indices; NaN elsewhere.

    Raises
    ------
    FileFormatError
        For an architecture that comes twice.
    """
    places = np.asarray(index)
    if len(np.unique(places)) != len(places):
        raise FileFormatError(f"{path}: an architecture comes twice")
    out = np.full(size, np.nan)
    out[places] = values
    return out


def finite(values: NDArray[np.float64], failed: float = -1e8) -> NDArray[np.float64]:
    """Give values with NaN for the infinite ones and for the number that marks a failed computation."""
    return np.where(np.isinf(values) | (values == failed), np.nan, values)


def official_order(path: Path, texts: list[str], size: int) -> None:
    """Check that a column of integers counts 0, 1, 2 ... up to the size of the space."""
    if len(texts) != size or any(text != str(at) for at, text in enumerate(texts)):
        raise FileFormatError(f"{path}: its rows are not the {size:,} official indices in order")
