"""Comparisons: summaries by hand, all or nothing on disk."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import nasbench_sim as nbs
from nasbench_sim.errors import RequestError

TABLE = nbs.load_table("nas-bench-201")
TASKS = [nbs.Task(TABLE, dataset=dataset) for dataset in ("cifar10", "cifar100")]
BUDGET = nbs.Budget(evaluations=30)


@pytest.fixture(scope="module")
def found() -> nbs.Comparison:
    return nbs.compare(["random_search", "regularized_evolution"], TASKS, budget=BUDGET, seeds=12)


def test_summary_equals_what_scipy_says(found: nbs.Comparison) -> None:
    summary = found.summary()
    assert summary["dataset"].tolist() == ["cifar10"] * 2 + ["cifar100"] * 2
    for runs in found.runs:
        values = runs.final()["val_accuracy"]
        own = summary[(summary["dataset"] == runs.task.dataset) & (summary["searcher"] == runs.searcher)]
        row = own.iloc[0]
        assert row["mean"] == pytest.approx(values.mean())
        assert row["std"] == pytest.approx(np.std(values, ddof=1))
        low, high = stats.t.interval(0.95, len(values) - 1, values.mean(), stats.sem(values))
        assert (row["low"], row["high"]) == (pytest.approx(low), pytest.approx(high))
        assert row["simulated_hours"] == pytest.approx(runs.final()["seconds"].mean() / 3600)
        assert row["evaluations"] == 30
        assert row["replicates"] == 12
    means = summary.groupby("dataset")["mean"].apply(list)
    assert all(a >= b for a, b in means)


def test_one_replicate_has_no_interval() -> None:
    row = nbs.compare(["random_search"], TASKS[0], budget=BUDGET, seeds=1).summary().iloc[0]
    assert np.isnan([row["std"], row["low"], row["high"]]).all()


def test_jobs_do_not_matter(found: nbs.Comparison) -> None:
    parallel = nbs.compare(["random_search", "regularized_evolution"], TASKS, budget=BUDGET, seeds=12, jobs=2)
    for one, other in zip(found.runs, parallel.runs, strict=True):
        np.testing.assert_array_equal(one.index, other.index)
        np.testing.assert_array_equal(one.observed, other.observed)
    pd.testing.assert_frame_equal(
        found.summary().drop(columns="wall_seconds"), parallel.summary().drop(columns="wall_seconds")
    )


@pytest.mark.parametrize(
    ("searchers", "tasks", "message"),
    [
        ([], TASKS, "one or more searchers"),
        ("random_search", TASKS, "one or more searchers"),
        (["random_search"], [], "one or more"),
        (["random_search"] * 2, TASKS, "each searcher once"),
        (["random_search"], [TASKS[0], TASKS[0]], "each task once"),
        (["random_search", "nonsense_search"], TASKS, "unknown searcher"),
    ],
)
def test_wrong_requests(searchers, tasks, message: str) -> None:
    with pytest.raises(RequestError, match=message):
        nbs.compare(searchers, tasks, budget=BUDGET, seeds=2)


def test_nothing_runs_when_any_part_is_wrong() -> None:
    started = []

    def counting(space, random):
        started.append(1)
        yield 0

    class Refuses(nbs.search.Searcher):
        name = "refuses"

        def start(self):
            raise RequestError("this task is not for me")

        def ask(self):
            raise AssertionError

        tell = ask

    with pytest.raises(RequestError, match="not for me"):
        nbs.compare([counting, Refuses], TASKS[0], budget=BUDGET, seeds=2)
    assert not started


def test_saved_files_hold_the_runs(found: nbs.Comparison, tmp_path) -> None:
    files = found.save(tmp_path / "deep" / "folder")
    frame = pd.read_csv(next(f for f in files if f.name == "trajectories.csv.gz"))
    assert len(frame) == 2 * 2 * 12 * 30
    row = frame[
        (frame["dataset"] == "cifar100")
        & (frame["searcher"] == "random_search")
        & (frame["seed"] == 4)
        & (frame["evaluation"] == 9)
    ].iloc[0]
    runs = next(r for r in found.runs if r.task is TASKS[1] and r.searcher == "random_search")
    assert row["index"] == runs.index[4, 8]
    assert row["observed"] == pytest.approx(runs.observed[4, 8])
    manifest = json.loads((tmp_path / "deep" / "folder" / "manifest.json").read_text())
    assert [run["seeds"] for run in manifest["runs"]] == ["0-11"] * 4
    assert manifest["runs"][0]["task"]["table_hash"] == TABLE.hash
    svg = (tmp_path / "deep" / "folder" / "anytime.svg").read_text()
    assert "<svg" in svg


def test_the_same_comparison_gives_the_same_bytes(found: nbs.Comparison, tmp_path) -> None:
    again = nbs.compare(["random_search", "regularized_evolution"], TASKS, budget=BUDGET, seeds=12)
    for name, comparison in (("a", found), ("b", again)):
        comparison.save(tmp_path / name)
    for file in ("trajectories.csv.gz", "anytime.svg", "manifest.json"):
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes()


def test_a_failed_save_leaves_nothing(found: nbs.Comparison, tmp_path, monkeypatch) -> None:
    from nasbench_sim.studies import export

    def full(*arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(export, "_write_trajectories", full)
    with pytest.raises(OSError, match="No space left"):
        found.save(tmp_path / "results")
    assert not list(tmp_path.iterdir())


def test_tasks_that_report_different_metrics_share_a_column() -> None:
    latency = nbs.Task(TABLE, dataset="cifar10", objective="latency:fpga")
    both = nbs.compare(["random_search"], [TASKS[0], latency], budget=BUDGET, seeds=2)
    frame = pd.concat(both.frames())
    assert frame["metric"].unique().tolist() == ["val_accuracy", "latency:fpga"]
    assert frame["reported"].notna().all()


def test_display(found: nbs.Comparison) -> None:
    assert "regularized_evolution" in repr(found)
    assert "<table" in found._repr_html_()
    assert "12 replicates" in repr(found.runs[0])


def test_several_objectives_are_judged_by_hypervolume(tmp_path) -> None:
    task = nbs.Task(
        nbs.load_table("nas-bench-201"),
        dataset="cifar10",
        objective=["val_accuracy", "latency:eyeriss"],
        noise="mean",
    )
    names = ["random_search", "multi_objective_local_search"]
    found = nbs.compare(names, task, budget=nbs.Budget(evaluations=60), seeds=6)
    summary = found.summary()
    assert set(summary["metric"]) == {"hypervolume"}
    assert summary["mean"].is_monotonic_decreasing
    for runs in found.runs:
        results = runs.results()
        assert results.index.tolist() == list(runs.seeds)
        expected = runs.hypervolume([60])
        assert results.tolist() == expected["hypervolume"].tolist()
        row = summary[summary["searcher"] == runs.searcher].iloc[0]
        assert row["mean"] == pytest.approx(results.mean())
        assert row["regret"] == pytest.approx(expected.attrs["optimum"] - results.mean())
        assert row["regret"] > 0
        assert row["replicates"] == 6
    found.save(tmp_path / "kept")
    assert "hypervolume" in (tmp_path / "kept" / "summary.csv").read_text()
    assert [ax.get_ylabel() for ax in found.plot().axes] == ["hypervolume"]


def test_the_table_itself_has_the_optimal_hypervolume() -> None:
    table = nbs.load_table("nas-bench-201")
    limit = "latency:eyeriss <= 4 ms"
    common = {"dataset": "cifar10", "objective": ["val_accuracy", "latency:eyeriss"], "noise": "mean"}
    free, bound = nbs.Task(table, **common), nbs.Task(table, constraints=limit, **common)
    everything = nbs.Budget(evaluations=table.space.size)
    runs = nbs.run("random_search", free, budget=everything, hyperparameters={"replacement": False})
    results = runs.results()
    assert results.iloc[0] == pytest.approx(results.attrs["optimum"])
    few = nbs.run("random_search", bound, budget=nbs.Budget(evaluations=50))
    assert few.results().attrs["optimum"] < results.attrs["optimum"]


def test_results_of_one_objective_are_what_is_reported() -> None:
    task = nbs.Task(nbs.load_table("nas-bench-201"), dataset="cifar10")
    runs = nbs.run("random_search", task, budget=nbs.Budget(evaluations=10), seeds=4)
    results = runs.results()
    assert results.name == "val_accuracy"
    assert results.attrs == {"better": "max", "unit": "%", "optimum": task.optimum}
    assert results.tolist() == runs.final()["val_accuracy"].tolist()
