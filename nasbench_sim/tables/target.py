"""A file for HDF5 to write to that tells of a full disk afterwards, since HDF5 would crash the process."""

from __future__ import annotations

import io
from pathlib import Path
from types import TracebackType
from typing import Any


class Target(io.RawIOBase):
    """A writable file whose first failed write is kept; what comes after it is thrown away.

    A write that fails while HDF5 closes a file leaves objects that it closes once more when the process
    ends, which is a segmentation fault. So HDF5 never learns of it, and leaving the block raises it.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "file"
    >>> with Target(path) as target:
    ...     _ = target.write(b"abc")
    >>> path.read_bytes()
    b'abc'
    """

    def __init__(self, path: Path) -> None:
        self._file = path.open("w+b", buffering=0)
        self.error: OSError | None = None

    def write(self, data: Any) -> int:
        """Write all of the data, or keep the error."""
        left = memoryview(data).cast("B")
        try:
            while self.error is None and len(left):
                left = left[self._file.write(left) :]
        except OSError as error:
            self.error = error
        return len(data)

    def readinto(self, buffer: Any) -> int:
        """Read at the position of the file."""
        return self._file.readinto(buffer)

    def seek(self, offset: int, whence: int = 0) -> int:
        """Move the position of the file."""
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        """Give the position of the file."""
        return self._file.tell()

    def truncate(self, size: int | None = None) -> int:
        """Change the size of the file, or keep the error."""
        try:
            return self._file.truncate(size)
        except OSError as error:
            self.error = self.error or error
            return size or 0

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the file and raise the error that was kept, with the file's name."""
        self._file.close()
        super().__exit__(kind, error, trace)
        if self.error is not None:
            raise OSError(self.error.errno, self.error.strerror, self._file.name) from self.error
