"""Comparisons: summaries by hand, all or nothing on disk."""

from __future__ import annotations

import json
import pickle

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
        (["random_search"], "cifar10", "a task is made by nasbench_sim.Task, not 'c'"),
        (["random_search"], {"a": TABLE}, "a task is made by nasbench_sim.Task, not <Table"),
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
    files = found.save(tmp_path / "deep" / "folder", csv=True, parquet=True)
    csv = next(f for f in files if f.name == "trajectories.csv.gz")
    frame = pd.read_csv(csv)
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
    pytest.importorskip("pyarrow")
    exchanged = pd.read_parquet(tmp_path / "deep" / "folder" / "trajectories.parquet")
    for column in frame:
        if frame[column].dtype.kind == "f":  # not all versions of pandas read floats to the last bit
            np.testing.assert_allclose(exchanged[column], frame[column], rtol=1e-14)
        else:
            assert exchanged[column].tolist() == frame[column].tolist()
    manifest = json.loads((tmp_path / "deep" / "folder" / "manifest.json").read_text())
    assert [run["seeds"] for run in manifest["runs"]] == ["0-11"] * 4
    assert manifest["runs"][0]["task"]["table_hash"] == TABLE.hash
    svg = (tmp_path / "deep" / "folder" / "anytime.svg").read_text()
    assert "<svg" in svg


def test_the_same_comparison_gives_the_same_bytes(found: nbs.Comparison, tmp_path) -> None:
    again = nbs.compare(["random_search", "regularized_evolution"], TASKS, budget=BUDGET, seeds=12)
    for name, comparison in (("a", found), ("b", again)):
        comparison.save(tmp_path / name)
    for file in ("trajectories.h5", "anytime.svg", "manifest.json"):
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes()


