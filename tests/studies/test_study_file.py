from __future__ import annotations

from pathlib import Path

import pytest

import nasbench_sim as nbs
from nasbench_sim.errors import FileFormatError, NasbenchSimError, RequestError
from nasbench_sim.studies import Plan, read_study
from nasbench_sim.studies.report import FIGURES, parts

SOUND = """\
[study]
title = "A title"
seeds = 6
chunk = 4
budget = { evaluations = 30 }

[[tasks]]
table = "nas-bench-201"
dataset = ["cifar10", "cifar100"]
noise = "mean"

[[tasks]]
name = "short"
table = "nas-bench-201"
dataset = "cifar10"
budget = { seconds = 20000, overshoot = "drop" }

[[searchers]]
name = "random_search"
hyperparameters = { replacement = false }

[[searchers]]
name = "regularized_evolution"
grid = { population = [10, 20], sample = [2, 3] }

[[published]]
source = "made up"
task = "short"
dataset = "cifar100"
mean = { "random_search(replacement=False)" = 70 }
std = { "random_search(replacement=False)" = 1.5 }
replicates = 500

[[correlations]]
table = "nas-bench-201"
dataset = "cifar10"
of = ["flops", "params"]
against = "val_accuracy"
method = "kendall"
published = { flops = 0.5 }

[report]
tables = ["summary", "pairwise"]
figures = []
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "study.toml"
    path.write_text(text)
    return path


def test_reads_all_of_it(tmp_path: Path) -> None:
    found = read_study(written(tmp_path, SOUND))
    study = found.study
    assert study is not None
    assert found.title == "A title"
    assert list(study.tasks) == ["cifar10", "cifar100", "short"]
    assert [task.noise for task in study.tasks.values()] == ["mean", "mean", "run"]
    assert study.searchers == [
        "random_search(replacement=False)",
        "regularized_evolution(sample=2)",
        "regularized_evolution",
        "regularized_evolution(population=20, sample=2)",
        "regularized_evolution(population=20)",
    ]
    assert {s.task_name: s.budget for s in study.settings} == {
        "cifar10": nbs.Budget(evaluations=30),
        "cifar100": nbs.Budget(evaluations=30),
        "short": nbs.Budget(seconds=20000, overshoot="drop"),
    }
    assert (study.seeds, study.chunk) == (range(6), 4)
    [published] = found.plan.published
    assert (published.metric, published.dataset) == ("val_accuracy", "cifar100")
    [correlations] = found.plan.correlations
    assert (correlations.of, correlations.published) == (["flops", "params"], {"flops": 0.5})
    assert (found.plan.tables, found.plan.figures) == (["summary", "pairwise"], [])


def test_seeds_as_a_list_and_what_is_left_out(tmp_path: Path) -> None:
    text = SOUND.replace("seeds = 6", "seeds = [5, 3]").replace("chunk = 4\n", "")
    found = read_study(written(tmp_path, text[: text.index("[report]")]))
    assert found.study is not None
    assert (found.study.seeds, found.study.chunk) == ((5, 3), 250)
    assert (found.plan.tables, found.plan.figures) == (["summary"], ["anytime"])


def test_correlations_alone(tmp_path: Path) -> None:
    start = SOUND.index("[[correlations]]")
    found = read_study(written(tmp_path, '[study]\ntitle = "x"\n' + SOUND[start:]))
    assert found.study is None
    assert len(found.plan.correlations) == 1


def test_tables_by_a_path_from_the_files_folder(tmp_path: Path) -> None:
    (tmp_path / "tables").mkdir()
    nbs.save_table(nbs.load_table("nas-bench-201"), tmp_path / "tables" / "mine.h5")
    text = SOUND.replace('table = "nas-bench-201"', 'table = "tables/mine.h5"')
    found = read_study(written(tmp_path, text))
    assert found.study is not None
    tables = {id(task.table) for task in found.study.tasks.values()}
    assert len(tables) == 1


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("seeds = 6", "seads = 6", r"line 3: unknown key 'seads' \(did you mean 'seeds'\?\)"),
        ("seeds = 6", "seeds = 6\nreplicats = 3", "line 4: unknown key 'replicats'"),
        ("seeds = 6", "seeds = 0", "line 3: seeds is a number of replicates of 1 or more"),
        ("seeds = 6", "seeds = 2.5", "line 3: seeds is a whole number or a list, not 2.5"),
        ("seeds = 6", "seeds = [1, 1]", "line 3: the seeds must differ"),
        ("chunk = 4", "chunk = 0", "line 4: chunk is a whole number of 1 or more"),
        ("evaluations = 30", "evaluations = 30, seconds = 5", "line 5: a budget is either"),
        (
            "evaluations = 30",
            "evalations = 30",
            r"line 5: unknown key 'evalations' \(did you",
        ),
        (
            "evaluations = 30",
            "evaluations = 5",
            "line 24: .*cannot run on cifar10: a budget of 5",
        ),
        ("budget = { evaluations = 30 }", "", "line 7: no budget: give one here or in"),
        ("seconds = 20000", "seconds = 0", "line 16: seconds is a finite number above 0"),
        ('"cifar10", "cifar100"', '"cifar10", "cifar1O0"', r"line 9: unknown data set 'cifar1O0'"),
        ('"cifar10", "cifar100"', '"cifar10", "cifar10"', "line 7: another task is called 'cifar10'"),
        (
            'noise = "mean"',
            'noise = "maen"',
            "line 10: noise is 'run', 'mean' or a .*, not 'maen'",
        ),
        ('noise = "mean"', 'nois = "mean"', r"line 10: unknown key 'nois' \(did you mean 'noise'"),
        ('noise = "mean"', 'report = "test_acuracy"', "line 10: unknown metric 'test_acuracy'"),
        ('noise = "mean"', "schedule = 17", "line [0-9]+: .*17"),
        ('table = "nas-bench-201"', 'table = "nas-bench-2O1"', r"line 8: unknown table .*did you mean"),
        ('table = "nas-bench-201"', 'table = "nas-bench-201-installed"', "line 8: .*data install"),
        ('table = "nas-bench-201"', 'table = "tables/none.h5"', "line 8: no table file"),
        ('name = "random_search"', 'name = "random_serch"', r"line 19: unknown searcher .*did you mean"),
        ("replacement = false", "replacment = false", r"line 20: .*no hyperparameter .*did you mean"),
        (
            "replacement = false",
            "replacement = 3",
            "line 20: hyperparameter replacement is True or",
        ),
        ("population = [10, 20]", "population = 10", "line 24: population is a list, not 10"),
        ("population = [10, 20]", "population = []", "line 24: population: a list of one or more"),
        ("population = [10, 20]", "popluation = [10]", r"line 24: .*no hyperparameter 'popluation'"),
        ("sample = [2, 3]", "sample = [2, 2]", r"line 22: .*sample=2\) is there twice"),
        ('task = "short"', 'task = "shrt"', r"line 28: unknown task 'shrt' \(did you mean 'short'"),
        ("= 70 }", '= "x" }', "line 30: .* is a number, not 'x'"),
        ("= 70 }", "= 70, randm_search = 3 }", "line 30: unknown searcher 'randm_search'"),
        ('dataset = "cifar100"\nmean', 'dataset = "cifar11"\nmean', "line 29: unknown data set 'cifar11'"),
        ('method = "kendall"', 'method = "kendal"', r"line 39: unknown correlation method .*did you mean"),
        ('"flops", "params"', '"flops", "parms"', "line 37: unknown metric 'parms'"),
        ("published = { flops", "published = { flps", r"line 40: unknown metric with a published .*'flps'"),
        ('"summary", "pairwise"', '"summary", "pairwis"', r"line 43: unknown table 'pairwis' \(did you mean"),
        ("figures = []", 'figures = ["anytme"]', r"line 44: unknown figure 'anytme' \(did you mean"),
        ("[report]", "[reprt]", r"line 42: unknown key 'reprt' \(did you mean 'report'"),
        ("[[tasks]]", "[[task]]", r"line 7: unknown key 'task' \(did you mean 'tasks'"),
    ],
)
def test_errors_point_at_the_line(old: str, new: str, message: str, tmp_path: Path) -> None:
    assert old in SOUND
    with pytest.raises(NasbenchSimError, match=message):
        read_study(written(tmp_path, SOUND.replace(old, new, 1)))


def test_files_that_are_no_study(tmp_path: Path) -> None:
    with pytest.raises(FileFormatError, match="no file"):
        read_study(tmp_path / "absent.toml")
    with pytest.raises(FileFormatError, match="bytes: it is no study file"):
        read_study(written(tmp_path, "#" * (2**20 + 1)))
    with pytest.raises(FileFormatError, match="is empty"):
        read_study(written(tmp_path, ""))
    with pytest.raises(RequestError, match="'title' is missing"):
        read_study(written(tmp_path, "# nothing\n"))


def test_a_figure_that_needs_more_searchers(tmp_path: Path) -> None:
    text = SOUND.replace("figures = []", 'figures = ["critical_difference"]')
    assert read_study(written(tmp_path, text)).plan.figures == ["critical_difference"]
    text = text.replace("grid = { population = [10, 20], sample = [2, 3] }", "")
    line = text.splitlines().index('figures = ["critical_difference"]') + 1
    with pytest.raises(RequestError, match=rf"line {line}: critical_difference ranks 3 or more .* has 2"):
        read_study(written(tmp_path, text))


def test_figures_are_named_after_their_task(tmp_path: Path) -> None:
    task = nbs.Task(nbs.load_table("nas-bench-201"), dataset="cifar10")
    searchers = ["random_search", "local_search", "regularized_evolution"]
    made = nbs.Study(tasks={"mine": task}, searchers=searchers, budget=nbs.Budget(evaluations=20), seeds=4)
    made.run(tmp_path / "s")
    wanted = Plan(tables=[], figures=list(FIGURES))
    for name, figure in parts(made, wanted, tmp_path / "s"):
        assert name.startswith("mine ")
        assert figure.axes[0].get_title() == "mine"
