"""A source that trains is asked for nothing beyond the budget, and gives what a table would."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from curves import curve_table

import nasbench_sim as nbs
from nasbench_sim.oracle.source import TableSource

SPACE = nbs.SearchSpace("small", ["abcd", "efg"])
CURVES = curve_table(
    SPACE, [[k, k + 1, k + 2, (7 * k) % 12] for k in range(12)], [10.0 + k for k in range(12)]
)


class Training(TableSource):
    """A table that is handled as if it trained."""

    trains = True


@pytest.mark.parametrize(
    "budget",
    [
        nbs.Budget(evaluations=9),
        nbs.Budget(seconds=200.0),
        nbs.Budget(seconds=200.0, overshoot="drop"),
        nbs.Budget(evaluations=9, workers=2),
        nbs.Budget(evaluations=30, target=9.0, target_of="observed"),
    ],
    ids=str,
)
@pytest.mark.parametrize("repeats", ["charged", "free"])
@pytest.mark.parametrize("which", ["random_search", "local_search", "successive_halving"])
def test_what_is_trained_is_searched_as_a_table_is(which: str, repeats: Any, budget: nbs.Budget) -> None:
    staged = which == "successive_halving"
    own: dict[str, Any] = {"configurations": 4} if staged else {}
    asked: dict[str, Any] = {"fidelities": [1, 2, 4]} if staged else {}
    one, other = (
        nbs.run(
            which,
            nbs.Task(source, dataset="cifar10", repeats=repeats, **asked),
            budget=budget,
            seeds=3,
            hyperparameters=own,
        )
        for source in (Training(CURVES), TableSource(CURVES))
    )
    assert one.length.tolist() == other.length.tolist()
    for name in ("index", "observed", "cost", "clock", "level", "counted"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name), err_msg=name)
