"""Budgets: exactly one positive amount."""

from __future__ import annotations

import json

import numpy as np
import pytest

import nasbench_sim as nbs
from nasbench_sim.errors import RequestError


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"evaluations": 5, "seconds": 5},
        {"evaluations": 0},
        {"evaluations": -3},
        {"evaluations": 1.5},
        {"evaluations": True},
        {"evaluations": float("nan")},
        {"evaluations": "many"},
        {"evaluations": np.array([5, 6])},
        {"evaluations": 5, "workers": np.array([2, 3])},
        {"seconds": 0},
        {"seconds": -1.0},
        {"seconds": float("nan")},
        {"seconds": float("inf")},
        {"seconds": "10"},
        {"evaluations": 5, "overshoot": "perhaps"},
    ],
)
def test_wrong_budgets(wrong: dict) -> None:
    with pytest.raises(RequestError):
        nbs.Budget(**wrong)


def test_words() -> None:
    assert str(nbs.Budget(evaluations=1200)) == "1,200 evaluations"
    assert str(nbs.Budget(seconds=12_000)) == "12,000 simulated seconds"
    assert repr(nbs.Budget(seconds=5, overshoot="drop")) == "Budget(seconds=5, overshoot='drop')"


@pytest.mark.parametrize(
    ("given", "plain"),
    [
        ({"evaluations": np.int64(5), "workers": np.int32(2)}, {"evaluations": 5, "workers": 2}),
        ({"seconds": np.float32(2.5)}, {"seconds": 2.5}),
    ],
)
def test_numbers_of_numpy_become_plain_ones(given: dict, plain: dict) -> None:
    budget = nbs.Budget(**given)
    assert repr(budget) == repr(nbs.Budget(**plain))
    task = nbs.Task(nbs.load_table("nas-bench-201"), dataset="cifar10")
    assert json.loads(json.dumps(nbs.run("random_search", task, budget=budget).describe()))
