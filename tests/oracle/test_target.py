"""Budgets that end at a target, queries to it, and reports on several data sets."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from curves import curve_table
from toy import TEST, column, table

import nasbench_sim as nbs
from nasbench_sim.errors import RequestError
from nasbench_sim.oracle.record import Record

TABLE = nbs.load_table("nas-bench-201")


def cut(runs: nbs.Trajectories, target: float, of: str) -> list[int]:
    """Count the evaluations of each replicate up to the first whose incumbent is as good as a target."""
    sign = runs.task.report.sign if of == "reported" else runs.task.sign
    lengths = []
    for row in range(len(runs)):
        best, place, length = -np.inf, -1, int(runs.length[row])
        for at in range(length):
            value = runs.task.sign * runs.observed[row, at]
            if runs.feasible[row, at] and value > best:
                best, place = value, at
            if place < 0:
                continue
            shown = runs.observed[row, place] if of == "observed" else runs.reported[row, place]
            if sign * shown >= sign * target - 1e-9 * abs(target):
                length = at + 1
                break
        lengths.append(length)
    return lengths


@pytest.mark.parametrize("of", ["reported", "observed"])
@pytest.mark.parametrize(
    "which", ["random_search", "regularized_evolution", "local_search", "simulated_annealing"]
)
@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"objective": {"latency:eyeriss": "min"}, "cost": "train_time"},
        {"constraints": "latency:eyeriss <= 5 ms"},
        {"constraints": "latency:eyeriss <= 5 ms", "infeasible": "dominance", "noise": "mean"},
        {"repeats": "free", "noise": "mean"},
    ],
    ids=str,
)
def test_a_run_ends_with_the_evaluation_that_reaches_the_target(which: str, asked: Any, of: Any) -> None:
    task = nbs.Task(TABLE, dataset="cifar10", **asked)
    whole = nbs.run(which, task, budget=nbs.Budget(evaluations=150), seeds=12)
    shown = whole.final()["observed" if of == "observed" else task.report.label]
    target = float(shown.median())
    seconds = float(np.nanmax(whole.clock)) + 1
    for more in ({"evaluations": 150}, {"seconds": seconds}):
        budget = nbs.Budget(**more, target=target, target_of=of)
        longer = nbs.run(which, task, budget=nbs.Budget(**more), seeds=12)
        runs = nbs.run(which, task, budget=budget, seeds=12)
        assert runs.length.tolist() == cut(longer, target, of)
        assert (runs.length < longer.length).any()
        for row, length in enumerate(runs.length):
            assert runs.index[row, :length].tolist() == longer.index[row, :length].tolist()
            assert runs.clock[row, :length].tolist() == longer.clock[row, :length].tolist()
        alone = nbs.run(which, task, budget=budget, seeds=[5])
        assert alone.length[0] == runs.length[5]


@pytest.mark.parametrize("mode", ["asynchronous", "synchronous"])
@pytest.mark.parametrize("which", ["random_search", "regularized_evolution", "local_search"])
def test_with_workers_nothing_is_begun_after_the_target_is_reached(which: str, mode: Any) -> None:
    task = nbs.Task(TABLE, dataset="cifar10")
    settings: dict[str, Any] = {"evaluations": 150, "workers": 5, "mode": mode}
    whole = nbs.run(which, task, budget=nbs.Budget(**settings), seeds=8)
    target = float(whole.final()["val_accuracy"].median())
    runs = nbs.run(which, task, budget=nbs.Budget(**settings, target=target), seeds=8)
    assert runs.length.tolist() == cut(whole, target, "reported")
    for row, length in enumerate(runs.length):
        assert runs.index[row, :length].tolist() == whole.index[row, :length].tolist()


def test_a_target_of_the_dearest_fidelity_counts_only_there() -> None:
    space = nbs.SearchSpace("small", ["abcd"])
    curves = curve_table(space, [[9, 1, 1, 5], [8, 1, 1, 6], [7, 1, 1, 7], [6, 1, 1, 8]], [10.0] * 4)
    task = nbs.Task(curves, dataset="cifar10", fidelities=[1, 4])
    budget = nbs.Budget(evaluations=60)
    whole = nbs.run("successive_halving", task, budget=budget, seeds=4, hyperparameters={"configurations": 4})
    reached = whole.to_target(6.0, of="observed")
    runs = nbs.run(
        "successive_halving",
        task,
        budget=nbs.Budget(evaluations=60, target=6.0, target_of="observed"),
        seeds=4,
        hyperparameters={"configurations": 4},
    )
    assert runs.evaluations.tolist() == reached["evaluations"].fillna(whole.length[0]).tolist()


def test_queries_to_the_optimum_by_hand() -> None:
    def script(space: nbs.SearchSpace, random: np.random.Generator) -> Any:
        for index in (5, 0, 4, 2, 1):  # noqa: UP028 - a tuple cannot be sent a value
            yield index

    task = nbs.Task(table(), dataset="cifar10", noise="mean")
    runs = nbs.run(script, task, budget=nbs.Budget(evaluations=9))
    # means 1, 12, 6, 30, 21; the incumbents' test accuracies 30, 50, 50, 60, 60
    for target, evaluations, seconds in ((30.0, 1, 2.0), (50.0, 2, 6.0), (60.0, 4, 9.0)):
        found = runs.to_target(target).iloc[0]
        assert (found["reached"], found["evaluations"], found["seconds"]) == (True, evaluations, seconds)
    never = runs.to_target(TEST.max()).iloc[0]
    assert not never["reached"]
    assert np.isnan(never[["evaluations", "seconds"]].astype(float)).all()
    assert runs.to_target(30.0, of="observed")["evaluations"].tolist() == [4]
    ended = nbs.run(script, task, budget=nbs.Budget(evaluations=9, target=60.0))
    assert ended.length.tolist() == [4]
    assert ended.to_target()["evaluations"].tolist() == [4]
    with pytest.raises(RequestError, match="no target: give one"):
        runs.to_target()
    with pytest.raises(RequestError, match="did you mean 'observed'"):
        runs.to_target(3.0, of="observd")  # type: ignore[arg-type]


def test_runs_of_nothing_reach_nothing() -> None:
    def nothing(space: nbs.SearchSpace, random: np.random.Generator) -> Any:
        yield from ()

    task = nbs.Task(table(), dataset="cifar10")
    found = nbs.run(nothing, task, budget=nbs.Budget(evaluations=9), seeds=2).to_target(3.0)
    assert found["reached"].tolist() == [False, False]
    assert found["seconds"].isna().all()


def test_a_minimised_metric_reaches_its_target_from_above() -> None:
    task = nbs.Task(TABLE, dataset="cifar10", objective="latency:eyeriss")
    runs = nbs.run("random_search", task, budget=nbs.Budget(evaluations=200, target=3.0), seeds=30)
    last = runs.reported[np.arange(30), runs.length - 1]
    ended = runs.length < 200
    assert ended.any()
    assert (last[ended] <= 3.0).all()


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"target": np.nan}, "target is a finite number, not nan"),
        ({"target": True}, "target is a finite number, not True"),
        ({"target": "94"}, "target is a finite number, not '94'"),
        ({"target": 94.0, "target_of": "report"}, "did you mean 'reported'"),
    ],
)
def test_wrong_targets(fields: dict[str, Any], message: str) -> None:
    with pytest.raises(RequestError, match=message):
        nbs.Budget(evaluations=9, **fields)


def test_several_objectives_have_no_target() -> None:
    task = nbs.Task(TABLE, dataset="cifar10", objective=["val_accuracy", "latency:eyeriss"])
    with pytest.raises(RequestError, match="a target is for one number"):
        nbs.run("random_search", task, budget=nbs.Budget(evaluations=9, target=1.0))
    runs = nbs.run("random_search", task, budget=nbs.Budget(evaluations=9))
    with pytest.raises(RequestError, match="several objectives have no incumbent"):
        runs.final_on(["cifar10"])


def test_a_budget_says_its_target() -> None:
    budget = nbs.Budget(evaluations=9, target=np.float64(94.37))
    assert repr(budget) == "Budget(evaluations=9, target=94.37)"
    assert str(budget) == "9 evaluations or 94.37 reported"
    assert str(nbs.Budget(seconds=9, workers=2, target=1, target_of="observed")) == (
        "9 simulated seconds on 2 asynchronous workers or 1 observed"
    )


# -- reports on several data sets


def test_what_was_searched_on_one_data_set_is_reported_on_others() -> None:
    task = nbs.Task(TABLE, dataset="cifar10")
    runs = nbs.run("regularized_evolution", task, budget=nbs.Budget(evaluations=60), seeds=5)
    names = ["cifar10", "cifar100", "ImageNet16-120"]
    found = runs.final_on(names, "val_accuracy")
    assert found["dataset"].tolist() == names * 5
    final = runs.final()
    for name in names:
        own = found[found["dataset"] == name]
        values = TABLE.values("val_accuracy", dataset=name)
        np.testing.assert_array_equal(own["value"], values[final["index"].to_numpy(int)])
        np.testing.assert_array_equal(own["regret"], np.nanmax(values) - own["value"])
        assert own["seed"].tolist() == list(range(5))
    first = runs.final_on("cifar10")
    pd.testing.assert_series_equal(first["value"], final["val_accuracy"], check_names=False)
    smaller = runs.final_on(["cifar100"], "params")
    assert (smaller["regret"] >= 0).all()
    with pytest.raises(RequestError, match="did you mean 'cifar100'"):
        runs.final_on(["cifar1000"])


def test_a_replicate_without_an_incumbent_has_no_value_anywhere() -> None:
    extended = table().extended([(column("mine", better="max"), np.arange(6.0))])
    task = nbs.Task(extended, dataset="cifar10", noise="mean")
    record = Record(
        index=np.array([[3]]),
        observed=np.array([[np.nan]]),
        cost=np.ones((1, 1)),
        clock=np.ones((1, 1)),
        length=np.array([1]),
    )
    runs = nbs.Trajectories(
        record,
        task=task,
        budget=nbs.Budget(evaluations=1),
        searcher="mine",
        hyperparameters={},
        seeds=[0],
        wall_seconds=0.0,
    )
    found = runs.final_on(["cifar10"], "mine")
    assert found[["value", "regret"]].isna().all().all()
    assert found["index"].isna().all()
