from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from nasbench_sim.cli import main

STUDY = """\
[study]
title = "A title"
seeds = 6
chunk = 3
budget = { evaluations = 20 }

[[tasks]]
table = "nas-bench-201"
dataset = "cifar10"

[[searchers]]
name = "random_search"

[[searchers]]
name = "local_search"

[[published]]
source = "made up"
task = "cifar10"
mean = { random_search = 90.0 }

[report]
tables = ["summary", "pairwise"]
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("mine.toml").write_text(STUDY)
    return tmp_path


def test_the_example_is_a_sound_study(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["study", "new", "first.toml"]) == 0
    assert main(["study", "check", "first.toml"]) == 0
    assert "3 searchers on 2 tasks, 200 replicates each, in 6 pieces" in capsys.readouterr().out
    assert main(["study", "new", "first.toml"]) == 2
    assert "first.toml exists already" in capsys.readouterr().err


def test_from_file_to_report(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["study", "run", "mine.toml"]) == 0
    assert "finished: results/mine" in capsys.readouterr().out
    assert main(["study", "status", "mine.toml", "--json"]) == 0
    status = json.loads(capsys.readouterr().out)
    assert [(row["searcher"], row["finished"], row["missing"]) for row in status] == [
        ("random_search", 2, 0),
        ("local_search", 2, 0),
    ]
    assert main(["study", "report", "mine.toml", "--json"]) == 0
    tables = json.loads(capsys.readouterr().out)
    assert set(tables) == {"cifar10 summary", "cifar10 pairwise", "published"}
    [beside] = tables["published"]
    assert beside["difference"] == pytest.approx(beside["mean"] - 90.0)
    assert main(["study", "report", "mine.toml"]) == 0
    assert "results/mine/report/cifar10-anytime.png" in capsys.readouterr().out
    names = {path.name for path in Path("results/mine/report").iterdir()}
    assert names == {
        "cifar10-summary.csv",
        "cifar10-pairwise.csv",
        "cifar10-anytime.png",
        "cifar10-anytime.svg",
        "published.csv",
    }
    assert main(["study", "export", "mine.toml", "--output", "out"]) == 0
    assert Path("out/trajectories.h5").is_file()


def test_what_is_kept_of_another_study_is_named(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["study", "run", "mine.toml", "--folder", "kept"]) == 0
    Path("mine.toml").write_text(STUDY.replace("evaluations = 20", "evaluations = 30"))
    capsys.readouterr()
    assert main(["study", "status", "mine.toml", "--folder", "kept"]) == 0
    assert "budget.evaluations is 20 there, 30 here" in capsys.readouterr().out
    assert main(["study", "report", "mine.toml", "--folder", "kept"]) == 2
    assert "4 pieces are missing" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["check", "absent.toml"], "no file absent.toml"),
        (["status", "mine.toml"], "run the study first"),
        (["report", "mine.toml"], "run the study first"),
        (["run", "mine.toml", "--backend", "dask"], "needs the address"),
        (["run", "mine.toml", "--folder", "mine.toml"], "mine.toml is a file"),
        (["export", "mine.toml", "--output", "."], "exists and is not empty"),
    ],
)
def test_wrong_requests(
    folder: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    assert main(["study", *arguments]) == 2
    error = capsys.readouterr().err
    assert words in error
    assert error.count("\n") == 1


def test_stopping_keeps_what_is_finished(folder: Path) -> None:
    text = STUDY.replace("seeds = 6", "seeds = 100_000").replace("chunk = 3", "chunk = 20")
    Path("mine.toml").write_text(text)
    command = [sys.executable, "-m", "nasbench_sim", "study", "run", "mine.toml"]
    running = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # ignored in background jobs
    )
    deadline = time.monotonic() + 60
    while not list(folder.glob("results/mine/pieces/*/*/*.h5")) and time.monotonic() < deadline:
        time.sleep(0.05)
    os.kill(running.pid, signal.SIGINT)
    _, error = running.communicate(timeout=60)
    assert running.returncode == 130
    line = error.splitlines()[-1]  # after what Python may say of a swallowed interrupt
    assert line.startswith("nasbench-sim: stopped by SIGINT; what is finished is kept in results/mine, and")
    assert not list(folder.glob("results/mine/pieces/*/*/.*"))


def test_a_full_disk_keeps_what_is_finished_and_says_so(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["study", "run", "mine.toml"]) == 0

    def full(*arguments: object, **options: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", "piece.h5")

    monkeypatch.setattr("nasbench_sim.studies.study.run_missing", full)
    capsys.readouterr()
    assert main(["study", "run", "mine.toml"]) == 1
    _, error = capsys.readouterr()
    assert error == (
        "nasbench-sim: [Errno 28] No space left on device: 'piece.h5'; "
        "what is finished is kept in results/mine, and the same command does the rest\n"
    )
