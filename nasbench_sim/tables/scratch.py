"""A temporary file for numbers that would fill the memory while a whole archive is read."""

from __future__ import annotations

import contextlib
import os
import tempfile

from nasbench_sim.errors import ScratchError


class Scratch:
    """Bytes that are appended and read in parts; the file has no name and goes when nobody refers to it.

    A copy in another process has a file of its own.

    Examples
    --------
    >>> scratch = Scratch()
    >>> scratch.append(b"abc"), scratch.append(b"de")
    (0, 3)
    >>> scratch.read(1, 3)
    b'bcd'
    """

    def __init__(self, content: bytes = b"") -> None:
        self._size = 0
        try:
            self._file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115 - it lives as long as this
        except OSError as error:
            raise _refused(error) from error
        if content:
            self.append(content)

    def append(self, data: bytes) -> int:
        """Write bytes to the end, and give where they begin."""
        begin, left = self._size, memoryview(data)
        try:
            while len(left):
                left = left[self._file.write(left) or 0 :]
        except OSError as error:
            raise _refused(error) from error
        self._size += len(data)
        return begin

    def read(self, begin: int, length: int) -> bytes:
        """Give bytes back."""
        if hasattr(os, "pread"):  # does not move the position, which threads and forked processes share
            return os.pread(self._file.fileno(), length, begin)
        self._file.seek(begin)
        found = self._file.read(length)
        self._file.seek(self._size)
        return found or b""

    def __reduce__(self) -> tuple[type[Scratch], tuple[bytes]]:
        """Travel with the whole content."""
        return (Scratch, (self.read(0, self._size),))

    def __del__(self) -> None:
        """Close the file: of one that nobody closes Python warns."""
        with contextlib.suppress(AttributeError):  # where it could not be opened
            self._file.close()


def _refused(error: OSError) -> ScratchError:
    return ScratchError(
        f"{tempfile.gettempdir()} cannot be written, where numbers lie while an archive is read: "
        f"{error.strerror or error}; the variable TMPDIR names another folder"
    )
