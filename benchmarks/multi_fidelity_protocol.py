"""BOHB and Hyperband under the protocol of NATS-Bench, on the topology space: our means beside the published.

Run ``python benchmarks/multi_fidelity_protocol.py [table]`` with a table that has the validation accuracy of
epochs 1, 4 and 12 of the 12-epoch schedule: the official file NATS-tss-v1_0-3ffb9-full, brought in by
``nasbench-sim data import``. The exports that ``nasbench-sim data install`` reads have epoch 12 only; then
this says so and compares nothing, since epoch 12 alone is no multi-fidelity search.

The published script (exps/NATS-algos/bohb.py of the authors' repository) runs HpBandSter with eta 3, from 1
to 12 epochs, 4 samples, no random fraction, and least bandwidth 0.3, which are our defaults, and charges
every evaluation from scratch (``resume=False``). It takes the best reading of any epoch as the outcome; here
the incumbent is the best of the dearest fidelity.

Sources
-------
Dong, Liu, Musial, Gabrys. NATS-Bench. TPAMI 2021, table 4 (500 runs; 20,000, 40,000 and 120,000 s). Its text
could not be read when this was written: check the figures against the paper before you rely on them.
"""

from __future__ import annotations

import sys

import numpy as np

import nasbench_sim as nbs
from nasbench_sim.errors import RequestError

SECONDS = {"cifar10": 20_000, "cifar100": 40_000, "ImageNet16-120": 120_000}
PUBLISHED = {"cifar10": 93.94, "cifar100": 72.00, "ImageNet16-120": 45.70}  # BOHB
EPOCHS = [1, 4, 12]
SEEDS = 500


def protocol(table: nbs.Table, dataset: str) -> nbs.Task:
    """Give the task of a data set; an error where epochs are missing."""
    task = nbs.Task(table, dataset=dataset, schedule=12, fidelities=EPOCHS, resume=False)
    for one in task.fidelities:
        known = int(np.isfinite(one.objective.mean).sum())
        if known < table.space.size:
            raise RequestError(f"{one.label} is there for {known:,} of {table.space.size:,} architectures")
    return task


if __name__ == "__main__":
    read = nbs.load_table(sys.argv[1] if len(sys.argv) > 1 else None)
    for name, seconds in SECONDS.items():
        try:
            found = protocol(read, name)
        except RequestError as error:
            print(f"{name}: not compared: {error}")
            continue
        for which in ("bohb", "hyperband"):
            runs = nbs.run(which, found, budget=nbs.Budget(seconds=seconds), seeds=SEEDS)
            accuracy = runs.final()["test_accuracy"]
            ours = f"{accuracy.mean():.2f} ± {accuracy.std() / np.sqrt(SEEDS):.2f}"
            effort = f"{runs.length.mean():.0f} evaluations, {runs.wall_seconds:.1f} s"
            print(f"{name}, {which}: {ours}, published for BOHB {PUBLISHED[name]:.2f} ({effort})")
