"""NSGA-II here and pymoo's on the same task: hypervolume over the search, and the time of 100 replicates.

Run ``python benchmarks/nsga2_against_pymoo.py [replicates]`` (needs pymoo). Both cross uniformly with
probability 0.9, redraw one position on average, drop duplicates and compare by dominance, then by crowding,
in tournaments. Times are of the process, on one core.
"""

from __future__ import annotations

import sys
import time
from typing import Any

import numpy as np
import pandas as pd
from peers.pymoo_work import search

import nasbench_sim as nbs
from nasbench_sim.analysis import hypervolume_over_time, summarize

SETTINGS = ((100, 1000), (20, 500))  # population, evaluations
LABELS = ("val_accuracy", "latency:eyeriss")


def theirs(task: nbs.Task, population: int, evaluations: int, replicates: int) -> tuple[Any, float]:
    """Give what pymoo evaluated, shape (replicates, evaluations), and the seconds that it took."""
    space = task.space
    costs = np.empty((5,) * 6 + (2,))
    costs[tuple(space.ops(space.all_indices()).T)] = np.stack(
        [-one.sign * one.mean for one in task.objectives], axis=1
    )
    runs = [search(costs, seed, evaluations, population) for seed in range(replicates)]
    return space.index(np.array([ops for _, ops in runs])), sum(seconds for seconds, _ in runs)


def compare(task: nbs.Task, population: int, evaluations: int, replicates: int) -> None:
    """Print both hypervolume curves and both times."""
    their_index, their_seconds = theirs(task, population, evaluations, replicates)
    began = time.process_time()
    which = nbs.search.searcher("nsga_ii", population=population)
    runs = nbs.run(which, task, budget=nbs.Budget(evaluations=evaluations), seeds=replicates)
    our_seconds = time.process_time() - began
    grid = np.linspace(population, evaluations, 10).round()
    ends = {one.label: one.better for one in task.objectives}
    corner = {one.label: one.worst for one in task.objectives}
    bands = {}
    for name, index in (("pymoo", their_index), ("nasbench_sim", runs.index)):
        values = {one.label: one.mean[index] for one in task.objectives}
        clock = np.tile(np.arange(1.0, evaluations + 1), (replicates, 1))
        found = hypervolume_over_time(clock, values, ends, corner, grid)
        bands[name] = summarize(found, grid, band="mean").set_index("x")
    both = pd.concat({name: band[["mean", "q25", "median", "q75"]] for name, band in bands.items()}, axis=1)
    print(f"\npopulation {population}, {evaluations} evaluations, {replicates} replicates")
    print(both.round(2).to_string())
    for low, high, what in (("q25", "q75", "middle halves"), ("low", "high", "95 % intervals of the mean")):
        bottom = np.maximum(*(band[low].to_numpy() for band in bands.values()))
        top = np.minimum(*(band[high].to_numpy() for band in bands.values()))
        print(f"the {what} overlap at {int((bottom <= top).sum())} of {len(grid)} points")
    print(
        f"pymoo {their_seconds:.2f} s, here {our_seconds:.2f} s: {their_seconds / our_seconds:.0f} times "
        "faster"
    )


if __name__ == "__main__":
    objectives = list(LABELS)
    two = nbs.Task(nbs.load_table("nas-bench-201"), dataset="cifar10", objective=objectives, noise="mean")
    nbs.run("nsga_ii", two, budget=nbs.Budget(evaluations=200))  # imports and tables are read before timing
    for setting in SETTINGS:
        compare(two, *setting, int(sys.argv[1]) if len(sys.argv) > 1 else 100)
