"""Columns, questions and their strict answers."""

from __future__ import annotations

import functools
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nasbench_sim as nbs
from nasbench_sim.errors import ArchitectureError, RequestError
from nasbench_sim.tables.numbers import mean_of_runs

SPACE = nbs.SearchSpace("toy", ["abc", "de"])
NAN = np.nan


def column(metric: str, **fields: object) -> nbs.Column:
    return nbs.Column(metric=metric, source="made here", **{"dataset": "cifar10", **fields})


def curves() -> np.ndarray:
    """Three runs of two epochs; run 8 is missing for architecture 0, all runs for architecture 5."""
    numbers = np.arange(36, dtype=float).reshape(6, 3, 2)
    numbers[0, 1] = NAN
    numbers[5] = NAN
    return numbers


@pytest.fixture
def table() -> nbs.Table:
    short = column("val_accuracy", trained_on="train", schedule=12, epochs=(12,), seeds=(1,))
    long = column("val_accuracy", trained_on="train", schedule=200, epochs=(100, 200), seeds=(7, 8, None))
    return nbs.Table(
        "toy",
        SPACE,
        [
            (short, np.linspace(1, 6, 6)[:, None, None]),
            (long, curves()),
            (column("test_accuracy", trained_on="train", schedule=200), np.full(6, 1.0)),
            (column("test_accuracy", trained_on="train+val", schedule=200), np.full(6, 2.0)),
            (
                column("test_accuracy", dataset="cifar100", trained_on="train", schedule=200),
                np.full(6, 3.0),
            ),
            (
                column("test_accuracy_reconstructed", dataset="cifar100", schedule=200, seeds=(7,)),
                np.full((6, 1), 3.0),
            ),
            (column("latency", device="raspi4"), np.arange(6.0)),
            (column("latency", device="fpga"), np.arange(6.0) + 10),
        ],
    )


def test_defaults_are_the_longest_schedule_its_last_epoch_and_the_mean_of_what_exists(
    table: nbs.Table,
) -> None:
    expected = [3.0, 9.0, 15.0, 21.0, 27.0, NAN]  # at epoch 200: (1 + 5) / 2, then means of three
    np.testing.assert_array_equal(table.values("val_accuracy", dataset="cifar10"), expected)
    assert table.query(1, "val_accuracy", dataset="cifar10", epoch=100) == 8.0
    assert table.query(1, "val_accuracy", dataset="cifar10", seed=8) == 9.0
    assert np.isnan(table.query(0, "val_accuracy", dataset="cifar10", seed=8))


def test_whole_numbers_of_any_type_are_taken(table: nbs.Table) -> None:
    asked = {"schedule": np.uint8(200), "epoch": np.int64(100), "seed": np.int32(7)}
    plain = {name: int(value) for name, value in asked.items()}
    assert table.query(1, "val_accuracy", dataset="cifar10", **asked) == 6.0
    assert table.query(1, "val_accuracy", dataset="cifar10", **plain) == 6.0
    assert table.query(2, "val_accuracy", dataset="cifar10", schedule=12) == 3.0
    runs = table.runs("val_accuracy", dataset="cifar10", epoch=100)
    np.testing.assert_array_equal(runs[0], [0, NAN, 4])


def test_papers_convention_of_trained_on(table: nbs.Table) -> None:
    assert table.query(0, "test_accuracy", dataset="cifar10") == 2.0
    assert table.query(0, "test_accuracy", dataset="cifar10", trained_on="train") == 1.0
    assert table.query(0, "test_accuracy", dataset="cifar100") == 3.0


def test_unconventional_training_alone_is_not_offered_silently() -> None:
    only = nbs.Table("t", SPACE, [(column("test_accuracy", trained_on="train"), np.ones(6))])
    with pytest.raises(RequestError, match="say trained_on='train'"):
        only.values("test_accuracy", dataset="cifar10")
    assert only.query(0, "test_accuracy", dataset="cifar10", trained_on="train") == 1.0


