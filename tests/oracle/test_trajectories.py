"""What is read off a record: incumbents, reports, regret, frames."""

from __future__ import annotations

import numpy as np
from toy import NAN, table

import nasbench_sim as nbs


def replay(*indices: int):
    """Make a searcher that proposes these and ends."""

    def script(space, random):
        for index in indices:  # noqa: UP028 - `yield from` a tuple cannot be sent a value
            yield index

    return script


def runs(*indices: int, **task: object) -> nbs.Trajectories:
    made = nbs.Task(table(), dataset="cifar10", **{"noise": "mean", **task})
    return nbs.run(replay(*indices), made, budget=nbs.Budget(evaluations=99), seeds=[8])


def test_the_incumbent_is_chosen_by_what_is_observed_and_judged_by_what_is_reported() -> None:
    found = runs(3, 0, 1, 2, 1)  # observed: missing, 12, 21, 30, 21; reported 65, 50, 70, 60, 70
    assert found.incumbent.tolist() == [[-1, 1, 2, 3, 3]]
    assert found.missing.tolist() == [1]
    np.testing.assert_array_equal(found.incumbent_reported(), [[NAN, 50, 70, 60, 60]])
    final = found.final().iloc[0]
    assert final["seed"] == 8
    assert final["index"] == 2
    assert final["observed"] == 30
    assert final["test_accuracy"] == 60
    assert final["regret"] == 10
    assert final["evaluations"] == 5
    assert final["seconds"] == 1 + 4 + 3 + 2 + 3


def test_the_first_evaluation_can_be_the_best() -> None:
    final = runs(1, 0).final().iloc[0]
    assert (final["index"], final["observed"], final["test_accuracy"], final["regret"]) == (1, 21, 70, 0)
    assert runs(1, 0).incumbent.tolist() == [[0, 0]]
    frame = runs(1, 0).to_frame()
    assert frame["incumbent"].tolist() == [1, 1]
    assert frame["test_accuracy"].tolist() == [70, 70]


def test_ties_keep_the_first() -> None:
    assert runs(0, 0, 0).incumbent.tolist() == [[0, 0, 0]]


def test_minimised_objectives() -> None:
    found = runs(0, 1, 2, 4, objective="latency:fpga", report="latency:fpga")
    assert found.incumbent.tolist() == [[0, 0, 2, 2]]
    assert found.final()["regret"].tolist() == [0.0]


def test_a_replicate_without_any_value_reports_missing() -> None:
    final = runs(3, 3).final()
    assert final["index"].isna().all()
    assert final[["observed", "test_accuracy", "regret"]].isna().all().all()


def test_missing_values_are_counted_replicate_by_replicate() -> None:
    def some(space, random):
        yield 0
        for _ in range(int(random.integers(3))):
            yield 3

    made = nbs.Task(table(), dataset="cifar10", noise="mean")
    found = nbs.run(some, made, budget=nbs.Budget(evaluations=9), seeds=9)
    assert set(found.length) == {1, 2, 3}
    assert found.missing.tolist() == [length - 1 for length in found.length]


def test_a_generator_that_ends_at_once() -> None:
    found = runs()
    assert found.missing.tolist() == [0]
    assert found.length.tolist() == [0]
    assert found.final()["index"].isna().all()
    assert len(found.to_frame()) == 0


def test_frame_has_one_row_an_evaluation() -> None:
    frame = runs(3, 0, 1).to_frame()
    assert frame["evaluation"].tolist() == [1, 2, 3]
    assert frame["index"].tolist() == [3, 0, 1]
    assert frame["clock"].tolist() == [1, 5, 8]
    assert frame["incumbent"].isna().tolist() == [True, False, False]
    assert frame["test_accuracy"].tolist()[1:] == [50, 70]


def test_replicates_of_different_lengths() -> None:
    task = nbs.Task(table(), dataset="cifar10")
    found = nbs.run("random_search", task, budget=nbs.Budget(seconds=20), seeds=30)
    assert len(set(found.length)) > 1
    beyond = np.arange(found.index.shape[1]) >= found.length[:, None]
    for field in (found.observed, found.cost, found.clock, found.reported, found.incumbent_reported()):
        assert np.isnan(field[beyond]).all()
    last = found.clock[np.arange(30), found.length - 1]
    assert (last >= 20).all()
    assert (last - found.cost[np.arange(30), found.length - 1] < 20).all()
    np.testing.assert_array_equal(found.final()["seconds"], last)
    assert len(found.to_frame()) == found.length.sum()


def test_provenance_is_whole() -> None:
    import json

    described = json.loads(json.dumps(runs(0).describe()))
    assert described["seeds"] == "8"
    assert described["budget"]["evaluations"] == 99
    assert described["task"]["table_hash"] == table().hash
    assert described["nasbench_sim"] == nbs.__version__
