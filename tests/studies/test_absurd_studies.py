"""Studies beyond all measure are refused at once, with the number and how to raise it; names are text."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from matplotlib import pyplot as plt

import nasbench_sim as nbs
from nasbench_sim.cli import main
from nasbench_sim.errors import FileFormatError, NasbenchSimError, RequestError
from nasbench_sim.studies import read_study, report

BASE = """
[study]
title = "absurd"
seeds = 4
budget = { evaluations = 5 }
[[tasks]]
table = "nas-bench-201"
dataset = "cifar10"
[[searchers]]
name = "random_search"
"""
SECONDS = 15  # of the CPU, on a machine that does much else

GRID = BASE.replace(
    'name = "random_search"',
    f'name = "regularized_evolution"\ngrid = {{ population = {list(range(10, 1010))}, '
    f"sample = {list(range(2, 1002))} }}",
)
PUBLISHED = '[[published]]\ntask = "cifar10"\nsource = "x"\nmean = { random_search = 90.0 }\n'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            BASE.replace("seeds = 4", "seeds = 1000000000000"),
            "4,000,000,000 pieces",
        ),
        (BASE.replace("seeds = 4", "seeds = 100000000000000000000000000"), "not a whole number of 64 bits"),
        (BASE.replace("seeds = 4", "seeds = -1"), "1 or more"),
        (BASE.replace("seeds = 4", "seeds = 4\nchunk = 9999999999"), "1,000,000 replicates at most"),
        (GRID, r"1,000,000 searchers, by grids, are more than 1,000: say most_searchers = 1000000"),
        (BASE + "x = " + "[" * 100_000 + "]" * 100_000, "nested deeper"),
        (BASE + "x = " + "[" * 200 + "]" * 200, "nested deeper"),
        (BASE + ".".join("a" for _ in range(100_000)) + " = 1", "dots"),
        (BASE + ".".join("a" for _ in range(900)) + " = 1", "nested deeper"),
        (BASE + "x = 1\n" * 3, "TOML"),
        (BASE + "".join(f"x{at} = 1\n" for at in range(15_000)), "unknown key 'x0'"),
        (BASE + "# " + "a" * 2**18, "no study file"),
        (BASE + PUBLISHED.replace("90.0", "nan"), "nan, which nobody publishes"),
        (BASE + PUBLISHED.replace("90.0", "inf"), "inf, which nobody publishes"),
        (BASE + PUBLISHED + "replicates = -1\n", "replicates is a number of runs"),
        (BASE + PUBLISHED + "std = { random_search = -1.0 }\n", "no std is negative"),
        (BASE.replace('dataset = "cifar10"', 'dataset = "cifar10"\nname = "a\\nb"'), "a line of text"),
        (BASE.replace('dataset = "cifar10"', f'dataset = "{"c" * 100_000}"'), "100,000 characters"),
    ],
)
def test_an_absurd_study_is_refused_at_once(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "absurd.toml"
    path.write_text(text)
    before = time.process_time()
    with pytest.raises(NasbenchSimError, match=message) as caught:
        read_study(path)
    assert time.process_time() - before < SECONDS
    assert str(path) in str(caught.value)
    assert len(str(caught.value)) < 1500


def test_what_is_meant_can_be_said(tmp_path: Path) -> None:
    path = tmp_path / "large.toml"
    path.write_text(BASE.replace("seeds = 4", "seeds = 3000\nchunk = 1\nmost_pieces = 3000"))
    study = read_study(path).study
    assert study is not None
    assert study.seeds == range(3000)  # a range, however many
    assert len(study.pieces()) == 3000
    path.write_text(BASE.replace("seeds = 4", "seeds = 3000\nchunk = 1\nmost_pieces = 2999"))
    with pytest.raises(RequestError, match="3,000 pieces"):
        read_study(path)


@pytest.mark.parametrize(
    "content", [b"", b"PK\x03\x04", b"<!doctype html>", b"version https://git-lfs.x/1\n"]
)
def test_what_is_no_study_file_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "study.toml"
    path.write_bytes(content)
    with pytest.raises(FileFormatError, match=r"is empty|zip|web page|LFS"):
        read_study(path)


NAMES = ("task $5_$ y", "a/b", "a b", "$\\frac{1}$", "n" * 5000, "ünï → 码 ", "..", "CON", "a\\b")


def study_of(tmp_path: Path, names: Any) -> nbs.Study:
    table = nbs.load_table("nas-bench-201")
    tasks = {name: nbs.Task(table, dataset="cifar10", schedule=200) for name in names}
    return nbs.Study(
        tasks=tasks, searchers=["random_search", "local_search"], budget=nbs.Budget(evaluations=8), seeds=3
    )


@pytest.mark.filterwarnings("ignore:Glyph .* missing:UserWarning", "ignore:constrained_layout not applied")
def test_names_are_text_wherever_they_are_drawn_and_share_no_file(tmp_path: Path) -> None:
    from nasbench_sim.studies.report import Plan

    study = study_of(tmp_path, NAMES)
    study.run(tmp_path / "runs")
    plan = Plan(tables=["summary", "pairwise"], figures=["anytime", "ecdf"])
    tables, files = report(study, plan, tmp_path / "runs")
    assert len(tables) == 2 * len(NAMES)
    assert len({str(file).lower() for file in files}) == len(files) == len(NAMES) * (2 + 2 * 2)
    assert all(len(file.name) < 130 and file.stat().st_size for file in files)
    assert {file.parent for file in files} == {tmp_path / "runs" / "report"}


def test_mathematics_is_drawn_as_it_is_written(tmp_path: Path) -> None:
    found = nbs.Comparison(*_runs("one $x_$ two"))
    figure = found.plot()
    assert figure.axes[0].get_title() == "one $x_$ two"
    figure.savefig(tmp_path / "drawn.svg")
    ax = plt.figure().add_subplot()  # somebody's own axes, whose texts are there already
    nbs.plots.anytime(found.runs, ax=ax).set_title("two $x_$ three")
    ax.figure.savefig(tmp_path / "own.svg")
    plt.close("all")


def _runs(name: str) -> tuple[Any, Any]:
    task = nbs.Task(nbs.load_table("nas-bench-201"), dataset="cifar10")
    return [nbs.run("random_search", task, budget=nbs.Budget(evaluations=5), seeds=2)], [name]


def test_a_command_says_it_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "absurd.toml").write_text(BASE + "x = " + "[" * 100_000)
    assert main(["study", "check", str(tmp_path / "absurd.toml")]) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert len(error) < 500
