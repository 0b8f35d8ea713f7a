"""constrained-tpe's flat rows: one value for each run, aligned by how many runs each architecture has."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.errors import FileFormatError
from nasbench_sim.spaces import space
from nasbench_sim.tables.catalog import load_table
from nasbench_sim.tables.column import Column
from nasbench_sim.tables.grid import images, on_grid
from nasbench_sim.tables.importers.text import sized
from nasbench_sim.tables.merge import Entry
from nasbench_sim.tables.restricted import NUMPY, read_pickle
from nasbench_sim.tables.table import Table

NAME = "constrained-tpe"
CONTENT = "per-run accuracies at epoch 200, and the per-run test accuracies that follow from them"
PATTERN = "metric_vals.pkl"
LICENCE = "Apache-2.0"

_DATASETS = {"cifar10": "cifar10", "cifar100": "cifar100", "ImageNet16-120": "imagenet"}
_RECONSTRUCTED = (
    "a reconstruction: ori-test has equal halves, so x-test = 2 ori-test - x-valid; differs from "
    "the published mean by up to 0.01 on cifar100 and 0.09 on ImageNet16-120"
)


def recognises(path: Path) -> bool:
    """Tell the published name."""
    return path.is_file() and path.name == "metric_vals.pkl"


def read(path: Path) -> Table:
    """Read the flat rows: {data set: {loss, runtime, size_in_mb}}, each an array over all runs.

    How many runs an architecture has, and which, is taken from the embedded table. Its ``size_in_mb`` is
    left out: it differs from the published params of other sources, and is not told which is right.
    """
    of = space("nas-bench-201")
    embedded = load_table("nas-bench-201")
    content = read_pickle(path, NUMPY)
    entries: list[Entry] = []
    for dataset, published in _DATASETS.items():
        rows = content.get(published) if isinstance(content, dict) else None
        if not isinstance(rows, dict) or not {"loss", "runtime"} <= set(rows):
            raise FileFormatError(f"{path} has no losses and runtimes of {published}")
        validation = embedded.column("val_accuracy", dataset=dataset)
        known = embedded.runs("val_accuracy", dataset=dataset)
        exist = np.isfinite(known)

        def by_run(key: str, rows: Any = rows, exist: NDArray[np.bool_] = exist) -> NDArray[np.float64]:
            """Give a quantity for each run, shape (size, seeds)."""
            out = np.full(exist.shape, np.nan)
            out[exist] = sized(path, rows[key], key, int(exist.sum()))
            return out

        def column(metric: str, key: str, dataset: str = dataset, **fields: Any) -> Column:
            return Column(
                metric=metric,
                dataset=dataset,
                trained_on="train",
                schedule=200,
                epochs=(200,),
                source=f"constrained-tpe, {path.name}: {_DATASETS[dataset]} {key}",
                licence=LICENCE,
                **fields,
            )

        metric = "val_accuracy" if dataset == "cifar10" else "valtest_accuracy"
        accuracy = on_grid(100 - by_run("loss"), images(of.benchmark, dataset, metric))
        runs: dict[str, Any] = {"seeds": validation.seeds}
        if dataset == "cifar10":
            entries.append((column(metric, "loss", **runs), accuracy[:, :, None]))
        else:
            valtest = column(
                metric,
                "loss",
                unit="%",
                note="validation and test images together (ori-test), never a test accuracy",
                **runs,
            )
            entries.append((valtest, accuracy[:, :, None]))
            test = column(
                "test_accuracy_reconstructed", "loss", unit="%", derived=True, note=_RECONSTRUCTED, **runs
            )
            halves = on_grid(2 * accuracy - known, images(of.benchmark, dataset, "test_accuracy"))
            entries.append((test, halves[:, :, None]))
        time = np.nanmax(by_run("runtime"), axis=1)
        entries.append((column("train_time", "runtime"), time[:, None]))
    return Table(f"{NAME} {path.stem}", of, entries, {"made_by": f"importer {NAME}", "from": [path.name]})
