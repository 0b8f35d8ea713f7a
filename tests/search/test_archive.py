from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from small_task import small_space

from nasbench_sim.oracle import Streams
from nasbench_sim.search.strategies.predictors.archive import Archive


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(1, 4), min_size=1, max_size=3), st.data())
def test_new_architectures_are_new(shape: list[int], data: st.DataObject) -> None:
    space = small_space(*shape)
    known = data.draw(st.lists(st.integers(0, space.size - 1), max_size=space.size))
    archive = Archive(space, Streams([5], 0))
    archive.learn(np.array([known], dtype=np.int64).reshape(1, -1), np.ones((1, len(known))))
    left = space.size - len(set(known))
    drawn = archive.random(0, space.size)
    assert sorted(drawn) == sorted(set(range(space.size)) - set(known))
    (mutants,) = archive.mutants([archive.best(0, 3)], tries=20, count=5)
    assert len(set(mutants) - set(known)) == len(mutants) <= 5
    completed = archive.completed(0, mutants, space.size + 2)
    assert completed[: len(mutants)] == mutants
    assert completed[left:] == [-1] * (space.size + 2 - left)
    assert len(set(completed[:left])) == left


def test_random_in_a_space_beyond_64_bits() -> None:
    space = small_space(*[9] * 40)
    archive = Archive(space, Streams([1], 0))
    drawn = archive.random(0, 20)
    assert len(set(drawn)) == 20
    archive.learn(np.array([drawn], dtype=object), np.arange(20.0)[None])
    assert archive.best(0, 2).tolist() == [drawn[19], drawn[18]]
    (mutants,) = archive.mutants([archive.best(0, 1)], 50, 50)
    differing = (space.ops(np.array(mutants, dtype=object)) != space.ops(drawn[19])).sum(axis=1)
    assert (differing == 1).all()


def test_best_first_earlier_first_of_equals() -> None:
    archive = Archive(small_space(8), Streams([0], 0))
    archive.learn(np.array([[4, 1, 7, 2]]), np.array([[1.0, 3.0, -np.inf, 3.0]]))
    assert archive.best(0, 9).tolist() == [1, 2, 4]
