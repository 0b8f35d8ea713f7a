"""Train the embedded table ``nas-bench-201-digits.h5``: every NAS-Bench-201 cell on small, noisy digits.

Run ``python data/build_digits.py train`` with the extra ``[live]``, on one core; a killed run goes on
where it was. Then ``python data/build_digits.py table`` writes the table. One cell of each of the 6,466
isomorphism classes is trained, in a fixed random order, so that what is there at any time is a random
sample of them.
README.md beside this file tells what the numbers mean.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

import nasbench_sim as nbs
from nasbench_sim import live
from nasbench_sim.live.run_file import RunFile
from nasbench_sim.tables import save_table

SEEDS = (777, 888, 999)
SEVERAL = 300  # so many cells, the first of the order, are trained with every seed, the others with the first
PARTS = (800, 400, 400)
RECIPE = live.Recipe(epochs=6, batch=50, channels=4, cells=2, annealed="iteration")


def order() -> list[tuple[int, int]]:
    """Give the pairs of cell and seed in the order in which they are trained."""
    space = nbs.space("nas-bench-201")
    classes = np.unique(space.canonical(space.all_indices()))
    cells = np.random.default_rng(201).permutation(classes).tolist()
    first = [(cell, seed) for cell in cells[:SEVERAL] for seed in SEEDS]
    return first + [(cell, SEEDS[0]) for cell in cells[SEVERAL:]]


def opened(path: Path) -> RunFile:
    """Open the file of runs."""
    return RunFile(path, nbs.space("nas-bench-201"), RECIPE, live.digits(parts=PARTS))


def train(path: Path) -> None:
    """Train what is missing, and append it."""
    live.train_missing(opened(path), order(), device="cpu", progress=True)


def write(path: Path, output: Path) -> None:
    """Write the table, once every run is there."""
    runs = opened(path)
    missing = len(order()) - len(runs)
    if missing:
        raise SystemExit(f"{path}: {missing:,} runs are missing; train them first")
    space = runs.space
    table = runs.table("nas-bench-201-digits", space.canonical(space.all_indices()))
    save_table(table, output)
    print(f"{output}: {len(table.schema)} columns, {output.stat().st_size:,} bytes, content {table.hash}")


if __name__ == "__main__":
    folder = Path(__file__).parent
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=("train", "table"))
    parser.add_argument("--runs", type=Path, default=folder / "nas-bench-201-digits.jsonl")
    parser.add_argument("--output", type=Path, default=folder / "nas-bench-201-digits.h5")
    arguments = parser.parse_args()
    if arguments.what == "train":
        train(arguments.runs)
    else:
        write(arguments.runs, arguments.output)
