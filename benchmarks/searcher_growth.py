"""Time and memory of every searcher against replicates and evaluations.

Run ``python benchmarks/searcher_growth.py [searcher ...]``. Each measurement is a process of its own: its
processor seconds, and the most memory that it had above an empty run's. A ratio is to the measurement before,
for twice the replicates or evaluations: 2 is linear, less is start-up or work that many replicates share.
The searchers in SLOW are measured on fewer. The last column of the replicates is 1,024 replicates of 512
evaluations, for which no searcher may need 1 GB; that a SLOW one does not, ``--one NAME 1024 512`` shows.

Not linear in the evaluations, as published: bananas, gumbel_relaxation and predictor_evolution train anew in
each round on all that they know, optuna and nevergrad look back at all trials. A Gaussian process keeps
n * n numbers after n evaluations; beside those of the space this shows from about 1,000 on.
"""

from __future__ import annotations

import argparse
import resource
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np

import nasbench_sim as nbs

SIZES = {"replicates": (128, 256, 512, 1024), "evaluations": (128, 256, 512, 1024)}
AT = {"replicates": 512, "evaluations": 512}
# By how much fewer replicates and evaluations these are measured on.
SLOW = {
    "bananas": (64, 4),
    "gaussian_process": (16, 1),
    "gumbel_relaxation": (64, 4),
    "nevergrad": (64, 2),
    "optuna": (64, 2),
    "ppo_controller": (16, 1),
    "predictor_evolution": (64, 4),
    "pymoo": (64, 1),
    "tpe": (4, 1),
}


def task_of(name: str) -> nbs.Task:
    """Give a task that the searcher accepts: of one or two objectives, or of fidelities (made up)."""
    table = nbs.load_table("nas-bench-201")
    cls = nbs.search.searchers()[name]
    if cls.objectives == "several":
        return nbs.Task(table, dataset="cifar10", objective=["val_accuracy", "params"])
    if not issubclass(cls, nbs.search.MultiFidelitySearcher):
        return nbs.Task(table, dataset="cifar10")
    epochs = tuple(range(1, 13))
    final = table.values("val_accuracy", dataset="cifar10")[:, None]
    facts = {
        "dataset": "cifar10",
        "trained_on": "train",
        "schedule": 12,
        "epochs": epochs,
        "source": "made up",
    }
    columns = [
        (nbs.Column(metric="val_accuracy", **facts), final * (1 - np.exp(-np.arange(1.0, 13) / 4))),
        (nbs.Column(metric="train_time", **facts), np.tile(np.arange(1.0, 13), (len(final), 1))),
    ]
    return nbs.Task(nbs.Table("curves", table.space, columns), dataset="cifar10", fidelities=epochs)


def measure(name: str, replicates: int, evaluations: int) -> tuple[float, float]:
    """Give the processor seconds of a run and the most memory (MB) that it had above a small run's."""
    task = task_of(name)
    nbs.run(name, task, budget=nbs.Budget(evaluations=100), seeds=1)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.process_time()
    nbs.run(name, task, budget=nbs.Budget(evaluations=evaluations), seeds=replicates)
    seconds = time.process_time() - began
    return seconds, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024


def apart(name: str, replicates: int, evaluations: int) -> tuple[float, float]:
    """Measure in a process of its own, whose memory is its own; forked, so that nothing is imported again."""
    with ProcessPoolExecutor(1, mp_context=get_context("fork")) as process:
        return process.submit(measure, name, replicates, evaluations).result()


def growth(name: str) -> None:
    """Print both curves of a searcher."""
    fewer = dict(zip(SIZES, SLOW.get(name, (1, 1)), strict=True))
    at = {axis: number // fewer[axis] for axis, number in AT.items()}
    for axis, sizes in SIZES.items():
        shown, last = [], None
        for size in sizes:
            numbers = {**at, axis: size // fewer[axis]}
            seconds, megabytes = apart(name, numbers["replicates"], numbers["evaluations"])
            ratio = "       " if last is None else f" (x{seconds / last:4.1f})"
            shown.append(f"{numbers[axis]:5}: {seconds:8.3f} s{ratio} {megabytes:5.0f} MB")
            last = seconds
        other = "evaluations" if axis == "replicates" else "replicates"
        print(f"{name:38} {axis} (x {at[other]} {other})  " + " | ".join(shown), flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("names", nargs="*", help="searchers; all by default")
    parser.add_argument(
        "--one", nargs=3, metavar=("NAME", "REPLICATES", "EVALUATIONS"), help="seconds and MB of one run"
    )
    asked = parser.parse_args()
    if asked.one:
        seconds, megabytes = measure(asked.one[0], *map(int, asked.one[1:]))
        print(f"{seconds:.3f} s, {megabytes:.0f} MB")
    else:
        for searcher in asked.names or nbs.search.searchers():
            growth(searcher)
