from __future__ import annotations

import dataclasses
import json
import os
from pathlib import Path

import numpy as np
import pytest

import nasbench_sim as nbs
from nasbench_sim import live
from nasbench_sim.live.curves import METRICS

TINY = live.Recipe(epochs=2, batch=50, channels=4, cells=1)
SPACE = nbs.space("nas-bench-201")


def opened(path: Path, images: live.Images) -> live.RunFile:
    return live.RunFile(path / "runs.jsonl", SPACE, TINY, images)


def no_training(*arguments: object, **options: object) -> None:
    raise AssertionError("everything was trained already")


def test_runs_are_found_again_and_a_half_written_one_is_dropped(tmp_path: Path, images: live.Images) -> None:
    first = live.train_missing(
        opened(tmp_path, images), [(9, 0), ("|none~0|+|none~0|none~1|+|none~0|none~1|none~2|", 1)]
    )
    with (tmp_path / "runs.jsonl").open("a") as file:
        file.write('{"architecture": 3, "se')
    again = opened(tmp_path, images)
    assert len(again) == 2
    assert again[9, 0].values.keys() == first[0].values.keys()
    assert np.array_equal(again[1651, 1].values["val_loss"], first[1].values["val_loss"])
    again.append(dataclasses.replace(first[0], architecture=10))
    assert [run.architecture for run in opened(tmp_path, images)] == [9, 1651, 10]
    with pytest.raises(nbs.NasbenchSimError, match="no run of architecture 11"):
        again[11, 0]


def test_processes_do_not_change_results(tmp_path: Path, images: live.Images) -> None:
    one = live.train(9, images, TINY, seed=5)
    (two,) = live.train_missing(opened(tmp_path, images), [(9, 5)], processes=2)
    assert np.array_equal(one.values["test_loss"], two.values["test_loss"])


