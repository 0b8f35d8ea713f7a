"""The oracle's books: clock, budget, overshoot, repeats, missing values, worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from toy import NAN, RUNS, SECONDS, table

import nasbench_sim as nbs
from nasbench_sim.errors import RequestError
from nasbench_sim.oracle import Oracle

TABLE = table()


def scripted(budget: nbs.Budget, blocks: list, **task: object) -> nbs.oracle.trajectories.Record:
    """Evaluate blocks of one replicate until the budget is spent."""
    oracle = Oracle(nbs.Task(TABLE, dataset="cifar10", **{"noise": "mean", **task}), budget, [0])
    for block in blocks:
        oracle.evaluate(np.array([block]))
        if not oracle.running.any():
            break
    return oracle.record()


def kept(record: nbs.oracle.trajectories.Record) -> list[int]:
    return record.index[0, : record.length[0]].tolist()


def test_seconds_keep_the_evaluation_that_overshoots() -> None:
    record = scripted(nbs.Budget(seconds=8), [[0], [1], [2], [4]])  # 4 + 3 = 7 < 8, + 2 = 9
    assert kept(record) == [0, 1, 2]
    assert record.clock[0].tolist() == [4.0, 7.0, 9.0]


def test_a_clock_that_stands_at_the_budget_is_spent() -> None:
    assert kept(scripted(nbs.Budget(seconds=7), [[0], [1], [2]])) == [0, 1]


def test_seconds_can_drop_it() -> None:
    assert kept(scripted(nbs.Budget(seconds=8, overshoot="drop"), [[0], [1], [2], [4]])) == [0, 1]
    assert kept(scripted(nbs.Budget(seconds=9, overshoot="drop"), [[0], [1], [2], [4]])) == [0, 1, 2]


def test_blocks_are_cut_within() -> None:
    assert kept(scripted(nbs.Budget(evaluations=3), [[0, 1], [2, 4]])) == [0, 1, 2]
    assert kept(scripted(nbs.Budget(seconds=8), [[0, 1, 2, 4]])) == [0, 1, 2]


def test_repeats_are_charged_as_published() -> None:
    record = scripted(nbs.Budget(evaluations=4), [[0], [0], [1], [0], [2]])
    assert kept(record) == [0, 0, 1, 0]
    assert record.cost[0].tolist() == [4, 4, 3, 4]


def test_free_repeats_cost_nothing_count_for_nothing_and_give_the_first_value() -> None:
    record = scripted(nbs.Budget(evaluations=3), [[0, 0], [1, 0], [0, 2], [4]], repeats="free")
    assert kept(record) == [0, 0, 1, 0, 0, 2]
    assert record.cost[0].tolist() == [4, 0, 3, 0, 0, 2]
    oracle = Oracle(nbs.Task(TABLE, dataset="cifar10", repeats="free"), nbs.Budget(evaluations=50), range(20))
    for _ in range(10):
        oracle.evaluate(np.zeros((20, 2), dtype=int))
    observed = oracle.record().observed
    assert (observed == observed[:, :1]).all()  # whatever run was drawn first
    assert len(np.unique(observed[:, 0])) > 1


def test_a_search_that_only_repeats_what_is_free_ends() -> None:
    runs = nbs.run(
        always_the_same,
        nbs.Task(TABLE, dataset="cifar10", repeats="free"),
        budget=nbs.Budget(evaluations=2),
    )
    assert runs.length.tolist() == [1001]
    first = nbs.run(
        lambda space, random: only(0),
        nbs.Task(TABLE, dataset="cifar10", repeats="free"),
        budget=nbs.Budget(evaluations=2),
    )
    assert first.length.tolist() == [1001]  # the first architecture is one like any other


def only(index):
    while True:
        yield index


def always_the_same(space, random):
    while True:
        yield 2


def test_missing_values_are_charged_never_best_and_told_as_minus_infinity() -> None:
    oracle = Oracle(nbs.Task(TABLE, dataset="cifar10", noise="mean"), nbs.Budget(evaluations=9), [0])
    assert oracle.evaluate(np.array([[3, 0]])).tolist() == [[-np.inf, 12.0]]
    np.testing.assert_array_equal(oracle.record().observed, [[NAN, 12.0]])


def test_objectives_to_minimise_are_told_with_their_sign() -> None:
    task = nbs.Task(TABLE, dataset="cifar10", objective="latency:fpga")
    oracle = Oracle(task, nbs.Budget(evaluations=9), [0])
    assert oracle.evaluate(np.array([[0, 1, 2]])).tolist() == [[-3.0, -np.inf, -1.0]]
    np.testing.assert_array_equal(oracle.record().observed, [[3.0, NAN, 1.0]])


def test_proposals_of_nothing() -> None:
    oracle = Oracle(nbs.Task(TABLE, dataset="cifar10", noise="mean"), nbs.Budget(evaluations=9), [0, 1])
    values = oracle.evaluate(np.array([[0, -1, 1], [-1, 2, -1]]))
    assert values.tolist() == [[12.0, -np.inf, 21.0], [-np.inf, 30.0, -np.inf]]
    oracle.evaluate(np.array([[4, -1, -1], [-1, -1, -1]]))
    assert oracle.running.tolist() == [True, False]
    record = oracle.record()
    assert record.length.tolist() == [3, 1]
    assert record.index[0, :3].tolist() == [0, 1, 4]
    assert record.index[1, :1].tolist() == [2]


def test_budgets_that_cannot_be_charged() -> None:
    task = nbs.Task(TABLE, dataset="cifar10", objective="latency:fpga")
    with pytest.raises(RequestError, match=r"6 have none .cost: the table has no training time"):
        Oracle(task, nbs.Budget(seconds=5), [0])
    free = nbs.Task(TABLE, dataset="cifar10", cost=np.zeros(6))
    with pytest.raises(RequestError, match="cost nothing"):
        Oracle(free, nbs.Budget(seconds=5), [0])


@given(
    st.lists(st.lists(st.integers(0, 5), min_size=1, max_size=4), min_size=1, max_size=12),
    st.integers(1, 30),
    st.sampled_from(["evaluations", "seconds"]),
    st.sampled_from(["keep", "drop"]),
    st.sampled_from(["charged", "free"]),
)
def test_the_books_equal_those_of_a_plain_loop(
    blocks: list, amount: int, unit: str, overshoot: str, repeats: str
) -> None:
    record = scripted(nbs.Budget(**{unit: amount}, overshoot=overshoot), blocks, repeats=repeats)
    means = np.array([np.nan if np.isnan(r).all() else np.nanmean(r) for r in RUNS])
    clock, used, seen, expected = 0.0, 0, set(), []
    for index in (i for block in blocks for i in block):
        if (clock if unit == "seconds" else used) >= amount:
            break
        new = repeats == "charged" or index not in seen
        seen.add(index)
        cost = SECONDS[index] if new else 0.0
        if unit == "seconds" and overshoot == "drop" and clock + cost > amount:
            break
        clock, used = clock + cost, used + new
        expected.append((index, means[index], cost, clock))
    n = record.length[0]
    assert n == len(expected)
    for field, values in zip(
        ("index", "observed", "cost", "clock"), zip(*expected, strict=True), strict=False
    ):
        np.testing.assert_allclose(getattr(record, field)[0, :n], values)
