"""Ctrl-C, SIGTERM and a closed terminal end long commands at once, and one line says how to go on."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

_STUDY = """
[study]
title = "long"
seeds = 400
chunk = 1
budget = { evaluations = 20 }
[[tasks]]
table = "nas-bench-201"
dataset = "cifar10"
[[searchers]]
name = "random_search"
[[searchers]]
name = "regularized_evolution"
"""
_START = (  # whatever a shell lets its children ignore
    "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler); "
    "signal.signal(signal.SIGHUP, signal.SIG_DFL); signal.signal(signal.SIGTERM, signal.SIG_DFL); "
)
_MAIN = _START + "from nasbench_sim.cli import main; sys.exit(main(sys.argv[1:]))"
_SLOW = 60  # seconds, of a machine that does much else


def started(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", _MAIN, *arguments]
    return subprocess.Popen(
        command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )


def listening(process: subprocess.Popen[str]) -> None:
    """Wait until a command handles SIGTERM, which Python does not do by itself."""
    deadline = time.monotonic() + _SLOW
    while time.monotonic() < deadline:
        status = Path(f"/proc/{process.pid}/status").read_text()
        [caught] = [line.split()[1] for line in status.splitlines() if line.startswith("SigCgt")]
        if int(caught, 16) >> (signal.SIGTERM - 1) & 1:
            return
        time.sleep(0.05)


def stopped(process: subprocess.Popen[str], number: signal.Signals) -> tuple[str, float]:
    """Send a signal to the command alone; give its last line and the seconds until all of it was gone."""
    before = time.monotonic()
    process.send_signal(number)
    _, said = process.communicate(timeout=_SLOW)
    with contextlib.suppress(ProcessLookupError):  # its workers end too
        while time.monotonic() - before < _SLOW:
            os.killpg(process.pid, 0)
            time.sleep(0.1)
    assert process.returncode == 128 + number, said
    return said.splitlines()[-1], time.monotonic() - before


pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="sees by /proc what is handled")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_comparison_stops_and_leaves_nothing(tmp_path: Path, number: signal.Signals) -> None:
    process = started(tmp_path, "compare", "--replicates", "500", "--evaluations", "1000000")
    listening(process)
    time.sleep(4)  # it is at work by then
    line, seconds = stopped(process, number)
    assert line.startswith(f"nasbench-sim: stopped by {number.name}; nothing was written")
    assert seconds < _SLOW
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize(
    ("number", "jobs"),
    [(signal.SIGTERM, "1"), (signal.SIGTERM, "2"), (signal.SIGHUP, "2"), (signal.SIGINT, "1")],
)
def test_a_study_stops_and_goes_on(tmp_path: Path, number: signal.Signals, jobs: str) -> None:
    (tmp_path / "long.toml").write_text(_STUDY)
    process = started(tmp_path, "study", "run", "long.toml", "--jobs", jobs)
    pieces = tmp_path / "results" / "long" / "pieces"
    deadline = time.monotonic() + _SLOW
    while sum(1 for _ in pieces.rglob("[!.]*.h5")) < 3 and time.monotonic() < deadline:
        time.sleep(0.05)
    line, seconds = stopped(process, number)
    assert line.startswith(
        f"nasbench-sim: stopped by {number.name}; what is finished is kept in results/long"
    )
    assert "the same command does the rest" in line
    assert seconds < _SLOW
    kept = {path: path.stat().st_mtime_ns for path in pieces.rglob("[!.]*.h5")}
    assert 3 <= len(kept) < 800
    again = started(tmp_path, "study", "run", "long.toml", "--jobs", jobs)
    assert again.communicate(timeout=600)[0]
    assert again.returncode == 0
    assert len(list(pieces.rglob("*.h5"))) == 800
    assert all(path.stat().st_mtime_ns == then for path, then in kept.items())