def test_a_killed_process_is_an_error_that_says_what_to_do(
    tmp_path: Path, images: live.Images, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = opened(tmp_path, images)
    monkeypatch.setattr("nasbench_sim.live.parallel.train", lambda *given, **options: os._exit(9))
    with pytest.raises(live.TrainingError, match="fewer processes"):
        live.train_missing(runs, [(9, 5), (10, 5)], processes=2)


def test_less_than_one_process_is_refused(tmp_path: Path, images: live.Images) -> None:
    with pytest.raises(nbs.NasbenchSimError, match="1 or more, not 0"):
        live.train_missing(opened(tmp_path, images), [(9, 5)], processes=0)


def test_a_file_of_other_runs_is_refused(tmp_path: Path, images: live.Images) -> None:
    opened(tmp_path, images)
    path = tmp_path / "runs.jsonl"
    with pytest.raises(nbs.NasbenchSimError, match="training runs of another recipe"):
        live.RunFile(path, SPACE, dataclasses.replace(TINY, epochs=3), images)
    with pytest.raises(nbs.NasbenchSimError, match="another images"):
        live.RunFile(path, SPACE, TINY, live.digits(parts=(101, 50, 50)))
    path.write_text('{"space": "nas-be')
    with pytest.raises(nbs.NasbenchSimError, match="its first line is cut"):
        opened(tmp_path, images)
    path.write_text("no runs\n")
    with pytest.raises(nbs.NasbenchSimError, match="not a file of training runs"):
        opened(tmp_path, images)
    path.unlink()
    opened(tmp_path, images)
    path.write_text(path.read_text() + "[]\n")
    with pytest.raises(nbs.NasbenchSimError, match="not a file of training runs"):
        opened(tmp_path, images)


def test_the_table_has_every_run_where_it_belongs(tmp_path: Path, images: live.Images) -> None:
    runs = opened(tmp_path, images)
    with pytest.raises(nbs.NasbenchSimError, match="no run yet"):
        runs.table("mine")
    for cell, seed, value in ((0, 7, 10.0), (0, 8, 20.0), (5, 7, 30.0)):
        curves = {name: np.array([value, value + 1]) for name in METRICS}
        runs.append(live.Curves(cell, seed, curves))
    table = runs.table("mine")
    assert table.query(0, "val_accuracy") == 16.0
    assert table.query([0, 5, 6], "val_accuracy", epoch=1, seed=7)[:2].tolist() == [10.0, 30.0]
    assert np.isnan(table.query(6, "test_loss"))
    spread = runs.table("all", np.where(np.arange(SPACE.size) % 2, 5, 0))
    assert spread.query([4, 3], "val_accuracy", seed=7).tolist() == [11.0, 31.0]


def test_a_search_trains_what_it_evaluates_and_goes_on_when_killed(
    tmp_path: Path, images: live.Images, monkeypatch: pytest.MonkeyPatch
) -> None:
    def search() -> nbs.Trajectories:
        task = live.LiveSource(opened(tmp_path, images)).task(seed=3)
        return nbs.run("simulated_annealing", task, budget=nbs.Budget(evaluations=4), seeds=2)

    first = search()
    runs = opened(tmp_path, images)
    assert {run.architecture for run in runs} == set(first.index.ravel().tolist())
    assert first.observed[1, 2] == runs[int(first.index[1, 2]), 3].last("val_accuracy")
    assert first.cost[0, 0] == runs[int(first.index[0, 0]), 3].last("train_time")
    final = first.final()
    best = int(final["index"].iloc[0])
    assert final["test_accuracy"].iloc[0] == runs[best, 3].last("test_accuracy")
    assert first.task.optimum == max(run.last("test_accuracy") for run in runs)
    monkeypatch.setattr("nasbench_sim.live.parallel.train", no_training)
    again = search()
    assert np.array_equal(first.index, again.index)
    assert np.array_equal(first.clock, again.clock)


@pytest.fixture
def trainings(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The architectures trained since; each "training" takes 1 s, and none is real."""
    done: list[int] = []

    def trained(architecture: int, *rest: object, seed: int, **options: object) -> live.Curves:
        done.append(architecture)
        curves = {name: np.array([0.0, architecture / 200]) for name in METRICS} | {
            "train_time": np.array([0.5, 1.0])
        }
        return live.Curves(architecture, seed, curves)

    monkeypatch.setattr("nasbench_sim.live.parallel.train", trained)
    return done


@pytest.mark.parametrize("repeats", ["charged", "free"])
@pytest.mark.parametrize(
    ("searcher", "hyperparameters"),
    [
        ("random_search", {}),  # proposes 64 at a time
        ("random_search", {"replacement": False}),
        ("regularized_evolution", {"population": 3, "sample": 2}),
        ("local_search", {}),  # proposes 24 at a time
    ],
)
@pytest.mark.parametrize(
    "budget",
    [
        nbs.Budget(evaluations=5),
        nbs.Budget(seconds=4.5),
        nbs.Budget(evaluations=5, workers=3),
        nbs.Budget(seconds=1.5, workers=3),
    ],
    ids=str,
)
def test_nothing_is_trained_beyond_the_budget(
    tmp_path: Path,
    images: live.Images,
    trainings: list[int],
    budget: nbs.Budget,
    searcher: str,
    hyperparameters: dict[str, int],
    repeats: str,
) -> None:
    task = live.LiveSource(opened(tmp_path, images)).task(repeats=repeats)
    runs = nbs.run(searcher, task, budget=budget, seeds=3, hyperparameters=hyperparameters)
    evaluated = [set(row[:length].tolist()) for row, length in zip(runs.index, runs.length, strict=True)]
    assert sorted(trainings) == sorted(set.union(*evaluated))  # each once, and nothing else
    if budget.workers == 1 and repeats == "charged":
        assert runs.length.tolist() == [5, 5, 5]  # the fifth begins at 4 s and overshoots


def test_a_killed_search_trains_only_what_its_budget_still_admits(
    tmp_path: Path, images: live.Images, trainings: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    def search(evaluations: int, path: Path = tmp_path) -> nbs.Trajectories:
        task = live.LiveSource(opened(path, images)).task()
        return nbs.run("random_search", task, budget=nbs.Budget(evaluations=evaluations))

    append = live.RunFile.append

    def killed(runs: live.RunFile, run: live.Curves) -> None:
        append(runs, run)
        if len(runs) == 2:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(live.RunFile, "append", killed)
        with pytest.raises(KeyboardInterrupt):
            search(6)
    assert len(opened(tmp_path, images)) == 2
    trainings.clear()
    resumed = search(6)
    assert len(trainings) == 4
    assert np.array_equal(resumed.index, search(6, tmp_path / "uninterrupted").index)


def test_a_budget_in_measured_seconds(tmp_path: Path, images: live.Images) -> None:
    task = live.LiveSource(opened(tmp_path, images)).task(seed=3)
    runs = nbs.run("simulated_annealing", task, budget=nbs.Budget(seconds=1e-6))
    assert runs.length.tolist() == [1]
    assert runs.describe()["task"]["follows"]["charges"] == "train_time, as measured"


@pytest.mark.parametrize("budget", [nbs.Budget(evaluations=3), nbs.Budget(seconds=2.5, workers=2)], ids=str)
def test_a_space_too_large_to_list(
    tmp_path: Path, images: live.Images, trainings: list[int], budget: nbs.Budget
) -> None:
    file = live.RunFile(tmp_path / "runs.jsonl", nbs.space("fbnet"), TINY, images)
    task = live.LiveSource(file).task()
    runs = nbs.run("random_search", task, budget=budget, seeds=2)
    evaluated = {one for row, n in zip(runs.index, runs.length, strict=True) for one in row[:n].tolist()}
    assert set(trainings) == evaluated
    assert max(evaluated) > 2**63
    best = max(trainings)  # what it "learned" grows with the index
    assert task.optimum == best / 200
    assert runs.final()["test_accuracy"].max() == best / 200
    task.costs[0]
    assert len(trainings) == len(evaluated)


def test_nothing_trains_by_being_read(tmp_path: Path, images: live.Images, trainings: list[int]) -> None:
    task = live.LiveSource(opened(tmp_path, images)).task(fidelities=[1, 2])
    assert np.isnan(task.costs[5])
    assert np.isnan(task.costs.mean())
    assert np.isnan(task.reported[5])
    assert np.isnan(task.fidelities[0].costs[np.array([5, 6])]).all()
    assert np.isnan(task.seconds(np.array([5]), np.array([1]))).all()
    assert np.isnan(task.optimum)
    assert trainings == []
    assert task.observe(np.array([5, -1], dtype=np.int8), None, np.array([1, 1])).tolist()[0] == 5 / 200
    assert trainings == [5]
    assert (task.costs[5], task.reported[5], task.optimum) == (1.0, 5 / 200, 5 / 200)
    assert np.isnan(task.costs[6])
    with pytest.raises(ValueError, match="read-only"):
        task.costs[5] = 3.0
    with pytest.raises(AttributeError, match="assign"):
        task.noise = 778  # type: ignore[misc]


def test_a_live_task_is_data(tmp_path: Path, images: live.Images) -> None:
    source = live.LiveSource(opened(tmp_path, images))
    task = source.task(objective="val_loss", seed=3, repeats="free")
    assert (task.report.label, task.report.better) == ("val_loss", "min")
    again = nbs.Task.from_json(json.loads(json.dumps(task.to_json())), source)
    assert again == task
    assert again != source.task(objective="val_loss", seed=4, repeats="free")
    other = live.LiveSource(
        live.RunFile(tmp_path / "o.jsonl", SPACE, dataclasses.replace(TINY, batch=25), images)
    )
    with pytest.raises(nbs.NasbenchSimError, match="the task is of"):
        nbs.Task.from_json(task.to_json(), other)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"noise": "run"}, "has a training seed as its noise"),
        ({"constraints": "params <= 1"}, "takes no constraints"),
        ({"cost": "latency"}, "takes no cost"),
        ({"epoch": 1}, "takes no epoch"),
        ({"objective": ["val_accuracy", "val_loss"]}, "one metric for each purpose, not 2"),
    ],
)
def test_what_only_tables_have_is_refused(
    tmp_path: Path, images: live.Images, asked: dict[str, object], message: str
) -> None:
    source = live.LiveSource(opened(tmp_path, images))
    with pytest.raises(nbs.NasbenchSimError, match=message):
        nbs.Task(source, **{"dataset": images.name, "noise": 777, **asked})


def test_a_metric_that_no_training_measures(tmp_path: Path, images: live.Images) -> None:
    with pytest.raises(nbs.NasbenchSimError, match="did you mean 'val_accuracy'"):
        live.LiveSource(opened(tmp_path, images)).task(objective="val_acuracy")
