"""Fidelities: what they cost, what is paused and resumed, and which incumbents they leave."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from curves import EPOCHS, curve_table, with_long_schedule
from hypothesis import given, settings
from hypothesis import strategies as st

import nasbench_sim as nbs
from nasbench_sim.errors import RequestError
from nasbench_sim.oracle import Oracle
from nasbench_sim.spaces import SearchSpace

SPACE = SearchSpace("three", ["abc"])
CURVES = np.array([[10, 20, 30, 40.0], [50, 51, 52, 53], [5, 30, 60, 90]])
SECONDS = np.array([1.0, 2.0, 3.0])
TABLE = curve_table(SPACE, CURVES, SECONDS, synflow=[3.0, 1.0, 2.0])
LONG = with_long_schedule(TABLE, [70, 71, 72], 300 * SECONDS)


def task(table: nbs.Table = TABLE, **more: Any) -> nbs.Task:
    return nbs.Task(table, **{"dataset": "cifar10", "fidelities": EPOCHS, **more})


def charged(one: nbs.Task, index: list[int], level: list[int]) -> tuple[list[float], list[float]]:
    """Observed values and costs of proposals, one after the other."""
    oracle = Oracle(one, nbs.Budget(evaluations=100), [0])
    told = oracle.evaluate(np.array([index]), np.array([level]))
    return told[0].tolist(), oracle.record().cost[0].tolist()


def test_a_resumed_training_pays_the_difference() -> None:
    assert charged(task(), [2, 2, 2], [0, 2, 3]) == ([5.0, 60.0, 90.0], [3.0, 6.0, 3.0])


def test_a_restarted_training_pays_everything() -> None:
    assert charged(task(resume=False), [2, 2, 2], [0, 2, 3])[1] == [3.0, 9.0, 12.0]


def test_another_architecture_begins_at_the_beginning() -> None:
    assert charged(task(), [0, 1, 0], [1, 1, 3])[1] == [2.0, 4.0, 2.0]


def test_going_back_trains_again() -> None:
    assert charged(task(), [0, 0, 0], [3, 1, 2])[1] == [4.0, 2.0, 1.0]


def test_going_back_is_free_where_repeats_are() -> None:
    oracle = Oracle(task(repeats="free"), nbs.Budget(evaluations=100), [0])
    oracle.evaluate(np.array([[0, 0, 0, 0]]), np.array([[2, 1, 3, 3]]))
    assert oracle.record().cost[0].tolist() == [3.0, 0.0, 1.0, 0.0]
    assert oracle.spent.tolist() == [2.0]  # evaluations that count


def test_different_schedules_are_different_trainings() -> None:
    one = task(LONG, fidelities=[(4, 2), (4, 4), (200, 200)])
    assert one.resume
    assert charged(one, [1, 1, 1], [0, 1, 2]) == ([51.0, 53.0, 71.0], [4.0, 4.0, 600.0])
    with pytest.raises(RequestError, match="only an earlier epoch of the same training can be continued"):
        task(LONG, fidelities=[(4, 4), (200, 200)], resume=True)


def test_a_proxy_is_a_fidelity_that_costs_nothing() -> None:
    one = task(fidelities=["synflow", 4])
    assert [fidelity.label for fidelity in one.fidelities] == ["synflow", "val_accuracy at epoch 4 of 4"]
    assert charged(one, [0, 0], [0, 1]) == ([3.0, 40.0], [0.0, 4.0])


def test_costs_can_be_given() -> None:
    cost = np.array([[1.0, 1, 1], [5, 5, 5]])
    assert charged(task(fidelities=[1, 4], cost=cost), [0, 0], [0, 1])[1] == [1.0, 4.0]


def test_an_epoch_without_a_time_of_its_own_costs_its_share() -> None:
    short = {"trained_on": "train", "schedule": 4}
    fields: dict[str, Any] = {"source": "made here", "dataset": "cifar10", **short}
    table = nbs.Table(
        "whole",
        SPACE,
        [
            (nbs.Column(metric="val_accuracy", epochs=EPOCHS, **fields), CURVES),
            (nbs.Column(metric="train_time", epochs=(4,), **fields), 4 * SECONDS[:, None]),
            (nbs.Column(metric="val_time", **fields), np.full(3, 0.5)),
        ],
    )
    one = task(table, fidelities=[1, 4])
    assert one.fidelities[0].costs.tolist() == [1.5, 2.5, 3.5]
    assert one.fidelities[0].cost == "1/4 of train_time + val_time"
    assert one.costs.tolist() == [4.5, 8.5, 12.5]


def test_other_searchers_evaluate_at_the_highest() -> None:
    runs = nbs.run("exhaustive_search", task(), budget=nbs.Budget(evaluations=3))
    assert runs.observed[0].tolist() == [40.0, 53.0, 90.0]
    assert runs.cost[0].tolist() == [4.0, 8.0, 12.0]
    assert runs.level.tolist() == [[3, 3, 3]]


class Climb(nbs.search.MultiFidelitySearcher):
    name = "climb"
    script: tuple[tuple[int, int], ...] = ((1, 0), (0, 0), (2, 1), (0, 3))

    def start(self) -> None:
        self._next = 0

    def propose(self) -> nbs.search.Proposals:
        index, level = self.script[min(self._next, 3)]
        self._next += 1
        shape = (self.replicates, 1)
        return nbs.search.Proposals(np.full(shape, index), np.full(shape, level))

    def learn(self, proposals: Any, values: Any) -> None: ...


def test_the_incumbent_is_of_the_highest_fidelity_seen() -> None:
    runs = nbs.run(Climb, task(), budget=nbs.Budget(evaluations=4))
    assert runs.incumbent.tolist() == [[0, 0, 2, 3]]  # 50 % at epoch 1, then 30 % at epoch 2, 40 % at epoch 4
    assert runs.final()["index"].tolist() == [0]
    assert runs.to_frame()["fidelity"].tolist() == [f"val_accuracy at epoch {e} of 4" for e in (1, 1, 2, 4)]


def test_a_searcher_of_fidelities_needs_some() -> None:
    plain = nbs.Task(TABLE, dataset="cifar10")
    with pytest.raises(RequestError, match="climb needs a task with fidelities"):
        nbs.run(Climb, plain, budget=nbs.Budget(evaluations=4))


def test_a_fidelity_that_is_not_there_is_refused() -> None:
    wrong = type("Wrong", (Climb,), {"script": ((0, 4),) * 4})
    with pytest.raises(RequestError, match="0 to 3, is needed for each proposal"):
        nbs.run(wrong, task(), budget=nbs.Budget(evaluations=4))


@given(
    data=st.data(),
    resume=st.booleans(),
    free=st.booleans(),
    n=st.integers(1, 12),
)
@settings(max_examples=60, deadline=None)
def test_the_books_equal_those_of_a_plain_loop(data: Any, resume: bool, free: bool, n: int) -> None:
    runs = np.stack([CURVES, CURVES + 1], axis=1)
    one = task(curve_table(SPACE, runs, SECONDS), resume=resume, repeats="free" if free else "charged")
    index = data.draw(st.lists(st.integers(0, 2), min_size=n, max_size=n))
    level = data.draw(st.lists(st.integers(0, 3), min_size=n, max_size=n))
    values, costs = charged(one, index, level)
    trained: dict[int, tuple[int, float]] = {}  # architecture -> highest level, and its run
    for a, at, value, cost in zip(index, level, values, costs, strict=True):
        run = value - CURVES[a, at]
        assert run in (0.0, 1.0)
        reached, drawn = trained.get(a, (-1, run))
        if free and reached >= at:
            assert (cost, run) == (0.0, drawn)
            continue
        paid = EPOCHS[reached] if resume and 0 <= reached < at else 0
        assert cost == SECONDS[a] * (EPOCHS[at] - paid)
        if paid:
            assert run == drawn  # the same published run goes on
        trained[a] = (at, run)


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"fidelities": [4]}, "a list of two or more"),
        ({"fidelities": "synflow"}, "a list of two or more"),
        ({"fidelities": [4, 1]}, "fidelities go up: val_accuracy at epoch 1 of 4 comes after"),
        ({"fidelities": [1, 5]}, "no epoch 5; it has 1-4"),
        ({"fidelities": [1.5, 4]}, "an epoch, a .schedule, epoch. or a metric, not 1.5"),
        ({"fidelities": [4, "synflow"]}, "the last fidelity is what counts: val_accuracy, not synflow"),
        ({"fidelities": ["synflw", 4]}, "did you mean 'synflow'"),
        ({"fidelities": [1, 4], "cost": np.ones(3)}, r"shape \(2, 3\), a row a fidelity"),
        ({"fidelities": [1, 4], "cost": np.array([[2.0, 1, 1], [1, 1, 2]])}, "costs less than .* for 1 arch"),
        ({"fidelities": [1, 4], "epoch": 4}, "say its epochs themselves"),
        ({"fidelities": [1, 4], "objective": ["val_accuracy", "synflow"]}, "fidelities are of one objective"),
        ({"fidelities": None, "resume": True}, "resume is about fidelities"),
    ],
)
def test_wrong_fidelities_are_refused(more: dict[str, Any], message: str) -> None:
    with pytest.raises(RequestError, match=message):
        task(**more)
