"""NAS-Bench-Suite-Zero: 13 proxies with their times, one JSON file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from nasbench_sim.benchmarks.nas_bench_201.importers.naslib_keys import naslib_index
from nasbench_sim.errors import FileFormatError, unknown
from nasbench_sim.spaces import space
from nasbench_sim.tables.column import Column
from nasbench_sim.tables.importers.text import finite, read_json, spread
from nasbench_sim.tables.merge import Entry
from nasbench_sim.tables.table import Table

NAME = "nas-bench-suite-zero"
CONTENT = "13 training-free proxies and their times"
PATTERN = "zc_nasbench201.json"
LICENCE = "Apache-2.0"

_DATASETS = {"cifar10": "cifar10", "cifar100": "cifar100", "ImageNet16-120": "ImageNet16-120"}
_PROXIES = (
    *("epe_nas", "fisher", "flops", "grad_norm", "grasp", "jacov", "l2_norm"),
    *("nwot", "params", "plain", "snip", "synflow", "zen"),
)

_FAILED = "-1e8 marks a failed computation: missing here"
_NOTES = {
    "flops": "",
    "params": "",
    "synflow": f"natural logarithm of the sum that synflow is elsewhere; {_FAILED}",
}


def recognises(path: Path) -> bool:
    """Tell the published name."""
    return path.is_file() and path.suffix == ".json" and path.name.startswith("zc_nasbench201")


def proxy_column(published: str, dataset: str, source: str, licence: str) -> Column:
    """Give the column of a proxy under its published name.

    Its ``params`` are the exact ones; its ``flops`` count more than convolutions and the classifier, so
    they are called ``flops_suite_zero``.
    """
    if published not in _PROXIES:
        raise FileFormatError(f"{source}: {unknown('proxy', published, _PROXIES)}")
    name = "flops_suite_zero" if published == "flops" else published
    return Column(
        metric=name,
        dataset=dataset,
        source=f"{source}: {published}",
        licence=licence,
        unit="M" if published in ("flops", "params") else "",
        better="min" if published in ("flops", "params") else "max",
        note=_NOTES.get(published, _FAILED),
    )


def read(path: Path) -> Table:
    """Read {data set: {str(op tuple): {proxy: {score, time}, val_accuracy}}}.

    Its ``val_accuracy`` is one run's test accuracy under a wrong name, and is left out.
    """
    of = space("nas-bench-201")
    content = read_json(path)
    entries: list[Entry] = []
    if not isinstance(content, dict):
        raise FileFormatError(f"{path} holds a {type(content).__name__}, not data sets")
    for dataset in [name for name in _DATASETS if name in content]:
        nets: dict[str, dict[str, Any]] = content[dataset]
        index = naslib_index(of, path, list(nets))
        names = sorted({name for net in nets.values() for name in net if name != "val_accuracy"})
        for name in names:
            column = proxy_column(name, dataset, f"NAS-Bench-Suite-Zero, {path.name}", LICENCE)
            score = _part(path, nets, name, "score")
            entries.append((column, spread(path, of.size, index, finite(score))))
            seconds = _part(path, nets, name, "time")
            if not np.isnan(seconds).all():
                time = Column(
                    metric=f"{column.metric}_time",
                    dataset=dataset,
                    source=f"{column.source}, time",
                    licence=LICENCE,
                    unit="s",
                    better="min",
                )
                entries.append((time, spread(path, of.size, index, finite(seconds))))
    if not entries:
        raise FileFormatError(f"{path} has none of the data sets {', '.join(_DATASETS)}")
    return Table(f"{NAME} {path.stem}", of, entries, {"made_by": f"importer {NAME}", "from": [path.name]})


def _part(path: Path, nets: dict[str, dict[str, Any]], name: str, part: str) -> Any:
    try:
        return np.array([net.get(name, {}).get(part, np.nan) for net in nets.values()], dtype=np.float64)
    except (AttributeError, TypeError, ValueError) as error:
        raise FileFormatError(f"{path}: {name} without scores") from error
