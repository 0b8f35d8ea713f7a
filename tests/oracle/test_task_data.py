"""A task is data: written down and read back, equal where it is the same, and never changed."""

from __future__ import annotations

import copy
import dataclasses
import json
import pickle
from typing import Any

import numpy as np
import pytest
from curves import curve_table
from hypothesis import given, settings
from hypothesis import strategies as st
from toy import RUNS, SPACE, column, table

import nasbench_sim as nbs
from nasbench_sim.errors import RequestError
from nasbench_sim.oracle import Chebyshev, MnasNet, WeightedSum
from nasbench_sim.oracle.asked import Asked
from nasbench_sim.oracle.scalarisation import Scalarisation

TABLE = table(val_time=np.full(6, 0.5))
CURVES = curve_table(SPACE, [list(range(k, k + 4)) for k in range(6)], [10.0] * 6)
TWO = ["val_accuracy", "latency:fpga"]

directions = st.sampled_from(["max", "min"])
one_metric = st.sampled_from(["val_accuracy", "latency:fpga", "test_accuracy"])
costs = st.one_of(
    st.none(),
    st.sampled_from(["latency:fpga", ["latency:fpga"], ("latency:fpga",)]),
    st.lists(st.floats(0, 1e9), min_size=6, max_size=6).map(np.array),
)
single = st.fixed_dictionaries(
    {"objective": st.one_of(one_metric, st.dictionaries(one_metric, directions, min_size=1, max_size=1))},
    optional={
        "noise": st.sampled_from(["run", "mean"]),
        "report": st.one_of(
            st.none(), one_metric, st.dictionaries(one_metric, directions, min_size=1, max_size=1)
        ),
        "cost": costs,
        "repeats": st.sampled_from(["charged", "free"]),
        "constraints": st.sampled_from(
            [(), "latency:fpga <= 4 ms", ["latency:fpga <= 4", "latency:fpga >= 1"]]
        ),
        "infeasible": st.sampled_from(["death", "resample", "dominance"]),
    },
)
several = st.fixed_dictionaries(
    {
        "objective": st.sampled_from(
            [TWO, TWO[::-1], dict.fromkeys(TWO, "max"), dict.fromkeys(TWO[::-1], "min")]
        )
    },
    optional={"noise": st.sampled_from(["run", "mean"]), "cost": costs},
)
scalarised = st.fixed_dictionaries(
    {"objective": st.just(TWO), "noise": st.just("mean")},
    optional={
        "scalarisation": st.one_of(
            st.tuples(st.floats(0.1, 2), st.floats(0, 2)).map(list).map(WeightedSum),
            st.tuples(st.floats(0.1, 2), st.floats(0, 2)).map(np.array).map(Chebyshev),
            st.builds(MnasNet, st.floats(0.1, 9), st.sampled_from(["soft", "hard"])),
        )
    },
)
staged = st.fixed_dictionaries(
    {"fidelities": st.sampled_from([[1, 4], (2, 3, 4), [(4, 1), (4, 4)], np.array([1, 2, 4])])},
    optional={
        "resume": st.sampled_from([None, False, True]),
        "noise": st.sampled_from(["mean", np.int64(1)]),
    },
)


@settings(max_examples=150, deadline=None)
@given(st.one_of(single, several, scalarised, staged))
def test_what_is_written_down_is_read_back(asked: dict[str, Any]) -> None:
    source = CURVES if "fidelities" in asked else TABLE
    if "fidelities" in asked:
        asked = {key: value for key, value in asked.items() if key != "noise"}
    task = nbs.Task(source, dataset="cifar10", **asked)
    text = json.dumps(task.to_json(), allow_nan=False)
    again = nbs.Task.from_json(json.loads(text), source)
    assert again == task
    assert hash(again) == hash(task)
    assert again.asked == task.asked
    assert json.dumps(again.to_json()) == text
    assert json.dumps(again.describe()) == json.dumps(task.describe())
    np.testing.assert_array_equal(again.costs, task.costs)
    np.testing.assert_array_equal(again.reported, task.reported)
    described = nbs.Task.from_json(json.loads(json.dumps(task.describe())), source)
    assert described == task  # of given costs the hash is enough to tell
    assert pickle.loads(pickle.dumps(task)) == task
    assert copy.copy(task) == task


