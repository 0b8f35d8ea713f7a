"""Tables over parts and samples of spaces: the same numbers, saved and loaded, searched and plotted."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest
from kinds_of_space import BUILT, made

import nasbench_sim as nbs
from nasbench_sim.errors import ArchitectureError, RequestError
from nasbench_sim.spaces import SampledSpace, definition
from nasbench_sim.tables import Column, Computed, Table
from nasbench_sim.tables.part import Part

CHOICES = {"0->1": ["none", "nor_conv_3x3"], "2->3": ["skip_connect"]}


def test_every_column_has_the_numbers_of_the_whole() -> None:
    whole = nbs.load_table("nas-bench-201")
    part = whole.restrict(CHOICES)
    rows = part.space.to_parent(part.space.all_indices())
    assert part.space.size == 2 * 5**4
    assert [column.key for column in part.schema] == [column.key for column in whole.schema]
    for place in range(len(whole.schema)):
        np.testing.assert_array_equal(
            np.asarray(part.data(place)[...]), np.asarray(whole.data(place)[...])[rows]
        )
    best = part.values("val_accuracy", dataset="cifar10").argmax()
    assert part.query(part.space.string(best), "params", dataset="cifar10") == whole.query(
        part.space.string(best), "params", dataset="cifar10"
    )
    with pytest.raises(ArchitectureError, match="is not in"):
        part.query(whole.space.string(0), "flops", dataset="cifar10")


def test_parts_travel_by_file_and_pickle(tmp_path: Path) -> None:
    part = nbs.load_table("nas-bench-201").restrict(CHOICES, name="small")
    nbs.save_table(part, tmp_path / "small.h5")
    again = nbs.load_table(tmp_path / "small.h5")
    assert (again.hash, again.space.name, again.space.size) == (part.hash, "small", part.space.size)
    np.testing.assert_array_equal(
        again.values("flops", dataset="cifar10"), part.values("flops", dataset="cifar10")
    )
    assert pickle.loads(pickle.dumps(again)).space.string(7) == part.space.string(7)


@pytest.mark.parametrize(
    "name", [name for name in BUILT if type(made(name)).__module__.startswith("nasbench")]
)
def test_spaces_are_written_and_read_back(name: str) -> None:
    space = made(name)
    if name in {"few-large", "few-large-and-long", "exactly-two", "deep-and-ruled", "restricted-rule"}:
        with pytest.raises(RequestError, match="class of its own"):
            definition.to_json(space)
        return
    described = definition.to_json(space)
    again = definition.from_json(described)
    index = space.sample(10, seed=0)
    assert again.size == space.size
    assert again.string(index).tolist() == space.string(index).tolist()
    assert definition.to_json(again) == described


@pytest.mark.parametrize("parent", ["nas-bench-201", "sampled-of-many"])
def test_a_sample_is_searched_and_saved(parent: str, tmp_path: Path) -> None:
    space = made(parent)
    if not isinstance(space, SampledSpace):
        space = SampledSpace(space, space.string(space.sample(40, seed=1)[:30]), "thirty")
    score = Column(metric="score", dataset="d", source="made up", better="max")
    table = Table("few", space, [(score, np.arange(float(space.size)))])
    nbs.save_table(table, tmp_path / "few.h5")
    again = nbs.load_table(tmp_path / "few.h5")
    assert again.hash == table.hash
    assert again.query(space.string(3), "score") == 3.0
    assert again.space.to_parent([1, 2]).tolist() == space.to_parent([1, 2]).tolist()
    found = nbs.run(
        "local_search",
        nbs.Task(again, dataset="d", objective="score"),
        budget=nbs.Budget(evaluations=25),
        seeds=2,
    )
    assert found.index.max() < space.size
    other = next(
        i for i in space.parent.sample(50, seed=9).tolist() if i not in space.to_parent(space.all_indices())
    )
    with pytest.raises(ArchitectureError, match="is no member of"):
        again.query(space.parent.string(other), "score")


def test_a_part_of_a_sample() -> None:
    space = made("sampled")
    table = Table(
        "some",
        space,
        [(Column(metric="score", dataset="d", source="made up", better="max"), np.arange(float(space.size)))],
    )
    part = table.restrict({"0->1": ["none"]})
    assert isinstance(part.space, SampledSpace)
    assert part.values("score").tolist() == part.space.to_parent(part.space.all_indices()).tolist()


def test_a_part_of_computed_numbers() -> None:
    space = nbs.space("fbnet")
    count = Computed(space, lambda index: (space.ops(index) == 8).sum(axis=-1))
    whole = Table("skips", space, [(Column(metric="skips", source="counted"), count)])
    fixed = {str(layer): ["skip"] for layer in range(20)}
    assert whole.restrict(fixed).values("skips").max() == 22
    large = whole.restrict({"0": ["k3_e1", "skip"]})
    assert not large.space.listed
    assert large.query("k3_e1:" * 21 + "skip", "skips") == 1


def test_a_part_of_long_curves_is_read_in_part() -> None:
    numbers = np.random.default_rng(0).random((5000, 2, 3))
    rows = np.array([4999, 3, 2048, 7])
    part = Part(numbers, rows)
    np.testing.assert_array_equal(part[...], numbers[rows])
    np.testing.assert_array_equal(part[1:3, :, 1], numbers[rows][1:3, :, 1])
    np.testing.assert_array_equal(part[2], numbers[2048])


def test_nothing_left_is_an_error() -> None:
    with pytest.raises(RequestError, match="no choice is left"):
        nbs.space("nas-bench-201").restrict({"0->1": []})
    with pytest.raises(RequestError, match="0 members"):
        SampledSpace(made("uneven"), [0, 1], "two").restrict({"0": ["d"]})
    with pytest.raises(RequestError, match="the same architecture"):
        SampledSpace(made("uneven"), [0, 1, 0], "twice")
