"""NAS-Bench-201 v1.0 and v1.1: torch files, read without torch."""

from __future__ import annotations

from pathlib import Path

from nasbench_sim.tables.importers.nats_bench import ArchiveSink
from nasbench_sim.tables.restricted import ARCHIVE, read_torch
from nasbench_sim.tables.table import Table

NAME = "nas-bench-201"
CONTENT = "every epoch of every run, published params and FLOPs (v1.1: and times)"
PATTERN = "NAS-Bench-201-v1_*.pth"
LICENCE = "MIT"


def recognises(path: Path) -> bool:
    """Tell the published ending."""
    return path.is_file() and path.suffix == ".pth"


def read(path: Path) -> Table:
    """Read both file forms of torch: {meta_archs, arch2infos: {index: {'less': record, 'full': record}}}."""
    sink = ArchiveSink(f"NAS-Bench-201, {path.name}", LICENCE)
    return sink.table(read_torch(path, ARCHIVE, sink.condense), path, NAME)