@settings(max_examples=60, deadline=None)
@given(st.one_of(single, several, scalarised), st.one_of(single, several, scalarised))
def test_tasks_are_equal_only_where_they_were_asked_alike(one: dict[str, Any], other: dict[str, Any]) -> None:
    tasks = [nbs.Task(TABLE, dataset="cifar10", **asked) for asked in (one, other)]
    assert (tasks[0] == tasks[1]) == (tasks[0].asked == tasks[1].asked)


def test_a_task_holds_what_was_asked() -> None:
    asked = nbs.Task(TABLE, dataset="cifar10", objective={"val_accuracy": "min"}, report="latency:fpga").asked
    assert asked == Asked(dataset="cifar10", objective=(("val_accuracy", "min"),), report="latency:fpga")
    assert (asked.noise, asked.cost, asked.schedule) == ("run", None, None)


def test_two_tasks_that_differ_in_their_costs_differ() -> None:
    tasks = [nbs.Task(TABLE, dataset="cifar10", cost=np.full(6, cost)) for cost in (1.0, 2.0, 1.0)]
    assert tasks[0] == tasks[2] != tasks[1]
    written = [json.dumps(task.describe()) for task in tasks]
    assert written[0] == written[2] != written[1]
    budget = nbs.Budget(evaluations=3)
    runs = [nbs.run("random_search", task, budget=budget).describe()["task"] for task in tasks]
    assert runs[0]["cost"] != runs[1]["cost"]
    assert len(runs[0]["cost"]["sha256"]) == 64
    assert nbs.Task(TABLE, dataset="cifar10") != nbs.Task(TABLE, dataset="cifar10", noise="mean")
    other = TABLE.extended([(column("mine", better="max"), np.arange(6.0))])
    assert nbs.Task(TABLE, dataset="cifar10") != nbs.Task(other, dataset="cifar10")
    assert nbs.Task(TABLE, dataset="cifar10") != "a task"


def test_costs_that_are_known_by_their_hash_are_unknown_to_the_clock() -> None:
    task = nbs.Task(TABLE, dataset="cifar10", cost=np.arange(1.0, 7.0))
    again = nbs.Task.from_json(task.describe(), TABLE)
    assert again == task
    assert np.isnan(again.costs).all()
    with pytest.raises(RequestError, match="needs the cost of every architecture"):
        nbs.run("random_search", again, budget=nbs.Budget(seconds=9))
    staged = nbs.Task(CURVES, dataset="cifar10", fidelities=[1, 4], cost=np.ones((2, 6)))
    assert np.isnan(nbs.Task.from_json(staged.describe(), CURVES).fidelities[0].costs).all()
    broken = task.to_json()
    broken["cost"]["sha256"] = "0" * 64
    with pytest.raises(RequestError, match="does not have the hash"):
        nbs.Task.from_json(broken, TABLE)


def test_the_table_is_found_by_its_name() -> None:
    task = nbs.Task(nbs.load_table("nas-bench-201"), dataset="cifar100", schedule=200)
    assert nbs.Task.from_json(task.to_json()) == task
    with pytest.raises(
        RequestError, match=r"the task is of table 'nas-bench-201' with content .*, but 'toy' has"
    ):
        nbs.Task.from_json(task.to_json(), TABLE)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"dataset": None}, "dataset of a task is no NoneType"),
        ({"objektive": "x"}, "did you mean 'objective'"),
        ({"scalarisation": {"name": "weighted"}}, "unknown scalarisation 'weighted'"),
        ({"scalarisation": {"name": "weighted_sum", "weight": [1]}}, "this does not define a task"),
        ({"cost": {}}, "this does not define a task"),
        (
            {"cost": {"sha256": "", "float64": "!", "shape": [6]}},
            "does not define a task|does not have the hash",
        ),
        ({"fidelities": 3}, "fidelities is a list"),
        ({"epoch": "one"}, "epoch is a whole number, not 'one'"),
        ({"schedule": True}, "schedule is a whole number, not True"),
        ({"resume": "yes"}, "resume of a task is no str"),
        ({"trained_on": 3}, "trained_on of a task is no int"),
    ],
)
def test_what_defines_no_task_is_refused(change: dict[str, Any], message: str) -> None:
    written = nbs.Task(TABLE, dataset="cifar10").to_json() | change
    with pytest.raises(RequestError, match=message):
        nbs.Task.from_json(written, TABLE)


