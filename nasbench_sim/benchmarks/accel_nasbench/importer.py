"""Accel-NASBench: ImageNet accuracy, and speed on six accelerators, of 5,125 networks."""

from __future__ import annotations

import json
import tarfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.errors import FileFormatError
from nasbench_sim.spaces import SampledSpace, SearchSpace, space
from nasbench_sim.tables.importers.declared import Declared
from nasbench_sim.tables.table import Table

NAME = "accel-nasbench"
CONTENT = "ImageNet top-1 and top-5 accuracy, speed on six accelerators, params, flops of 5,125 networks"
PATTERN = "anb_dataset_jsons.tar.gz"
LICENCE = "Apache-2.0"

_LARGEST, _MOST = 2**14, 2**16  # bytes of a record; records
_SHORT = "of a short training, as the benchmark proposes it"
_TRAINED = (
    Declared("metrics/val_top1", "val_accuracy", note=_SHORT),
    Declared("metrics/val_top5", "val_top5_accuracy", unit="%", better="max", note=_SHORT),
    Declared("metrics/train_time", "train_time"),
)
_MEASURED = (
    Declared("model_info/macs", "flops", note="multiply-adds"),
    Declared("model_info/params", "params"),
    *(
        Declared(f"platform_perf/latency_{device}/latency_mean", "latency", device=device)
        for device in ("zcu102", "vck190")
    ),
    *(
        Declared(
            f"platform_perf/throughput_{device}/throughput_mean",
            "throughput",
            device=device,
            unit="images/s",
            better="max",
        )
        for device in ("a100", "3090", "tpuv2", "tpuv3", "zcu102", "vck190")
    ),
)


def recognises(path: Path) -> bool:
    """Tell the published name."""
    return path.is_file() and path.name.startswith("anb_dataset") and path.name.endswith(".tar.gz")


def read(path: Path) -> Table:
    """Read an archive of one JSON record a training: architecture, metrics, model_info, platform_perf.

    Thirteen networks were trained and measured twice: trainings are runs, of measurements the mean is kept.
    """
    rows = _records(path)
    parent = space("accel-nasbench")
    every = np.array([_index(path, parent, row) for row in rows])
    members, first = np.unique(every, return_index=True)
    members = members[np.argsort(first)]  # in published order
    of = SampledSpace(parent, members, parent.name)
    index = np.asarray(of.from_parent(every))
    run = np.array([int((index[:place] == own).sum()) for place, own in enumerate(index.tolist())])
    runs = int(run.max()) + 1
    entries = []
    for declared in (*_TRAINED, *_MEASURED):
        numbers = np.full((of.size, runs), np.nan)
        numbers[index, run] = declared.numbers(path, [_plain(row) for row in rows])
        trained = declared in _TRAINED
        column = declared.column(
            dataset="ImageNet" if trained else None,
            source=f"Accel-NASBench, {path.name}",
            licence=LICENCE,
            seeds=(None,) * runs if trained else (),
        )
        entries.append((column, numbers if trained else _mean(numbers)))
    return Table(NAME, of, entries, {"made_by": f"importer {NAME}", "from": [path.name]})


def _records(path: Path) -> list[Any]:
    """Read the records in the order of their numbers; nothing is unpacked to the disk."""
    found = {}
    try:
        with tarfile.open(path, "r|gz") as archive:
            for number, member in enumerate(archive):
                if number > _MOST or member.size > _LARGEST:
                    raise FileFormatError(f"{path}: more or larger records than the published archive has")
                if member.isfile():
                    digits = "".join(filter(str.isdigit, Path(member.name).stem))
                    content = archive.extractfile(member)
                    found[int(digits or 0)] = json.loads(content.read()) if content else None
    except (tarfile.TarError, OSError, EOFError, ValueError, zlib.error) as error:
        raise FileFormatError(f"{path} is no archive of JSON records: {error}") from error
    if not found:
        raise FileFormatError(f"{path} has no records")
    return [found[number] for number in sorted(found)]


def _index(path: Path, parent: SearchSpace, row: Any) -> Any:
    architecture = row.get("architecture") if isinstance(row, dict) else None
    if not isinstance(architecture, dict):
        raise FileFormatError(f"{path}: a record without an architecture")
    names = [json.dumps(architecture.get(position)) for position in parent.positions]
    return parent.index(":".join(names))


def _plain(row: Any) -> Any:
    """Return a record with what is missing left out."""
    if isinstance(row, dict):
        return {key: _plain(value) for key, value in row.items() if value is not None}
    return row


def _mean(numbers: NDArray[np.float64]) -> NDArray[np.float64]:
    there = np.isfinite(numbers)
    count = there.sum(axis=1)
    total = np.where(there, numbers, 0.0).sum(axis=1)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)
