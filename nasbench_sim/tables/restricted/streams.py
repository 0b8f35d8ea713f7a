"""Files and their decompression as streams that end with an error, not with the memory."""

from __future__ import annotations

import bz2
import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from nasbench_sim.errors import FileFormatError

_BROKEN = (OSError, EOFError, zlib.error)


class _Counted(io.RawIOBase):
    """A stream that refuses to give more than so many bytes."""

    def __init__(self, source: IO[bytes], limit: int, name: str) -> None:
        self._source = source
        self._left = limit
        self._limit = limit
        self._name = name

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            data = self._source.read(len(buffer))
        except _BROKEN as error:
            raise FileFormatError(f"{self._name} is truncated or damaged: {error}") from error
        self._left -= len(data)
        if self._left < 0:
            raise FileFormatError(f"{self._name} unpacks to more than {self._limit:,} bytes: refused")
        buffer[: len(data)] = data
        return len(data)


def counted(source: IO[bytes], limit: int, name: str) -> io.BufferedReader:
    """Give a stream over another that raises FileFormatError beyond `limit` bytes or where it breaks."""
    return io.BufferedReader(_Counted(source, limit, name), buffer_size=2**16)


@contextmanager
def bounded_stream(path: Path, limit: int) -> Iterator[io.BufferedReader]:
    """Open a file for reading, decompressed if it is bz2 or gzip, never more than `limit` bytes of it.

    Raises
    ------
    FileFormatError
        For a missing, empty, truncated, damaged or too large file; the last three while it is read.
    """
    try:
        file = path.open("rb")
    except OSError as error:
        raise FileFormatError(f"{path} cannot be opened: {error.strerror or error}") from error
    with file:
        start = file.peek(3)[:3]
        if not start:
            raise FileFormatError(f"{path} is empty")
        unpacked: Any = file
        if start == b"BZh":
            unpacked = bz2.BZ2File(file)
        elif start[:2] == b"\x1f\x8b":
            unpacked = gzip.GzipFile(fileobj=file)
        yield counted(unpacked, limit, str(path))
