"""NATS-Bench, topology and size: the folder of its simple form, and the one-file form."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nasbench_sim.errors import FileFormatError
from nasbench_sim.spaces import SearchSpace, space
from nasbench_sim.tables.importers.records import Records
from nasbench_sim.tables.restricted import ARCHIVE, NUMPY, read_pickle
from nasbench_sim.tables.table import Table

NAME = "nats-bench"
CONTENT = "every epoch of every run, times, published params and FLOPs; topology or size space"
PATTERN = "NATS-{tss,sss}-*-simple/, NATS-{tss,sss}-*.pickle.pbz2"
LICENCE = "MIT"

_META = "meta.pickle.pbz2"


def recognises(path: Path) -> bool:
    """Tell a folder with the meta file, or a bz2 file of the published name."""
    if path.is_dir():
        return (path / _META).is_file()
    return path.name.startswith("NATS-") and path.name.endswith(".pickle.pbz2")


def read(path: Path) -> Table:
    """Read every record that is there; of a folder, also a part of the 15,625 or 32,768 files will do."""
    if path.is_dir():
        return _read_folder(path)
    return read_archive(path, f"NATS-Bench, {path.name}", LICENCE, NAME)


def _read_folder(folder: Path) -> Table:
    meta = read_pickle(folder / _META, NUMPY)
    of = _space(meta.get("meta_archs") if isinstance(meta, dict) else None, folder)
    records = Records(of, f"NATS-Bench, {folder.name}", LICENCE)
    for path in sorted(folder.glob("*.pickle.pbz2")):
        if path.name == _META:
            continue
        if not path.name[:6].isdecimal():
            raise FileFormatError(f"{path} is not named by an architecture's six digits")
        schedules = read_pickle(path, NUMPY)
        if not isinstance(schedules, dict):
            raise FileFormatError(f"{path} holds a {type(schedules).__name__}, not schedules")
        try:
            for record in schedules.values():
                records.add(record, expected=int(path.name[:6]))
        except FileFormatError as error:
            raise FileFormatError(f"{path}: {error}") from error
    return _table(records, folder, NAME)


def read_archive(path: Path, source: str, licence: str, name: str, by_index: bool = True) -> Table:
    """Read a one-file archive: {meta_archs, arch2infos: {index: {schedule: record}}}.

    Each record is taken and emptied as soon as it is read, so that the archive is never whole in memory.
    """
    sink = ArchiveSink(source, licence, by_index)
    content = read_pickle(path, NUMPY, ARCHIVE, sink.condense)
    return sink.table(content, path, name)


class ArchiveSink:
    """Takes the records of an archive while it is read."""

    def __init__(self, source: str, licence: str, by_index: bool = True) -> None:
        self._source = source
        self._licence = licence
        self._by_index = by_index
        self._waiting: list[dict[Any, Any]] = []
        self._records: Records | None = None

    def condense(self, key: Any, value: dict[Any, Any]) -> Any:
        """Take a record, and keep in its place no more than its architecture's string."""
        if "all_results" not in value or "arch_str" not in value:
            return value
        if self._records is None:
            of = space(
                "nas-bench-201"
                if isinstance(value["arch_str"], str) and "|" in value["arch_str"]
                else "nats-bench-size"
            )
            self._records = Records(of, self._source, self._licence, self._by_index)
        self._records.add(value)
        for trial in value["all_results"].values():
            for part in trial.values():
                if isinstance(part, dict):
                    part.clear()
            trial.clear()
        architecture = value["arch_str"]
        value.clear()
        return architecture

    def table(self, content: Any, path: Path, name: str) -> Table:
        """Give the table, once the archive is read; its list of architectures has to be the published one."""
        if not isinstance(content, dict) or not isinstance(content.get("arch2infos"), dict):
            raise FileFormatError(f"{path} is not an archive of records: it has no arch2infos")
        if self._records is None:
            raise FileFormatError(f"{path} has no records")
        of = self._records.space
        if self._by_index:
            if _space(content.get("meta_archs"), path).name != of.name:
                raise FileFormatError(f"{path}: its records and its list are of different spaces")
            for index, schedules in content["arch2infos"].items():
                if any(value != of.string(index) for value in schedules.values()):
                    raise FileFormatError(f"{path}: the records of architecture {index} are of another one")
        return _table(self._records, path, name)


def _space(architectures: Any, path: Path) -> SearchSpace:
    """Give the space whose published order a list of strings is."""
    if isinstance(architectures, list):
        for name in ("nas-bench-201", "nats-bench-size"):
            of = space(name)
            if len(architectures) == of.size and architectures == of.string(of.all_indices()).tolist():
                return of
    raise FileFormatError(f"{path}: its architectures are not those of NATS-Bench in their published order")


def _table(records: Records, path: Path, name: str) -> Table:
    provenance = {"made_by": f"importer {name}", "from": [path.name]}
    return Table(f"{name} {path.name.partition('.')[0]}", records.space, records.entries(), provenance)
