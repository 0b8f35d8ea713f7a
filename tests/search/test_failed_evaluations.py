"""Searchers with a model learn from evaluations that fail: they come to avoid the gaps of a column."""

from __future__ import annotations

import importlib.util
from typing import Any

import numpy as np
import pytest

import nasbench_sim as nbs
from nasbench_sim.spaces import SearchSpace
from nasbench_sim.tables import Column, Table

SPACE = SearchSpace("devices", ["abcde"] * 6)
EVALUATIONS = 120
WITH_A_MODEL: dict[str, dict[str, Any]] = {
    "asng": {},
    "bananas": {"epochs": 60},
    "bohb": {},
    "gaussian_process": {},
    "nevergrad": {},
    "optuna": {},
    "parego": {},
    "population_based_incremental_learning": {"population": 20},
    "ppo_controller": {"learning_rate": 0.01, "hidden": 16},
    "predictor_evolution": {},
    "pymoo": {},
    "reinforce": {"learning_rate": 0.1},
    "tpe": {},
}
SLOW = {"bananas": 4, "predictor_evolution": 4, "optuna": 4, "nevergrad": 8}


def gappy_table() -> Table:
    """A device that cannot run the fastest choice at its first two positions, and a cheap reading."""
    random = np.random.default_rng(0)
    ops = SPACE.ops(SPACE.all_indices())
    latency = 5 + ops.sum(axis=1) / 4 + random.random(SPACE.size)
    latency[(ops[:, :2] == 0).any(axis=1)] = np.nan  # 36 of 100
    facts: dict[str, Any] = {"source": "made here"}
    return Table(
        "gappy",
        SPACE,
        [
            (Column(metric="latency", device="mine", **facts), latency),
            (Column(metric="score", dataset="d", better="max", **facts), ops.sum(axis=1) + 0.0),
            (Column(metric="flops", **facts), 1.0 + random.random(SPACE.size)),
        ],
    )


def task_for(name: str, table: Table) -> nbs.Task:
    if name == "parego":
        return nbs.Task(table, dataset="d", objective=["latency:mine", "flops"])
    if name == "bohb":
        return nbs.Task(table, dataset="d", objective="latency:mine", fidelities=["flops", "latency:mine"])
    return nbs.Task(table, dataset="d", objective="latency:mine")


def failing(task: nbs.Task, runs: nbs.Trajectories) -> np.ndarray:
    """The share of failed evaluations in each third of the runs, of those at the dearest fidelity."""
    failed = np.isnan(task.table.values("latency", device="mine"))[runs.index]
    counts = runs.level == len(task.fidelities) - 1 if task.fidelities else np.ones(failed.shape, dtype=bool)
    parts = zip(np.array_split(failed, 3, axis=1), np.array_split(counts, 3, axis=1), strict=True)
    return np.array([part[which].mean() for part, which in parts])


@pytest.mark.parametrize("name", WITH_A_MODEL)
def test_the_share_of_failed_evaluations_falls(name: str) -> None:
    library = {"nevergrad", "optuna", "pymoo"} & {name}
    if library and not importlib.util.find_spec(name):
        pytest.skip(f"{name} is not installed")
    table = gappy_table()
    task = task_for(name, table)
    runs = nbs.run(
        name,
        task,
        budget=nbs.Budget(evaluations=EVALUATIONS),
        seeds=SLOW.get(name, 12),
        hyperparameters=WITH_A_MODEL[name],
    )
    share = failing(task, runs)
    assert share[2] < 0.8 * share[0]
