"""A question is a value: the same question is the same key, and wrong parts are refused."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nasbench_sim as nbs
from nasbench_sim.errors import RequestError
from nasbench_sim.spaces import Benchmark
from nasbench_sim.tables.question import Question

NUMBERS = st.none() | st.integers(0, 10**6)
TEXTS = st.none() | st.text("abc", min_size=1, max_size=3)


@given(TEXTS, TEXTS, NUMBERS, NUMBERS, NUMBERS, TEXTS)
def test_equal_questions_are_one_key(dataset, device, schedule, epoch, seed, trained_on) -> None:
    parts = (dataset, device, schedule, epoch, seed, trained_on)
    names = ("dataset", "device", "schedule", "epoch", "seed", "trained_on")
    one = Question("val_accuracy", *parts)
    other = Question.of("val_accuracy", dict(zip(names, parts, strict=True)))
    assert one == other
    assert hash(one) == hash(other)
    assert dataclasses.astuple(one) == ("val_accuracy", *parts)
    assert one.asked == {
        name: part
        for name, part in zip(names, parts, strict=True)
        if part is not None and name not in ("epoch", "seed")
    }


def test_numbers_of_any_integer_type_are_plain() -> None:
    asked = Question("x", schedule=np.int16(200), epoch=np.uint8(12), seed=np.int64(777))
    assert asked == Question("x", schedule=200, epoch=12, seed=777)
    assert {type(part) for part in (asked.schedule, asked.epoch, asked.seed)} == {int}


@pytest.mark.parametrize("part", ["schedule", "epoch", "seed"])
@pytest.mark.parametrize("value", [200.0, True, "200", np.float32(3), np.bool_(True)])
def test_other_numbers_are_refused(part, value) -> None:
    with pytest.raises(RequestError, match=f"{part} is a whole number"):
        Question("x", **{part: value})


def test_several_at_once_and_foreign_parts_are_refused() -> None:
    for parts in ({"dataset": ["a", "b"]}, {"seed": np.array([1, 2])}):
        with pytest.raises(RequestError, match="not several at once"):
            Question("x", **parts)
    with pytest.raises(RequestError, match="named by a string"):
        Question(3)
    with pytest.raises(RequestError, match=r"no part datset \(did you mean 'dataset'"):
        Question.of("x", {"datset": "cifar10"})


def test_a_label_names_the_device() -> None:
    assert Question("latency:raspi4") == Question("latency", device="raspi4")
    with pytest.raises(RequestError, match="names the device 'a', but device='b'"):
        Question("latency:a", device="b")


def test_what_is_trained_on_by_convention_is_the_benchmarks_to_say() -> None:
    class Own(nbs.SearchSpace):
        benchmark = Benchmark(title="Own", test_training={"mine": "train+val"})

    def table(space: nbs.SearchSpace, dataset: str) -> nbs.Table:
        common = {"metric": "test_accuracy", "dataset": dataset, "source": "made"}
        columns = [
            (nbs.Column(**common, trained_on=way), np.full(space.size, value))
            for way, value in (("train", 50.0), ("train+val", 60.0))
        ]
        return nbs.Table("t", space, columns)

    own, plain = Own("own", ["ab"]), nbs.SearchSpace("plain", ["ab"])
    assert table(own, "mine").query(0, "test_accuracy", dataset="mine") == 60.0
    assert table(own, "cifar10").query(0, "test_accuracy", dataset="cifar10") == 50.0
    assert table(plain, "mine").query(0, "test_accuracy", dataset="mine") == 50.0
    assert table(plain, "cifar10").query(0, "test_accuracy", dataset="cifar10") == 60.0  # as papers report it
