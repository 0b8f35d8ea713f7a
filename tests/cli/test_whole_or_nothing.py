"""What a command writes appears whole or not at all, whenever it is killed and whatever the disk does."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("whole_or_nothing.py")


@pytest.mark.skipif(sys.platform != "linux", reason="copies the process")
def test_every_command_that_writes_survives_kills_and_full_disks() -> None:
    command = [sys.executable, str(SCRIPT), "--moments", "1", "--fills", "1"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert {one["command"] for one in found} >= {"compare", "correlate", "pareto", "hardware", "report"}
    assert all(one["kills"] == 2 for one in found)
    assert sum(one["nothing"] for one in found) > len(found)  # kills hit before the end, too
