"""Accel-NASBench against its own records read another way, and archives that are none."""

from __future__ import annotations

import io
import json
import tarfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nasbench_sim as nbs
from nasbench_sim.errors import FileFormatError
from nasbench_sim.tables.importers import detect, import_file

SPACE = nbs.space("accel-nasbench")


def record(seed: int, **changes: Any) -> dict[str, Any]:
    draw = np.random.default_rng(seed)
    architecture = {
        position: json.loads(choices[int(draw.integers(len(choices)))])
        for position, choices in zip(SPACE.positions, SPACE.choices, strict=True)
    }
    return {
        "architecture": architecture,
        "metrics": {"val_top1": 60.0 + seed, "val_top5": 80.0, "train_time": 2000.0},
        "model_info": {"macs": 400.0, "params": 2.5},
        "platform_perf": {
            "throughput_a100": {"throughput_mean": 7000.0},
            "latency_zcu102": {"latency_mean": None},
        },
        **changes,
    }


def archived(path: Path, records: list[Any]) -> Path:
    with tarfile.open(path, "w:gz") as archive:
        for number, one in enumerate(records):
            content = one if isinstance(one, bytes) else json.dumps(one).encode()
            member = tarfile.TarInfo(f"./anb_dataset_jsons/result_{number}.json")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return path


def test_an_archive_is_read(tmp_path: Path) -> None:
    again = record(1)
    again["metrics"]["val_top1"] = 65.0
    path = archived(tmp_path / "anb_dataset_jsons.tar.gz", [record(0), record(1), again])
    assert detect(path).name == "accel-nasbench"
    table = import_file(path)
    assert table.space.size == 2
    np.testing.assert_array_equal(table.runs("val_accuracy"), [[60.0, np.nan], [61.0, 65.0]])
    assert table.values("val_accuracy").tolist() == [60.0, 63.0]
    assert table.values("throughput", device="a100").tolist() == [7000.0, 7000.0]
    assert np.isnan(table.values("latency", device="zcu102")).all()
    assert table.column("throughput", device="a100").better == "max"


@pytest.mark.parametrize(
    "wrong",
    [
        b"no json",
        [],
        {"architecture": {}},
        record(3, architecture={**record(3)["architecture"], "block0_l": 4}),
        record(3, metrics={"val_top1": "high"}),
        b" " * 20_000,
    ],
)
def test_strange_archives_are_refused(wrong: Any, tmp_path: Path) -> None:
    with pytest.raises(FileFormatError):
        import_file(archived(tmp_path / "anb_dataset_jsons.tar.gz", [record(0), record(1), wrong]))
    (tmp_path / "anb_dataset_jsons.tar.gz").write_bytes(b"\x1f\x8b nothing")
    with pytest.raises(FileFormatError):
        import_file(tmp_path / "anb_dataset_jsons.tar.gz")


def test_published_networks_by_landmarks(published: Path) -> None:
    path = published / "accel-nasbench" / "anb_dataset_jsons.tar.gz"
    table = import_file(path)
    assert table.space.size == 5_125
    with tarfile.open(path) as archive:
        names = [member for member in archive.getmembers() if member.isfile()]
        rows = [json.load(archive.extractfile(member)) for member in names[::500]]  # type: ignore[arg-type]
    for row in rows:
        text = ":".join(json.dumps(row["architecture"][position]) for position in SPACE.positions)
        index = table.space.index(text)
        assert row["metrics"]["val_top1"] in table.runs("val_accuracy")[index]
        assert table.query(index, "params") == pytest.approx(row["model_info"]["params"], rel=1e-6)
    twice = np.isfinite(table.runs("val_accuracy")).sum(axis=1)
    assert twice.sum() == 5_138
