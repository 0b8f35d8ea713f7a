from __future__ import annotations

import subprocess
import sys

BLOCKED = "import sys; sys.modules['torch'] = None\n"


def python(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", BLOCKED + code], capture_output=True, text=True, check=False)


def test_the_import_names_the_extra() -> None:
    done = python("import nasbench_sim.live")
    assert done.returncode == 1
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith("nasbench_sim.errors.MissingDependencyError")
    assert "nasbench-sim[live]" in last


def test_the_command_says_so_in_a_line() -> None:
    done = python("from nasbench_sim.cli import main; sys.exit(main(['live', 'check']))")
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "nasbench-sim[live]" in done.stderr
