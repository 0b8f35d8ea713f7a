"""Files that come with the package and are what they were."""

from __future__ import annotations

import hashlib

from nasbench_sim.errors import FileFormatError
from nasbench_sim.tables.catalog import embedded_folder


def shipped(name: str, sha256: str) -> bytes:
    """Read a file of the data folder, and check its hash.

    Raises
    ------
    FileFormatError
        When the file is missing or not the one that was shipped.
    """
    path = embedded_folder() / name
    try:
        content = path.read_bytes()
    except OSError as error:
        raise FileFormatError(f"{path} should have come with the package: {error.strerror}") from error
    if hashlib.sha256(content).hexdigest() != sha256:
        raise FileFormatError(f"{path} is not the file that came with the package: its hash differs")
    return content