@pytest.mark.parametrize(
    ("metric", "question", "message"),
    [
        ("val_acuracy", {}, "did you mean 'val_accuracy'"),
        ("val_accuracy", {"dataset": "cifar01"}, "unknown data set 'cifar01' .did you mean 'cifar10'"),
        ("val_accuracy", {"dataset": "cifar100"}, "has no data set 'cifar100'.*; it has 'cifar10'"),
        ("val_accuracy", {"dataset": "cifar10", "schedule": 90}, "has no schedule 90; it has 12, 200"),
        ("val_accuracy", {"dataset": "cifar10", "epoch": 12}, "it has 100, 200; val_accuracy.*12\\) has it"),
        ("val_accuracy", {"dataset": "cifar10", "seed": 9}, "has no seed 9; it has 7-8"),
        ("val_accuracy", {"dataset": "cifar10", "seed": 1}, "it has 7-8; val_accuracy.*12\\) has it"),
        ("test_accuracy", {"dataset": "cifar100", "seed": 7}, "test_accuracy_reconstructed.* has it"),
        ("val_accuracy", {"dataset": "cifar10", "schedule": "12"}, "schedule is a whole number, not '12'"),
        ("val_accuracy", {"dataset": "cifar10", "schedule": True}, "schedule is a whole number, not True"),
        ("val_accuracy", {"dataset": "cifar10", "epoch": 1.5}, "epoch is a whole number"),
        ("val_accuracy", {"dataset": "cifar10", "seed": True}, "seed is a whole number"),
        ("val_accuracy", {"dataset": "cifar10", "seed": [777]}, "not several at once"),
        ("latency", {"dataset": "cifar10"}, "say device: .*raspi4.*fpga"),
        ("latency", {"dataset": "cifar10", "device": "raspi"}, "did you mean 'raspi4'"),
        ("latency:fpga", {"dataset": "cifar10", "device": "raspi4"}, "names the device 'fpga'"),
        ("latency:fpga", {"dataset": "cifar10", "epoch": 3}, "not read at an epoch"),
        ("latency:fpga", {"dataset": "cifar10", "seed": 3}, "without runs"),
        ("test_accuracy", {}, "say dataset"),
        (5, {}, "named by a string"),
    ],
)
def test_every_wrong_question_is_an_error(
    table: nbs.Table, metric: str, question: dict, message: str
) -> None:
    with pytest.raises(RequestError, match=message):
        table.values(metric, **question)


@pytest.mark.parametrize("wrong", [200.0, np.float64(200), Decimal(200), Fraction(200)])
def test_what_equals_a_whole_number_is_refused_also_after_the_whole_number(
    table: nbs.Table, wrong: Any
) -> None:
    asked = {"dataset": "cifar10", "schedule": 200, "epoch": 200, "seed": 7}
    assert table.query(1, "val_accuracy", **asked) == 7.0
    for part in ("schedule", "epoch"):
        with pytest.raises(RequestError, match=f"{part} is a whole number"):
            table.query(1, "val_accuracy", **{**asked, part: wrong})


def test_true_is_no_epoch_and_no_seed_also_after_one() -> None:
    first = column("score", schedule=1, epochs=(1,), seeds=(1,))
    own = nbs.Table("t", SPACE, [(first, np.ones((6, 1, 1)))])
    assert own.query(0, "score", epoch=1, seed=1) == 1.0
    for part in ("epoch", "seed"):
        with pytest.raises(RequestError, match=f"{part} is a whole number, not True"):
            own.query(0, "score", **{"epoch": 1, "seed": 1, part: True})


def test_a_series_in_place_of_a_name_is_named(table: nbs.Table) -> None:
    with pytest.raises(RequestError, match=r"not several at once: \[0 +cifar10"):
        table.query(0, "val_accuracy", dataset=pd.Series(["cifar10", "cifar100"]))


@pytest.mark.parametrize("several", [["cifar10"], np.array(["cifar10"]), pd.Series(["cifar10"]), {}])
def test_one_is_named_wherever_a_question_is_asked(table: nbs.Table, several: Any) -> None:
    for ask in (table.column, table.runs, table.values, functools.partial(table.curves, 0)):
        with pytest.raises(RequestError, match="not several at once"):
            ask("val_accuracy", dataset=several)


def test_answers_stay_the_same_when_more_than_are_kept_were_asked_for() -> None:
    epochs = tuple(range(1, 601))
    long = column("score", schedule=600, epochs=epochs)
    own = nbs.Table("t", SPACE, [(long, np.arange(3600.0).reshape(6, 600))])
    for _ in range(2):
        assert [own.query(2, "score", epoch=epoch) for epoch in epochs] == [1200.0 + at for at in range(600)]


@pytest.mark.parametrize("kind", [f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)])
def test_indices_of_every_width(table: nbs.Table, kind: str) -> None:
    asked = np.array([5, 2], dtype=kind)
    assert table.query(asked[0], "latency:fpga", dataset="cifar10") == 15.0
    assert type(table.query(asked[0], "latency:fpga", dataset="cifar10")) is float
    assert table.query(asked, "latency:fpga", dataset="cifar10").tolist() == [15.0, 12.0]


