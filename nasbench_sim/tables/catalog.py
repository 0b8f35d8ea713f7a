"""Where tables lie, and `load_table`."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path

from nasbench_sim.errors import NasbenchSimError, PluginError, RequestError, unknown
from nasbench_sim.registry import Registry
from nasbench_sim.spaces import benchmarks, space
from nasbench_sim.tables.store import read_table
from nasbench_sim.tables.table import Table

_TABLES: Registry[Callable[[], Table]] = Registry(
    "tables", {"fbnet": "nasbench_sim.benchmarks.fbnet.block_costs:fbnet_table"}
)


def data_folder() -> Path:
    """Give the folder of installed tables: ``NASBENCH_SIM_DATA``, else the platform's user data folder.

    Raises
    ------
    RequestError
        Where that variable names something that is not a folder.
    """
    named = os.environ.get("NASBENCH_SIM_DATA")
    if named:
        folder = Path(named).expanduser()
        with _looked_into(folder):
            exists = folder.exists()
        if exists and not folder.is_dir():
            raise RequestError(f"NASBENCH_SIM_DATA names {folder}, which is not a folder")
        return folder
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
    for folder in _folders():
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
        Name of an installed, embedded or registered table, or the path of a table file, or of a published
        file of a known format; ``fbnet`` for the block costs of HW-NAS-Bench, where they were imported. By
        default the richest of NAS-Bench-201: ``nas-bench-201-installed`` where it exists, else the embedded
        ``nas-bench-201``.

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
    if isinstance(name, str) and not name.endswith(".h5") and os.sep not in name:
        path = _by_name(name)
        if path is not None:
            return read_table(path)
        if name in _TABLES:
            return _made(name)
        if not Path(name).exists():
            raise _lacking(name)
    if isinstance(name, (str, os.PathLike)):
        return _of_file(Path(name))
    if name is not None:
        raise RequestError(f"a table is named by its name or the path of its file, not by {name!r}")
    for default in space().benchmark.tables:
        path = _by_name(default)
        if path is not None:
            return read_table(path)
    raise _lacking(default)


def register_table(name: str, make: Callable[[], Table]) -> Callable[[], Table]:
    """Add a table of one's own: `load_table`, commands and study files then know it by its name.

    An installed package does so by an entry point of the group ``nasbench_sim.tables``.

    Parameters
    ----------
    name
        Of the table.
    make
        A function without arguments that returns it.

    Raises
    ------
    RequestError
        For a name that is taken, by an installed or embedded table too.
    """
    if name in available():
        raise RequestError(f"there is a table {name!r} already, {available()[name]}; give yours another name")
    return _TABLES.register(name, make)


def table_names() -> tuple[str, ...]:
    """List the names that `load_table` takes: of files, and of what is registered."""
    return tuple(dict.fromkeys([*available(), *_TABLES.names()]))


def _made(name: str) -> Table:
    """Make a registered table; what goes wrong in another package's code names that package."""
    make = _TABLES.get(name)
    try:
        found = make()
    except NasbenchSimError:
        raise
    except Exception as error:  # whatever a stranger's code does
        raise PluginError(
            f"the table {name!r} of {_TABLES.origin(name)} cannot be made: {type(error).__name__}: {error}"
        ) from error
    if not isinstance(found, Table):
        raise PluginError(
            f"{_TABLES.origin(name)} is registered as the table {name!r}, but gives {found!r}: a Table is "
            "expected"
        )
    return found


def _of_file(path: Path) -> Table:
    """Read a table file, or a published file or folder of a known format."""
    if path.suffix == ".h5" or not path.exists():
        return read_table(path)
    from nasbench_sim.tables.importers import import_file  # most of which read tables themselves

    return import_file(path)


def _lacking(name: str) -> RequestError:
    """Build the error for a table that is not there: how it is had, or what there is."""
    for _, declared in benchmarks():
        if name in declared.tables:
            getting = "data install" if declared.sources else "data import FILE"
            return RequestError(f"the table {name!r} is not installed; `nasbench-sim {getting}` makes it")
    return unknown("table", name, table_names())


def _folders() -> tuple[Path, Path]:
    """Give the folders with tables; refuse a named one that is not there: another table would be served."""
    own = data_folder()
    if os.environ.get("NASBENCH_SIM_DATA") and not own.exists():
        raise RequestError(
            f"NASBENCH_SIM_DATA names {own}, which does not exist; `nasbench-sim data install` makes it"
        )
    return own, embedded_folder()


def _by_name(name: str) -> Path | None:
    for folder in _folders():
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
