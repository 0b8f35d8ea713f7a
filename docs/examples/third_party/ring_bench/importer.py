"""Text files of rings: a line each, its string and its latency in ms."""

from __future__ import annotations

from pathlib import Path

import numpy as np

import nasbench_sim as nbs

NAME = "ring-text"
CONTENT = "latency of rings"
PATTERN = "*.ring"
LICENCE = "CC0-1.0"


def recognises(path: Path) -> bool:
    """Tell a file of this format by its ending."""
    return path.is_file() and path.suffix == ".ring"


def read(path: Path) -> nbs.Table:
    """Read ``skip:conv:pool:conv 1.25`` lines; what a line lacks is an error of the file."""
    space = nbs.space("ring")
    numbers = np.full(space.size, np.nan)
    for line in path.read_text().splitlines():
        text, latency = line.split()
        numbers[space.index(text)] = float(latency)
    column = nbs.Column(metric="latency", device="ring-chip", source=path.name, licence=LICENCE)
    return nbs.Table(f"{NAME} {path.stem}", space, [(column, numbers)], {"from": [path.name]})
