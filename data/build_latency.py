"""Measure NAS-Bench-201 cells on this machine's processor: the table ``nas-bench-201-latency.h5``.

Run ``python data/build_latency.py measure`` with the extra ``[live]``, on one core, or once a core:
``measure --share I N --latencies FILE``, each with its own I below N and file. A killed run goes on where it
was. Then ``python data/build_latency.py table --latencies FILE ...`` writes the table. README.md beside this
file tells what the numbers mean.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
from pathlib import Path

import numpy as np

import nasbench_sim as nbs
from nasbench_sim import live
from nasbench_sim.live.runs import machine
from nasbench_sim.tables import Column, Table, save_table

WATCH = live.Stopwatch(warmup=2, repeats=8)
SWEEPS = 2  # over all cells, each in an order of its own, so that a drift of the machine hits all alike
OPERATOR_ROUNDS = 9


def measured(path: Path) -> dict[tuple[int, int], float]:
    """Give the fastest pass (ms) of each sweep and cell that is there; a half-written line is dropped."""
    if not path.exists():
        return {}
    content = path.read_text()
    path.write_text(content[: content.rfind("\n") + 1])
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    return {(sweep, cell): fastest for sweep, cell, fastest in rows}


def measure(path: Path, share: tuple[int, int]) -> None:
    """Measure what is missing of every so many-th cell, and append it."""
    there = measured(path)
    size = nbs.space("nas-bench-201").size
    for sweep in range(SWEEPS):
        for cell in np.random.default_rng(sweep).permutation(size)[share[0] :: share[1]].tolist():
            if (sweep, cell) not in there:
                fastest = float(WATCH.frame(cell)["fastest"].iloc[0])
                with path.open("a") as file:
                    file.write(json.dumps([sweep, cell, fastest]) + "\n")


def write(paths: list[Path], output: Path) -> None:
    """Write the table, once every cell is there."""
    space = nbs.space("nas-bench-201")
    there = {key: fastest for path in paths for key, fastest in measured(path).items()}
    missing = SWEEPS * space.size - len(there)
    if missing:
        raise SystemExit(f"{missing:,} measurements are missing; measure them first")
    sweeps = np.array([[there[sweep, cell] for cell in range(space.size)] for sweep in range(SWEEPS)])
    values = sweeps.min(axis=0)
    print(f"two sweeps agree by Spearman's {nbs.analysis.rank_correlation(*sweeps)['spearman']:.3f}")
    rounds = [WATCH.operators() for _ in range(OPERATOR_ROUNDS)]
    operators = live.OperatorTable(
        np.min([one.edge for one in rounds], axis=0), min(one.fixed for one in rounds)
    )
    common = {"metric": "latency", "dataset": "cifar10"}
    passes = f"fastest of {SWEEPS} x {WATCH.repeats} passes"
    columns = [
        (
            Column(
                device="cpu",
                source=f"measured live, PyTorch eager, one thread, batch 1, {passes}",
                **common,
            ),
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
        "operators": {"edge": operators.edge.tolist(), "fixed": operators.fixed},
        "machine": machine(),
    }
    table = Table("nas-bench-201-latency", space, columns, provenance)
    save_table(table, output)
    print(f"{output}: {len(columns)} columns, {output.stat().st_size:,} bytes, content {table.hash}")


if __name__ == "__main__":
    here = Path(__file__).parent
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=("measure", "table"))
    parser.add_argument("--share", type=int, nargs=2, default=(0, 1), metavar=("I", "N"))
    parser.add_argument("--latencies", type=Path, nargs="+", default=[here / "nas-bench-201-latency.jsonl"])
    parser.add_argument("--output", type=Path, default=here / "nas-bench-201-latency.h5")
    arguments = parser.parse_args()
    if arguments.what == "measure":
        measure(arguments.latencies[0], tuple(arguments.share))
    else:
        write(arguments.latencies, arguments.output)
