"""Files that are not what their name says: told by their first bytes, with what to do about them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from nasbench_sim.errors import FileFormatError

START = 512
"""First bytes of a file that tell what it is."""

_PACKED = (
    (b"PK\x03\x04", "a zip archive", "unzip it"),
    (b"PK\x05\x06", "an empty zip archive", "get the file again"),
    (b"\x1f\x8b", "packed by gzip", "unpack it with gunzip"),
    (b"BZh", "packed by bzip2", "unpack it with bunzip2"),
    (b"\xfd7zXZ\x00", "packed by xz", "unpack it with unxz"),
    (b"(\xb5/\xfd", "packed by zstandard", "unpack it with zstd -d"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive", "unpack it"),
    (b"Rar!\x1a\x07", "a RAR archive", "unpack it"),
    (b"%PDF-", "a PDF document", "get the file itself"),
    (b"\x89PNG\r\n", "an image", "get the file itself"),
    (b"\xff\xd8\xff", "an image", "get the file itself"),
    (b"\x89HDF\r\n\x1a\n", "an HDF5 file", "give it to what reads HDF5"),
    (b"PAR1", "a Parquet file", "give it to what reads Parquet"),
)
_PAGES = (b"<!doctype html", b"<html", b"<head", b"<?xml", b"<body")


def mistaken(start: bytes, expected: tuple[bytes, ...] = ()) -> str | None:
    r"""Read from its first bytes what a file is in place of data, and what to do; None for anything else.

    Parameters
    ----------
    start
        The first bytes, `START` of them where there are so many.
    expected
        Beginnings that the reader unpacks itself.

    Examples
    --------
    >>> mistaken(b"version https://git-lfs.github.com/spec/v1\n")
    'is a Git LFS pointer, not the file itself: get the file by git lfs pull, or download it alone'
    >>> mistaken(b"PK\x03\x04", expected=(b"PK\x03\x04",)) is None
    True
    """
    if not start:
        return "is empty: the download or the copy did not end; get the file again"
    if not start.strip(b"\0"):
        return "holds nothing but zeros: the download or the copy did not end; get the file again"
    if start.startswith(b"version https://git-lfs"):
        return "is a Git LFS pointer, not the file itself: get the file by git lfs pull, or download it alone"
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip()[:20].lower()
    if text.startswith(_PAGES):
        return "is a web page, not the file itself: get the file by the page's download link"
    for mark, what, remedy in _PACKED:
        if start.startswith(mark) and mark not in expected:
            return f"is {what}, not the file itself: {remedy}"
    if start[257:262] == b"ustar":
        return "is a tar archive, not the file itself: unpack it with tar -xf"
    return None


def check_kind(path: Path, expected: tuple[bytes, ...] = ()) -> None:
    """Refuse a file that is something else than data, saying what it is and what to do.

    Raises
    ------
    FileFormatError
        For such a file, and for one that cannot be opened.
    """
    with named(path), path.open("rb") as file:
        found = mistaken(file.read(START), expected)
    if found:
        raise FileFormatError(f"{path} {found}")


@contextlib.contextmanager
def named(path: Path) -> Iterator[None]:
    """Let every error of reading a file be a FileFormatError that names the file.

    Examples
    --------
    >>> with named(Path("numbers.csv")):
    ...     raise FileFormatError("a line of five fields")
    Traceback (most recent call last):
    ...
    nasbench_sim.errors.FileFormatError: numbers.csv: a line of five fields
    """
    try:
        yield
    except FileFormatError as error:
        if str(path) in str(error):
            raise
        raise FileFormatError(f"{path}: {error}") from error
    except OSError as error:
        raise FileFormatError(f"{path} cannot be read: {error.strerror or error}") from error
