"""The loops that a researcher would write first, over dictionaries and lists."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

import nasbench_sim as nbs
from nasbench_sim.oracle import Streams

Draw = Callable[[int], int]


class Plain:
    """The task as dictionaries and lists, for the loops that a researcher would write first.

    A loop is given ``draw(n)``, a whole number below n. To check that it makes the very choices of the
    searcher, these come from the searcher's own streams; to time it, from ``random.Random.randrange``.
    """

    def __init__(self, task: nbs.Task, evaluations: int) -> None:
        self.evaluations = evaluations
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
        while len(history) < self.evaluations:
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
        while len(history) < self.evaluations:
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


def streamed(seed: int, purpose: int, draws: int) -> Draw:
    """Give the draws that the searcher (or its noise) makes from its stream."""
    numbers = iter(Streams([seed], purpose).uniform(draws)[0].tolist())
    return lambda n: int(next(numbers) * n)
