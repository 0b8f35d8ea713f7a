"""What all tests share: where real data lies, and that nothing installed on this machine is seen."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("untimed", deadline=None)  # how long an example takes is the machine's affair
settings.load_profile("untimed")


@pytest.fixture(scope="session")
def published() -> Path:
    """A folder of real published files; tests that need one are skipped where there is none."""
    named = os.environ.get("NASBENCH_SIM_TEST_DATA")
    if not named:
        pytest.skip("NASBENCH_SIM_TEST_DATA names no folder of published files")
    folder = Path(named)
    if not (folder / "MANIFEST.json").is_file():
        pytest.fail(f"NASBENCH_SIM_TEST_DATA={named} has no MANIFEST.json")
    return folder


@pytest.fixture(autouse=True)
def _nothing_installed(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every test see an empty data folder, so that `load_table` serves the embedded table."""
    folder = tmp_path_factory.getbasetemp() / "no-data"
    folder.mkdir(exist_ok=True)
    monkeypatch.setenv("NASBENCH_SIM_DATA", str(folder))
