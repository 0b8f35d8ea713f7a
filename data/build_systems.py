"""Train the tables of systems that have no published one, and write them.

``python data/build_systems.py train NAME`` (extra ``[live]``, one core) trains what the file of runs lacks;
a killed run goes on where it was. ``agreement`` in the place of ``train`` tells how two seeds agree, and
``table`` writes the table. README.md beside this file says what the tables are.
"""

from __future__ import annotations

import argparse
import gzip
from pathlib import Path

import numpy as np

from nasbench_sim.live.system_runs import SystemRuns
from nasbench_sim.live.systems import systems
from nasbench_sim.tables import save_table


def unpacked(name: str) -> Path:
    """Give the file of runs, unpacked from what is kept in the repository where it is not there yet."""
    path = Path(__file__).parent / "runs" / f"{name}.jsonl"
    packed = path.with_name(f"{path.name}.gz")
    if packed.exists() and not path.exists():
        path.write_bytes(gzip.decompress(packed.read_bytes()))
    return path


def agreement(runs: SystemRuns) -> None:
    """Print of every metric quartiles and how two seeds agree: over all, the best half, the best tenth."""
    from scipy.stats import spearmanr

    first, second = runs.system.seeds[:2]
    by_seed: dict[int, dict[int, dict[str, np.ndarray]]] = {}
    for run in runs:
        last = {name: curve[-1:] for name, curve in run.values.items()}
        by_seed.setdefault(run.seed, {})[run.architecture] = {**last, **run.also}
    both = sorted(set(by_seed[first]) & set(by_seed.get(second, {})))
    for metric in by_seed[first][both[0]]:
        numbers = np.array([[by_seed[seed][one][metric] for one in both] for seed in (first, second)])
        numbers = numbers.reshape(2, -1)
        quartiles = np.nanpercentile(numbers[0], [0, 25, 50, 75, 100]).round(2).tolist()
        mean = numbers.mean(0) * (-1 if "loss" in metric or "perplexity" in metric else 1)
        agreed = []
        for part in (0.0, 0.5, 0.9):
            rows = mean >= np.quantile(mean, part)
            agreed.append(round(float(spearmanr(*numbers[:, rows]).statistic), 2))
        print(f"{metric:32} n={len(both)} quartiles {quartiles} agree: all, half, tenth {agreed}")


def write(runs: SystemRuns, output: Path) -> None:
    """Write the table, once every run is there."""
    missing = len(runs.system.pairs()) - len(runs)
    if missing:
        raise SystemExit(f"{runs.path}: {missing:,} runs are missing; train them first")
    table = runs.table()
    save_table(table, output)
    print(f"{output}: {len(table.schema)} columns, {output.stat().st_size:,} bytes, content {table.hash}")


if __name__ == "__main__":
    folder = Path(__file__).parent
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=("train", "agreement", "table"))
    parser.add_argument("name", choices=systems.names())
    parser.add_argument("--runs", type=Path, help="file of runs (default: runs/NAME.jsonl beside this)")
    parser.add_argument("--processes", type=int, default=1, help="networks at a time (default: %(default)s)")
    parser.add_argument("--first", type=int, help="train so many of the runs only")
    arguments = parser.parse_args()
    runs = SystemRuns(arguments.runs or unpacked(arguments.name), systems.get(arguments.name)())
    if arguments.what == "train":
        pairs = runs.system.pairs()[: arguments.first]
        runs.train_missing(pairs, processes=arguments.processes, device="cpu", progress=True)
    elif arguments.what == "agreement":
        agreement(runs)
    else:
        write(runs, folder / f"{arguments.name}.h5")
