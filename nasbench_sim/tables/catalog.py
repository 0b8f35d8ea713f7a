"""Where tables lie, and `load_table`."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from nasbench_sim.errors import RequestError, unknown
from nasbench_sim.tables.store import read_table
from nasbench_sim.tables.table import Table

INSTALLED = "nas-bench-201-installed"
"""Name of the table that `nasbench-sim data install` merges: richer than the embedded one."""


def data_folder() -> Path:
    """Give the folder of installed tables: ``NASBENCH_SIM_DATA``, else the platform's user data folder."""
    named = os.environ.get("NASBENCH_SIM_DATA")
    if named:
        return Path(named).expanduser()
    import platformdirs

    return Path(platformdirs.user_data_dir("nasbench-sim", appauthor=False))


def embedded_folder() -> Path:
    """Give the folder of the tables that come with the package."""
    package = Path(__file__).resolve().parents[1]
    installed = package / "data"
    return installed if installed.is_dir() else package.parent / "data"  # the latter in a checkout


def available() -> dict[str, Path]:
    """Give the tables that can be loaded by name: name -> file. Installed ones come first.

    Examples
    --------
    >>> {"nas-bench-201", "nas-bench-201-digits"} <= set(available())
    True
    """
    found: dict[str, Path] = {}
    for folder in (data_folder(), embedded_folder()):
        with _looked_into(folder):
            for path in sorted(folder.iterdir()) if folder.is_dir() else ():
                if path.suffix == ".h5" and not path.name.startswith("."):  # those are being written
                    found.setdefault(path.stem, path)
    return found


def load_table(name: str | os.PathLike[str] | None = None) -> Table:
    """Open a table.

    Parameters
    ----------
    name
        Name of an installed or embedded table, or the path of a table file; ``fbnet`` for the block costs of
        HW-NAS-Bench, where they were imported. By default the richest: ``nas-bench-201-installed`` where it
        exists, else the embedded ``nas-bench-201``.

    Raises
    ------
    RequestError
        For an unknown name, or a data folder that cannot be looked into.
    FileFormatError
        For a file that is not a readable table.

    Examples
    --------
    >>> load_table("nas-bench-201").space.size
    15625
    """
    if name == "fbnet":
        from nasbench_sim.tables.block_costs import load_block_costs

        return load_block_costs().table()
    if isinstance(name, str) and not name.endswith(".h5") and os.sep not in name:
        path = _by_name(name)
        if path is None:
            raise unknown("table", name, [*available(), "fbnet"])
        return read_table(path)
    if name is not None:
        return read_table(Path(name))
    for default in (INSTALLED, "nas-bench-201"):
        path = _by_name(default)
        if path is not None:
            return read_table(path)
    raise unknown("table", "nas-bench-201", available())


def _by_name(name: str) -> Path | None:
    for folder in (data_folder(), embedded_folder()):
        path = folder / f"{name}.h5"
        with _looked_into(folder):
            if path.is_file():
                return path
    return None


@contextlib.contextmanager
def _looked_into(folder: Path) -> Iterator[None]:
    """Refuse to take a folder that cannot be looked into for one without tables."""
    try:
        yield
    except OSError as error:
        raise RequestError(
            f"the data folder {folder} cannot be looked into: {error.strerror or error}; the variable "
            "NASBENCH_SIM_DATA names another"
        ) from error
