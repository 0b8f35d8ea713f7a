"""What counts in a task: metric, direction and where it is read, one notion for all that judges a search."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from toy import TEST, column, table

import nasbench_sim as nbs
from nasbench_sim.errors import RequestError
from nasbench_sim.oracle import MnasNet, Oracle, WeightedSum
from nasbench_sim.report.explorer import explorer_data
from nasbench_sim.report.tables import summary_of, verdict
from nasbench_sim.tables import Computed

TABLE = nbs.load_table("nas-bench-201")
BUDGET = nbs.Budget(evaluations=150)


def judged(task: nbs.Task) -> tuple[str, str]:
    return task.report.label, task.report.better


# -- the direction of the objective rules all that follows (1.1)


def test_the_direction_of_an_objective_rules_optimum_and_regret() -> None:
    largest = nbs.Task(TABLE, dataset="cifar10", objective={"params": "max"})
    assert largest.optimum == pytest.approx(1.531546)
    assert judged(largest) == ("params", "max")
    runs = nbs.run("exhaustive_search", largest, budget=nbs.Budget(evaluations=15_625))
    assert runs.final()["regret"].tolist() == [0.0]
    assert runs.results().attrs == {"better": "max", "unit": "M", "optimum": largest.optimum}
    smallest = nbs.Task(TABLE, dataset="cifar10", objective="params")
    assert smallest.optimum == pytest.approx(0.073306)
    assert judged(smallest) == ("params", "min")


def test_the_better_searcher_is_ranked_first_whatever_the_direction() -> None:
    for better in ("max", "min"):
        task = nbs.Task(TABLE, dataset="cifar10", objective={"flops": better})
        found = nbs.compare(["random_search", "local_search"], task, budget=BUDGET, seeds=20)
        rows = found.summary()
        assert rows["searcher"].tolist() == ["local_search", "random_search"]
        assert rows["metric"].unique().tolist() == ["flops"]
        assert 0 <= rows["regret"][0] < rows["regret"][1]
        sign = 1 if better == "max" else -1
        assert sign * (rows["mean"][0] - rows["mean"][1]) > 0
        runs = list(found.runs)
        assert verdict(runs, "cifar10", "not tested").startswith("On cifar10, local_search has the best mean")
        assert summary_of(runs)["searcher"][0] == "local_search"
        assert explorer_data(found)["tasks"][0]["columns"][0]["better"] == better


def test_figures_aim_at_the_end_that_counts() -> None:
    task = nbs.Task(TABLE, dataset="cifar10", objective={"params": "max"})
    found = nbs.compare(["random_search", "local_search"], task, budget=BUDGET, seeds=10)
    frame = nbs.plots.ecdf_frame(list(found.runs))
    assert frame.attrs["targets"][0] == pytest.approx(1.531546)  # rank 1 is the largest
    values = nbs.plots.anytime_frame(list(found.runs)).dropna()
    assert (values.groupby("searcher")["mean"].last() > values.groupby("searcher")["mean"].first()).all()


def test_an_error_of_ones_own_is_searched_and_judged_as_an_error() -> None:
    error = np.linspace(1.0, 2.0, TABLE.space.size)
    mine = TABLE.extended([(nbs.Column(metric="my_error", source="me", better="max"), error)])
    task = nbs.Task(mine, dataset="cifar10", objective={"my_error": "min"})
    assert (judged(task), task.optimum) == (("my_error", "min"), 1.0)
    found = nbs.compare(["random_search", "local_search"], task, budget=BUDGET, seeds=20).summary()
    assert found["mean"].is_monotonic_increasing
    assert found["regret"].tolist() == pytest.approx((found["mean"] - 1.0).tolist())


def test_the_worst_accuracy_is_judged_as_it_is_searched() -> None:
    task = nbs.Task(table(), dataset="cifar10", objective={"val_accuracy": "min"})
    assert (judged(task), task.optimum) == (("test_accuracy", "min"), TEST.min())
    told = Oracle(task, nbs.Budget(evaluations=9), [0]).evaluate(np.array([[5]]))
    assert told.tolist() == [[-1.0]]
    named = nbs.Task(table(), dataset="cifar10", objective={"val_accuracy": "min"}, report="test_accuracy")
    assert judged(named) == ("test_accuracy", "min")
    other = nbs.Task(table(), dataset="cifar10", objective={"val_accuracy": "min"}, report="latency:fpga")
    assert judged(other) == ("latency:fpga", "min")  # its own


def test_a_report_can_say_its_direction() -> None:
    task = nbs.Task(table(), dataset="cifar10", report={"latency:fpga": "max"})
    assert (judged(task), task.optimum) == (("latency:fpga", "max"), 5.0)
    with pytest.raises(RequestError, match="the direction of latency:fpga is 'max' or 'min', not 'mx'"):
        nbs.Task(table(), dataset="cifar10", report={"latency:fpga": "mx"})
    with pytest.raises(RequestError, match="judged by one metric, not by latency:fpga, test_accuracy"):
        nbs.Task(table(), dataset="cifar10", report={"latency:fpga": "max", "test_accuracy": "max"})


# -- what is reported by default (1.2)


def test_an_objective_that_is_no_accuracy_reports_itself() -> None:
    task = nbs.Task(table(), dataset="cifar10", objective="latency:fpga")
    assert (judged(task), task.optimum) == (("latency:fpga", "min"), 1.0)
    mine = table().extended([(column("my_accuracy", better="max"), np.arange(6.0))])
    own = nbs.Task(mine, dataset="cifar10", objective="my_accuracy")
    assert (judged(own), own.optimum) == (("my_accuracy", "max"), 5.0)
    assert judged(nbs.Task(mine, dataset="cifar10")) == ("test_accuracy", "max")


def test_an_accuracy_of_another_training_reports_itself() -> None:
    mine = column("val_accuracy", trained_on="my own images", schedule=50, epochs=(10, 50))
    numbers = np.stack([np.arange(6.0), np.arange(6.0)[::-1]], axis=1)
    task = nbs.Task(
        table().extended([(mine, numbers)]), dataset="cifar10", trained_on="my own images", epoch=10
    )
    assert judged(task) == ("val_accuracy", "max")
    np.testing.assert_array_equal(task.reported, np.arange(6.0))  # as it is read: at epoch 10


def test_a_loss_is_reported_where_it_is_read() -> None:
    loss = column("val_loss", trained_on="train", schedule=12, epochs=(1, 12), seeds=(1, 2))
    numbers = np.arange(24.0).reshape(6, 2, 2)
    extended = table().extended([(loss, numbers)])
    task = nbs.Task(extended, dataset="cifar10", objective="val_loss", epoch=1)
    assert judged(task) == ("val_loss", "min")
    np.testing.assert_array_equal(task.reported, numbers[:, :, 0].mean(axis=1))
    assert "epoch=1" in str(task.report)


def test_a_scalarisation_reports_itself() -> None:
    two = ["val_accuracy", "latency:fpga"]
    rule = WeightedSum([0.5, 0.5])
    task = nbs.Task(table(), dataset="cifar10", objective=two, scalarisation=rule)
    assert judged(task) == ("weighted_sum", "max")
    each = np.stack([one.mean for one in task.objectives], axis=-1)
    np.testing.assert_array_equal(task.reported, rule.value(each, task.objectives))
    named = nbs.Task(table(), dataset="cifar10", objective=two, scalarisation=rule, report="test_accuracy")
    assert judged(named) == ("test_accuracy", "max")


def test_a_scalarisation_of_a_space_too_large_to_list_reports_itself() -> None:
    space = nbs.space("fbnet")

    def of(metric: str, better: Any, scale: float) -> tuple[nbs.Column, Computed]:
        numbers = Computed(
            space, lambda index: 1.0 + scale * (space.ops(index) == 8).sum(-1), low=1, high=1 + 22 * scale
        )
        return nbs.Column(metric=metric, source="counted", better=better), numbers

    mine = nbs.Table("counted", space, [of("skips", "max", 1.0), of("price", "min", 2.0)])
    task = nbs.Task(
        mine,
        dataset="cifar10",
        objective=["skips", "price"],
        scalarisation=MnasNet(9.0, "hard"),
        noise="mean",
    )
    index = np.array([9**22 - 1, 0], dtype=object)
    expected = [23 * (45 / 9) ** -1.0, 1.0]
    assert task.reported[index].tolist() == pytest.approx(expected)
    final = nbs.run("random_search", task, budget=nbs.Budget(evaluations=5), seeds=2).final()
    assert (final["mnasnet"] == final["observed"]).all()


def test_what_is_reported_is_said_wherever_results_are_shown() -> None:
    task = nbs.Task(table(), dataset="cifar10")
    said = "test_accuracy in %, larger is better, mean of its runs (schedule=200, trained_on=train+val)"
    assert said in repr(task)
    found = nbs.compare(["random_search"], task, budget=nbs.Budget(evaluations=5), seeds=2)
    assert f"reported of each final incumbent: {said}" in " ".join(repr(found).split())
    assert said in found._repr_html_()
    assert said in found.runs[0]._repr_html_()
    several = nbs.Task(table(), dataset="cifar10", objective=["val_accuracy", "latency:fpga"])
    runs = nbs.run("random_search", several, budget=nbs.Budget(evaluations=5), seeds=2)
    assert runs.note == (
        "reported of each replicate: the hypervolume of val_accuracy (max) and latency:fpga (min), "
        "larger is better"
    )


# -- integers of any width (7.1)


@pytest.mark.parametrize("kind", [np.int8, np.int16, np.int32, np.uint8, np.uint16, np.uint32, np.uint64])
def test_architectures_come_in_integers_of_any_width(kind: Any) -> None:
    task = nbs.Task(TABLE, dataset="cifar10")
    index = np.array([[7, 100, 120]])
    largest = np.array([[15624, 15623, 15622]])
    for proposed in (index, largest) if np.iinfo(kind).max > 20_000 else (index,):
        expected = task.observe(proposed, np.full((1, 3), 0.99))
        np.testing.assert_array_equal(task.observe(proposed.astype(kind), np.full((1, 3), 0.99)), expected)
        books = [Oracle(task, nbs.Budget(evaluations=9), [3]) for _ in range(2)]
        values = [one.evaluate(p) for one, p in zip(books, (proposed, proposed.astype(kind)), strict=True)]
        np.testing.assert_array_equal(*values)
        np.testing.assert_array_equal(*[one.record().index for one in books])

    class Narrow(nbs.search.Searcher):
        name = "narrow"

        def ask(self) -> Any:
            return np.array([[7, 100]] * self.replicates, dtype=kind)

        def tell(self, told: Any, values: Any) -> None:
            assert told.dtype == np.int64

    runs = nbs.run(Narrow, task, budget=nbs.Budget(evaluations=40), seeds=4)
    observable = {round(one, 3) for one in task.objectives[0].runs[100]}
    assert {round(one, 3) for one in runs.observed[:, 1::2].ravel()} <= observable
