"""Lockstep searchers against plain one-replicate programs, decision by decision, given the same uniforms."""

from __future__ import annotations

import math

import numpy as np
import pytest

import nasbench_sim as nbs
from nasbench_sim.oracle.streams import SEARCH, Streams

TABLE = nbs.load_table("nas-bench-201")
TASK = nbs.Task(TABLE, dataset="cifar100", noise="mean")
SEEDS = [0, 5, 11]


class Uniforms:
    """The uniform numbers of one replicate, one after the other."""

    def __init__(self, seed: int) -> None:
        self._streams = Streams([seed], SEARCH)

    def next(self) -> float:
        return float(self._streams.uniform(1)[0, 0])

    def normals(self, n: int) -> list[float]:
        radii = [math.sqrt(-2 * math.log1p(-self.next())) for _ in range(n)]
        return [radius * math.cos(2 * math.pi * self.next()) for radius in radii]


def reward(index: int) -> float:
    return float(TASK.observe(np.array(index), None))


def evolution(seed: int, evaluations: int, population: int, sample: int) -> list[int]:
    uniforms = Uniforms(seed)
    alive: list[tuple[int, float]] = []
    history = []
    for _ in range(population):
        index = int(uniforms.next() * 15625)
        alive.append((index, reward(index)))
        history.append(index)
    oldest = 0
    while len(history) < evaluations:
        parent = None
        for _ in range(sample):
            candidate = alive[int(uniforms.next() * population)]
            if parent is None or candidate[1] > parent[1]:
                parent = candidate
        child = int(TASK.space.neighbors(parent[0])[int(uniforms.next() * 24)])
        alive[oldest] = (child, reward(child))
        oldest = (oldest + 1) % population
        history.append(child)
    return history


@pytest.mark.parametrize(("population", "sample"), [(10, 3), (25, 10)])
def test_regularized_evolution(population: int, sample: int) -> None:
    runs = nbs.run(
        "regularized_evolution",
        TASK,
        budget=nbs.Budget(evaluations=300),
        seeds=SEEDS,
        hyperparameters={"population": population, "sample": sample},
    )
    for row, seed in enumerate(SEEDS):
        assert runs.index[row].tolist() == evolution(seed, 300, population, sample)


def reinforce(seed: int, evaluations: int, learning_rate: float, momentum: float) -> list[int]:
    uniforms = Uniforms(seed)
    logits = [[1e-3 * x for x in row] for row in np.reshape(uniforms.normals(30), (6, 5)).tolist()]
    first = [[0.0] * 5 for _ in range(6)]
    second = [[0.0] * 5 for _ in range(6)]
    numerator = denominator = 0.0
    history = []
    for step in range(1, evaluations + 1):
        probabilities, ops = [], []
        for row in logits:
            top = max(row)
            weights = [math.exp(x - top) for x in row]
            probabilities.append([w / sum(weights) for w in weights])
        for row in probabilities:
            number, op, cumulated = uniforms.next(), 0, row[0]
            while number >= cumulated and op < 4:
                op += 1
                cumulated += row[op]
            ops.append(op)
        index = int(TASK.space.index(ops))
        history.append(index)
        observed = reward(index)
        numerator = momentum * numerator + (1 - momentum) * observed
        denominator = momentum * denominator + (1 - momentum)
        advantage = observed - numerator / denominator
        for position in range(6):
            for op in range(5):
                taken = 1.0 if ops[position] == op else 0.0
                gradient = -advantage * (taken - probabilities[position][op])
                m = first[position][op] = 0.9 * first[position][op] + 0.1 * gradient
                v = second[position][op] = 0.999 * second[position][op] + 0.001 * gradient**2
                m, v = m / (1 - 0.9**step), v / (1 - 0.999**step)
                logits[position][op] -= learning_rate * m / (math.sqrt(v) + 1e-8)
    return history


@pytest.mark.parametrize("learning_rate", [0.01, 0.5])
def test_reinforce(learning_rate: float) -> None:
    runs = nbs.run(
        "reinforce",
        TASK,
        budget=nbs.Budget(evaluations=300),
        seeds=SEEDS,
        hyperparameters={"learning_rate": learning_rate},
    )
    for row, seed in enumerate(SEEDS):
        assert runs.index[row].tolist() == reinforce(seed, 300, learning_rate, 0.9)


def asng(seed: int, evaluations: int, lam: int, alpha: float, step: float) -> list[int]:
    """The authors' loop, with larger being better: positions in turn, one dictionary of state."""
    uniforms = Uniforms(seed)
    theta = np.full((6, 5), 0.2)
    path, weight, divisor = np.zeros(24), 0.0, 1.0
    history: list[int] = []
    mu = math.ceil(lam * 0.25)
    while len(history) < evaluations:
        ops = []
        for _ in range(lam):
            choice = []
            for row in theta:
                number, op = uniforms.next(), 0
                while number >= np.cumsum(row)[op] and op < 4:
                    op += 1
                choice.append(op)
            ops.append(choice)
        drawn = [int(TASK.space.index(choice)) for choice in ops]
        history.extend(drawn)
        losses = [-reward(index) for index in drawn]
        order = sorted(range(lam), key=lambda i: losses[i])
        raw = [(1 / mu if k < mu else 0.0) - (1 / mu if k >= lam - mu else 0.0) for k in range(lam)]
        utility = [0.0] * lam
        for i in order:
            ties = [k for k in range(lam) if losses[order[k]] == losses[i]]
            utility[i] = sum(raw[k] for k in ties) / len(ties)
        if all(u == 0 for u in utility):
            continue
        delta = step / divisor
        beta = delta / math.sqrt(24)
        one_hot = np.eye(5)[np.array(ops)]
        gradient = np.mean([u * (one_hot[i] - theta) for i, u in enumerate(utility)], axis=0)
        scaled = []
        for row, own in zip(theta, gradient, strict=True):
            total = own[:4].sum()
            scaled += list(own[:4] / np.sqrt(row[:4]) + np.sqrt(row[:4]) * total / (row[4] + np.sqrt(row[4])))
        fisher = np.array(scaled)
        norm = np.sqrt(fisher @ fisher) + 1e-9
        theta = theta + delta / norm * gradient
        path = (1 - beta) * path + np.sqrt(beta * (2 - beta)) * fisher / norm
        weight = (1 - beta) ** 2 * weight + beta * (2 - beta)
        divisor *= math.exp(beta * (weight - path @ path / alpha))
        least = 1 / (6 * 4)
        for row in theta:
            row[:] = np.maximum(row, least)
            total = row.sum()
            row -= (total - 1) * (row - least) / (total - least * 5)
            row /= row.sum()
    return history[:evaluations]


@pytest.mark.parametrize("sample", [2, 6])
def test_asng(sample: int) -> None:
    runs = nbs.run(
        "asng",
        TASK,
        budget=nbs.Budget(evaluations=120),
        seeds=SEEDS,
        hyperparameters={"sample": sample},
    )
    for row, seed in enumerate(SEEDS):
        assert runs.index[row].tolist() == asng(seed, 120, sample, 1.5, 1.0)
