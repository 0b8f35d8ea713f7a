"""What pymoo does with the table: ``python pymoo_work.py WORK.npz SEEDS EVALUATIONS POPULATION``.

Prints JSON: processor seconds of NSGA-II for every seed, and the architectures in the order in which they
were evaluated; seconds and members of the front of accuracy and latency over the whole table; seconds and
value of its hypervolume.
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any

import numpy as np
from pymoo.algorithms.moo.nsga2 import NSGA2
from pymoo.core.mutation import Mutation
from pymoo.core.problem import Problem
from pymoo.indicators.hv import HV
from pymoo.operators.crossover.ux import UX
from pymoo.operators.sampling.rnd import IntegerRandomSampling
from pymoo.optimize import minimize
from pymoo.util.nds.non_dominated_sorting import NonDominatedSorting

TIMES = 5


class Redraw(Mutation):
    """Draws each position anew with probability 1 / positions, as ours does."""

    def _do(self, problem: Any, x: Any, *arguments: Any, random_state: Any = None, **more: Any) -> Any:
        changes = random_state.random(x.shape) < 1 / problem.n_var
        return np.where(changes, random_state.integers(0, 5, x.shape), x)


class Cells(Problem):
    """The table as a problem that remembers what it was asked."""

    def __init__(self, costs: Any) -> None:
        super().__init__(n_var=6, n_obj=2, xl=0, xu=4, vtype=int)
        self.costs = costs
        self.asked: list[Any] = []

    def _evaluate(self, x: Any, out: Any, *arguments: Any, **more: Any) -> None:
        self.asked.append(x.astype(int))
        out["F"] = self.costs[tuple(x.astype(int).T)]


def search(costs: Any, seed: int, evaluations: int, population: int) -> tuple[float, list]:
    began = time.process_time()
    problem = Cells(costs)
    algorithm = NSGA2(
        pop_size=population,
        sampling=IntegerRandomSampling(),
        crossover=UX(prob=0.9),
        mutation=Redraw(prob=1.0),
        eliminate_duplicates=True,
    )
    minimize(problem, algorithm, ("n_eval", evaluations), seed=seed)
    seconds = time.process_time() - began
    return seconds, np.concatenate(problem.asked)[:evaluations].tolist()


def repeated(work: Any) -> tuple[list[float], Any]:
    taken = []
    for _ in range(TIMES):
        began = time.process_time()
        found = work()
        taken.append(time.process_time() - began)
    return taken, found


def main(path: str, seeds: int, evaluations: int, population: int) -> None:
    work = np.load(path)
    flat = np.stack([-work["values"], work["latency"]], axis=1)
    costs = np.empty((5,) * 6 + (2,))
    costs[tuple(work["ops"].T)] = flat
    search(costs, seeds, 100, population)
    runs = [search(costs, seed, evaluations, population) for seed in range(seeds)]
    front_seconds, front = repeated(
        lambda: NonDominatedSorting().do(flat, only_non_dominated_front=True).tolist()
    )
    corner = flat.max(axis=0)
    volume_seconds, volume = repeated(lambda: float(HV(ref_point=corner)(flat[front])))
    print(
        json.dumps(
            {
                "seconds": [one for one, _ in runs],
                "ops": [one for _, one in runs],
                "front_seconds": front_seconds,
                "front": sorted(front),
                "volume_seconds": volume_seconds,
                "volume": volume,
            }
        )
    )


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:]))
