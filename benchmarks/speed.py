"""Speed of the foundation, as ratios to a reference in the same run.

Run ``python benchmarks/speed.py``. The reference loops make the same choices as the searchers, and it is
checked that they reach the same trajectories.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator

import numpy as np

import nasbench_sim as nbs
from nasbench_sim.oracle import Streams
from nasbench_sim.oracle.streams import NOISE, SEARCH

REPLICATES, EVALUATIONS = 1000, 1000
LOOPED = 20  # the plain loops run this many of the replicates, and their time is scaled up
RUNS = 5


def timed(call: Callable[[], object]) -> float:
    """Give the median seconds of several calls, after one that is not counted."""
    call()
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


class Plain:
    """The task as dictionaries and lists, for the loops that a researcher would write first."""

    def __init__(self, task: nbs.Task) -> None:
        space = task.space
        ops = [tuple(row) for row in space.ops(space.all_indices()).tolist()]
        self.ops = ops
        self.index = {choices: index for index, choices in enumerate(ops)}
        runs = task.table.runs("val_accuracy", dataset=task.dataset)
        self.runs = {i: [v for v in row if v == v] for i, row in enumerate(runs.tolist())}
        self.cost = dict(enumerate(task.costs.tolist()))

    def evaluate(self, index: int, noise: Iterator[float], history: list, clock: float) -> tuple:
        """Look one architecture up, charge it, and keep it."""
        runs = self.runs[index]
        value = runs[int(next(noise) * len(runs))]
        clock += self.cost[index]
        history.append((index, value, clock))
        return value, clock

    def random_search(self, uniform: Iterator[float], noise: Iterator[float]) -> list:
        """One replicate of random search."""
        history: list = []
        clock, size = 0.0, len(self.ops)
        while len(history) < EVALUATIONS:
            _, clock = self.evaluate(int(next(uniform) * size), noise, history, clock)
        return history

    def regularized_evolution(self, uniform: Iterator[float], noise: Iterator[float]) -> list:
        """One replicate of regularized evolution with a population of 10 and samples of 3."""
        history: list = []
        clock = 0.0
        population: deque = deque()
        for _ in range(10):
            index = int(next(uniform) * len(self.ops))
            value, clock = self.evaluate(index, noise, history, clock)
            population.append((value, index))
        oldest = 0
        while len(history) < EVALUATIONS:
            sample = [population[(int(next(uniform) * 10) - oldest) % 10] for _ in range(3)]
            parent = self.ops[max(sample, key=lambda member: member[0])[1]]
            position, other = divmod(int(next(uniform) * 24), 4)
            child = list(parent)
            child[position] = other + (other >= child[position])
            index = self.index[tuple(child)]
            value, clock = self.evaluate(index, noise, history, clock)
            population.append((value, index))
            population.popleft()
            oldest = (oldest + 1) % 10
        return history


def searching(task: nbs.Task) -> None:
    """Compare searchers in lockstep with the plain loops."""
    plain = Plain(task)
    budget = nbs.Budget(evaluations=EVALUATIONS)
    for name in ("random_search", "regularized_evolution"):
        loop = getattr(plain, name)
        # The numbers are drawn beforehand, which only flatters the loops.
        numbers = [Streams([seed], SEARCH).uniform(5 * EVALUATIONS)[0].tolist() for seed in range(LOOPED)]
        noise = [Streams([seed], NOISE).uniform(EVALUATIONS)[0].tolist() for seed in range(LOOPED)]
        histories = [loop(iter(u), iter(n)) for u, n in zip(numbers, noise, strict=True)]
        runs = nbs.run(name, task, budget=budget, seeds=REPLICATES)
        for row, history in enumerate(histories):
            assert runs.index[row].tolist() == [index for index, _, _ in history]
            assert runs.observed[row].tolist() == [value for _, value, _ in history]
        looped = timed(lambda: [loop(iter(u), iter(n)) for u, n in zip(numbers, noise, strict=True)])
        looped *= REPLICATES / LOOPED
        ours = timed(lambda: nbs.run(name, task, budget=budget, seeds=REPLICATES))
        report(f"{name}, {REPLICATES} x {EVALUATIONS} evaluations", ours, looped, "plain Python loop")


def looking_up(table: nbs.Table) -> None:
    """Compare lookups with bare numpy."""
    index = table.space.sample(1_000_000, seed=0)
    bare = np.array(table.values("val_accuracy", dataset="cifar10"))
    ours = timed(lambda: table.values("val_accuracy", dataset="cifar10")[index])
    report("table.values(...)[a million]", ours, timed(lambda: bare[index]), "bare numpy gather")
    ours = timed(lambda: table.query(index, "val_accuracy", dataset="cifar10"))
    report("table.query(a million, ...)", ours, timed(lambda: bare[index]), "bare numpy gather")
    many = range(10_000)
    scalar = timed(lambda: [table.query(i, "val_accuracy", dataset="cifar10") for i in many]) / len(many)
    print(f"{'scalar table.query':48s} {1e6 * scalar:10.2f} us")


def starting() -> None:
    """Compare a process that answers one query with one that only imports numpy and h5py."""

    def process(code: str) -> Callable[[], object]:
        return lambda: subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)

    question = "nasbench_sim.load_table().query(6111, 'val_accuracy', dataset='cifar10')"
    ours = timed(process(f"import nasbench_sim; {question}"))
    report("new process to first answer", ours, timed(process("import numpy, h5py")), "import numpy, h5py")


def report(what: str, ours: float, reference: float, name: str) -> None:
    """Print one line."""
    faster = reference / ours
    ratio = f"1/{faster:.1f}" if faster > 1 else f"{1 / faster:.2f} x"
    print(f"{what:48s} {1e3 * ours:10.2f} ms  = {ratio:>8s} of {1e3 * reference:10.2f} ms, {name}")


if __name__ == "__main__":
    embedded = nbs.load_table("nas-bench-201")
    searching(nbs.Task(embedded, dataset="cifar10"))
    looking_up(embedded)
    starting()
