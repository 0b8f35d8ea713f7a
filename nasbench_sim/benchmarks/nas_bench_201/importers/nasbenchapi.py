"""The archive of the package nasbenchapi: NATS-Bench's one-file dictionary as a plain pickle."""

from __future__ import annotations

from pathlib import Path

from nasbench_sim.tables.importers.nats_bench import read_archive
from nasbench_sim.tables.table import Table

NAME = "nasbenchapi"
CONTENT = "the records of NAS-Bench-201; its integers are base-5 codes, so the strings are what counts"
PATTERN = "nasbench201*.pkl"
LICENCE = "MIT"


def recognises(path: Path) -> bool:
    """Tell a plain pickle that begins with the keys of the archive."""
    if not path.is_file() or path.suffix not in (".pkl", ".pickle"):
        return False
    with path.open("rb") as file:
        start = file.read(2**12)
    return start.startswith(b"\x80") and b"meta_archs" in start


def read(path: Path) -> Table:
    """Read the archive, naming architectures by their strings only."""
    return read_archive(path, f"nasbenchapi, {path.name}", LICENCE, NAME, by_index=False)
