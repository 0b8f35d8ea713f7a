"""Files and time as the published packages handle them."""

from __future__ import annotations

import bz2
import os
import pickle
import time
from pathlib import Path
from typing import Any

PICKLE_EXT = "pickle.pbz2"


def time_string() -> str:
    """Return the time, as ``[2026-01-31 12:00:00]`` in UTC."""
    return f"[{time.strftime('%Y-%m-%d %X', time.gmtime(time.time()))}]"


def get_torch_home() -> str:
    """Return the folder where the published archives lie by default."""
    if "TORCH_HOME" in os.environ:
        return os.environ["TORCH_HOME"]
    if "HOME" in os.environ:
        return os.path.join(os.environ["HOME"], ".torch")
    raise ValueError(
        "Did not find HOME in os.environ. Please at least setup the path of HOME or TORCH_HOME in the "
        "environment."
    )


def nats_is_dir(file_path: Any) -> bool:
    """Tell a folder."""
    return os.path.isdir(file_path)


def nats_is_file(file_path: Any) -> bool:
    """Tell a file."""
    return os.path.isfile(file_path)


def pickle_save(obj: Any, file_path: Any, ext: str = ".pbz2", protocol: int = 4) -> None:
    """Write an object of the script's own, packed."""
    with bz2.BZ2File(f"{file_path}{ext}", "wb") as file:
        pickle.dump(obj, file, protocol=protocol)


def pickle_load(file_path: Any, ext: str = ".pbz2") -> Any:
    """Read what `pickle_save` wrote.

    It runs what the file says, as the published function does: a script calls it on files of its own. No
    function of this package does.
    """
    path = Path(file_path) if nats_is_file(file_path) else Path(f"{file_path}{ext}")
    with bz2.BZ2File(path, "rb") as file:
        return pickle.load(file)
