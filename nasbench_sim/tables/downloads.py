"""Pinned files in the data folder: downloaded or copied, and never there with another hash."""

from __future__ import annotations

import hashlib
import logging
from pathlib import Path

from nasbench_sim.errors import NasbenchSimError
from nasbench_sim.files import replacing
from nasbench_sim.tables.sources import HOST, Source, SourceFile

_ATTEMPTS = 3
_SECONDS = 60  # without an answer


class InstallError(NasbenchSimError):
    """Something outside stopped an installation: the network, the disk, a file with another hash."""


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
        content = origin.read_bytes()
    except OSError as error:
        raise InstallError(f"the mirror has no readable {origin}: {error.strerror or error}") from error
    found = hashlib.sha256(content).hexdigest()
    if found != file.sha256:
        raise InstallError(_differs(str(origin), file, found))
    with replacing(folder / file.file) as temporary:
        temporary.write_bytes(content)


def _download(source: Source, file: SourceFile, folder: Path, host: str, progress: bool) -> None:
    import pooch
    import requests

    pooch.get_logger().setLevel(logging.WARNING)
    address = source.url(file, host)
    fetcher = pooch.Pooch(
        path=folder,
        base_url="",
        registry={file.file: f"sha256:{file.sha256}"},
        urls={file.file: address},
        retry_if_failed=_ATTEMPTS - 1,
    )
    try:
        fetcher.fetch(file.file, downloader=pooch.HTTPDownloader(progressbar=progress, timeout=_SECONDS))
    except requests.RequestException as error:
        raise InstallError(f"{address} cannot be downloaded: {error}") from error
    except ValueError as error:  # pooch's word for another hash
        raise InstallError(_differs(address, file, "another one")) from error


def _differs(origin: str, file: SourceFile, found: str) -> str:
    return f"{origin} has not the pinned SHA-256 {file.sha256}, but {found}: it was not installed"
