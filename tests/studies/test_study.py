from __future__ import annotations

import functools
import multiprocessing
import os
import resource
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from survival import digests, logged_run, small_study

import nasbench_sim as nbs
from nasbench_sim.errors import FileFormatError, NasbenchSimError, RequestError, WorkerError
from nasbench_sim.oracle.source import TableSource
from nasbench_sim.studies import piece as piece_module
from nasbench_sim.studies import store as store_module
from nasbench_sim.tables import Computed

TABLE = nbs.load_table("nas-bench-201")
CIFAR10 = nbs.Task(TABLE, dataset="cifar10")
FEW = nbs.Budget(evaluations=20)


def study(**changes: Any) -> nbs.Study:
    given: dict[str, Any] = {
        "tasks": [CIFAR10],
        "searchers": ["random_search", "regularized_evolution"],
        "budget": FEW,
        "seeds": 10,
        "chunk": 4,
    }
    return nbs.Study(**(given | changes))


def assert_same_results(one: nbs.Comparison, other: nbs.Comparison) -> None:
    for mine, its in zip(one.runs, other.runs, strict=True):
        assert mine.describe() == its.describe()
        for name in ("index", "observed", "cost", "clock", "length"):
            np.testing.assert_array_equal(getattr(mine, name), getattr(its, name))


def test_results_are_those_of_compare(tmp_path: Path) -> None:
    made = study()
    made.run(tmp_path / "s")
    direct = nbs.compare(["random_search", "regularized_evolution"], CIFAR10, budget=FEW, seeds=10)
    assert_same_results(made.results(tmp_path / "s"), direct)


@settings(max_examples=8, deadline=None)
@given(chunk=st.integers(1, 12))
def test_chunks_do_not_matter(chunk: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("chunks")
    direct = nbs.compare(["random_search", "regularized_evolution"], CIFAR10, budget=FEW, seeds=10)
    made = study(chunk=chunk)
    made.run(folder / "s")
    assert_same_results(made.results(folder / "s"), direct)


def test_processes_do_not_matter(tmp_path: Path) -> None:
    made = small_study(seeds=8)
    made.run(tmp_path / "one")
    made.run(tmp_path / "two", jobs=2)
    contents = [{k: d for k, (d, _) in digests(tmp_path / f).items()} for f in ("one", "two")]
    assert contents[0] == contents[1]
    assert len(contents[0]) == 8


def test_running_again_does_what_is_missing_and_no_more(tmp_path: Path) -> None:
    study(searchers=["random_search"], seeds=8).run(tmp_path / "s")
    before = digests(tmp_path / "s")
    grown = study(seeds=16)
    assert grown.status(tmp_path / "s")[["replicates", "finished", "missing"]].to_numpy().tolist() == [
        [8, 2, 2],
        [0, 0, 4],
    ]
    grown.run(tmp_path / "s")
    after = digests(tmp_path / "s")
    assert before.items() <= after.items()
    assert len(after) == 8
    grown.run(tmp_path / "s")
    assert digests(tmp_path / "s") == after
    assert grown.unused(tmp_path / "s") == []


def test_damaged_pieces_are_done_again(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    made = study()
    made.run(tmp_path / "s")
    before = digests(tmp_path / "s")
    files = sorted((tmp_path / "s" / "pieces").glob("*/*/*.h5"))
    files[0].write_bytes(files[0].read_bytes()[:5000])
    files[1].write_bytes(b"")
    assert made.status(tmp_path / "s")["damaged"].sum() == 2
    with pytest.raises(FileFormatError, match=r"cannot be read.*run the study again"):
        made.results(tmp_path / "s")
    made.run(tmp_path / "s")
    after = digests(tmp_path / "s")
    assert {name: d for name, (d, _) in after.items()} == {name: d for name, (d, _) in before.items()}
    assert sum(after[name] != before[name] for name in before) == 2
    assert caplog.text.count("is damaged: it is done again") == 2


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (
            {"searchers": [nbs.search.searcher("regularized_evolution", sample=5)]},
            "hyperparameters.sample is 3",
        ),
        ({"budget": nbs.Budget(evaluations=30)}, "budget.evaluations is 20 there, 30 here"),
        ({"tasks": [nbs.Task(TABLE, dataset="cifar10", noise="mean")]}, "task.noise is 'run' there"),
        (
            {"tasks": [nbs.Task(TABLE, dataset="cifar10", cost=np.ones(15625))]},
            "task.cost is None there, {'sha256'",
        ),
        ({"tasks": [nbs.Task(TABLE.extended([]), dataset="cifar10")]}, None),
        ({"seeds": [3, 1, 2]}, "other seeds"),
    ],
    ids=["hyperparameter", "budget", "noise", "cost", "same", "seeds"],
)
def test_changes_are_noticed_and_never_mixed(
    changes: dict[str, Any], words: str | None, tmp_path: Path
) -> None:
    first = study(searchers=["regularized_evolution"])
    first.run(tmp_path / "s")
    changed = study(**({"searchers": ["regularized_evolution"]} | changes))
    unused = changed.unused(tmp_path / "s")
    if words is None:
        assert unused == []
        assert changed.status(tmp_path / "s")["missing"].sum() == 0
        return
    assert len(unused) == 1
    assert words in unused[0]
    with pytest.raises(RequestError, match="are missing"):
        changed.results(tmp_path / "s")
    changed.run(tmp_path / "s")
    assert_same_results(first.results(tmp_path / "s"), nbs.Comparison([_direct(first)]))
    assert_same_results(changed.results(tmp_path / "s"), nbs.Comparison([_direct(changed)]))


