"""File systems that cannot lock: reading needs no lock, and writing falls back to the soft one."""

from __future__ import annotations

import fcntl
import shutil
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from nasbench_sim.locks import can_lock, locked

# ENOLCK, EOPNOTSUPP (as ENOTSUP on Linux), ENOTSUPP of the kernel, ENOSYS
CODES = (37, 95, 524, 38)

_SHIM = """
#include <errno.h>
int flock(int file, int how) { errno = %d; return -1; }
"""

_WORK = """
import sys
from pathlib import Path
import nasbench_sim as nbs
table = nbs.load_table("nas-bench-201")
assert table.query(5, "val_accuracy", dataset="cifar10") > 80
task = nbs.Task(table, dataset="cifar10")
study = nbs.Study(
    tasks=[task], searchers=["random_search"], budget=nbs.Budget(evaluations=5), seeds=6, chunk=2
)
study.run(sys.argv[1])
assert study.status(sys.argv[1])["finished"].tolist() == [3]
study.run(sys.argv[1])
assert [path for path in Path(sys.argv[1]).rglob("*.soft")] == []
"""


@pytest.mark.skipif(shutil.which("cc") is None, reason="makes a library whose lock call fails")
@pytest.mark.parametrize("code", CODES)
def test_tables_open_and_studies_run_where_nothing_can_be_locked(tmp_path: Path, code: int) -> None:
    (tmp_path / "shim.c").write_text(_SHIM % code)
    shim = tmp_path / "shim.so"
    subprocess.run(["cc", "-shared", "-fPIC", "-o", str(shim), str(tmp_path / "shim.c")], check=True)
    command = [sys.executable, "-W", "error", "-c", _WORK, str(tmp_path / "study")]
    done = subprocess.run(command, env={"LD_PRELOAD": str(shim), "PATH": ""}, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]


def failing(code: int) -> Any:
    def flock(file: Any, how: int) -> None:
        raise OSError(code, "cannot")

    return flock


@pytest.mark.parametrize("code", CODES)
def test_a_soft_lock_keeps_others_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    monkeypatch.setattr(fcntl, "flock", failing(code))
    assert not can_lock(tmp_path)
    path = tmp_path / "lock"
    with locked(path) as mine:
        assert mine
        found: list[bool] = []

        def other() -> None:
            with locked(path, wait=False) as again:
                found.append(again)

        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
        assert found == [False]
    with locked(path, wait=False) as mine:
        assert mine


def test_another_error_of_locking_is_raised(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fcntl, "flock", failing(5))
    with pytest.raises(OSError, match="cannot"), locked(tmp_path / "lock"):
        pass


def test_what_a_killed_process_left_is_taken_away(tmp_path: Path) -> None:
    code = (
        "import os, sys; from pathlib import Path; from nasbench_sim.locks import locked\n"
        "with locked(Path(sys.argv[1]), hard=False): os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path / "lock")])
    assert (tmp_path / "lock.soft").exists()
    with locked(tmp_path / "lock", wait=True, hard=False) as mine:
        assert mine