def test_a_failed_save_leaves_nothing(found: nbs.Comparison, tmp_path, monkeypatch) -> None:
    from nasbench_sim.studies import export

    def full(*arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(export, "save_trajectories", full)
    with pytest.raises(OSError, match="No space left"):
        found.save(tmp_path / "results")
    assert not list(tmp_path.iterdir())


def test_tasks_that_report_different_metrics_share_a_column() -> None:
    latency = nbs.Task(TABLE, dataset="cifar10", objective="latency:fpga")
    named = {"accuracy": TASKS[0], "latency": latency}
    both = nbs.compare(["random_search"], named, budget=BUDGET, seeds=2)
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


def test_jobs_leave_the_tasks_what_they_are() -> None:
    names = ["random_search", "regularized_evolution"]
    found = nbs.compare(names, TASKS[0], budget=BUDGET, seeds=3, jobs=2)
    assert len(found.tasks()) == 1
    assert found.tasks()[0] is TASKS[0]
    assert [runs.searcher for runs in found.on(TASKS[0])] == names
    assert len(found.plot().axes) == 1


def test_a_task_that_has_been_in_another_process_is_the_same_task(found: nbs.Comparison) -> None:
    copies = [pickle.loads(pickle.dumps(runs)) for runs in found.runs]
    again = nbs.Comparison(copies)
    assert len(again.tasks()) == 2
    assert [runs.searcher for runs in again.on(TASKS[1])] == ["random_search", "regularized_evolution"]
    assert again.on("cifar10") == again.by_task()["cifar10"]
    with pytest.raises(RequestError, match="unknown task 'cifar1oo'"):
        again.on("cifar1oo")


VARIANTS = {
    "noise": ({"noise": "run"}, {"noise": "mean"}),
    "repeats": ({"repeats": "charged"}, {"repeats": "free"}),
    "direction": ({"objective": {"val_accuracy": "max"}}, {"objective": {"val_accuracy": "min"}}),
    "cost": ({}, {"cost": np.ones(TABLE.space.size)}),
}


@pytest.mark.parametrize("changed", VARIANTS)
def test_tasks_on_one_data_set_are_told_apart_by_their_names(changed: str, tmp_path) -> None:
    one, other = (nbs.Task(TABLE, dataset="cifar10", **options) for options in VARIANTS[changed])
    with pytest.raises(RequestError, match="2 tasks are on cifar10: name them"):
        nbs.compare(["random_search"], [one, other], budget=BUDGET, seeds=2)
    names = ["random_search", "regularized_evolution"]
    both = nbs.compare(names, {"first": one, "second": other}, budget=BUDGET, seeds=2)
    summary = both.summary()
    assert summary.columns[:2].tolist() == ["task", "dataset"]
    assert summary["task"].tolist() == ["first"] * 2 + ["second"] * 2
    assert both.tasks() == [one, other]
    assert both.on(other) == both.on("second") == list(both.runs[2:])
    assert [ax.get_title() for ax in both.plot().axes] == ["first", "second"]
    assert "first: " in repr(both)
    assert "second: " in repr(both)
    both.save(tmp_path / "kept", csv=True)
    rows = pd.read_csv(tmp_path / "kept" / "trajectories.csv.gz")
    assert rows.groupby("task").size().to_dict() == {"first": 120, "second": 120}
    manifest = json.loads((tmp_path / "kept" / "manifest.json").read_text())
    assert [run["task_name"] for run in manifest["runs"]] == ["first"] * 2 + ["second"] * 2


def test_plain_use_has_no_names(found: nbs.Comparison) -> None:
    assert not found.named
    assert found.summary().columns[0] == "dataset"
    assert next(found.frames()).columns[0] == "dataset"
    assert "task_name" not in found.describe()[0]


def test_a_comparison_refuses_what_it_cannot_tell_apart(found: nbs.Comparison) -> None:
    mean = nbs.Task(TABLE, dataset="cifar10", noise="mean")
    other = nbs.run("local_search", mean, budget=BUDGET, seeds=2)
    with pytest.raises(RequestError, match="two different tasks are called cifar10"):
        nbs.Comparison([found.runs[0], other])
    with pytest.raises(RequestError, match="random_search on cifar10 is there more than once"):
        nbs.Comparison([found.runs[0], found.runs[0]])
    with pytest.raises(RequestError, match="2 runs have 1 names"):
        nbs.Comparison([found.runs[0], other], ["a"])
    with pytest.raises(RequestError, match="the name of a task is a text, not 3"):
        nbs.compare(["random_search"], {3: mean}, budget=BUDGET, seeds=2)


def test_tasks_with_other_columns_keep_each_value_under_its_name(tmp_path) -> None:
    several = {
        "one": TASKS[0],
        "eyeriss": nbs.Task(TABLE, dataset="cifar10", objective=["val_accuracy", "latency:eyeriss"]),
        "fpga": nbs.Task(TABLE, dataset="cifar10", objective=["latency:fpga", "val_accuracy"]),
        "bound": nbs.Task(TABLE, dataset="cifar10", constraints="latency:eyeriss <= 4 ms"),
    }
    mixed = nbs.compare(["random_search"], several, budget=BUDGET, seeds=3)
    pytest.importorskip("pyarrow")
    mixed.save(tmp_path / "kept", parquet=True)
    rows = pd.read_parquet(tmp_path / "kept" / "trajectories.parquet")
    assert rows.columns.is_unique
    for name, task in several.items():
        [runs] = mixed.on(name)
        own = rows[rows["task"] == name].reset_index(drop=True)
        expected = runs.to_frame()
        if not task.several:
            expected = expected.rename(columns={"val_accuracy": "reported"}).assign(metric="val_accuracy")
        for column in expected:
            np.testing.assert_array_equal(own[column].to_numpy(), expected[column].to_numpy(), column)
        others = set(rows.columns) - set(expected) - {"task", "dataset", "searcher"}
        assert own[list(others)].isna().all().all()
    assert set(rows[rows["task"] == "fpga"]) > {"latency:fpga", "latency:eyeriss", "reported", "feasible"}


def test_workers_and_fidelities_beside_plain_runs() -> None:
    digits = nbs.Task(nbs.load_table("nas-bench-201-digits"), dataset="digits", fidelities=[1, 6])
    runs = [
        nbs.run("random_search", TASKS[0], budget=nbs.Budget(evaluations=6, workers=2), seeds=2),
        nbs.run("random_search", TASKS[1], budget=nbs.Budget(evaluations=6), seeds=2),
        nbs.run("successive_halving", digits, budget=nbs.Budget(evaluations=6), seeds=2),
    ]
    frames = list(nbs.Comparison(runs).frames())
    assert len({tuple(frame.columns) for frame in frames}) == 1
    missing = [frame[["worker", "start", "fidelity"]].isna().all().tolist() for frame in frames]
    assert missing == [[False, False, True], [True, True, True], [True, True, False]]


def test_an_unknown_clock_stays_unknown() -> None:
    costs = np.ones(TABLE.space.size)
    costs[nbs.run("random_search", TASKS[0], budget=BUDGET, seeds=2).index[1, 7]] = np.nan
    hours = []
    for numbers in (np.ones(TABLE.space.size), costs):
        mine = nbs.Column(metric="latency", device="mine", dataset="cifar10", source="here")
        timed = TABLE.extended([(mine, 1000 * numbers)])
        task = nbs.Task(timed, dataset="cifar10", cost="latency:mine")
        runs = nbs.run("random_search", task, budget=BUDGET, seeds=2)
        hours.append(nbs.Comparison([runs]).summary()["simulated_hours"].iloc[0])
    assert hours[0] == 30 / 3600
    assert np.isnan(hours[1])
    assert np.isnan(nbs.run("random_search", task, budget=BUDGET, seeds=2).final()["seconds"].iloc[1])


def rule(x):
    return x


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (np.arange(3), [0, 1, 2]),
        ({2, 1}, [1, 2]),
        (rule, f"{__name__}.rule"),
        ({(1, 2): np.float64(3)}, {"(1, 2)": 3.0}),
        (1j, "1j"),
    ],
    ids=["array", "set", "function", "mapping", "complex"],
)
def test_hyperparameters_of_any_kind_are_written(value, written, tmp_path) -> None:
    def mine(space, random, given=None):
        while True:
            yield int(random.integers(space.size))

    configured = nbs.search.searcher(mine, given=value)
    nbs.compare([configured], TASKS[0], budget=BUDGET, seeds=2).save(tmp_path / "kept")
    manifest = json.loads((tmp_path / "kept" / "manifest.json").read_text())
    assert manifest["runs"][0]["hyperparameters"] == {"given": written}


