"""Training records: NATS-Bench in both forms, NAS-Bench-201 in both torch forms, nasbenchapi."""

from __future__ import annotations

import io
import pickle
import shutil
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from published_layouts import STRINGS, archive, packed, record

import nasbench_sim as nbs
from nasbench_sim.errors import FileFormatError, RequestError
from nasbench_sim.tables.importers import detect, import_file


def one_file(folder: Path, content: Any = None) -> Path:
    path = folder / "NATS-tss-v1_0-3ffb9.pickle.pbz2"
    path.write_bytes(packed(archive() if content is None else content))
    return path


def torch_zip(folder: Path) -> Path:
    path = folder / "NAS-Bench-201-v1_1-096897.pth"
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        file.writestr("archive/data.pkl", pickle.dumps(archive(("less", "full")), 2))
        file.writestr("archive/version", "3\n")
    path.write_bytes(buffer.getvalue())
    return path


def torch_legacy(folder: Path) -> Path:
    path = folder / "NAS-Bench-201-v1_0-e61699.pth"
    parts = (0x1950A86A20F9469CFC6C, 1001, {"protocol_version": 1001}, archive(("less", "full")), [])
    path.write_bytes(b"".join(pickle.dumps(part, 2) for part in parts))
    return path


def plain(folder: Path) -> Path:
    path = folder / "nasbench201_clean.pkl"
    path.write_bytes(pickle.dumps(archive(("less", "full"))))
    return path


@pytest.mark.parametrize("write", [one_file, torch_zip, torch_legacy, plain])
def test_every_form_gives_the_same_answers(tmp_path: Path, write: Any) -> None:
    table = import_file(write(tmp_path))
    ask = table.query
    # start 0.777, x-valid shifted by 10, epoch 200 (published as 199)
    assert ask(0, "val_accuracy", dataset="cifar10", seed=777) == pytest.approx(0.777 + 10 + 0.199)
    assert ask(0, "val_accuracy", dataset="cifar10", epoch=1, seed=888) == pytest.approx(10.888)
    assert ask(0, "val_accuracy", dataset="cifar10", schedule=12, epoch=12) == pytest.approx(10.111 + 0.011)
    # the last architecture lacks a run: the mean is over the two that exist
    mean = np.mean([15624 % 7 + 0.777, 15624 % 7 + 0.888]) + 10 + 0.199
    assert ask(15624, "test_accuracy", dataset="cifar10") == pytest.approx(mean)
    runs = table.runs("test_accuracy", dataset="cifar10")
    assert np.isfinite(runs[[0, 11, 15624, 5]]).sum(axis=1).tolist() == [3, 3, 2, 0]
    # trained_on tells the two published cifar10 apart
    on_train = ask(0, "test_accuracy", dataset="cifar10", trained_on="train", seed=777)
    assert on_train == pytest.approx(0.777 + 20 + 0.199)
    assert ask(0, "train_time", dataset="cifar100") == pytest.approx(600.0)
    assert ask(0, "train_time", dataset="cifar100", epoch=7) == pytest.approx(21.0)
    assert ask(0, "val_time", dataset="cifar10", schedule=12) == 2.0
    assert ask(0, "latency:gpu", dataset="cifar10") == 12.5
    assert ask(0, "params_published", dataset="cifar10") == 1.25
    assert np.isnan(ask(1, "val_accuracy", dataset="cifar10"))


def test_the_whole_of_both_halves_is_never_a_test_accuracy(tmp_path: Path) -> None:
    table = import_file(one_file(tmp_path))
    # x-test is read at the end only; ori-test, with its curve, is the third part
    assert table.query(0, "test_accuracy", dataset="cifar100", seed=777) == pytest.approx(20.976)
    with pytest.raises(RequestError, match="has no epoch 100; it has 200"):
        table.query(0, "test_accuracy", dataset="cifar100", epoch=100)
    assert table.query(0, "valtest_accuracy", dataset="cifar100", epoch=100, seed=777) == pytest.approx(
        30.876
    )
    assert table.column("valtest_accuracy", dataset="cifar100").split is None


def test_a_stored_curve_comes_back_lazily_and_bit_for_bit(tmp_path: Path) -> None:
    table = import_file(one_file(tmp_path))
    nbs.save_table(table, tmp_path / "t.h5")
    back = nbs.load_table(tmp_path / "t.h5")
    assert back.schema == table.schema
    assert back.hash == table.hash
    for position in range(len(table.schema)):
        np.testing.assert_array_equal(back.data(position)[11], table.data(position)[11])
    assert (tmp_path / "t.h5").stat().st_size < 3e6  # only the chunks of three architectures are there


def test_published_records_to_the_last_digit(published: Path) -> None:
    table = import_file(published / "nats-bench" / "NATS-tss-v1_0-3ffb9-simple")
    ask = table.query
    assert ask(0, "val_accuracy", dataset="cifar10", seed=777) == pytest.approx(82.092, abs=5e-4)
    assert ask(0, "val_accuracy", dataset="cifar10", seed=888) == pytest.approx(81.616, abs=5e-4)
    assert ask(0, "test_accuracy", dataset="cifar10") == pytest.approx(85.86333, abs=5e-6)
    assert ask(0, "val_accuracy", dataset="cifar10", schedule=12, seed=111) == pytest.approx(64.016, abs=5e-4)
    clock = ask(0, "train_time", dataset="cifar10", trained_on="train", schedule=12) + ask(
        0, "val_time", dataset="cifar10", schedule=12, trained_on="train"
    )
    assert clock == pytest.approx(89.2021, abs=5e-5)
    assert {column.coverage for column in table.schema} == {3}


