"""NAS-Bench-Macro: test accuracies of three runs, params and FLOPs of 6,561 chain networks."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from nasbench_sim.errors import ArchitectureError, FileFormatError
from nasbench_sim.spaces import space
from nasbench_sim.tables.column import Column
from nasbench_sim.tables.importers.text import read_json
from nasbench_sim.tables.table import Table

NAME = "nas-bench-macro"
CONTENT = "best test accuracy of three runs, params and FLOPs of the space nas-bench-macro"
PATTERN = "nas-bench-macro_cifar10.json"
LICENCE = "Apache-2.0"


def recognises(path: Path) -> bool:
    """Tell the published name."""
    return path.is_file() and path.suffix == ".json" and path.name.startswith("nas-bench-macro")


def read(path: Path) -> Table:
    """Read {eight digits: {test_acc: [three runs], mean_acc, std, params, flops}}.

    What they are is said by the published training script: seeds 0, 1 and 2, and of each run the best of the
    test accuracies after each of its 50 epochs.
    """
    of = space("nas-bench-macro")
    content = read_json(path)
    if not isinstance(content, dict) or len(content) != of.size:
        raise FileFormatError(f"{path} does not have the {of.size:,} architectures of {of.name}")
    test = np.full((of.size, 3), np.nan)
    size = np.full((2, of.size), np.nan)
    try:
        for text, row in content.items():
            index = of.index(text)
            test[index] = row["test_acc"]
            size[:, index] = row["params"], row["flops"]
            if not np.isfinite([*test[index], *size[:, index], row["mean_acc"]]).all():
                raise FileFormatError(f"{path}: {text} has a number that is not finite")
            if abs(np.mean(test[index]) - row["mean_acc"]) > 1e-4:
                raise FileFormatError(f"{path}: the mean of {text} is not the mean of its runs")
    except (ArchitectureError, KeyError, TypeError, ValueError) as error:
        raise FileFormatError(f"{path} has not the published layout: {error}") from error
    source, licence = f"NAS-Bench-Macro, {path.name}", LICENCE
    entries = [
        (
            Column(
                metric="test_accuracy",
                dataset="cifar10",
                trained_on="train+val",
                schedule=50,
                seeds=(0, 1, 2),
                source=f"{source}: test_acc",
                licence=licence,
                note="the best of the test accuracies after each of 50 epochs, as its script keeps it",
            ),
            test,
        ),
        (
            Column(metric="params", dataset="cifar10", source=f"{source}: params", licence=licence),
            size[0] / 1e6,
        ),
        (
            Column(metric="flops", dataset="cifar10", source=f"{source}: flops", licence=licence),
            size[1] / 1e6,
        ),
    ]
    return Table(f"{NAME} {path.stem}", of, entries, {"made_by": f"importer {NAME}", "from": [path.name]})
