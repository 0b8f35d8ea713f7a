"""Tasks over spaces that are too large to list: what is observed, charged, bounded and reported there."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from toy import table as toy_table

import nasbench_sim as nbs
from nasbench_sim.errors import RequestError
from nasbench_sim.oracle.charging import cheapest_seconds
from nasbench_sim.tables import Computed

SPACE = nbs.space("fbnet")
LAST = 9**22 - 1  # all 22 blocks are the ninth choice, a skip
INDEX = np.array([0, LAST], dtype=object)


def skips(index: Any) -> Any:
    return (SPACE.ops(index) == 8).sum(axis=-1)


def counted(scale: float, low: float = np.nan, high: float = np.nan) -> Computed:
    return Computed(SPACE, lambda index: 1.0 + scale * skips(index), low=low, high=high)


def column(metric: str, **fields: Any) -> nbs.Column:
    return nbs.Column(metric=metric, source="counted", dataset="cifar100", **fields)


TABLE = nbs.Table(
    "counted",
    SPACE,
    [
        (column("score", better="max"), counted(1.0, 1.0, 23.0)),
        (column("latency", device="mine"), counted(2.0, 1.0, 45.0)),
        (column("latency", device="free"), Computed(SPACE, lambda index: np.zeros(np.shape(index)))),
        (column("energy", device="mine"), counted(3.0)),
    ],
)


def task(**asked: Any) -> nbs.Task:
    return nbs.Task(TABLE, dataset="cifar100", **{"objective": "score", **asked})


def test_costs_are_added_in_seconds() -> None:
    one = task(cost=["latency:mine", "latency:free"])
    np.testing.assert_allclose(one.seconds(INDEX), [0.001, 0.045])
    assert one.charges == "latency:mine + latency:free"
    runs = nbs.run("random_search", one, budget=nbs.Budget(seconds=0.02), seeds=2)
    clock = np.cumsum(
        [(1 + 2 * int(skips(np.array([i], dtype=object))[0])) / 1000 for i in runs.index[0, : runs.length[0]]]
    )
    np.testing.assert_allclose(runs.clock[0, : runs.length[0]], clock)
    assert clock[-1] >= 0.02 > clock[-2]


def test_what_costs_nothing_known_has_no_clock() -> None:
    with pytest.raises(
        RequestError, match="needs the cost of every architecture; 984,770,902,183,611,232,881"
    ):
        nbs.run("random_search", task(), budget=nbs.Budget(seconds=1))
    assert cheapest_seconds(task(cost="latency:mine")) == 0.0  # nobody can look at all of them
    assert nbs.run("random_search", task(cost="latency:mine"), budget=nbs.Budget(seconds=1e-9)).length == 1


def test_free_evaluations_do_not_run_for_ever() -> None:
    runs = nbs.run("random_search", task(cost="latency:free"), budget=nbs.Budget(seconds=1), seeds=1)
    assert 1000 <= runs.length[0] < 1100


def test_ends_are_known_where_the_column_tells_them() -> None:
    assert task().optimum == 23.0
    assert task(objective={"score": "min"}).optimum == 1.0
    assert np.isnan(task(objective="energy:mine").optimum)
    (objective,) = task().objectives
    assert (objective.worst, objective.best) == (1.0, 23.0)
    (latency,) = task(objective="latency:mine").objectives
    assert (latency.worst, latency.best) == (45.0, 1.0)
    (energy,) = task(objective="energy:mine").objectives
    with pytest.raises(RequestError, match=r"the range of energy:mine over .* is not known"):
        _ = energy.best


def test_bounds_are_judged_where_they_are_asked_for() -> None:
    one = task(constraints=["latency:mine <= 5 ms", "score >= 2"])
    assert one.penalty is not None
    near = np.array([0, LAST, 8], dtype=object)  # no skips, all skips, one
    lows = skips(near)
    assert one.penalty.feasible[near].tolist() == [bool(1 + 2 * n <= 5 and 1 + n >= 2) for n in lows]
    by_hand = [max(2 * n - 4, 0) / 44 + max(1 - n, 0) / 22 for n in lows.tolist()]
    np.testing.assert_allclose(one.penalty.violation[near], by_hand)
    with pytest.raises(RequestError, match="the range of energy:mine is not known"):
        task(constraints="energy:mine <= 5")
    with pytest.raises(RequestError, match=r"no architecture keeps latency:mine <= 0\.5 ms: the best has 1"):
        task(constraints="latency:mine <= 0.5")
    with pytest.raises(RequestError, match="cannot be listed: give 'death' or 'resample'"):
        task(constraints="latency:mine <= 5", infeasible="dominance")


def test_incumbents_are_whole_numbers_of_any_size() -> None:
    frame = nbs.run("random_search", task(), budget=nbs.Budget(evaluations=4)).to_frame()
    assert frame["incumbent"].dtype == object
    assert all(isinstance(one, int) for one in frame["incumbent"])
    small = nbs.run(
        "random_search",
        nbs.Task(toy_table(), dataset="cifar10", noise="mean"),
        budget=nbs.Budget(evaluations=9),
        seeds=9,
    ).to_frame()
    assert isinstance(small["incumbent"].dtype, pd.Int64Dtype)
    assert set(small["incumbent"].dropna()) <= set(range(6))


def test_several_objectives_have_no_volume_of_all() -> None:
    two = task(objective=["score", "latency:mine"])
    runs = nbs.run("random_search", two, budget=nbs.Budget(evaluations=5), seeds=2)
    assert np.isnan(runs.results().attrs["optimum"])
    assert (runs.results() > 0).all()