def test_published_records_of_the_size_space(published: Path) -> None:
    table = import_file(published / "nats-bench" / "NATS-sss-v1_0-50262-simple")
    assert table.space.name == "nats-bench-size"
    assert sorted({column.schedule for column in table.schema if column.schedule}) == [1, 12, 90]
    assert table.query("8:8:40:32:40", "params_published", dataset="cifar10") == 0.144834
    assert table.query(0, "val_accuracy", dataset="cifar10", schedule=1, seed=777) == 28.7


# -- what has to be refused


def copied(published: Path, folder: Path) -> Path:
    origin = published / "nats-bench" / "NATS-tss-v1_0-3ffb9-simple"
    folder.mkdir()
    for path in origin.iterdir():
        shutil.copyfile(path, folder / path.name)
    return folder


def test_swapped_files_are_told(tmp_path: Path, published: Path) -> None:
    folder = copied(published, tmp_path / "records")
    shutil.copyfile(folder / "000011.pickle.pbz2", folder / "000012.pickle.pbz2")
    with pytest.raises(FileFormatError, match=r"000012.*architecture 12 holds architecture 11.*swapped"):
        import_file(folder)


def test_the_meta_file_of_the_other_space_is_told(tmp_path: Path, published: Path) -> None:
    folder = copied(published, tmp_path / "records")
    other = published / "nats-bench" / "NATS-sss-v1_0-50262-simple"
    shutil.copyfile(other / "meta.pickle.pbz2", folder / "meta.pickle.pbz2")
    with pytest.raises(FileFormatError, match=r"000000.*nats-bench-size"):
        import_file(folder)


def broken(change: Any) -> dict[str, Any]:
    content = archive()
    change(content)
    return content


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda c: c.pop("arch2infos"), "no arch2infos"),
        (lambda c: c["arch2infos"].clear(), "no records"),
        (lambda c: c["meta_archs"].__setitem__(slice(0, 2), c["meta_archs"][1::-1]), "published order"),
        (lambda c: c["arch2infos"][0]["12"].pop("all_results"), "of another one|layout"),
        (lambda c: c["arch2infos"].__setitem__(5, c["arch2infos"].pop(0)), "architecture 5 are of another"),
        (lambda c: c["arch2infos"][0]["12"].__setitem__("arch_str", "|conv|"), "layout"),
        (lambda c: _trial(c).pop("train_acc1es"), "architecture 0, cifar10, seed 777"),
        (lambda c: _trial(c)["train_acc1es"].pop(5), "gaps"),
        (lambda c: _trial(c)["train_acc1es"].__setitem__(200, 1.0), "epoch 201 of a 200-epoch"),
        (lambda c: _trial(c)["train_losses"].__setitem__(0, float("inf")), "infinite"),
        (lambda c: _trial(c)["eval_acc1es"].__setitem__("y-test@199", 1.0), "unknown part"),
        (lambda c: _trial(c).__setitem__("epochs", 10**9), "schedule of 1000000000"),
        (lambda c: c["arch2infos"].__setitem__(0, c["arch2infos"][0]["12"]), "layout"),
        (lambda c: _many_seeds(c["arch2infos"][0]["200"]["all_results"]), "more than 16 training seeds"),
    ],
)
def test_contradicting_archives_are_refused(tmp_path: Path, change: Any, message: str) -> None:
    with pytest.raises(FileFormatError, match=message):
        import_file(one_file(tmp_path, broken(change)))


def _trial(content: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = content["arch2infos"][0]["200"]["all_results"]["cifar10", 777]
    return found


def _many_seeds(results: dict[Any, Any]) -> None:
    for seed in range(20):
        results["cifar10", seed] = results["cifar10", 777]


@pytest.mark.parametrize("epochs", [float("inf"), None, "many"])
def test_a_schedule_of_no_length_is_told_in_a_folder_too(tmp_path: Path, epochs: Any) -> None:
    taken = record(0, 12, (111,))
    taken["all_results"]["cifar100", 111]["epochs"] = epochs
    meta = {"meta_archs": STRINGS, "total_archs": len(STRINGS), "arch2infos": None}
    (tmp_path / "meta.pickle.pbz2").write_bytes(packed(meta))
    (tmp_path / "000000.pickle.pbz2").write_bytes(packed({"12": taken}))
    with pytest.raises(FileFormatError, match="layout"):
        import_file(tmp_path)


def test_truncated_archives_are_refused(tmp_path: Path) -> None:
    path = one_file(tmp_path)
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(FileFormatError, match="truncated"):
        import_file(path)


def test_an_archive_is_emptied_while_it_is_read(tmp_path: Path) -> None:
    from nasbench_sim.tables.importers.nats_bench import ArchiveSink

    sink = ArchiveSink("here", "none")
    taken = record(0, 12, (111,))
    assert sink.condense("12", taken) == nbs.space().string(0)
    assert taken == {}
    assert detect(one_file(tmp_path)).name == "nats-bench"
