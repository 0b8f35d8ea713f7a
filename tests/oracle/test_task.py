"""Tasks: what is observed, what it costs, what is reported."""

from __future__ import annotations

import json

import numpy as np
import pytest
from toy import NAN, SECONDS, SPACE, TEST, column, table

import nasbench_sim as nbs
from nasbench_sim.errors import RequestError


def observed(task: nbs.Task, index: int) -> set[float]:
    uniform = (np.arange(30) + 0.5) / 30
    values = task.observe(np.full(30, index), uniform if task.draws else None)
    return set(np.where(np.isnan(values), -1, values))


def test_a_run_is_drawn_from_those_that_exist() -> None:
    task = nbs.Task(table(), dataset="cifar10")
    assert [observed(task, i) for i in range(6)] == [{10, 12, 14}, {20, 22}, {30}, {-1}, {5, 6, 7}, {1}]
    values = task.observe(np.zeros(3, dtype=int), np.array([0.0, 0.34, 0.99]))
    assert values.tolist() == [10, 12, 14]


def test_mean_and_fixed_run() -> None:
    mean = nbs.Task(table(), dataset="cifar10", noise="mean")
    assert [observed(mean, i) for i in (0, 1, 3)] == [{12}, {21}, {-1}]
    fixed = nbs.Task(table(), dataset="cifar10", noise=2)
    assert [observed(fixed, i) for i in (0, 1, 2)] == [{12}, {20}, {-1}]
    assert not fixed.draws


def test_report_defaults_to_test_and_names_its_optimum() -> None:
    task = nbs.Task(table(), dataset="cifar10")
    np.testing.assert_array_equal(task.reported, TEST)
    assert (task.report.label, task.optimum) == ("test_accuracy", 70.0)
    low = nbs.Task(table(), dataset="cifar10", objective="latency:fpga", report="latency:fpga")
    assert (low.sign, low.optimum) == (-1, 1.0)
    embedded = nbs.Task(nbs.load_table("nas-bench-201"), dataset="cifar10")
    assert embedded.report.label == "val_accuracy"


def test_costs() -> None:
    np.testing.assert_array_equal(nbs.Task(table(), dataset="cifar10").costs, SECONDS)
    with_validation = nbs.Task(table(val_time=np.full(6, 0.5)), dataset="cifar10")
    np.testing.assert_array_equal(with_validation.costs, SECONDS + 0.5)
    assert with_validation.charges == "train_time + val_time"
    latency = nbs.Task(table(), dataset="cifar10", cost="latency:fpga")
    np.testing.assert_array_equal(latency.costs, [0.003, NAN, 0.001, 0.002, 0.005, 0.004])
    own = nbs.Task(table(), dataset="cifar10", cost=np.arange(6.0))
    np.testing.assert_array_equal(own.costs, np.arange(6.0))
    without = nbs.Task(table(), dataset="cifar10", objective="latency:fpga")
    assert np.isnan(without.costs).all()


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"dataset": "cifar1"}, "did you mean 'cifar10'"),
        ({"objective": "val_acc"}, "did you mean 'val_accuracy'"),
        ({"schedule": 200}, "has no schedule 200; it has 12"),
        ({"epoch": 3}, "has no epoch 3"),
        ({"noise": 99}, "has no seed 99; it has 1-3"),
        ({"noise": "some"}, "noise is"),
        ({"noise": True}, "noise is .run., .mean. or a training seed"),
        ({"report": "tst_accuracy"}, "did you mean 'test_accuracy'"),
        ({"repeats": "maybe"}, "repeats is"),
        ({"cost": "val_accuracy"}, "a cost is a time"),
        ({"cost": np.ones(5)}, "array of 6 seconds"),
        ({"cost": -np.ones(6)}, "0 or more"),
        ({"cost": np.full(6, NAN)}, "0 or more"),
    ],
)
def test_wrong_tasks(fields: dict, message: str) -> None:
    with pytest.raises(RequestError, match=message):
        nbs.Task(table(), **{"dataset": "cifar10", **fields})


def test_a_task_without_any_value() -> None:
    empty = table().extended([(column("mine"), np.full(6, NAN))])
    with pytest.raises(RequestError, match="no architecture has a value"):
        nbs.Task(empty, dataset="cifar10", objective="mine")


def test_provenance_names_the_table_by_content() -> None:
    task = nbs.Task(table(), dataset="cifar10")
    described = task.describe()
    assert described["table_hash"] == table().hash
    assert described["schedule"] is None  # was not asked
    assert described["follows"] == {
        "observed": [
            {"metric": "val_accuracy", "better": "max", "schedule": 12, "trained_on": "train", "epoch": 12}
        ],
        "reported": {"metric": "test_accuracy", "better": "max", "schedule": 200, "trained_on": "train+val"},
        "charges": "train_time",
    }
    assert "val_accuracy on cifar10" in repr(task)


def test_provenance_is_plain_where_numbers_of_numpy_were_given() -> None:
    numbers = {"schedule": np.int64(12), "epoch": np.int64(12), "noise": np.int64(2)}
    task = nbs.Task(table(), dataset="cifar10", **numbers)
    plain = nbs.Task(table(), dataset="cifar10", **{name: int(n) for name, n in numbers.items()})
    assert json.dumps(task.describe()) == json.dumps(plain.describe())


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"objective": 5}, "objective is a metric"),
        ({"constraints": 5}, "constraints of a task is no int"),
        ({"report": 5}, "report of a task is no int"),
        ({"scalarisation": "WeightedSum"}, "scalarisation of a task is no str"),
        ({"cost": 5.0}, "a cost is the name of a time"),
        ({"cost": [1.0] * 6}, "a cost is the name of a time"),
        ({"noise": None}, "noise is 'run', 'mean' or a training seed"),
        ({"noise": True}, "noise is 'run', 'mean' or a training seed"),
        ({"fidelities": [("a", 1), ("a", 2)]}, "a fidelity is an epoch"),
        ({"dataset": 3}, "dataset of a task is no int"),
    ],
)
def test_arguments_of_a_wrong_type_say_so(more: dict, message: str) -> None:
    with pytest.raises(RequestError, match=message):
        nbs.Task(table(), **{"dataset": "cifar10", **more})
    with pytest.raises(RequestError, match="table of a task is no str"):
        nbs.Task("nas-bench-201", dataset="cifar10")


def test_a_task_without_single_runs_says_that_it_draws_no_noise() -> None:
    assert "nothing is drawn" not in repr(nbs.Task(table(), dataset="cifar10"))
    task = nbs.Task(table(), dataset="cifar10", objective="test_accuracy")
    assert (task.noise, task.draws) == ("run", False)
    assert "noise 'run' (there are no single runs: nothing is drawn)" in repr(task)
    assert "nothing is drawn" not in repr(
        nbs.Task(table(), dataset="cifar10", objective="test_accuracy", noise="mean")
    )
    one = nbs.Table("one", SPACE, [(column("score", better="max", seeds=(777,)), np.arange(6.0)[:, None])])
    assert "(there is one run: nothing is drawn)" in repr(nbs.Task(one, dataset="cifar10", objective="score"))
