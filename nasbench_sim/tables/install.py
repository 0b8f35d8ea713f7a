"""The data folder: what is installed there, how it comes, goes and becomes the table that is served.

``downloads/`` has the pinned files, ``sources/<space>/`` one table a source, and beside them lies one merged
table a space. Every file is written under a temporary name and renamed when it is complete, sources before
the merged table; a process that is killed leaves the old tables, and the next one goes on from there.
"""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from nasbench_sim._version import __version__
from nasbench_sim.benchmarks.fbnet import block_costs
from nasbench_sim.benchmarks.nas_bench_201.importers import hw_nas_bench
from nasbench_sim.errors import FileFormatError, InstallError, RequestError, unknown
from nasbench_sim.locks import locked
from nasbench_sim.spaces import available
from nasbench_sim.spaces import space as named
from nasbench_sim.tables.catalog import data_folder, embedded_folder
from nasbench_sim.tables.downloads import PART, digest, fetch
from nasbench_sim.tables.importers import detect, importer
from nasbench_sim.tables.merge import merge
from nasbench_sim.tables.sources import HOST, Source, chosen, sources
from nasbench_sim.tables.store import read_table, rename_table, save_table
from nasbench_sim.tables.table import Table

_LEVEL = 1  # of compression: these files are written more often than they are copied


