"""Train the tables of systems that have no published one, and write them.

``python data/build_systems.py train NAME`` (extra ``[live]``, one core) trains what the file of runs lacks;
a killed run goes on where it was. ``python data/build_systems.py agreement NAME`` tells how two seeds agree.
README.md beside this file says what the tables are.
"""

from __future__ import annotations

import argparse
import importlib
from pathlib import Path

import numpy as np

from nasbench_sim.live.system import System, SystemRuns

SYSTEMS = {
    "attention-placement-text": "attention_placement.system:AttentionPlacementText",
    "hierarchical-digits": "hierarchical.system:HierarchicalDigits",
    "joint-cell-digits": "joint_cell.system:JointCellDigits",
    "evolved-transformer-text": "evolved_transformer.system:EvolvedTransformerText",
    "merging-cell-digits": "merging_cell.system:MergingCellDigits",
}


def system(name: str) -> System:
    """Make the system of a table."""
    module, attribute = SYSTEMS[name].split(":")
    return getattr(importlib.import_module(f"nasbench_sim.benchmarks.{module}"), attribute)()


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


if __name__ == "__main__":
    folder = Path(__file__).parent
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=("train", "agreement"))
    parser.add_argument("name", choices=SYSTEMS)
    parser.add_argument("--runs", type=Path, help="file of runs (default: NAME.jsonl beside this)")
    parser.add_argument("--first", type=int, help="train so many of the runs only")
    arguments = parser.parse_args()
    runs = SystemRuns(
        arguments.runs or folder / f"{arguments.name}.jsonl",
        system(arguments.name),
    )
    if arguments.what == "train":
        runs.train_missing(runs.system.pairs()[: arguments.first], device="cpu", progress=True)
    else:
        agreement(runs)
