"""Speed of the foundation, as ratios to a reference in the same run.

Run ``python benchmarks/speed.py``. The reference loops make the same choices as the searchers, and it is
checked that they reach the same trajectories.
"""

from __future__ import annotations

import random
import statistics
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable

import numpy as np

import nasbench_sim as nbs
from nasbench_sim.oracle import Streams
from nasbench_sim.oracle.streams import NOISE, SEARCH

REPLICATES, EVALUATIONS = 1000, 1000
LOOPED = 20  # the plain loops run this many of the replicates, and their time is scaled up
RUNS = 5

Draw = Callable[[int], int]


def timed(call: Callable[[], object], clock: Callable[[], float] = time.process_time) -> float:
    """Give the median seconds (of this process, unless said otherwise) of several calls, after one more."""
    call()
    times = []
    for _ in range(RUNS):
        start = clock()
        call()
        times.append(clock() - start)
    return statistics.median(times)


class Plain:
    """The task as dictionaries and lists, for the loops that a researcher would write first.

    A loop is given ``draw(n)``, a whole number below n. To check that it makes the very choices of the
    searcher, these come from the searcher's own streams; to time it, from ``random.Random.randrange``.
    """

    def __init__(self, task: nbs.Task) -> None:
        space = task.space
        self.architectures = [tuple(row) for row in space.ops(space.all_indices()).tolist()]
        self.index = {ops: index for index, ops in enumerate(self.architectures)}
        runs = task.table.runs("val_accuracy", dataset=task.dataset).tolist()
        self.runs = {
            ops: [v for v in row if v == v] for ops, row in zip(self.architectures, runs, strict=True)
        }
        self.cost = dict(zip(self.architectures, task.costs.tolist(), strict=True))

    def evaluate(self, ops: tuple, draw: Draw, history: list) -> float:
        """Look one architecture up, charge it, and keep it with the best so far."""
        runs = self.runs[ops]
        value = runs[draw(len(runs))]
        clock, best = history[-1][2:] if history else (0.0, 0.0)
        history.append((self.index[ops], value, clock + self.cost[ops], max(best, value)))
        return value

    def random_search(self, draw: Draw, noise: Draw) -> list:
        """One replicate of random search."""
        history: list = []
        while len(history) < EVALUATIONS:
            self.evaluate(self.architectures[draw(len(self.architectures))], noise, history)
        return history

    def regularized_evolution(self, draw: Draw, noise: Draw) -> list:
        """One replicate of regularized evolution with a population of 10 and samples of 3."""
        history: list = []
        population: deque = deque()
        for _ in range(10):
            ops = self.architectures[draw(len(self.architectures))]
            population.append((self.evaluate(ops, noise, history), ops))
        oldest = 0
        while len(history) < EVALUATIONS:
            # The searcher numbers the members by slot; a deque begins with the oldest.
            sample = [population[(draw(10) - oldest) % 10] for _ in range(3)]
            parent = max(sample, key=lambda member: member[0])[1]
            position, other = divmod(draw(24), 4)
            child = list(parent)
            child[position] = other + (other >= child[position])
            ops = tuple(child)
            population.append((self.evaluate(ops, noise, history), ops))
            population.popleft()
            oldest = (oldest + 1) % 10
        return history


def streamed(seed: int, purpose: int) -> Draw:
    """Give the draws that the searcher (or its noise) makes from its stream."""
    numbers = iter(Streams([seed], purpose).uniform(5 * EVALUATIONS)[0].tolist())
    return lambda n: int(next(numbers) * n)


def searching(task: nbs.Task, name: str) -> None:
    """Compare a searcher in lockstep with the plain loop."""
    loop = getattr(Plain(task), name)
    budget = nbs.Budget(evaluations=EVALUATIONS)

    def ours() -> nbs.Trajectories:
        runs = nbs.run(name, task, budget=budget, seeds=REPLICATES)
        runs.final()
        return runs

    def looped() -> None:
        for seed in range(LOOPED):
            loop(random.Random(seed).randrange, random.Random(seed).randrange)

    runs = ours()
    for seed in range(LOOPED):
        history = loop(streamed(seed, SEARCH), streamed(seed, NOISE))
        assert runs.index[seed].tolist() == [entry[0] for entry in history]
        assert runs.observed[seed].tolist() == [entry[1] for entry in history]
        assert runs.clock[seed].tolist() == [entry[2] for entry in history]
    reference = timed(looped) * REPLICATES / LOOPED
    report(f"{name}, {REPLICATES} x {EVALUATIONS} evaluations", timed(ours), reference, "plain Python loop")


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
    ours = timed(process(f"import nasbench_sim; {question}"), time.perf_counter)
    reference = timed(process("import numpy, h5py"), time.perf_counter)
    report("new process to first answer", ours, reference, "import numpy, h5py")


def report(what: str, ours: float, reference: float, name: str) -> None:
    """Print one line."""
    faster = reference / ours
    ratio = f"1/{faster:.1f}" if faster > 1 else f"{1 / faster:.2f} x"
    print(f"{what:48s} {1e3 * ours:10.2f} ms  = {ratio:>8s} of {1e3 * reference:10.2f} ms, {name}")


if __name__ == "__main__":
    embedded = nbs.load_table("nas-bench-201")
    for searcher in ("random_search", "regularized_evolution"):
        searching(nbs.Task(embedded, dataset="cifar10"), searcher)
    looking_up(embedded)
    starting()
