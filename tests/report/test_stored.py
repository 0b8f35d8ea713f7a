"""Runs read back from folders: the same numbers, and a clear no to anything else."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import nasbench_sim as nbs
from nasbench_sim.errors import FileFormatError, RequestError
from nasbench_sim.report import read_runs

FIELDS = ("index", "observed", "cost", "clock", "length")


@pytest.fixture(scope="module")
def saved(comparison, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("saved") / "comparison"
    comparison.save(folder)
    return folder


def same(found: nbs.Comparison, expected: nbs.Comparison) -> None:
    assert [runs.searcher for runs in found.runs] == [runs.searcher for runs in expected.runs]
    for one, other in zip(found.runs, expected.runs, strict=True):
        assert one.seeds == other.seeds
        assert one.budget == other.budget
        assert json.dumps(one.hyperparameters) == json.dumps(other.hyperparameters)
        for field in FIELDS:
            np.testing.assert_array_equal(getattr(one, field), getattr(other, field))
    assert len(found.tasks()) == len(expected.tasks())


def test_a_comparison_s_folder(comparison, saved) -> None:
    found = read_runs(saved)
    same(found, comparison)
    columns = ["dataset", "searcher", "mean", "low", "high", "regret", "replicates"]
    pd.testing.assert_frame_equal(found.summary()[columns], comparison.summary()[columns], rtol=1e-9)


def test_a_study_s_folder_and_its_file(tmp_path) -> None:
    file = tmp_path / "small.toml"
    file.write_text(
        '[study]\ntitle = "Small"\nseeds = 5\nchunk = 2\nbudget = { evaluations = 12 }\n'
        '[[tasks]]\ntable = "nas-bench-201"\ndataset = ["cifar10", "cifar100"]\nnoise = "mean"\n'
        '[[searchers]]\nname = "random_search"\n[[searchers]]\nname = "local_search"\n'
    )
    from nasbench_sim.studies import read_study

    study = read_study(file).study
    folder = tmp_path / "kept"
    with pytest.raises(RequestError):
        read_runs(file, folder=folder)
    study.run(folder)
    expected = study.results(folder)
    same(read_runs(file, folder=folder), expected)
    by_name = {(runs.task.dataset, runs.searcher): runs for runs in read_runs(folder).runs}
    for runs in expected.runs:
        found = by_name.pop((runs.task.dataset, runs.searcher))
        assert found.seeds == runs.seeds
        np.testing.assert_array_equal(found.index, runs.index)
        assert found.final().equals(runs.final())
    assert not by_name


def test_wrong_folders(tmp_path, saved) -> None:
    with pytest.raises(RequestError, match="there is no"):
        read_runs(tmp_path / "nothing")
    with pytest.raises(RequestError, match="no folder of a comparison"):
        read_runs(tmp_path)
    broken = tmp_path / "broken"
    shutil.copytree(saved, broken)
    (broken / "trajectories.h5").write_bytes(b"no HDF5")
    with pytest.raises(FileFormatError, match=r"trajectories.h5 cannot be read"):
        read_runs(broken)
    (broken / "manifest.json").write_text('{"runs": 3}')
    with pytest.raises(FileFormatError, match="cannot be read as a comparison"):
        read_runs(broken)


def change(saved: Path, folder: Path, **changes: object) -> Path:
    shutil.copytree(saved, folder)
    manifest = json.loads((folder / "manifest.json").read_text())
    for run in manifest["runs"]:
        run["task"] |= changes
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return folder


def test_another_table_and_an_undefined_task_are_refused(saved, tmp_path) -> None:
    with pytest.raises(RequestError, match="with content 000, but 'nas-bench-201' has"):
        read_runs(change(saved, tmp_path / "a", table_hash="000"))
    with pytest.raises(RequestError, match="this does not define a task"):
        read_runs(change(saved, tmp_path / "b", scalarisation="mine"))
    with pytest.raises(RequestError, match="unknown scalarisation 'mine'"):
        read_runs(change(saved, tmp_path / "c", scalarisation={"name": "mine"}))
    with pytest.raises(RequestError, match="otherwise than it is written down"):
        read_runs(change(saved, tmp_path / "d", follows={"observed": [], "reported": {}, "charges": ""}))
    with pytest.raises(RequestError, match=r"unknown part of a task 'shedule' .did you mean 'schedule'"):
        read_runs(change(saved, tmp_path / "e", shedule=3))


def test_several_objectives_workers_and_constraints_are_read_back(tmp_path) -> None:
    task = nbs.Task(
        nbs.load_table("nas-bench-201"),
        dataset="cifar10",
        objective=["latency:eyeriss", "val_accuracy"],
        constraints="latency:fpga <= 6 ms",
    )
    budget = nbs.Budget(seconds=40_000, workers=3)
    expected = nbs.compare(["random_search", "multi_objective_local_search"], task, budget=budget, seeds=3)
    expected.save(tmp_path / "kept")
    found = read_runs(tmp_path / "kept")
    same(found, expected)
    for one, other in zip(found.runs, expected.runs, strict=True):
        np.testing.assert_array_equal(one.start, other.start)
        np.testing.assert_array_equal(one.worker, other.worker)
        assert one.final().equals(other.final())
        assert one.results().equals(other.results())


def test_several_objectives_of_a_study_keep_their_order(tmp_path) -> None:
    file = tmp_path / "two.toml"
    file.write_text(
        "[study]\ntitle = 'Three'\nseeds = 3\nbudget = { evaluations = 12 }\n"
        '[[tasks]]\ntable = "nas-bench-201"\ndataset = "cifar10"\n'
        'objective = ["val_accuracy", "latency:fpga", "latency:eyeriss"]\n'
        '[[searchers]]\nname = "random_search"\n'
    )
    from nasbench_sim.studies import read_study

    study = read_study(file).study
    study.run(tmp_path / "kept")
    expected = study.results(tmp_path / "kept").runs[0]
    found = read_runs(tmp_path / "kept").runs[0]
    assert [one.label for one in found.task.objectives] == ["val_accuracy", "latency:fpga", "latency:eyeriss"]
    assert found.final().equals(expected.final())


@pytest.mark.parametrize("workers", [1, 3])
def test_free_repeats_are_read_back(tmp_path, workers: int) -> None:
    table = nbs.load_table("nas-bench-201")
    tasks = {kind: nbs.Task(table, dataset="cifar10", repeats=kind) for kind in ("free", "charged")}
    budget = nbs.Budget(evaluations=100, workers=workers)
    expected = nbs.compare(["regularized_evolution"], tasks, budget=budget, seeds=3)
    expected.save(tmp_path / "kept")
    found = read_runs(tmp_path / "kept")
    same(found, expected)
    assert (np.diff(expected.runs[0].counted, axis=1) == 0).any()
    for one, other in zip(found.runs, expected.runs, strict=True):
        np.testing.assert_array_equal(one.counted, other.counted)
        assert one.final().equals(other.final())


def test_fidelities_are_read_back(tmp_path) -> None:
    table = nbs.load_table("nas-bench-201-digits")
    schedule = max(one.schedule or 0 for one in table.schema)
    task = nbs.Task(table, dataset="digits", fidelities=[1, schedule], resume=False)
    expected = nbs.compare(["successive_halving"], task, budget=nbs.Budget(evaluations=30), seeds=3)
    expected.save(tmp_path / "kept")
    found = read_runs(tmp_path / "kept")
    same(found, expected)
    assert set(np.unique(found.runs[0].level)) == {0, 1}
    np.testing.assert_array_equal(found.runs[0].level, expected.runs[0].level)
    assert found.runs[0].task.resume is False
    assert found.runs[0].final().equals(expected.runs[0].final())


def test_the_direction_of_an_objective_is_read_back(tmp_path) -> None:
    task = nbs.Task(nbs.load_table("nas-bench-201"), dataset="cifar10", objective={"val_accuracy": "min"})
    budget = nbs.Budget(evaluations=40)
    expected = nbs.compare(["random_search", "local_search"], task, budget=budget, seeds=3)
    expected.save(tmp_path / "kept")
    study = nbs.Study(tasks=[task], searchers=["random_search", "local_search"], budget=budget, seeds=3)
    study.run(tmp_path / "study")
    for folder in ("kept", "study"):
        by_name = {runs.searcher: runs for runs in read_runs(tmp_path / folder).runs}
        for runs in expected.runs:
            found = by_name[runs.searcher]
            assert found.task.sign == -1
            assert found.task.describe() == task.describe()
            np.testing.assert_array_equal(found.incumbent, runs.incumbent)
            assert found.final().equals(runs.final())
            assert found.results().equals(runs.results())


@pytest.mark.parametrize("seconds", [850, 1500])
def test_replicates_that_evaluated_nothing_are_read_back(seconds: float, tmp_path) -> None:
    task = nbs.Task(nbs.load_table("nas-bench-201"), dataset="cifar10")
    budget = nbs.Budget(seconds=seconds, overshoot="drop")
    expected = nbs.compare(["random_search"], task, budget=budget, seeds=9)
    assert (expected.runs[0].length == 0).any()
    expected.save(tmp_path / "kept")
    found = read_runs(tmp_path / "kept")
    same(found, expected)
    assert found.runs[0].final().equals(expected.runs[0].final())


def test_tasks_with_other_columns_are_read_back(tmp_path) -> None:
    table = nbs.load_table("nas-bench-201")
    tasks = {
        "one": nbs.Task(table, dataset="cifar10"),
        "two": nbs.Task(table, dataset="cifar10", objective=["val_accuracy", "latency:eyeriss"]),
        "bound": nbs.Task(table, dataset="cifar10", constraints="latency:eyeriss <= 4 ms"),
    }
    budget = {
        "one": nbs.Budget(evaluations=9),
        "two": nbs.Budget(evaluations=9, workers=2),
        "bound": nbs.Budget(seconds=60_000),
    }
    runs = [nbs.run("random_search", task, budget=budget[name], seeds=3) for name, task in tasks.items()]
    expected = nbs.Comparison(runs, list(tasks))
    expected.save(tmp_path / "kept")
    found = read_runs(tmp_path / "kept")
    assert found.names == ("one", "two", "bound")
    same(found, expected)
    for one, other in zip(found.runs, expected.runs, strict=True):
        np.testing.assert_array_equal(one.worker, other.worker)
        assert one.final().equals(other.final())
