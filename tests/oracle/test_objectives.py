"""Several objectives, constraints and scalarisations: hand-worked, and fronts against brute force."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nasbench_sim as nbs
from nasbench_sim.errors import RequestError
from nasbench_sim.oracle import Chebyshev, MnasNet, Oracle, WeightedSum
from nasbench_sim.spaces import SearchSpace

SPACE = SearchSpace("toy", ["abc", "de"])
ACCURACY = np.array(
    [[90.0, 92.0], [80.0, 80.0], [70.0, np.nan], [np.nan, np.nan], [60.0, 62.0], [50.0, 50.0]]
)
LATENCY = np.array([6.0, 3.0, np.nan, 2.0, 1.0, 5.0])
TWO = ["val_accuracy", "latency:fpga"]


def column(metric: str, **fields: Any) -> nbs.Column:
    return nbs.Column(metric=metric, source="made here", dataset="cifar10", **fields)


TABLE = nbs.Table(
    "toy",
    SPACE,
    [
        (
            column("val_accuracy", seeds=(1, 2), trained_on="train", schedule=12, epochs=(12,)),
            ACCURACY[:, :, None],
        ),
        (column("train_time", trained_on="train", schedule=12, epochs=(12,)), np.full((6, 1), 2.0)),
        (column("latency", device="fpga"), LATENCY),
        (column("latency", device="eyeriss"), LATENCY[::-1].copy()),
    ],
)


def task(**more: Any) -> nbs.Task:
    return nbs.Task(TABLE, **{"dataset": "cifar10", "objective": TWO, "noise": "mean", **more})


def told(one: nbs.Task, index: Any = range(6)) -> Any:
    return Oracle(one, nbs.Budget(evaluations=100), [0]).evaluate(np.array([list(index)]))[0]


def test_a_searcher_is_told_all_objectives_larger_is_better() -> None:
    expected = [[91, -6], [80, -3], [-np.inf] * 2, [-np.inf] * 2, [61, -1], [50, -5]]
    assert told(task()).tolist() == expected


def test_an_explicit_direction_counts() -> None:
    values = told(task(objective={"val_accuracy": "max", "latency:fpga": "max"}))
    assert values[0].tolist() == [91.0, 6.0]


def test_one_draw_chooses_the_run_of_every_objective() -> None:
    table = TABLE.extended(
        [(column("test_accuracy", seeds=(1, 2), trained_on="train+val", schedule=12), ACCURACY + 1)]
    )
    two = nbs.Task(table, dataset="cifar10", objective=["val_accuracy", "test_accuracy"], schedule=12)
    oracle = Oracle(two, nbs.Budget(evaluations=999), range(30))
    values = oracle.evaluate(np.zeros((30, 4), dtype=int))
    assert set(np.unique(values[..., 0])) == {90.0, 92.0}
    np.testing.assert_array_equal(values[..., 1], values[..., 0] + 1)


def test_the_clock_is_that_of_the_training() -> None:
    assert task().costs.tolist() == [2.0] * 6
    assert task(objective=["latency:fpga", "val_accuracy"]).costs.tolist() == [2.0] * 6


def test_the_front_of_each_replicate() -> None:
    runs = nbs.run("exhaustive_search", task(), budget=nbs.Budget(evaluations=6), seeds=[7, 8])
    final = runs.final()
    assert final["seed"].tolist() == [7, 7, 7, 8, 8, 8]
    assert final["index"].tolist() == [0, 1, 4] * 2
    assert final["latency:fpga"].tolist() == [6.0, 3.0, 1.0] * 2
    assert final["seconds"].tolist() == [12.0] * 6


@given(st.integers(0, 999), st.booleans())
def test_fronts_equal_brute_force(seed: int, upside_down: bool) -> None:
    random = np.random.default_rng(seed)
    values = random.integers(0, 6, size=(6, 2)).astype(float)
    table = nbs.Table(
        "random", SPACE, [(column("a"), values[:, 0]), (column("b", better="min"), values[:, 1])]
    )
    directions = {"a": "max", "b": "max" if upside_down else "min"}
    runs = nbs.run(
        "exhaustive_search",
        nbs.Task(table, dataset="cifar10", objective=directions),
        budget=nbs.Budget(evaluations=6),
    )
    signed = values * [1, 1 if upside_down else -1]
    best = {tuple(p) for p in signed if not any((q >= p).all() and (q > p).any() for q in signed)}
    final = runs.final()
    found = final[["a", "b"]].to_numpy() * [1, 1 if upside_down else -1]
    assert sorted(map(tuple, found)) == sorted(best)


def test_hypervolume_by_hand_and_its_reference_point() -> None:
    runs = nbs.run("exhaustive_search", task(), budget=nbs.Budget(evaluations=6))
    frame = runs.hypervolume([1, 2, 6])  # reference: the worst of the table, 50 % and 6 ms
    assert frame["hypervolume"].tolist() == [0.0, 30 * 3, 30 * 3 + 11 * 2]
    assert frame.attrs == {
        "reference": {"val_accuracy": 50.0, "latency:fpga": 6.0},
        "beyond": 0,
        "optimum": 112.0,
    }
    closer = runs.hypervolume([6], reference={"val_accuracy": 70.0, "latency:fpga": 4.0})
    assert closer["hypervolume"].tolist() == [10.0]
    assert closer.attrs["beyond"] == 3


def test_several_objectives_have_no_incumbent() -> None:
    runs = nbs.run("random_search", task(), budget=nbs.Budget(evaluations=9), seeds=2)
    with pytest.raises(RequestError, match="several objectives have no incumbent"):
        _ = runs.incumbent
    frame = runs.to_frame()
    assert len(frame) == 18
    assert {"val_accuracy", "latency:fpga"} <= set(frame.columns)


# -- constraints


@pytest.mark.parametrize("text", ["latency:fpga <= 3", "latency:fpga<=3ms", " latency:fpga <= 3.0 ms "])
def test_constraints_are_read(text: str) -> None:
    (constraint,) = task(constraints=text).constraints
    assert str(constraint) == "latency:fpga <= 3 ms"
    assert constraint.violation.tolist() == [0.6, 0.0, np.inf, 0.0, 0.0, 0.4]  # parts of the range of 5 ms


def test_death() -> None:
    one = task(objective="val_accuracy", constraints="latency:fpga <= 3")
    assert told(one).tolist() == [-np.inf, 80.0, -np.inf, -np.inf, 61.0, -np.inf]


def test_dominance_puts_the_infeasible_below_all_in_order_of_violation() -> None:
    one = task(objective="val_accuracy", constraints="latency:fpga <= 3", infeasible="dominance")
    assert told(one).tolist() == [50 - 0.6 * 41, 80, -np.inf, -np.inf, 61, 50 - 0.4 * 41]
    two = told(task(constraints="latency:fpga <= 3", infeasible="dominance"))
    assert (two[5] > two[0]).all()  # less violation
    assert (two[[1, 4]].min(axis=0) > two[5]).all()


def test_dominance_tells_violations_apart_where_all_observe_the_same() -> None:
    table = TABLE.extended([(column("score", better="max"), np.full(6, 7.0))])
    one = nbs.Task(
        table,
        dataset="cifar10",
        objective="score",
        constraints="latency:fpga <= 3",
        infeasible="dominance",
    )
    # 6, 3, missing, 2, 1 and 5 ms: by 3, 0, ?, 0, 0 and 2 of 5 ms beyond the bound
    assert told(one).tolist() == [7 - 0.6, 7, -np.inf, 7, 7, 7 - 0.4]


def test_resampling_evaluates_feasible_ones_near_by() -> None:
    one = task(objective="val_accuracy", constraints="latency:fpga <= 3", infeasible="resample")
    runs = nbs.run("random_search", one, budget=nbs.Budget(evaluations=40), seeds=20)
    assert set(runs.index.ravel()) == {1, 3, 4}
    alone = nbs.run("random_search", one, budget=nbs.Budget(evaluations=40), seeds=[13])
    assert alone.index[0].tolist() == runs.index[13].tolist()
    with pytest.raises(RequestError, match="local_search learns from its own proposals only"):
        nbs.run("local_search", one, budget=nbs.Budget(evaluations=40))


@pytest.mark.parametrize("infeasible", ["death", "dominance"])
def test_the_infeasible_is_never_the_incumbent(infeasible: Any) -> None:
    one = task(objective="val_accuracy", constraints="latency:fpga <= 3", infeasible=infeasible)
    runs = nbs.run("exhaustive_search", one, budget=nbs.Budget(evaluations=6))
    assert runs.final()["index"].tolist() == [1]
    assert runs.final()["regret"].tolist() == [0.0]
    assert runs.to_frame()["feasible"].tolist() == [False, True, False, True, True, False]


def test_nothing_feasible_seen_leaves_no_incumbent() -> None:
    one = task(objective="val_accuracy", constraints="latency:fpga <= 3")
    runs = nbs.run("exhaustive_search", one, budget=nbs.Budget(evaluations=1))
    assert runs.final()["index"].isna().all()


@pytest.mark.parametrize(
    ("constraints", "message"),
    [
        (
            "latency:fpga <= 0.5 ms",
            r"no architecture keeps latency:fpga <= 0.5 ms: the best has 1 ms, 0.5 bey",
        ),
        ("val_accuracy >= 95 %", "the best has 91 %, 4 beyond"),
        (
            ["latency:fpga <= 1", "val_accuracy >= 90"],
            "nearest, a:e, violates latency:fpga <= 1 ms by 40.00%",
        ),
        ("latency:fpga <= 3 s", "latency:fpga is in ms, not in s"),
        ("latency:fpga < 3", "reads 'metric <= number'"),
        ("latency:fpga <= many", "reads 'metric <= number'"),
        ("latency:fpga <= nan", "reads 'metric <= number'"),
        ("latency:fgpa <= 3", "did you mean 'fpga'"),
        ([3], "reads 'metric <= number'"),
    ],
)
def test_wrong_constraints_are_refused(constraints: Any, message: str) -> None:
    with pytest.raises(RequestError, match=message):
        task(objective="val_accuracy", constraints=constraints)


# -- scalarisations


def test_a_weighted_sum_scales_each_objective_by_the_table() -> None:
    one = task(scalarisation=WeightedSum([3, 1]))
    expected = [
        0.75 * 1 + 0,
        0.75 * 30 / 41 + 0.25 * 0.6,
        -np.inf,
        -np.inf,
        0.75 * 11 / 41 + 0.25,
        0.25 * 0.2,
    ]
    np.testing.assert_allclose(told(one), expected, rtol=1e-12)
    assert one.several is False
    assert one.objective.label == "weighted_sum"


def test_chebyshev_by_hand() -> None:
    values = told(task(scalarisation=Chebyshev([1, 1], augmentation=0.1)))
    np.testing.assert_allclose(values[1], -(0.2 + 0.1 * (0.5 * 11 / 41 + 0.2)), rtol=1e-12)


def test_mnasnet_by_hand() -> None:
    soft, hard = (told(task(scalarisation=MnasNet(3.0, kind))) for kind in ("soft", "hard"))
    np.testing.assert_allclose(soft[[0, 1, 4]], [91 * 2**-0.07, 80.0, 61 * 3**0.07], rtol=1e-12)
    np.testing.assert_allclose(hard[[0, 1, 4]], [91 / 2, 80.0, 61.0], rtol=1e-12)


def test_any_searcher_of_one_objective_runs_on_a_scalarisation() -> None:
    one = task(scalarisation=WeightedSum([1, 1]))
    runs = nbs.run("local_search", one, budget=nbs.Budget(evaluations=6), seeds=3)
    assert runs.final()["index"].tolist() == [1, 1, 1]  # 0.666, before the 0.634 of index 4
    assert runs.describe()["task"]["scalarisation"] == {
        "name": "weighted_sum",
        "weights": [1, 1],
    }


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"scalarisation": WeightedSum([1])}, "weights are a list of 2 numbers"),
        ({"scalarisation": WeightedSum({"val_accuracy": 1, "latency:fpga": 1})}, "weights are a list"),
        ({"scalarisation": Chebyshev([1, float("nan")])}, "weights are a list"),
        ({"scalarisation": Chebyshev([1, 1], augmentation="much")}, "augmentation is a number"),
        ({"scalarisation": MnasNet("5")}, "target is a number above 0, not '5'"),
        ({"scalarisation": WeightedSum([0, 0])}, "not all 0"),
        ({"scalarisation": Chebyshev([1, -1])}, "0 or more"),
        ({"scalarisation": Chebyshev([1, 1], augmentation=-1)}, "augmentation"),
        ({"scalarisation": MnasNet(0)}, "target is a number above 0"),
        ({"scalarisation": MnasNet(1, "sfot")}, "did you mean 'soft'"),  # type: ignore[arg-type]
        (
            {"scalarisation": MnasNet(1), "objective": TWO[::-1]},
            r"takes a quality \(max\) and a cost \(min\)",
        ),
        ({"objective": ["val_accuracy", "latency"]}, "say device"),
        (
            {"objective": {"val_accuracy": "max", "latency:fpga": None}},
            "direction of latency:fpga is 'max' or",
        ),
        ({"objective": {"val_accuracy": "mx", "latency:fpga": "min"}}, "did you mean 'max'"),
        ({"objective": ["val_accuracy", "val_accuracy"]}, "each objective once"),
        ({"objective": []}, "a list of them"),
        ({"infeasible": "dead"}, "did you mean 'death'"),
    ],
)
def test_wrong_objectives_are_refused(more: dict[str, Any], message: str) -> None:
    with pytest.raises(RequestError, match=message):
        task(**more)


def test_searchers_say_what_they_search_for() -> None:
    budget = nbs.Budget(evaluations=6)
    with pytest.raises(RequestError, match="reinforce searches for one objective, and the task has 2"):
        nbs.run("reinforce", task(), budget=budget)
    with pytest.raises(RequestError, match="nsga_ii searches for several objectives"):
        nbs.run("nsga_ii", task(objective="val_accuracy"), budget=budget)
    with pytest.raises(RequestError, match="nsga_ii searches for several objectives"):
        nbs.run("nsga_ii", task(scalarisation=WeightedSum([1, 1])), budget=budget)


@pytest.mark.parametrize("x", ["evaluations", "seconds"])
@pytest.mark.parametrize("share", [0.0, 0.5])
def test_no_volume_over_time_of_a_replicate_that_evaluated_nothing(x: str, share: float) -> None:
    task = nbs.Task(
        nbs.load_table("nas-bench-201"), dataset="cifar10", objective=["val_accuracy", "latency:eyeriss"]
    )
    seconds = float(np.quantile(task.costs, share)) + 1.0
    budget = nbs.Budget(seconds=seconds, overshoot="drop")
    runs = nbs.run("random_search", task, budget=budget, seeds=12)
    with pytest.raises(RequestError, match="of 12 replicates evaluated nothing"):
        runs.hypervolume(x=x)
    assert runs.results().eq(0.0).sum() == (runs.length == 0).sum()
