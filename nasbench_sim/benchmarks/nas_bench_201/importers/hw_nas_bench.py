"""HW-NAS-Bench's pickle: latency and energy of NAS-Bench-201; its FBNet half is in `block_costs`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.benchmarks.nas_bench_201.benchmark import HARDWARE
from nasbench_sim.errors import FileFormatError
from nasbench_sim.spaces import space
from nasbench_sim.tables.column import Column
from nasbench_sim.tables.importers.text import sized
from nasbench_sim.tables.merge import Entry
from nasbench_sim.tables.restricted import NUMPY, read_pickle
from nasbench_sim.tables.table import Table

NAME = "hw-nas-bench"
CONTENT = "latency on six devices and energy on three; and the block costs of the FBNet space"
PATTERN = "HW-NAS-Bench-v1_0.pickle"
LICENCE = "MIT"

_DATASETS = ("cifar10", "cifar100", "ImageNet16-120")
_ROUNDED = ("eyeriss", "fpga")


def recognises(path: Path) -> bool:
    """Tell the published name."""
    return path.is_file() and path.name.startswith("HW-NAS-Bench") and path.suffix in (".pickle", ".pkl")


def read(path: Path) -> Table:
    """Read the NAS-Bench-201 half."""
    of = space("nas-bench-201")
    half = read_half(path, "nasbench201")
    entries: list[Entry] = []
    for dataset in _DATASETS:
        metrics = half.get(dataset)
        if not isinstance(metrics, dict):
            raise FileFormatError(f"{path} has no data set {dataset}")
        for name, values in metrics.items():
            if name == "config":
                _check_order(path, values, of.string(of.all_indices()).tolist())
                continue
            array = sized(path, values, f"{dataset}, {name}", of.size)
            entries.append(hardware_column(str(name), dataset, array, f"HW-NAS-Bench, {path.name}", LICENCE))
    return Table(f"{NAME} {path.stem}", of, entries, {"made_by": f"importer {NAME}", "from": [path.name]})


def read_half(path: Path, name: str) -> dict[str, Any]:
    """Give the part of one of its two search spaces, ``nasbench201`` or ``fbnet``."""
    content = read_pickle(path, NUMPY)
    half = content.get(name) if isinstance(content, dict) else None
    if not isinstance(half, dict):
        raise FileFormatError(f"{path} is not the file of HW-NAS-Bench: it has no {name!r}")
    return half


def hardware_column(
    published: str, dataset: str, values: NDArray[np.float64], source: str, licence: str
) -> Entry:
    """Give the column of a published key such as ``edgegpu_latency``; -1 is missing.

    Latency in ms, energy in mJ. Numbers of eyeriss and fpga, which come from a cost model, are rounded to 9
    digits after the point: float noise would otherwise break true ties.
    """
    device, _, metric = published.partition("_")
    if device not in HARDWARE or metric not in ("latency", "energy", "arithmetic_intensity"):
        raise FileFormatError(f"{source}: a quantity {published!r}, which HW-NAS-Bench does not have")
    notes = ["batch 1"]
    if (values < 0).any() and not (device == "edgetpu" and set(values[values < 0]) == {-1.0}):
        raise FileFormatError(f"{source}: negative numbers in {published}")
    if device == "edgetpu":
        notes.append("-1 is published for 4,699 architectures that do not compile: missing here")
    if device in ("raspi4", "pixel3"):
        notes.append("near zero where no path leads from input to output")
    if device in _ROUNDED:
        values = np.round(values, 9)
        notes.append("rounded to 9 digits, to keep true ties")
    column = Column(
        metric=metric,
        dataset=dataset,
        device=device,
        unit="FLOP/byte" if metric == "arithmetic_intensity" else "",
        source=f"{source}: {published}",
        licence=licence,
        note="; ".join(notes),
    )
    return column, np.where(values < 0, np.nan, values)


def _check_order(path: Path, configs: Any, strings: list[str]) -> None:
    told = [config.get("arch_str") for config in configs] if isinstance(configs, list) else []
    if told != strings:
        raise FileFormatError(f"{path}: its architectures are not all in official order")
