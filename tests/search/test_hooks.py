"""What a person hangs on a run: callbacks, early stops, attributes; the same for every searcher."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nasbench_sim as nbs
from nasbench_sim.errors import RequestError
from nasbench_sim.report import read_runs, write_report
from nasbench_sim.search.hooks import Round
from nasbench_sim.search.testing import planted_task
from nasbench_sim.studies.record_file import read_header

TABLE = nbs.load_table("nas-bench-201")
TASK = nbs.Task(TABLE, dataset="cifar10")
BUDGET = nbs.Budget(evaluations=60)
SEARCHERS = {
    "random_search": {},
    "regularized_evolution": {"population": 10, "sample": 3},
    "local_search": {},
    "reinforce": {},
    "tpe": {},
    "genetic_algorithm": {"population": 20, "crossovers": 5},
}


def stop_above(round: Round) -> None:
    """End each replicate that was told more than 88."""
    round.stop(round.values.max(axis=1) > 88)


class Seen:
    """Keeps what it is shown."""

    def __init__(self) -> None:
        self.rounds: list[Round] = []

    def __call__(self, round: Round) -> None:
        self.rounds.append(round)


@pytest.mark.parametrize("workers", [1, 3])
@pytest.mark.parametrize("which", SEARCHERS)
def test_a_callback_sees_every_evaluation_once(which: str, workers: int) -> None:
    seen = Seen()
    budget = nbs.Budget(evaluations=60, workers=workers)
    hooks: dict[str, Any] = {"hyperparameters": SEARCHERS[which], "seeds": 3}
    runs = nbs.run(which, TASK, budget=budget, callback=seen, **hooks)
    plain = nbs.run(which, TASK, budget=budget, **hooks)
    np.testing.assert_array_equal(runs.index, plain.index)  # looking on changes nothing
    assert [one.number for one in seen.rounds] == list(range(1, len(seen.rounds) + 1))
    for row in range(3):
        shown = [one.index[row].tolist() for one in seen.rounds if one.active[row]]
        shown = [index for part in shown for index in part if index >= 0][:60]
        own = runs.index[row].tolist()
        if workers == 1:
            assert shown == own
        else:  # what still ran when the last one began is not seen any more
            assert shown == own[: len(shown)]
            assert len(own) - len(shown) < workers
    last = seen.rounds[-1]
    assert (last.seeds, last.task, last.budget) == ((0, 1, 2), TASK, budget)
    assert (last.spent <= 60 + last.index.shape[1]).all()
    with pytest.raises(ValueError, match="read-only"):
        last.values[:] = 0


@pytest.mark.parametrize("workers", [1, 3])
@pytest.mark.parametrize("which", SEARCHERS)
def test_a_callback_ends_replicates_one_by_one(which: str, workers: int) -> None:
    budget = nbs.Budget(evaluations=60, workers=workers)
    hooks: dict[str, Any] = {"hyperparameters": SEARCHERS[which], "budget": budget}
    whole = nbs.run(which, TASK, seeds=6, **hooks)
    runs = nbs.run(which, TASK, seeds=6, callback=stop_above, **hooks)
    assert (runs.length <= whole.length).all()
    one_round = which == "random_search" and workers == 1  # of 64 proposals
    assert one_round or (runs.length < whole.length).any()
    for row, length in enumerate(runs.length):
        ordered = sorted(runs.index[row, :length].tolist())
        begun = sorted(whole.index[row].tolist())
        assert all(ordered.count(one) <= begun.count(one) for one in ordered)
        if workers == 1:
            assert runs.index[row, :length].tolist() == whole.index[row, :length].tolist()
        if length < whole.length[row]:
            assert (runs.observed[row, :length] > 88).any()
        alone = nbs.run(which, TASK, seeds=[row], callback=stop_above, **hooks)
        assert alone.index[0].tolist() == runs.index[row, :length].tolist()


@pytest.mark.parametrize("workers", [1, 2])
def test_a_callback_ends_the_whole_run(workers: int) -> None:
    def after_five(round: Round) -> None:
        if round.number == 5:
            round.stop()

    runs = nbs.run(
        "simulated_annealing",
        TASK,
        budget=nbs.Budget(evaluations=60, workers=workers),
        seeds=4,
        callback=after_five,
    )
    assert set(runs.length) == {5} if workers == 1 else set(runs.length) <= {5, 6}


def test_several_objectives_and_fidelities_are_shown_too() -> None:
    seen = Seen()
    two = nbs.Task(TABLE, dataset="cifar10", objective=["val_accuracy", "latency:eyeriss"])
    nbs.run("random_search", two, budget=nbs.Budget(evaluations=5), seeds=2, callback=seen)
    assert seen.rounds[0].values.shape == (*seen.rounds[0].index.shape, 2)


def test_a_stop_that_is_none_is_refused() -> None:
    def wrong(round: Round) -> None:
        round.stop([1, 0])

    with pytest.raises(RequestError, match="a truth value for each of 3 replicates"):
        nbs.run("random_search", TASK, budget=BUDGET, seeds=3, callback=wrong)


@pytest.mark.parametrize(
    ("hooks", "message"),
    [
        ({"callback": 3}, "a callback is a function that takes a round, not 3"),
        ({"attributes": [1]}, "attributes is a mapping"),
        ({"attributes": {1: 2}}, "attributes is a mapping"),
        ({"attributes": {"a": object()}}, "attributes are plain values"),
        ({"attributes": {"a": float("nan")}}, "attributes are plain values"),
    ],
)
def test_wrong_hooks_are_refused_before_any_work(hooks: dict[str, Any], message: str) -> None:
    with pytest.raises(RequestError, match=message):
        nbs.run("random_search", TASK, budget=BUDGET, **hooks)
    with pytest.raises(RequestError, match=message):
        nbs.compare(["random_search"], TASK, budget=BUDGET, seeds=2, **hooks)
    with pytest.raises(RequestError, match=message):
        nbs.Study(tasks=[TASK], searchers=["random_search"], budget=BUDGET, seeds=2, **hooks)


# -- attributes, and both through comparisons and studies


def test_attributes_land_in_manifests_and_reports(tmp_path: Path) -> None:
    attributes = {"who": "me <b>", "grant": 7}
    runs = nbs.run("random_search", TASK, budget=BUDGET, attributes=attributes)
    assert runs.attributes == runs.describe()["attributes"] == attributes
    assert "attributes" not in nbs.run("random_search", TASK, budget=BUDGET).describe()
    found = nbs.compare(["random_search", "tpe"], TASK, budget=BUDGET, seeds=2, attributes=attributes)
    found.save(tmp_path / "kept")
    manifest = json.loads((tmp_path / "kept" / "manifest.json").read_text())
    assert [run["attributes"] for run in manifest["runs"]] == [attributes] * 2
    again = read_runs(tmp_path / "kept")
    assert [one.attributes for one in again.runs] == [attributes] * 2
    page = write_report(again, tmp_path / "page.html").read_text()
    assert "<td>me &lt;b&gt;</td>" in page


@pytest.mark.parametrize("jobs", [1, 2])
def test_hooks_are_the_same_on_several_processes(tmp_path: Path, jobs: int) -> None:
    expected = nbs.run("regularized_evolution", TASK, budget=BUDGET, seeds=8, callback=stop_above)
    found = nbs.compare(
        ["regularized_evolution"],
        TASK,
        budget=BUDGET,
        seeds=8,
        jobs=jobs,
        callback=stop_above,
        attributes={"a": 1},
    )
    assert found.runs[0].length.tolist() == expected.length.tolist()
    assert found.runs[0].attributes == {"a": 1}
    study = nbs.Study(
        tasks=[TASK],
        searchers=["regularized_evolution"],
        budget=BUDGET,
        seeds=8,
        chunk=3,
        callback=stop_above,
        attributes={"who": "me"},
    )
    study.run(tmp_path / "s", jobs=jobs)
    results = study.results(tmp_path / "s").runs[0]
    assert results.length.tolist() == expected.length.tolist()
    assert results.attributes == {"who": "me"}
    headers = [read_header(path).about for path in (tmp_path / "s" / "pieces").glob("*/*/*.h5")]
    assert [one["attributes"] for one in headers] == [{"who": "me"}] * 3
    assert read_runs(tmp_path / "s").runs[0].attributes == {"who": "me"}


def test_a_study_knows_its_callback_by_its_code_and_its_results_whatever_the_attributes(
    tmp_path: Path,
) -> None:
    def made(callback: Any, **attributes: Any) -> nbs.Study:
        return nbs.Study(
            tasks=[TASK],
            searchers=["random_search"],
            budget=BUDGET,
            seeds=2,
            callback=callback,
            attributes=attributes,
        )

    made(stop_above, a=1).run(tmp_path / "s")
    assert made(stop_above, a=2).status(tmp_path / "s")["finished"].tolist() == [1]
    assert made(stop_above, a=2).results(tmp_path / "s").runs[0].attributes == {"a": 2}
    assert made(None).status(tmp_path / "s")["missing"].tolist() == [1]
    assert "callback_sha256" in made(None).unused(tmp_path / "s")[0]


def test_a_study_file_has_attributes(tmp_path: Path) -> None:
    from nasbench_sim.studies.study_file import read_study

    file = tmp_path / "s.toml"
    file.write_text(
        "[study]\ntitle = 'A'\nseeds = 2\nbudget = { evaluations = 5 }\nattributes = { who = 'me' }\n"
        '[[tasks]]\ntable = "nas-bench-201"\ndataset = "cifar10"\n[[searchers]]\nname = "random_search"\n'
    )
    study = read_study(file).study
    assert study is not None
    study.run(tmp_path / "s")
    assert study.results(tmp_path / "s").runs[0].attributes == {"who": "me"}


def test_a_target_in_a_study(tmp_path: Path) -> None:
    task = planted_task(nbs.space("nas-bench-201"))
    budget = nbs.Budget(evaluations=400, target=float(np.quantile(task.reported, 0.99)))
    study = nbs.Study(tasks=[task], searchers=["regularized_evolution"], budget=budget, seeds=4)
    study.run(tmp_path / "s")
    runs = study.results(tmp_path / "s").runs[0]
    assert runs.to_target()["reached"].all()
    assert runs.length.tolist() == runs.to_target()["evaluations"].tolist()