@pytest.mark.parametrize("jobs", [0, "2", 1.0, True])
def test_jobs_are_checked_before_any_work(jobs) -> None:
    with pytest.raises(RequestError, match="jobs is a number of processes"):
        nbs.compare(["random_search"], TASKS[0], budget=BUDGET, seeds=2, jobs=jobs)


@pytest.mark.parametrize("objective", ["val_accuracy", ["val_accuracy", "latency:eyeriss"]])
def test_what_evaluated_nothing_is_saved_without_figures(objective, tmp_path, caplog) -> None:
    task = nbs.Task(TABLE, dataset="cifar10", objective=objective)
    none = nbs.compare(["random_search"], task, budget=nbs.Budget(seconds=850, overshoot="drop"), seeds=2)
    row = none.summary().iloc[0]
    assert (row["replicates"], row["evaluations"], row["simulated_hours"]) == (0, 0, 0)
    assert np.isnan([row["mean"], row["regret"]]).all()
    with pytest.raises(RequestError, match="2 of 2 replicates of random_search evaluated nothing on cifar10"):
        none.plot()
    files = none.save(tmp_path / "kept")
    assert [path.name for path in files] == ["manifest.json", "summary.csv", "trajectories.h5"]
    assert "evaluated nothing" in json.loads(files[0].read_text())["not_drawn"]
    assert "no figure is drawn: 2 of 2" in caplog.text
    assert "0 replicates" in repr(none)