def _direct(made: nbs.Study) -> nbs.Trajectories:
    [setting] = made.settings
    return nbs.run(setting.searcher, setting.task, budget=setting.budget, seeds=made.seeds)


def test_another_version_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    study().run(tmp_path / "s")
    for module in (piece_module, store_module):
        monkeypatch.setattr(module, "__version__", "999.1")
    newer = study()
    assert newer.status(tmp_path / "s")["missing"].sum() == 6
    assert "nasbench_sim is '" in newer.unused(tmp_path / "s")[0]
    newer.run(tmp_path / "s")
    monkeypatch.undo()
    with pytest.raises(FileFormatError, match=r"written by nasbench_sim 999\.1, which is newer"):
        study().run(tmp_path / "s")


def test_a_table_with_other_numbers_is_another_task(tmp_path: Path) -> None:
    column = nbs.Column(metric="my_proxy", source="made up", dataset="cifar10")
    tasks = [
        nbs.Task(TABLE.extended([(column, np.full(15625, number))]), dataset="cifar10")
        for number in (1.0, 2.0)
    ]
    study(tasks=tasks[:1]).run(tmp_path / "s")
    assert study(tasks=tasks[1:]).status(tmp_path / "s")["missing"].sum() == 6
    assert "task.table_hash" in study(tasks=tasks[1:]).unused(tmp_path / "s")[0]


def test_a_searcher_of_ones_own_is_known_by_its_source(tmp_path: Path) -> None:
    def make(body: str, name: str) -> Any:
        path = tmp_path / f"{name}.py"
        path.write_text(f"def mine(space, random):\n    while True:\n        yield {body}\n")
        found: dict[str, Any] = {}
        exec(compile(path.read_text(), str(path), "exec"), found)
        return found["mine"]

    one, same, other = make("3", "a"), make("3", "b"), make("4", "c")
    study(searchers=[one]).run(tmp_path / "s")
    assert study(searchers=[same]).status(tmp_path / "s")["missing"].sum() == 0
    assert study(searchers=[other]).status(tmp_path / "s")["missing"].sum() == 3
    assert "code_sha256" in study(searchers=[other]).unused(tmp_path / "s")[0]
    unread: dict[str, Any] = {}
    exec("def mine(space, random):\n    yield 3", unread)
    with pytest.raises(RequestError, match="the source code of mine cannot be read"):
        study(searchers=[unread["mine"]])


def test_a_space_too_large_to_list(tmp_path: Path) -> None:
    space = nbs.space("fbnet")

    def task(skip: int, seconds: float) -> nbs.Task:
        numbers = Computed(space, lambda index: (space.ops(index) == skip).sum(axis=-1))
        cost = Computed(space, lambda index: np.full(index.shape, seconds))
        columns = [
            (nbs.Column(metric="skips", source="counted", better="max"), numbers),
            (nbs.Column(metric="waiting", source="made up", unit="s", dataset="cifar10"), cost),
        ]
        table = nbs.Table("counted", space, columns)
        return nbs.Task(table, dataset="cifar10", objective="skips", cost="waiting")

    searchers = ["random_search", "regularized_evolution"]
    made = study(tasks=[task(8, 1.0)], searchers=searchers)
    made.run(tmp_path / "s")
    direct = nbs.compare(searchers, task(8, 1.0), budget=FEW, seeds=10)
    assert_same_results(made.results(tmp_path / "s"), direct)
    assert direct.summary()["simulated_hours"].tolist() == [20 / 3600] * 2
    for other in (task(7, 1.0), task(8, 2.0)):
        assert study(tasks=[other], searchers=searchers).status(tmp_path / "s")["missing"].sum() == 6