def test_look_up_refuses_what_no_question_has(table: nbs.Table) -> None:
    assert table.lookup("latency:fpga", dataset="cifar10")[0] == 10.0
    with pytest.raises(RequestError, match=r"no part datset \(did you mean 'dataset'"):
        table.lookup("latency:fpga", datset="cifar10")


def test_scalars_arrays_and_strings(table: nbs.Table) -> None:
    assert type(table.query(1, "latency:fpga", dataset="cifar10")) is float
    assert table.query("b:d", "latency:fpga", dataset="cifar10") == 12.0
    found = table.query([[0, 1], [2, 5]], "latency:raspi4", dataset="cifar10")
    np.testing.assert_array_equal(found, [[0.0, 1.0], [2.0, 5.0]])
    assert table.query([], "latency:fpga", dataset="cifar10").shape == (0,)
    for wrong in (6, -1, 0.5, True, "x:y", [0, 6]):
        with pytest.raises(ArchitectureError):
            table.query(wrong, "latency:fpga", dataset="cifar10")


def test_answers_cannot_be_written_to(table: nbs.Table) -> None:
    for question in ({"dataset": "cifar10"}, {"dataset": "cifar10", "seed": 7}):
        values = table.values("val_accuracy", **question)
        with pytest.raises(ValueError, match="read-only"):
            values[0] = 1.0
    numbers = np.arange(6.0)
    own = nbs.Table("t", SPACE, [(column("latency", device="fpga"), numbers)])
    numbers[0] = 99.0
    assert own.query(0, "latency", dataset="cifar10") == 0.0


def test_frame_leaves_out_what_does_not_apply(table: nbs.Table) -> None:
    frame = table.frame(["val_accuracy", "latency:fpga"], dataset="cifar10", epoch=100, seed=7)
    assert frame.columns.tolist() == ["val_accuracy", "latency:fpga"]
    assert frame.index.name == "index"
    assert frame.loc[1].tolist() == [6.0, 11.0]
    some = table.frame(["val_accuracy", "latency:fpga"], [3, 1], dataset="cifar10", epoch=100, seed=7)
    pd.testing.assert_frame_equal(some, frame.loc[[3, 1]])
    assert table.frame(["latency:fpga"], table.space.string(1), dataset="cifar10").index.tolist() == [1]
    for wrong in ([], "latency"):
        with pytest.raises(RequestError, match="list of one or more"):
            table.frame(wrong, dataset="cifar10")
    with pytest.raises(RequestError, match="no part datset"):
        table.frame(["val_accuracy"], datset="cifar10")
    with pytest.raises(RequestError, match="unknown metric"):
        table.frame(["vall"], dataset="cifar10")
    with pytest.raises(RequestError, match="epoch: no part of a question for any of latency:fpga"):
        table.frame(["latency:fpga"], dataset="cifar10", epoch=100)
    assert table.frame(["latency:fpga"], dataset="cifar10", epoch=None).shape == (6, 1)
    with pytest.raises(RequestError, match="named by a string"):
        table.frame([5], dataset="cifar10")
    with pytest.raises(RequestError, match=r"not shape \(2, 2\)"):
        table.frame(["latency:fpga"], [[0, 1], [2, 3]], dataset="cifar10")


def test_columns_say_what_is_there(table: nbs.Table) -> None:
    row = table.columns.iloc[1]
    assert row["seeds"] == "7-8 + 1 unpublished"
    assert row["epochs"] == "100, 200"
    assert row["coverage"] == 5
    assert row["unit"] == "%"
    assert row["split"] == "val"
    assert "toy" in table._repr_html_()
    assert "8 columns" in repr(table)


@pytest.mark.parametrize(
    ("fields", "numbers", "message"),
    [
        ({"metric": "latency"}, np.ones(5), r"shape \(6,\) is expected, not \(5,\)"),
        ({"metric": "x", "seeds": (1, 2)}, np.ones((6, 3)), r"shape \(6, 2\)"),
        ({"metric": "x"}, np.array(list("abcdef")), "numbers are expected"),
        ({"metric": "x"}, np.array([1, 2, 3, 4, 5, np.inf]), "infinite"),
        ({"metric": "x"}, np.ones(6, dtype=bool), "numbers are expected"),
        ({"metric": "x"}, 5.0, r"shape \(6,\) is expected, not \(\)"),
        ({"metric": "x"}, [[1], [2, 3]], "numbers that fill an array"),
    ],
)
def test_wrong_numbers(fields: dict, numbers: np.ndarray, message: str) -> None:
    with pytest.raises(RequestError, match=message):
        nbs.Table("t", SPACE, [(column(**fields), numbers)])


