"""analog-nasbench: CIFAR-10 accuracy on analog in-memory hardware, drifting with time."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np

from nasbench_sim.errors import ArchitectureError, FileFormatError
from nasbench_sim.spaces import space
from nasbench_sim.tables.column import Column
from nasbench_sim.tables.importers.text import sized
from nasbench_sim.tables.merge import Entry
from nasbench_sim.tables.restricted import PLAIN, Record, read_pickle, records
from nasbench_sim.tables.table import Table

NAME = "analog-nasbench"
CONTENT = "cifar10 accuracy on analog hardware: quantised, noisy, and after 60 s to 30 days of drift"
PATTERN = "data.anb"
LICENCE = "none stated"

_ARCHITECTURE = "analognasbench.data.Architecture"
_DRIFT = "analognasbench.data.DriftMeasurement"
_DIGITAL = ("baseline_accuracy", "ptq_accuracy", "qat_accuracy", "noisy_accuracy", "analog_accuracy")
_DRIFTING = re.compile(r"(baseline|analog)_drift_(60|3600|86400|2592000)")


def recognises(path: Path) -> bool:
    """Tell the published ending."""
    return path.is_file() and path.suffix == ".anb"


def read(path: Path) -> Table:
    """Read {NASLib op tuple: object with the accuracies in percent}; columns are called ``analog_<name>``.

    A drift has its standard deviation in the column ``<name>_std``.
    """
    of = space("nas-bench-201")
    content = read_pickle(path, {**PLAIN, **records((_ARCHITECTURE, _DRIFT))})
    if not isinstance(content, dict) or not content:
        raise FileFormatError(f"{path} has no architectures")
    try:
        if not all(type(key) is tuple and all(type(op) is int for op in key) for key in content):
            raise ValueError("a key that is not a tuple of whole numbers")
        index = of.from_naslib(np.array(list(content)))
    except (ArchitectureError, ValueError) as error:
        raise FileFormatError(f"{path}: its keys are not NASLib op tuples: {error}") from error
    found: dict[str, list[float]] = {}
    for architecture in content.values():
        for name, value in _state(path, architecture, _ARCHITECTURE).items():
            if name in _DIGITAL:
                found.setdefault(name, []).append(value)
            elif _DRIFTING.fullmatch(name):
                drift = _state(path, value, _DRIFT)
                found.setdefault(name, []).append(drift.get("value", np.nan))
                found.setdefault(f"{name}_std", []).append(drift.get("uncertainty", np.nan))
    entries: list[Entry] = []
    for name, values in found.items():
        numbers = np.full(of.size, np.nan)
        numbers[index] = sized(path, values, name, len(index))
        drifting = _DRIFTING.match(name)
        column = Column(
            metric=name if name.startswith("analog") else f"analog_{name}",
            dataset="cifar10",
            source=f"analog-nasbench, {path.name}: {name}",
            licence=LICENCE,
            unit="%",
            better="min" if name.endswith("_std") else "max",
            note=f"{drifting[2]} s after programming the devices" if drifting else "",
        )
        entries.append((column, numbers))
    return Table(f"{NAME} {path.stem}", of, entries, {"made_by": f"importer {NAME}", "from": [path.name]})


def _state(path: Path, value: Any, name: str) -> dict[str, Any]:
    if not isinstance(value, Record) or value.name != name or not isinstance(value.state, dict):
        raise FileFormatError(f"{path}: a {type(value).__name__} instead of a {name}")
    return value.state
