"""Any product of categoricals, against enumeration by itertools."""

from __future__ import annotations

import itertools
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nasbench_sim as nbs
from nasbench_sim.errors import ArchitectureError, RequestError


@st.composite
def small_spaces(draw: st.DrawFn) -> nbs.SearchSpace:
    cardinalities = draw(st.lists(st.integers(1, 5), min_size=1, max_size=5))
    return nbs.SearchSpace("small", [[f"c{i}" for i in range(k)] for k in cardinalities])


@given(small_spaces())
def test_indices_follow_the_product(space: nbs.SearchSpace) -> None:
    products = list(itertools.product(*(range(len(options)) for options in space.choices)))
    assert space.size == len(products)
    np.testing.assert_array_equal(space.ops(space.all_indices()), products)
    np.testing.assert_array_equal(space.index(np.array(products)), space.all_indices())
    np.testing.assert_array_equal(space.index(space.string(space.all_indices())), space.all_indices())


@given(small_spaces())
def test_neighbors_are_those_one_choice_away(space: nbs.SearchSpace) -> None:
    ops = space.ops(space.all_indices())
    for index in range(0, space.size, 7):
        expected = np.flatnonzero((ops != ops[index]).sum(axis=1) == 1)
        assert sorted(space.neighbors(index)) == expected.tolist()


@given(small_spaces(), st.integers(0, 2**32))
def test_mutation_reaches_exactly_the_neighbors(space: nbs.SearchSpace, seed: int) -> None:
    if space.size == 1:
        with pytest.raises(RequestError, match="one architecture"):
            space.mutated(np.array([0]), np.array([0.5]))
        return
    index = int(space.sample(1, seed)[0])
    uniform = (np.arange(4000) + 0.5) / 4000
    mutated = space.mutated(np.full(4000, index), uniform)
    assert set(mutated) == set(space.neighbors(index))
    top = space.mutated(np.array([index]), np.array([1 - 2**-53]))
    assert top[0] in space.neighbors(index)


def test_mutation_is_uniform_over_positions_then_choices() -> None:
    space = nbs.SearchSpace("uneven", ["ab", "cde"])
    mutated = space.mutated(np.zeros(1200, dtype=int), (np.arange(1200) + 0.5) / 1200)
    assert dict(zip(*np.unique(mutated, return_counts=True), strict=True)) == {1: 300, 2: 300, 3: 600}


def test_a_space_beyond_64_bits_is_exact() -> None:
    space = nbs.SearchSpace("large", [[str(i) for i in range(9)]] * 22)
    assert space.size == 9**22
    index = space.sample(5, seed=1)
    np.testing.assert_array_equal(space.index(space.ops(index)), index)
    last = space.official(9**22 - 1)
    assert last == 9**22 - 1
    assert (space.ops(last) == 8).all()
    assert space.neighbors(index).shape == (5, 176)
    assert ((space.ops(space.neighbors(index)) != space.ops(index)[:, None]).sum(axis=2) == 1).all()
    with pytest.raises(RequestError, match="too many to enumerate"):
        space.all_indices()
    with pytest.raises(ArchitectureError):
        space.official(9**22)


@given(small_spaces(), st.integers(0, 2**32))
def test_sampling_is_seeded_and_valid(space: nbs.SearchSpace, seed: int) -> None:
    drawn = space.sample(20, seed)
    np.testing.assert_array_equal(drawn, space.sample(20, seed))
    assert ((drawn >= 0) & (drawn < space.size)).all()


@pytest.mark.parametrize("n", [-1, 1.5, True])
def test_sample_size(n: object) -> None:
    with pytest.raises(RequestError):
        nbs.space().sample(n, 0)


@pytest.mark.parametrize("seed", [None, -1, 1.5, True, "0"])
def test_a_sample_without_a_seed_is_refused(seed: object) -> None:
    with pytest.raises(RequestError, match="seed is a whole number"):
        nbs.space().sample(2, seed)


@pytest.mark.parametrize("ask", ["official", "index", "ops", "from_naslib"])
def test_lists_of_different_lengths_are_no_architectures(ask: str) -> None:
    with pytest.raises(ArchitectureError, match="do not fill an array"):
        getattr(nbs.space(), ask)([[1], [2, 3]])


@pytest.mark.parametrize("choices", [[], [[]], [["a"], []], [["a", "a"]], [[str(i) for i in range(128)]]])
def test_wrong_spaces(choices: list) -> None:
    with pytest.raises(RequestError):
        nbs.SearchSpace("wrong", choices)


def test_wrong_strings_name_the_choices() -> None:
    space = nbs.SearchSpace("tiny", [("conv", "pool"), ("3", "5")])
    with pytest.raises(ArchitectureError, match="choices are conv, pool"):
        space.index("cnv:3")
    with pytest.raises(ArchitectureError, match="2 choices"):
        space.index("conv")


def test_spaces_travel_to_other_processes() -> None:
    tiny = pickle.loads(pickle.dumps(nbs.SearchSpace("tiny", ["ab", "cd"], ["x", "y"])))
    assert (tiny.choices, tiny.positions) == ((("a", "b"), ("c", "d")), ("x", "y"))
    assert pickle.loads(pickle.dumps(nbs.space())) is nbs.space()


@pytest.mark.parametrize("integer", [int, np.int8, np.int64])
def test_a_tuple_that_could_be_operations_is_refused(integer: type) -> None:
    space = nbs.space("nas-bench-201")
    foreign = tuple(integer(op) for op in (4, 0, 3, 1, 4, 3))
    table = nbs.load_table("nas-bench-201")
    for ask in (
        space.ops,
        space.neighbors,
        space.string,
        lambda one: table.query(one, "val_accuracy", dataset="cifar10"),
    ):
        with pytest.raises(ArchitectureError, match=r"its index is space.index\(.*a list, .* means indices"):
            ask(foreign)
    assert space.index(foreign) == space.index(list(foreign)) == 2620
    assert space.ops(list(foreign)).shape == (6, 6)  # six indices
    assert space.ops((4, 0, 3, 1, 4, 5)).shape == (6, 6)  # 5 is no operation
    assert space.ops((4, 0, 3)).shape == (3, 6)