@pytest.mark.parametrize(
    "numbers",
    [
        [0.5, 1, NAN, 3, 4, 5],
        (0.5, 1, NAN, 3, 4, 5),
        np.ma.array([0.5, 1, 77, 3, 4, 5], mask=[0, 0, 1, 0, 0, 0]),
        np.array([0.5, 1, NAN, 3, 4, 5], dtype=np.float16),
        np.array([0.5, 1, NAN, 3, 4, 5], dtype=np.longdouble),
        pd.Series([0.5, 1, NAN, 3, 4, 5]),
        pd.Series([0.5, 1, None, 3, 4, 5], dtype="Float64"),
        pd.Series([0.5, 1, NAN, 3, 4, 5], index=pd.Index(range(6), name="index")),
    ],
    ids=lambda numbers: f"{type(numbers).__name__} {getattr(numbers, 'dtype', '')}",
)
def test_numbers_in_memory_of_every_kind(numbers: Any, tmp_path: Path) -> None:
    own = nbs.Table("t", SPACE, [(nbs.Column(metric="x", source="here"), numbers)])
    np.testing.assert_array_equal(own.values("x"), [0.5, 1, NAN, 3, 4, 5])
    assert own.schema[0].coverage == 5
    again = nbs.load_table(nbs.save_table(own, tmp_path / "own.h5"))
    np.testing.assert_array_equal(again.values("x"), own.values("x"))


def test_rows_of_another_order_are_not_taken_by_their_place() -> None:
    score = nbs.Column(metric="x", source="here")
    ranked = pd.Series([5.0, 4, 3, 2, 1, 0]).sort_values()
    with pytest.raises(RequestError, match="not 0 to 5 in order; reindex them"):
        nbs.Table("t", SPACE, [(score, ranked)])
    assert nbs.Table("t", SPACE, [(score, ranked.sort_index())]).query(0, "x") == 5.0
    with pytest.raises(RequestError, match="infinite"):
        nbs.Table("t", SPACE, [(score, ranked.sort_index().replace(5.0, np.inf))])


def test_columns_of_numpy_numbers_are_those_of_plain_ones() -> None:
    plain = column("x", schedule=3, epochs=(1, 2, 3), seeds=(7, None))
    same = column("x", schedule=np.int64(3), epochs=np.arange(1, 4), seeds=[np.int16(7), None])
    assert same == plain
    assert nbs.Table("t", SPACE, [(same, np.ones((6, 2, 3)))]).hash


def test_two_columns_for_one_question() -> None:
    with pytest.raises(RequestError, match="two columns answer"):
        nbs.Table("t", SPACE, [(column("x"), np.ones(6)), (column("x"), np.ones(6))])


@pytest.mark.parametrize(
    "fields",
    [
        {"metric": "latency", "unit": "s"},
        {"metric": "a:b"},
        {"metric": ""},
        {"metric": "x", "better": "most"},
        {"metric": "x", "schedule": 12, "epochs": (12, 3)},
        {"metric": "x", "schedule": 12, "epochs": (0, 3)},
        {"metric": "x", "epochs": (3,)},
        {"metric": "x", "seeds": (3, 3)},
        {"metric": "x", "seeds": (True, 2)},
        {"metric": "x", "seeds": ("3",)},
        {"metric": "x", "schedule": 3.5},
        {"metric": "x", "schedule": 3, "epochs": (1, None)},
        {"metric": "x", "schedule": 3, "epochs": ("a",)},
        {"metric": 5},
    ],
)
def test_wrong_columns(fields: dict) -> None:
    with pytest.raises(RequestError):
        column(**fields)


def test_extended_is_a_new_table(table: nbs.Table) -> None:
    richer = table.extended([(column("mine"), np.arange(6))])
    assert richer.query(3, "mine", dataset="cifar10") == 3.0
    assert richer.hash != table.hash
    with pytest.raises(RequestError, match="unknown metric"):
        table.values("mine")


@given(st.lists(st.lists(st.none() | st.floats(-1e6, 1e6), min_size=3, max_size=3), min_size=1))
def test_mean_of_runs_is_the_mean_of_what_exists(rows: list) -> None:
    runs = np.array([[NAN if v is None else v for v in row] for row in rows])
    for mean, row in zip(mean_of_runs(runs), rows, strict=True):
        present = [v for v in row if v is not None]
        assert np.isnan(mean) if not present else mean == pytest.approx(sum(present) / len(present))