class DataFolder:
    """Installed data.

    Parameters
    ----------
    path
        The folder; by default ``NASBENCH_SIM_DATA``, else the platform's user data folder.

    Examples
    --------
    >>> import tempfile
    >>> DataFolder(Path(tempfile.mkdtemp())).installed()
    {}
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = data_folder() if path is None else path
        self.downloads = self.path / "downloads"
        self.sources = self.path / "sources"

    # -- what there is

    def installed(self) -> dict[str, list[Path]]:
        """Give the installed sources and imported files: name -> its tables."""
        found: dict[str, list[Path]] = {}
        for path in sorted(self.sources.glob("*/[!.]*.h5")):  # those with a dot are being written
            found.setdefault(path.stem, []).append(path)
        return found

    def merged(self, space: str) -> Path:
        """Give where the merged table of a space lies, or would."""
        return self.path / f"{_merged_name(space)}.h5"

    @property
    def block_costs(self) -> Path:
        """Where the block costs of the FBNet space lie, or would."""
        return self.path / block_costs.FILE

    # -- what changes it

    def install(
        self,
        names: Sequence[str] = (),
        mirror: Path | None = None,
        host: str = HOST,
        progress: bool = False,
    ) -> list[Path]:
        """Get sources, import and merge them.

        Parameters
        ----------
        names
            Of `sources`; all by default.
        mirror
            A local folder laid out as the downloads are, to copy from.
        progress
            Whether to show the progress of downloads.

        Returns
        -------
        list of Path
            The merged tables.

        Raises
        ------
        RequestError
            For an unknown source, or a mirror that is no folder.
        InstallError
            For a file that can't be had or has another hash; a folder that can't be written; a full disk.
        """
        wanted = chosen(tuple(names))
        if mirror is not None and not mirror.is_dir():
            raise RequestError(f"no folder {mirror} to install from")
        with self._locked():
            for source in wanted:
                fetch(source, self.downloads, mirror, host, progress)
                self._import_source(source)
            return self._merge({})

    def import_files(self, paths: Sequence[Path], format: str | None = None) -> list[Path]:
        """Add published files that one has; each is called by its format and file (``naslib.nb201_...``).

        Raises
        ------
        FileFormatError
            For a file of no known format, or a damaged one; nothing is changed then.
        RequestError
            For an unknown format, and for two files of one name.
        MergeConflictError
            Where a file contradicts what is installed; nothing is changed then.
        """
        chosen = [importer(format) if format else detect(path) for path in paths]
        costs = None
        with self._locked():
            new: dict[tuple[str, str], Table] = {}
            for path, reader in zip(paths, chosen, strict=True):
                table = reader.read(path)
                table.provenance["sha256"] = digest(path)
                name = table.name.replace(" ", ".")
                if (table.space.name, name) in new:
                    raise RequestError(f"{path}: another of the files is called {name} too; rename one")
                # Written at once: a whole archive does not stay in memory while it is merged.
                draft = save_table(table, self._draft(table.space.name, name), _LEVEL)
                new[table.space.name, name] = read_table(draft)
                if reader.name == hw_nas_bench.NAME:
                    costs = block_costs.import_block_costs(path)
            merged = self._merge(new)
            if costs is not None:
                costs.save(self.block_costs)
            return merged

    def add(self, table: Table) -> list[Path]:
        """Add a table of one's own measurements, in the place of one of its name, and merge all.

        Raises
        ------
        RequestError
            For the name of a source.
        MergeConflictError
            Where it contradicts what is installed; nothing is changed then.
        """
        name = table.name.replace(" ", ".")
        if name in sources() or name.startswith(".") or Path(name).name != name:
            raise RequestError(f"a table of your own cannot be called {table.name!r}; give it another name")
        with self._locked():
            draft = save_table(table, self._draft(table.space.name, name), _LEVEL)
            return self._merge({(table.space.name, name): read_table(draft)})

    def remove(self, names: Sequence[str]) -> list[Path]:
        """Take sources or imported files away, with their downloads, and merge what stays."""
        known = self.installed()
        for name in names:
            if name not in known and not (name in sources() and (self.downloads / name).is_dir()):
                raise unknown("installed source", name, known)
        with self._locked():
            for name in names:
                for path in known.get(name, []):
                    path.unlink(missing_ok=True)
                shutil.rmtree(self.downloads / name, ignore_errors=True)
            if not any(name.startswith(hw_nas_bench.NAME) for name in self.installed()):
                self.block_costs.unlink(missing_ok=True)
            return self._merge({})

    # -- steps

    def _import_source(self, source: Source) -> None:
        """Import the downloads of a source, unless the very same were imported by this version."""
        made = {"version": __version__, "files": {file.file: file.sha256 for file in source.files}}
        known = self.installed().get(source.name, [])
        if known and all(_provenance(path).get("source") == made for path in known):
            return
        tables: dict[str, list[Table]] = {}
        for path in _readable(self.downloads, source):
            table = detect(path).read(path)
            tables.setdefault(table.space.name, []).append(table)
        for space, parts in tables.items():
            table = merge(source.name, parts) if len(parts) > 1 else parts[0]
            table.provenance["source"] = made
            save_table(table, self.sources / space / f"{source.name}.h5", _LEVEL)

    def _merge(self, new: dict[tuple[str, str], Table]) -> list[Path]:
        """Merge every space with new tables, and give these their final names once all agree."""
        order = [*sources()]
        parts: dict[str, dict[str, Table]] = {}
        for name, paths in self.installed().items():
            for path in paths:
                parts.setdefault(path.parent.name, {})[name] = read_table(path)
        for (space, name), table in new.items():
            parts.setdefault(space, {})[name] = table
        merged = {
            space: _whole(space, [of[name] for name in sorted(of, key=lambda n: (_place(order, n), n))])
            for space, of in parts.items()
        }
        for (space, name), table in new.items():
            rename_table(table, self._draft(space, name), self.sources / space / f"{name}.h5")
        for space, table in merged.items():
            if _provenance(self.merged(space)) != table.provenance:
                save_table(table, self.merged(space), _LEVEL)
        for space in sorted(set(available()) - merged.keys()):
            self.merged(space).unlink(missing_ok=True)  # of a space that has no source any more
        return [self.merged(space) for space in merged]

    def _draft(self, space: str, name: str) -> Path:
        """Give where an imported table lies until it is known to agree with the others."""
        return self.sources / space / f".{name}.h5"

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        """Keep other processes out, clear what killed ones left, and word what the disk refuses."""
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            with locked(self.path / ".lock"):
                self._clear()
                try:
                    yield
                finally:
                    self._clear()
        except OSError as error:
            reason = error.strerror or error
            raise InstallError(f"{self.path} cannot be written: {reason}; what was there stays") from error

    def _clear(self) -> None:
        for path in [*self.path.glob(".*.h5"), *self.sources.glob("*/.*.h5")]:
            path.unlink()
        for path in self.downloads.rglob(".*"):
            if not path.name.endswith(PART):  # which the next download goes on from
                path.unlink()


def _whole(space: str, tables: list[Table]) -> Table:
    """Merge the tables of a space with its embedded one, and add what follows from them."""
    name, embedded = _merged_name(space), embedded_folder() / f"{space}.h5"
    table = merge(name, [read_table(embedded), *tables] if embedded.is_file() else tables)
    derive = table.space.benchmark.part("derived")
    if derive is None:
        return table
    columns = derive(table)
    whole = merge(name, [table, Table("derived", table.space, columns)])
    derived = sorted({column.metric for column, _ in columns})
    whole.provenance = {**table.provenance, "derived": derived}
    return whole


def _merged_name(space: str) -> str:
    """Give the name of the merged table of a space."""
    return (named(space).benchmark.tables or (space,))[0]


def _readable(downloads: Path, source: Source) -> list[Path]:
    """Give what importers read: a folder where the format is one, else each file."""
    found: dict[Path, None] = {}
    for file in source.files:
        path = downloads / file.file
        with contextlib.suppress(FileFormatError):
            detect(path.parent)
            path = path.parent
        found[path] = None
    return list(found)


def _place(order: list[str], name: str) -> int:
    """Files that were imported by hand come first: they are the whole archives, if anything."""
    return order.index(name) if name in order else -1


def _provenance(path: Path) -> dict[str, Any]:
    """Give what a table says of its making; nothing for a file that is missing or can't be read."""
    with contextlib.suppress(FileFormatError):
        return read_table(path).provenance
    return {}
