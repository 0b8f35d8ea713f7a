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
from pymoo.algorithms.moo.nsga2 import NSGA2
from pymoo.core.mutation import Mutation
from pymoo.core.problem import Problem
from pymoo.operators.crossover.ux import UX
from pymoo.operators.sampling.rnd import IntegerRandomSampling
from pymoo.optimize import minimize

import nasbench_sim as nbs
from nasbench_sim.analysis import hypervolume_over_time, summarize

SETTINGS = ((100, 1000), (20, 500))  # population, evaluations
LABELS = ("val_accuracy", "latency:eyeriss")


class Redraw(Mutation):
    """Draws each position anew with probability 1 / positions, as ours does."""

    def _do(self, problem: Any, x: Any, *arguments: Any, random_state: Any = None, **more: Any) -> Any:
        changes = random_state.random(x.shape) < 1 / problem.n_var
        return np.where(changes, random_state.integers(0, 5, x.shape), x)


class Cells(Problem):
    """The table as a problem of pymoo, which remembers what it was asked."""

    def __init__(self, task: nbs.Task) -> None:
        super().__init__(n_var=6, n_obj=2, xl=0, xu=4, vtype=int)
        self.space = task.space
        self.costs = np.stack([-one.sign * one.mean for one in task.objectives], axis=1)
        self.asked: list[Any] = []

    def _evaluate(self, x: Any, out: Any, *arguments: Any, **more: Any) -> None:
        index = self.space.index_of_valid_ops(x.astype(np.int64))
        self.asked.append(index)
        out["F"] = self.costs[index]


def theirs(task: nbs.Task, population: int, evaluations: int, replicates: int) -> tuple[Any, float]:
    """Give what pymoo evaluated, shape (replicates, evaluations), and the seconds that it took."""
    began, rows = time.process_time(), []
    for seed in range(replicates):
        problem = Cells(task)
        algorithm = NSGA2(
            pop_size=population,
            sampling=IntegerRandomSampling(),
            crossover=UX(prob=0.9),
            mutation=Redraw(prob=1.0),
            eliminate_duplicates=True,
        )
        minimize(problem, algorithm, ("n_eval", evaluations), seed=seed)
        rows.append(np.concatenate(problem.asked)[:evaluations])
    return np.array(rows), time.process_time() - began


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
