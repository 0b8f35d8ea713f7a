"""NAS-Bench-Graph: accuracy, latency and parameters of 26,206 networks on a graph (of 2,021 on proteins)."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.benchmarks.nas_bench_graph.space import NasBenchGraph
from nasbench_sim.errors import ArchitectureError, FileFormatError
from nasbench_sim.spaces import space
from nasbench_sim.tables.class_values import ClassValues
from nasbench_sim.tables.computed import Computed
from nasbench_sim.tables.importers.declared import Declared
from nasbench_sim.tables.restricted import NUMPY, PLAIN, read_pickle
from nasbench_sim.tables.table import Table

NAME = "nas-bench-graph"
CONTENT = "valid and test accuracy, latency and params of graph networks on nine graphs"
PATTERN = "<data set>.bench"
LICENCE = "Apache-2.0"

_DECLARED = (
    Declared("valid_perf", "val_accuracy", scale=100.0),
    Declared("perf", "test_accuracy", scale=100.0),
    Declared("latency", "latency", scale=1000.0, note="as published in seconds; to seven digits"),
    Declared("para", "params"),
)
_OF_PROTEINS = (
    Declared("valid_perf", "val_roc_auc", scale=100.0, unit="%", better="max"),
    Declared("perf", "test_roc_auc", scale=100.0, unit="%", better="max"),
    *_DECLARED[2:],
)


def recognises(path: Path) -> bool:
    """Tell the published ending."""
    return path.is_file() and path.suffix == ".bench"


def read(path: Path) -> Table:
    """Read {key: {valid_perf, perf, latency, para}}; the file's name says of which graph it is."""
    of = cast(NasBenchGraph, space("nas-bench-graph"))
    dataset = path.stem
    if dataset not in of.benchmark.datasets:
        raise FileFormatError(
            f"{path}: only its name says the graph, one of {', '.join(of.benchmark.datasets)}"
        )
    content: Any = read_pickle(path, {**PLAIN, **NUMPY})
    if not isinstance(content, dict) or not content or not all(type(key) is int for key in content):
        raise FileFormatError(f"{path} has no networks under whole numbers")
    try:
        index = of.from_key(np.array(list(content)))
    except ArchitectureError as error:
        raise FileFormatError(f"{path}: {error}") from error
    every = of.canonical(of.all_indices())
    classes, size = np.unique(every, return_counts=True)
    places = np.searchsorted(classes, index)
    entries = []
    for declared in _OF_PROTEINS if dataset == "proteins" else _DECLARED:
        column = declared.column(
            dataset=dataset, source=f"nas-bench-graph 1.4.0, {path.name}", licence=LICENCE
        )
        # Seconds by a clock have digits that say nothing: half the bytes keep seven of them.
        values: NDArray[Any] = np.full(
            len(classes), np.nan, dtype=np.float32 if declared.metric == "latency" else np.float64
        )
        values[places] = declared.numbers(path, list(content.values()))
        covered = int(size[np.isfinite(values)].sum())
        entries.append((column, Computed(of, ClassValues(of, values), coverage=covered)))
    return Table(f"{NAME} {dataset}", of, entries, {"made_by": f"importer {NAME}", "from": [path.name]})
