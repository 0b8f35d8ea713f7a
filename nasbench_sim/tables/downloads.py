"""Pinned files in the data folder: downloaded or copied, and never there with another hash."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
import time
from pathlib import Path
from typing import IO

from nasbench_sim.errors import InstallError
from nasbench_sim.files import replacing
from nasbench_sim.tables.sources import HOST, Source, SourceFile

PART = ".part"
"""Ending of a file of which not all is there yet."""
_ATTEMPTS = 3
_PAUSE = 1  # seconds before the second attempt, twice as long before the third
_SECONDS = 60  # without an answer
_PIECE = 2**16  # bytes
_NOT_WAITING = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


def fetch(source: Source, folder: Path, mirror: Path | None, host: str = HOST, progress: bool = False) -> int:
    """Bring all files of a source into the folder of downloads; those that are there already stay.

    Parameters
    ----------
    mirror
        A local folder with the same layout to copy from, in place of downloading.

    Returns
    -------
    int
        How many files were brought.

    Raises
    ------
    InstallError
        Where a file can't be had after several attempts, or has another hash; those before it stay, so
        that the next attempt goes on from there.
    """
    lacking = [file for file in source.files if digest(folder / file.file) != file.sha256]
    for file in lacking:
        if mirror is not None:
            _copy(file, mirror, folder)
        else:
            _download(source, file, folder, host, progress)
    return len(lacking)


def digest(path: Path) -> str | None:
    """Give the SHA-256 of a file, None where there is none."""
    if not path.is_file():
        return None
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _copy(file: SourceFile, mirror: Path, folder: Path) -> None:
    origin = mirror / file.file
    try:
        # Not to be held up by what is no file: opening a pipe waits for its other end.
        with open(origin, "rb", opener=lambda path, flags: os.open(path, flags | _NOT_WAITING)) as content:
            _check_plain(origin, file, os.fstat(content.fileno()))
            with replacing(folder / file.file) as temporary:
                found = _pinned(content, temporary, file.bytes)
                if found != file.sha256:
                    raise InstallError(_differs(str(origin), file, found))
    except OSError as error:
        full = error.errno in (
            errno.ENOSPC,
            errno.EFBIG,
            errno.EDQUOT,
        )  # of what is written, whatever is named
        if full or (error.filename is not None and Path(error.filename) != origin):
            raise
        raise InstallError(f"the mirror has no readable {origin}: {error.strerror or error}") from error


def _check_plain(origin: Path, file: SourceFile, about: os.stat_result) -> None:
    """Refuse what is no plain file of the pinned size, before any of it is read."""
    if not stat.S_ISREG(about.st_mode):
        raise InstallError(f"the mirror has no readable {origin}: it is no plain file")
    if about.st_size != file.bytes:
        raise InstallError(
            f"{origin} has {about.st_size:,} bytes instead of the pinned {file.bytes:,}: it was not installed"
        )


def _pinned(content: IO[bytes], target: Path, size: int) -> str:
    """Copy so many bytes in pieces, and give the SHA-256 of all that was copied."""
    hashed = hashlib.sha256()
    left = size
    with target.open("wb") as out:
        while left and (piece := content.read(min(left, _PIECE))):
            out.write(piece)
            hashed.update(piece)
            left -= len(piece)
    return hashed.hexdigest()


def _download(source: Source, file: SourceFile, folder: Path, host: str, progress: bool) -> None:
    """Get a file, going on where an earlier attempt stopped if the server can."""
    import requests

    address = source.url(file, host)
    target = folder / file.file
    part = target.with_name(f".{target.name}.{file.sha256[:16]}{PART}")
    part.parent.mkdir(parents=True, exist_ok=True)
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            _receive(address, file, part, progress)
            found = digest(part)
            if found == file.sha256:
                part.replace(target)
                return
            part.unlink()
            problem = InstallError(_differs(address, file, str(found)))
        except requests.RequestException as error:
            problem = InstallError(f"{address} cannot be downloaded: {error}")
        if attempt < _ATTEMPTS:
            time.sleep(_PAUSE * attempt)
    raise problem


def _receive(address: str, file: SourceFile, part: Path, progress: bool) -> None:
    """Add to a part of a file what lacks of it, never more than the pinned size."""
    import requests
    from tqdm.auto import tqdm

    have = part.stat().st_size if part.is_file() else 0
    asked = {"Accept-Encoding": "identity"}  # so that bytes are counted as they are pinned
    if 0 < have < file.bytes:
        asked["Range"] = f"bytes={have}-"
    with requests.get(address, headers=asked, stream=True, timeout=_SECONDS) as answer:
        answer.raise_for_status()
        goes_on = answer.status_code == requests.codes.partial
        have = have if goes_on else 0
        bar = tqdm(total=file.bytes, initial=have, unit="B", unit_scale=True, disable=not progress)
        with part.open("ab" if goes_on else "wb") as out, bar:
            for piece in answer.iter_content(_PIECE):
                have += len(piece)
                if have > file.bytes:
                    out.truncate(0)
                    raise InstallError(
                        f"{address} has more than the pinned {file.bytes:,} bytes: it was not installed"
                    )
                out.write(piece)
                bar.update(len(piece))
    if have < file.bytes:
        raise requests.ConnectionError(f"it ended after {have:,} of {file.bytes:,} bytes")


def _differs(origin: str, file: SourceFile, found: str) -> str:
    return f"{origin} has not the pinned SHA-256 {file.sha256}, but {found}: it was not installed"