@dataclasses.dataclass(frozen=True)
class Product(Scalarisation):
    """A rule of one's own."""

    power: float = 1.0
    name = "product"

    def check(self, objectives: Any) -> None:
        """Any objectives will do."""

    def value(self, observed: Any, objectives: Any) -> Any:
        """Give the product."""
        return observed.prod(axis=-1) ** self.power


def test_a_rule_of_ones_own_is_data_too() -> None:
    task = nbs.Task(TABLE, dataset="cifar10", objective=TWO, noise="mean", scalarisation=Product(0.5))
    assert nbs.Task.from_json(json.loads(json.dumps(task.to_json())), TABLE) == task
    other = nbs.Task(TABLE, dataset="cifar10", objective=TWO, noise="mean", scalarisation=Product(2.0))
    assert other != task

    class Vague(Scalarisation):
        name = "vague"
        check, value = Product.check, Product.value

    with pytest.raises(RequestError, match="a scalarisation is a dataclass"):
        nbs.Task(TABLE, dataset="cifar10", objective=TWO, noise="mean", scalarisation=Vague())


# -- nothing changes


def test_a_task_is_frozen() -> None:
    task = nbs.Task(TABLE, dataset="cifar10", constraints="latency:fpga <= 4", cost=np.ones(6))
    for name in ("noise", "asked", "source", "costs", "anything"):
        with pytest.raises(dataclasses.FrozenInstanceError, match="a task never changes"):
            setattr(task, name, 1)
    with pytest.raises(dataclasses.FrozenInstanceError):
        del task.asked
    with pytest.raises(dataclasses.FrozenInstanceError):
        task.asked.noise = "mean"  # type: ignore[misc]
    assert task.penalty is not None
    for array in (
        task.costs,
        task.reported,
        task.signs,
        task.objectives[0].runs,
        task.objectives[0].run_count,
        task.objectives[0].mean,
        task.penalty.feasible,
        task.penalty.violation,
        nbs.Task(TABLE, dataset="cifar10").costs,
        nbs.Task(TABLE, dataset="cifar10", objective="latency:fpga").costs,
        nbs.Task(CURVES, dataset="cifar10", fidelities=[1, 4]).fidelities[0].costs,
        nbs.Task(TABLE, dataset="cifar10", objective=TWO, noise="mean", scalarisation=Product()).reported,
    ):
        with pytest.raises(ValueError, match="read-only"):
            array[:] = 1


def test_costs_are_copied_when_they_are_given() -> None:
    given_costs = np.ones(6)
    task = nbs.Task(TABLE, dataset="cifar10", cost=given_costs)
    given_costs[:] = 9.0
    assert task.costs.tolist() == [1.0] * 6


@pytest.mark.parametrize("workers", [1, 2])
def test_trajectories_are_read_only(workers: int) -> None:
    task = nbs.Task(TABLE, dataset="cifar10", repeats="free")
    runs = nbs.run("random_search", task, budget=nbs.Budget(evaluations=4, workers=workers), seeds=3)
    arrays = [runs.index, runs.observed, runs.cost, runs.clock, runs.length, runs.incumbent]
    arrays += [field for field in vars(runs.record).values() if field is not None]
    for array in arrays:
        with pytest.raises(ValueError, match="read-only"):
            array[:] = 1
    assert runs.incumbent is runs.incumbent  # computed once


def test_the_record_of_runs_is_not_changed_by_their_trajectories() -> None:
    task = nbs.Task(TABLE, dataset="cifar10")
    oracle = nbs.oracle.Oracle(task, nbs.Budget(evaluations=2), [0])
    oracle.evaluate(np.array([[0, 1]]))
    record = oracle.record()
    assert record.length.flags.writeable
    nbs.Trajectories(
        record,
        task=task,
        budget=oracle.budget,
        searcher="mine",
        hyperparameters={},
        seeds=[0],
        wall_seconds=0.0,
    )
    assert record.length.flags.writeable
    assert RUNS.flags.writeable