def test_results_have_the_names_of_the_tasks(tmp_path: Path) -> None:
    tasks = {"noisy": CIFAR10, "mean": nbs.Task(TABLE, dataset="cifar10", noise="mean")}
    budget = {"noisy": FEW, "mean": nbs.Budget(evaluations=10, workers=2)}
    made = study(tasks=tasks, budget=budget)
    made.run(tmp_path / "s")
    found = made.results(tmp_path / "s")
    assert found.tasks() == list(tasks.values())
    assert found.summary().groupby("task", sort=False)["evaluations"].mean().to_dict() == {
        "noisy": 20,
        "mean": 10,
    }
    files = found.save(tmp_path / "kept", csv=True)
    rows = pd.read_csv(next(path for path in files if path.suffix == ".gz"))
    assert rows.groupby("task")["worker"].count().to_dict() == {"mean": 200, "noisy": 0}
    two_budgets = study(
        tasks={"short": CIFAR10, "long": CIFAR10}, budget={"short": FEW, "long": nbs.Budget(evaluations=40)}
    )
    two_budgets.run(tmp_path / "t")
    found = two_budgets.results(tmp_path / "t")
    assert [int(runs.length[0]) for runs in found.runs] == [20, 20, 40, 40]
    assert [ax.get_title() for ax in found.plot().axes] == ["short", "long"]
    assert len(found.on("long")) == 2
    assert len(found.on(CIFAR10)) == 4
    ranks = nbs.plots.critical_difference_frame(found.runs)
    assert ranks.groupby("task").size().tolist() == [10, 10]


def test_results_of_a_part(tmp_path: Path) -> None:
    made = small_study(seeds=4)
    made.run(tmp_path / "s")
    part = made.results(tmp_path / "s", tasks=["cifar100"], searchers="random_search")
    assert [(runs.task.dataset, runs.searcher) for runs in part.runs] == [("cifar100", "random_search")]
    for wrong in ({"tasks": ["cifar1000"]}, {"searchers": ["random_serch"]}):
        with pytest.raises(RequestError, match="did you mean"):
            made.results(tmp_path / "s", **wrong)


def test_two_runners_share_the_work(tmp_path: Path) -> None:
    made, folder, log = small_study(seeds=40), tmp_path / "s", tmp_path / "log"
    fork = multiprocessing.get_context("fork")
    runners = [fork.Process(target=logged_run, args=(made, folder, log)) for _ in range(2)]
    for one in runners:
        one.start()
    for one in runners:
        one.join()
        assert one.exitcode == 0
    done = log.read_text().split()
    assert len(done) == len(set(done)) == len(made.pieces()) == 40
    assert made.status(folder)["finished"].sum() == 40


def _fatal_once(space: nbs.SearchSpace, random: np.random.Generator, flag: str) -> Iterator[int]:
    if not os.path.exists(flag) and multiprocessing.parent_process() is not None:
        with open(flag, "a"):
            os.kill(os.getpid(), signal.SIGKILL)
    while True:
        yield int(random.integers(space.size))


def test_work_of_a_dead_process_is_done_again(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    fatal = functools.partial(_fatal_once, flag=str(tmp_path / "died"))
    functools.update_wrapper(fatal, _fatal_once)
    (tmp_path / "died").touch()  # not while it is tried out
    made = study(searchers=[fatal])
    (tmp_path / "died").unlink()
    made.run(tmp_path / "s", jobs=2)
    assert (tmp_path / "died").exists()
    assert "a worker process died" in caplog.text
    assert made.status(tmp_path / "s")["finished"].tolist() == [3]


def _always_fatal(space: nbs.SearchSpace, random: np.random.Generator) -> Iterator[int]:
    if multiprocessing.parent_process() is not None:
        os.kill(os.getpid(), signal.SIGKILL)
    yield 0


def test_processes_that_keep_dying_are_an_error(tmp_path: Path) -> None:
    made = study(searchers=[_always_fatal])
    with pytest.raises(WorkerError, match="died 3 times without finishing"):
        made.run(tmp_path / "s", jobs=2)


def _run_with_full_disk(made: nbs.Study, folder: Path) -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4000, 4000))
    try:
        made.run(folder)
    except OSError as error:
        os._exit(7 if str(folder) in str(error.filename) else 8)


