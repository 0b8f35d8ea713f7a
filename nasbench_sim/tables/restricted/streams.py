"""Files and their decompression as streams that end with an error, not with the memory."""

from __future__ import annotations

import bz2
import gzip
import io
import os
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from nasbench_sim.errors import FileFormatError
from nasbench_sim.mistaken import START, mistaken, named
from nasbench_sim.tables.restricted.limits import Limits

_BROKEN = (OSError, EOFError, zlib.error)
_AT_ONCE = 2**20  # bytes: a decompressor makes room for all that it is asked for
_UNPACKED = (b"BZh", b"\x1f\x8b")


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
            data = self._source.read(min(len(buffer), _AT_ONCE))
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
def bounded_stream(path: Path, limits: Limits) -> Iterator[io.BufferedReader]:
    """Open a file for reading, decompressed if it is bz2 or gzip, never more of it than its size admits.

    Raises
    ------
    FileFormatError
        For a missing, empty, truncated, damaged or too large file, or one that is not what its name says;
        every error within the block names the file.
    """
    with named(path), path.open("rb") as file:
        start = file.peek(START)[:START]
        found = mistaken(start, _UNPACKED)
        if found:
            raise FileFormatError(f"{path} {found}")
        unpacked: Any = file
        if start.startswith(b"BZh"):
            unpacked = bz2.BZ2File(file)
        elif start.startswith(b"\x1f\x8b"):
            unpacked = gzip.GzipFile(fileobj=file)
        yield counted(unpacked, limits.unpacked(stored_size(file)), str(path))


def stored_size(file: IO[bytes]) -> int:
    """Give the bytes of an open file as it is stored."""
    return os.fstat(file.fileno()).st_size
