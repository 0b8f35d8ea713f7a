"""HELP's latencies: one torch file a device, a list of numbers in official order."""

from __future__ import annotations

from pathlib import Path

from nasbench_sim.errors import FileFormatError
from nasbench_sim.spaces import space
from nasbench_sim.tables.column import Column
from nasbench_sim.tables.importers.text import sized
from nasbench_sim.tables.restricted import read_torch
from nasbench_sim.tables.table import Table

NAME = "help-latency"
CONTENT = "latency on desktop GPUs (batch 1, 32, 256), Xeon CPUs and phones"
PATTERN = "help-latency/<device>.pt"
LICENCE = "MIT"

# HW-NAS-Bench's own devices, whose numbers HELP repeats to the last digit.
_REPEATED = ("eyeriss", "fpga", "pixel3", "raspi4")
_WHOLE = ("pixel2", "samsung_a50", "samsung_s7", "essential_ph_1")


def recognises(path: Path) -> bool:
    """Tell the published ending."""
    return path.is_file() and path.suffix == ".pt"


def read(path: Path) -> Table:
    """Read one device, which the name of the file says; in ms.

    The data set is cifar10: the four devices that HELP took from HW-NAS-Bench have its cifar10 numbers.
    """
    of = space("nas-bench-201")
    content = read_torch(path)
    if not isinstance(content, list):
        raise FileFormatError(f"{path} holds a {type(content).__name__}, not a list of latencies")
    values = sized(path, content, "latencies", of.size)
    if (values <= 0).any():
        raise FileFormatError(f"{path}: latencies of zero or less")
    device = path.stem
    notes = ["for images of cifar10's size"]
    if device in _WHOLE:
        notes.append("whole milliseconds: many ties")
    if device in _REPEATED:
        notes.append("HW-NAS-Bench's numbers")
        values = values.round(9) if device in ("eyeriss", "fpga") else values
    column = Column(
        metric="latency",
        dataset="cifar10",
        device=device,
        source=f"HELP, {path.name}",
        licence=LICENCE,
        note="; ".join(notes),
    )
    return Table(
        f"{NAME} {device}", of, [(column, values)], {"made_by": f"importer {NAME}", "from": [path.name]}
    )