def test_a_full_disk_keeps_what_is_finished(tmp_path: Path) -> None:
    made = study()
    study(seeds=4).run(tmp_path / "s")
    before = digests(tmp_path / "s")
    full = multiprocessing.get_context("fork").Process(
        target=_run_with_full_disk, args=(made, tmp_path / "s")
    )
    full.start()
    full.join()
    assert full.exitcode == 7
    assert digests(tmp_path / "s") == before
    assert not list((tmp_path / "s" / "pieces").rglob(".*"))
    made.run(tmp_path / "s")
    assert made.status(tmp_path / "s")["missing"].sum() == 0


def test_a_failing_piece_says_which(tmp_path: Path) -> None:
    def failing(space: nbs.SearchSpace, random: np.random.Generator) -> Iterator[int]:
        yield 1
        yield 10**9

    with pytest.raises(RequestError, match="yielded 1000000000") as caught:
        study(searchers=[failing]).run(tmp_path / "s")
    assert caught.value.__notes__ == ["while doing failing on cifar10, 4 replicates"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"searchers": []}, "one or more searchers"),
        ({"searchers": "random_search"}, "one or more searchers"),
        ({"tasks": []}, "one or more tasks"),
        ({"tasks": [CIFAR10, CIFAR10]}, "cifar10 is there more than once"),
        ({"searchers": ["random_search", "random_search"]}, "random_search is there more than once"),
        ({"searchers": ["randomsearch"]}, "did you mean 'random_search'"),
        ({"chunk": 0}, "chunk is a whole number"),
        ({"seeds": [1, 1]}, "seeds must differ"),
        ({"budget": {"cifar1O": FEW}}, r"budgets of \['cifar1O'\], but the tasks are \['cifar10'\]"),
        (
            {"searchers": ["regularized_evolution"], "budget": nbs.Budget(evaluations=5)},
            "regularized_evolution cannot run on cifar10: a budget of 5 evaluations ends within",
        ),
    ],
)
def test_wrong_requests(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(RequestError, match=words):
        study(**changes)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"backend": "dusk"}, "did you mean 'dask'"),
        ({"backend": "dask"}, "needs the address"),
        ({"address": "tcp://127.0.0.1:1"}, "local processes have no address"),
        ({"jobs": 0}, "jobs is a number of processes"),
    ],
)
def test_wrong_backends(options: dict[str, Any], words: str, tmp_path: Path) -> None:
    with pytest.raises(NasbenchSimError, match=words):
        study().run(tmp_path / "s", **options)
    assert not (tmp_path / "s").exists()


def test_tasks_that_train_stay_in_one_process(tmp_path: Path) -> None:
    class Training(TableSource):
        trains = True

    task = nbs.Task(Training(TABLE), dataset="cifar10")
    made = study(tasks=[task])
    for options in ({"jobs": 2}, {"backend": "dask", "address": "tcp://127.0.0.1:1"}):
        with pytest.raises(RequestError, match="use jobs=1"):
            made.run(tmp_path / "s", **options)
    with pytest.raises(RequestError, match="use jobs=1"):
        nbs.compare(["random_search"], task, budget=FEW, seeds=2, jobs=2)
    made.run(tmp_path / "s")
    again = nbs.Task(Training(TABLE), dataset="cifar10")
    assert study(tasks=[again]).status(tmp_path / "s")["missing"].sum() == 0


def test_progress_shows_the_replicates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import tqdm.auto

    shown = []

    class Bar:
        def __init__(self, **options: Any) -> None:
            shown.append((options["initial"], options["total"]))

        def update(self, count: int) -> None:
            shown.append(count)

        def close(self) -> None:
            shown.append("closed")

    monkeypatch.setattr(tqdm.auto, "tqdm", Bar)
    study(seeds=4).run(tmp_path / "s")
    study().run(tmp_path / "s", progress=True)
    assert shown[0] == (8, 20)
    assert sum(shown[1:-1]) == 12
    assert shown[-1] == "closed"