def test_some_replicates_that_evaluated_nothing_have_no_result() -> None:
    task = nbs.Task(TABLE, dataset="cifar10", objective=["val_accuracy", "latency:eyeriss"], noise="mean")
    seconds = float(np.median(task.costs[nbs.run("random_search", task, budget=BUDGET, seeds=9).index[:, 0]]))
    budget = nbs.Budget(seconds=seconds, overshoot="drop")
    runs = nbs.run("random_search", task, budget=budget, seeds=9)
    some = int((runs.length > 0).sum())
    assert 0 < some < 9
    row = nbs.Comparison([runs]).summary().iloc[0]
    assert row["replicates"] == some
    assert row["mean"] > 0


def test_the_text_fits_a_page() -> None:
    names = ["multi_objective_regularized_evolution", "multi_objective_local_search", "random_search"]
    task = nbs.Task(TABLE, dataset="ImageNet16-120", objective=["val_accuracy", "latency:eyeriss"])
    text = repr(nbs.compare(names, task, budget=BUDGET, seeds=3))
    assert text.startswith("ImageNet16-120: hypervolume, 3 replicates\n")
    assert max(map(len, text.splitlines())) <= 100
    assert "wall_seconds" not in text
    long = nbs.search.searcher("regularized_evolution", population=20, sample=5)
    text = repr(nbs.compare([long], TASKS[0], budget=BUDGET, seeds=3))
    assert text.startswith("cifar10: val_accuracy in %, 3 replicates\n")
    assert max(map(len, text.splitlines())) <= 100


def test_folders_that_cannot_be_written_are_refused_at_once(found: nbs.Comparison, tmp_path) -> None:
    (tmp_path / "file").write_text("")
    for folder in (tmp_path / "file" / "below", tmp_path / ("n" * 300)):
        with pytest.raises(RequestError, match="cannot be written to"):
            found.save(folder)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_an_empty_folder_is_filled_and_stays_the_same_folder(found: nbs.Comparison, tmp_path) -> None:
    (tmp_path / "empty").mkdir()
    before = (tmp_path / "empty").stat().st_ino
    files = found.save(tmp_path / "empty")
    assert len(files) == 5
    assert (tmp_path / "empty").stat().st_ino == before


def test_a_figure_of_different_tasks_says_what_each_is() -> None:
    several = nbs.Task(TABLE, dataset="cifar10", objective=["val_accuracy", "latency:eyeriss"])
    budgets = [BUDGET, BUDGET, nbs.Budget(evaluations=40)]
    runs = [
        nbs.run("random_search", task, budget=budget, seeds=seeds)
        for task, budget, seeds in zip([*TASKS, several], budgets, (3, 3, 4), strict=True)
    ]
    figure = nbs.Comparison(runs, ["a", "b", "c"]).plot()
    assert [ax.get_ylabel() for ax in figure.axes] == ["validation accuracy (%)", "", "hypervolume"]
    caption = " ".join(figure.legends[0].get_title().get_text().split())
    said = "of 3 or 4 replicates; budget 30 evaluations or 40 evaluations; table nas-bench-201"
    assert f"{said} {TABLE.hash[:8]}" in caption


@pytest.mark.parametrize("budget", [nbs.Budget(evaluations=1), nbs.Budget(seconds=1500)], ids=str)
@pytest.mark.parametrize("x", ["evaluations", "seconds"])
def test_one_evaluation_is_drawn(budget: nbs.Budget, x: str) -> None:
    found = nbs.compare(["random_search"], TASKS[0], budget=budget, seeds=3)
    assert found.runs[0].length.tolist() == [1] * 3
    [ax] = found.plot(x).axes
    [last] = ax.lines[0].get_ydata()
    assert last == found.runs[0].final()["val_accuracy"].median()
