"""Merging: agreement or a stop that shows where; the richest column serves; derived times."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nasbench_sim as nbs
from nasbench_sim.benchmarks.nas_bench_201.times import derived_times
from nasbench_sim.errors import MergeConflictError, RequestError
from nasbench_sim.tables.merge import TOLERANCE, merge

SPACE = nbs.SearchSpace("toy", ["abc", "de"])
NAN = np.nan


def table(values: Any, name: str = "a", **fields: Any) -> nbs.Table:
    column = nbs.Column(**{"metric": "latency", "device": "fpga", "source": f"source {name}", **fields})
    return nbs.Table(name, SPACE, [(column, np.asarray(values, dtype=float))])


def accuracy(values: Any, name: str, **fields: Any) -> nbs.Table:
    trained = {"metric": "val_accuracy", "dataset": "cifar10", "trained_on": "train", "schedule": 200}
    return table(values, name, **{**trained, "device": None, "epochs": (200,), **fields})


def served(merged: nbs.Table) -> np.ndarray:
    return np.asarray(merged.data(0)[...])


def test_different_columns_stand_side_by_side() -> None:
    merged = merge("both", [table(np.arange(6.0)), table(np.ones(6), "b", device="raspi4")])
    assert [column.device for column in merged.schema] == ["fpga", "raspi4"]
    assert [column.source for column in merged.schema] == ["source a", "source b"]
    assert [part["name"] for part in merged.provenance["merged"]] == ["a", "b"]


def test_agreeing_columns_fill_each_other() -> None:
    merged = merge("both", [table([1, 2, 3, NAN, NAN, NAN]), table([1, NAN, 3, 4, NAN, 6], "b")])
    np.testing.assert_array_equal(served(merged), [1, 2, 3, 4, NAN, 6])
    assert merged.schema[0].coverage == 5
    assert merged.schema[0].source == "source b"  # it covers more
    assert merged.schema[0].note == "equals source a for 2 architectures; 1 values are from source a"


def test_a_contradiction_stops_the_merge_and_shows_where() -> None:
    with pytest.raises(MergeConflictError) as caught:
        merge("both", [table(np.arange(6.0)), table([0, 1, 2.5, 3, 9, 5], "b")])
    message = str(caught.value)
    assert "latency(device='fpga')" in message
    assert "2 of 6 architectures" in message
    assert "most at index 4: 4 in table 'a' (source a), 9 in table 'b' (source b)" in message
    with pytest.raises(MergeConflictError) as caught:  # two files of one source are told apart
        merge("both", [table(np.arange(6.0), "x.csv"), table(np.ones(6), "y.csv", source="source x.csv")])
    assert "table 'x.csv' (source x.csv)" in str(caught.value)
    assert "table 'y.csv' (source x.csv)" in str(caught.value)


@given(
    numbers=st.lists(st.floats(1e-3, 1e6), min_size=6, max_size=6),
    at=st.integers(0, 5),
    excess=st.sampled_from([0.5, 2.0]),
)
def test_the_tolerance_is_the_stated_one(numbers: list[float], at: int, excess: float) -> None:
    other = list(numbers)
    other[at] *= 1 + excess * TOLERANCE
    tables = [table(numbers), table(other, "b")]
    if excess < 1:
        np.testing.assert_array_equal(served(merge("both", tables)), numbers)
    else:
        with pytest.raises(MergeConflictError, match=f"index {at}"):
            merge("both", tables)


def test_runs_win_over_their_mean_and_are_compared_with_it() -> None:
    runs = np.array([[1, 3], [2, 2], [5, NAN], [4, 4], [0, 0], [7, 9]], dtype=float)[:, :, None]
    mean = np.array([[2], [2], [5], [4], [0], [8]], dtype=float)
    merged = merge("both", [accuracy(mean, "mean"), accuracy(runs, "runs", seeds=(777, 888))])
    assert merged.schema[0].seeds == (777, 888)
    mean[5] += 1
    with pytest.raises(MergeConflictError, match="index 5, epoch 200"):
        merge("both", [accuracy(mean, "mean"), accuracy(runs, "runs", seeds=(777, 888))])


def test_runs_are_compared_by_their_seeds() -> None:
    one = np.arange(12.0).reshape(6, 2, 1)
    merge("both", [accuracy(one, "a", seeds=(777, 888)), accuracy(one[:, ::-1], "b", seeds=(888, 777))])
    with pytest.raises(MergeConflictError, match="seed 777"):
        merge("both", [accuracy(one, "a", seeds=(777, 888)), accuracy(one[:, ::-1], "b", seeds=(777, 888))])


def test_a_few_full_curves_do_not_turn_final_values_into_missing_ones() -> None:
    final = np.arange(6.0)[:, None]
    curve = np.full((6, 3), NAN)
    curve[2] = [0.5, 1.0, 2.0]
    merged = merge("both", [accuracy(final, "final"), accuracy(curve, "curve", epochs=(1, 2, 200))])
    assert merged.schema[0].epochs == (200,)
    np.testing.assert_array_equal(served(merged), final)
    whole = np.tile(final, (1, 3))
    merged = merge("both", [accuracy(final, "final"), accuracy(whole, "curve", epochs=(1, 2, 200))])
    assert merged.schema[0].epochs == (1, 2, 200)


def test_a_published_column_wins_over_a_derived_one() -> None:
    merged = merge("both", [table(np.arange(6.0), derived=True), table(np.arange(6.0), "b")])
    assert merged.schema[0].source == "source b"


def test_runs_that_get_their_names_are_not_counted_twice() -> None:
    # three named runs; two nameless ones; two nameless ones of which the other names one
    base = np.full((6, 5), NAN)
    base[0, :3], base[1, 3:], base[2, 3:] = [1, 2, 3], [4, 6], [7, 8]
    base[3:, :3] = 1
    other = np.full((6, 3), NAN)
    other[0], other[1], other[2] = [1, 2, 3], [6, NAN, 4], [7, NAN, NAN]
    merged = merge(
        "both",
        [
            accuracy(base[:, :, None], "base", seeds=(777, 888, 999, None, None)),
            accuracy(other[:, :, None], "named", seeds=(777, 888, 999)),
        ],
    )
    found = served(merged)[:, :, 0]
    np.testing.assert_array_equal(found[0], [1, 2, 3, NAN, NAN])
    np.testing.assert_array_equal(found[1], [6, NAN, 4, NAN, NAN])
    np.testing.assert_array_equal(found[2], [NAN, NAN, NAN, 7, 8])
    assert merged.query([1, 2], "val_accuracy", dataset="cifar10").tolist() == [5.0, 7.5]


def test_tables_of_different_spaces_do_not_merge() -> None:
    other = nbs.Table("o", nbs.SearchSpace("other", ["ab", "cd"]), [])
    with pytest.raises(RequestError, match="other, toy"):
        merge("both", [table(np.arange(6.0)), other])
    with pytest.raises(RequestError, match="at least one"):
        merge("none", [])


@given(seed=st.integers(0, 2**32), parts=st.integers(1, 4))
def test_parts_of_one_truth_merge_to_it(seed: int, parts: int) -> None:
    generator = np.random.default_rng(seed)
    truth = generator.normal(size=(6, 2, 3))
    known = np.zeros(truth.shape, dtype=bool)
    tables = []
    for part in range(parts):
        mask = generator.random(truth.shape) < 0.6
        known |= mask
        numbers = np.where(mask, truth, NAN)
        tables.append(accuracy(numbers, str(part), metric="val_loss", seeds=(1, 2), epochs=(1, 2, 200)))
    np.testing.assert_array_equal(served(merge("all", tables)), np.where(known, truth, NAN))


def test_derived_times_follow_from_the_long_schedule() -> None:
    embedded = nbs.load_table("nas-bench-201")
    times = nbs.Table("times", embedded.space, derived_times(embedded))
    assert {(c.dataset, c.trained_on, c.schedule) for c in times.schema} == {
        ("cifar10", "train", 12),
        ("cifar10", "train+val", 12),
        ("cifar10", "train+val", 200),
        ("cifar100", "train", 12),
        ("ImageNet16-120", "train", 12),
    }
    assert all(column.derived for column in times.schema)
    ask = times.query
    # the training part of the published clock: 12 epochs of 7.2211 s each, of architecture 0
    assert ask(0, "train_time", dataset="cifar10", trained_on="train") == pytest.approx(86.65311598)
    assert ask(0, "train_time", dataset="cifar10", trained_on="train", epoch=1) == pytest.approx(7.22109300)
    assert ask(0, "train_time", dataset="cifar10", trained_on="train+val", schedule=200) == pytest.approx(
        2888.4371996
    )


def test_times_that_differ_between_runs_are_derived_from_their_mean() -> None:
    space = nbs.SearchSpace("two", ["ab"])
    base = {"metric": "train_time", "source": "here", "dataset": "cifar10", "trained_on": "train"}
    column = nbs.Column(**base, schedule=200, epochs=(100, 200), seeds=(777, 888))
    numbers = np.array([[[100.0, 200.0], [110.0, 220.0]], [[50.0, 100.0], [np.nan, np.nan]]])
    table = nbs.Table("t", space, [(column, numbers)])
    times = nbs.Table("times", space, derived_times(table))
    assert times.query([0, 1], "train_time", trained_on="train", epoch=12).round(9).tolist() == [12.6, 6.0]
    assert times.query([0, 1], "train_time", trained_on="train+val", schedule=200).tolist() == [420.0, 200.0]
