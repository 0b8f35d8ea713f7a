"""Measure every NAS-Bench-201 cell on this machine's processor: the table ``nas-bench-201-latency.h5``.

Run ``python data/build_latency.py measure`` with the extra ``[live]``, on one core; a killed run goes on
where it was. Then ``python data/build_latency.py table`` writes the table. README.md beside this file tells
what the numbers mean.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
from pathlib import Path

import numpy as np

import nasbench_sim as nbs
from nasbench_sim import live
from nasbench_sim.live.run_file import machine
from nasbench_sim.tables import Column, Table, save_table

WATCH = live.Stopwatch()
AT_A_TIME = 25


def measured(path: Path) -> dict[int, float]:
    """Give the latencies that are there; a half-written line is dropped."""
    if not path.exists():
        return {}
    content = path.read_text()
    path.write_text(content[: content.rfind("\n") + 1])
    return dict(json.loads(line) for line in path.read_text().splitlines())


def measure(path: Path) -> None:
    """Measure what is missing, in a fixed random order, so that a drift of the machine hits all alike."""
    there = measured(path)
    order = np.random.default_rng(201).permutation(nbs.space("nas-bench-201").size)
    missing = [int(index) for index in order if int(index) not in there]
    for start in range(0, len(missing), AT_A_TIME):
        frame = WATCH.frame(missing[start : start + AT_A_TIME])
        with path.open("a") as file:
            for row in frame.itertuples():
                file.write(json.dumps([int(row[1]), row.latency]) + "\n")


def write(path: Path, output: Path) -> None:
    """Write the table, once every architecture is there."""
    there = measured(path)
    space = nbs.space("nas-bench-201")
    if len(there) < space.size:
        raise SystemExit(f"{path}: {space.size - len(there):,} architectures are missing; measure them first")
    values = np.array([there[index] for index in range(space.size)])
    operators = WATCH.operators()
    common = {"metric": "latency", "dataset": "cifar10"}
    columns = [
        (
            Column(device="cpu", source="measured live, PyTorch eager, one thread, batch 1", **common),
            values,
        ),
        (
            Column(
                device="cpu-operators",
                derived=True,
                source="sum of operators measured one by one",
                note="a look-up table: what it predicts of `cpu`",
                **common,
            ),
            operators.predict(space.all_indices()),
        ),
    ]
    provenance = {
        "made_by": "data/build_latency.py",
        "stopwatch": dataclasses.asdict(WATCH),
        "machine": machine(),
    }
    table = Table("nas-bench-201-latency", space, columns, provenance)
    save_table(table, output)
    print(f"{output}: {len(columns)} columns, {output.stat().st_size:,} bytes, content {table.hash}")


if __name__ == "__main__":
    here = Path(__file__).parent
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=("measure", "table"))
    parser.add_argument("--latencies", type=Path, default=here / "nas-bench-201-latency.jsonl")
    parser.add_argument("--output", type=Path, default=here / "nas-bench-201-latency.h5")
    arguments = parser.parse_args()
    if arguments.what == "measure":
        measure(arguments.latencies)
    else:
        write(arguments.latencies, arguments.output)
