"""FreeREA's cached metrics: mean test accuracies and training-free scores, one CSV file a metric."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nasbench_sim.errors import FileFormatError
from nasbench_sim.spaces import space
from nasbench_sim.tables.column import Column
from nasbench_sim.tables.grid import UNKNOWN_RUNS, images, on_grid
from nasbench_sim.tables.importers.text import finite, header, numbers, official_order, read_csv
from nasbench_sim.tables.merge import Entry
from nasbench_sim.tables.table import Table

NAME = "freerea"
CONTENT = "mean 200-epoch test accuracy, params, NASWOT, synflow and logsynflow with their times"
PATTERN = "freerea/<data set>/*.csv"
LICENCE = "MIT"

_DATASETS = ("cifar10", "cifar100", "ImageNet16-120")
# Published name -> ours: FreeREA's synflow is a sum, NAS-Bench-Suite-Zero's the logarithm of another.
_SCORES = {"naswot": "naswot", "logsynflow": "logsynflow", "synflow": "synflow_freerea"}
_NOTES = {
    "naswot": "minus infinity (a singular kernel) for 201 architectures: missing here",
    "logsynflow": "the sum of |w log(1 + gradient)|, not its logarithm; FreeREA's own",
    "synflow": "a sum, not the logarithm of one as NAS-Bench-Suite-Zero's synflow, and on another scale",
}


def recognises(path: Path) -> bool:
    """Tell a CSV file of ``index,<metric>`` rows."""
    return path.suffix == ".csv" and header(path).startswith("index,")


def read(path: Path) -> Table:
    """Read one CSV file; its folder has to be named by the data set, which the file itself doesn't say."""
    dataset = path.resolve().parent.name
    if dataset not in _DATASETS:
        raise FileFormatError(
            f"{path}: the folder of the file has to be named by its data set, {', '.join(_DATASETS)}"
        )
    of = space("nas-bench-201")
    content = read_csv(path)
    official_order(path, content.pop("index", []), of.size)
    entries: list[Entry] = []
    for name, texts in content.items():
        values = numbers(path, texts, name, of.size)
        if name == "accuracy":
            fields: dict[str, Any] = {
                "metric": "test_accuracy",
                "trained_on": "train+val" if dataset == "cifar10" else "train",
                "schedule": 200,
                "epochs": (200,),
                "note": "mean over the published runs; how many and which is not in this source",
            }
            values = on_grid(values, images(of.benchmark, dataset, "test_accuracy"), UNKNOWN_RUNS)[:, None]
        elif name == "params":
            fields = {"metric": "params"}
            values = (
                values / 1e6 if dataset == "ImageNet16-120" else values
            )  # units there, millions elsewhere
        elif name in _SCORES:
            fields = {"metric": _SCORES[name], "note": _NOTES[name]}
        elif name == "time=[s]":
            score = next(iter(content))
            fields = {"metric": f"{_SCORES.get(score, score)}_time", "unit": "s", "better": "min"}
        elif name == "time_pure=[s]":
            continue  # the same without loading the batch
        else:
            raise FileFormatError(f"{path}: a column {name!r}, which FreeREA's files do not have")
        source = f"FreeREA, {dataset}/{path.name}: {name}"
        column = Column(**{"dataset": dataset, "source": source, "licence": LICENCE, **fields})
        entries.append((column, finite(values)))
    if not entries:
        raise FileFormatError(f"{path} has no column but the index")
    return Table(
        f"{NAME} {dataset} {path.stem}", of, entries, {"made_by": f"importer {NAME}", "from": [path.name]}
    )
