"""NASLib's pickles of NAS-Bench-201: the curves of one run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nasbench_sim.errors import ArchitectureError, FileFormatError, shown
from nasbench_sim.spaces import space
from nasbench_sim.tables.column import Column
from nasbench_sim.tables.grid import images, on_grid
from nasbench_sim.tables.importers.text import sized
from nasbench_sim.tables.merge import Entry
from nasbench_sim.tables.restricted import ARCHIVE, NUMPY, read_pickle
from nasbench_sim.tables.rows import Rows, Run
from nasbench_sim.tables.table import Table

NAME = "naslib"
CONTENT = "200-epoch curves of the run with seed 888"
PATTERN = "nb201_<data set>_full_training.pickle"
LICENCE = "Apache-2.0"

_SEED = 888
# Its evaluation curves are those of ori-test, whatever NASLib is asked for: for cifar100 and ImageNet16-120
# validation and test images together.
_DATASETS = {
    "cifar10": ("cifar10", "train+val", "test"),
    "cifar100": ("cifar100", "train", "valtest"),
    "ImageNet16-120": ("ImageNet16-120", "train", "valtest"),
}
_KEYS = {"train_acc1es": "accuracy", "train_losses": "loss", "eval_acc1es": "accuracy", "eval_losses": "loss"}


def recognises(path: Path) -> bool:
    """Tell the published name."""
    return path.is_file() and path.name.startswith("nb201_") and path.name.endswith("_training.pickle")


def read(path: Path) -> Table:
    """Read {architecture string: {data set: {train_acc1es, train_losses, eval_acc1es, eval_losses, ...}}}.

    Left out: ``cifar10-valid``, of which it is not published what its evaluation curve was measured on, and
    the training time and latency, whose units are not published.
    """
    of = space("nas-bench-201")
    content = read_pickle(path, NUMPY, ARCHIVE, _condense)
    if not isinstance(content, dict):
        raise FileFormatError(f"{path} holds a {type(content).__name__}, not architectures")
    curves: dict[tuple[str, str], dict[int, list[Run]]] = {}
    for text, results in content.items():
        try:
            if type(text) is not str:
                raise TypeError(f"an architecture that is {shown(text)}, not a string")
            index = of.index(text)
            for dataset in [name for name in _DATASETS if name in results]:
                for key in _KEYS:
                    values = sized(path, results[dataset][key], f"{text} {dataset} {key}", 200)
                    metric = _metric(dataset, key)
                    values = on_grid(values, images(of.benchmark, dataset, metric, _DATASETS[dataset][1]))
                    curves.setdefault((dataset, key), {})[index] = [Run(0, 0, values)]
        except (ArchitectureError, KeyError, TypeError) as error:
            raise FileFormatError(f"{path} has not the published layout: {error}") from error
    if not curves:
        raise FileFormatError(f"{path} has none of the data sets {', '.join(_DATASETS)}")
    entries: list[Entry] = []
    for (published, key), runs in curves.items():
        dataset, trained_on, _ = _DATASETS[published]
        metric = _metric(published, key)
        column = Column(
            metric=metric,
            dataset=dataset,
            trained_on=trained_on,
            schedule=200,
            epochs=tuple(range(1, 201)),
            seeds=(_SEED,),
            unit={"valtest_accuracy": "%", "valtest_loss": "nats"}.get(metric, ""),
            better="min" if metric.endswith("loss") else "max",
            source=f"NASLib, {path.name}: {published} {key}",
            licence=LICENCE,
            note="validation and test images together" if metric.startswith("valtest") else "",
            coverage=len(runs),
        )
        entries.append((column, Rows((of.size, 1, 200), runs)))
    return Table(f"{NAME} {path.stem}", of, entries, {"made_by": f"importer {NAME}", "from": [path.name]})


def _metric(published: str, key: str) -> str:
    """Return what a published key of a data set is."""
    split = "train" if key.startswith("train") else _DATASETS[published][2]
    return f"{split}_{_KEYS[key]}"


def _condense(key: Any, value: dict[Any, Any]) -> dict[Any, Any]:
    """Keep the curves of a data set as arrays as soon as they are read."""
    for name in _KEYS:
        if isinstance(value.get(name), list):
            value[name] = sized(Path(NAME), value[name], name, None)
    return value
