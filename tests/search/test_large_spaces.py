"""Model-based searchers in a space far too large to enumerate."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_task import small_space, small_task

import nasbench_sim as nbs
from nasbench_sim.errors import RequestError
from nasbench_sim.oracle.streams import SEARCH, Streams
from nasbench_sim.search import Context, Searcher, searchers
from nasbench_sim.search.parts import known_values
from nasbench_sim.search.parts.known_values import FewKnownValues, KnownValues

ANY_SIZE: dict[str, dict[str, Any]] = {
    "bananas": {"epochs": 3},
    "gumbel_relaxation": {"epochs": 3, "steps": 3},
    "predictor_evolution": {"predictor": "ridge"},
    "tpe": {"initial": 10},
}


def searcher_in(space: nbs.SearchSpace, name: str, seeds: list[int], **hyperparameters: Any) -> Searcher:
    some_task = small_task(small_space(2), [0.0, 1.0])  # no table is that large
    context = Context(space, Streams(seeds, SEARCH), some_task, nbs.Budget(evaluations=100))
    cls = searchers()[name]
    return cls(context, cls.configured(hyperparameters))


def searched(space: nbs.SearchSpace, name: str, seeds: list[int]) -> np.ndarray:
    """Let a searcher look for choice 4 everywhere; give what it proposed, shape (R, n)."""
    searcher = searcher_in(space, name, seeds, **ANY_SIZE[name])
    proposed = []
    for _ in range(8):
        proposed.append(searcher.ask())
        searcher.tell(proposed[-1], (space.ops(proposed[-1]) == 4).mean(axis=2))
    return np.concatenate(proposed, axis=1)


@pytest.mark.parametrize("positions", [15, 40])  # indices of 64 bits, and beyond
@pytest.mark.parametrize("name", ANY_SIZE)
def test_new_proposals_alone_as_among(name: str, positions: int) -> None:
    space = small_space(*[9] * positions)
    together = searched(space, name, [1, 2])
    assert all(len(set(row)) == len(row) for row in together.tolist())
    assert searched(space, name, [2]).tolist() == together[1:].tolist()


def test_climbs() -> None:
    space = small_space(*[9] * 40)
    right = (space.ops(searched(space, "predictor_evolution", [1, 2])) == 4).sum(axis=2)
    assert (right[:, -10:].max(axis=1) > right[:, :10].max(axis=1)).all()


def test_the_whole_space_is_asked_of_a_small_one_only() -> None:
    with pytest.raises(RequestError, match="spaces of any size"):
        searcher_in(small_space(*[9] * 15), "gaussian_process", [0])


@given(st.lists(st.tuples(st.integers(-1, 11), st.integers(-1, 11), st.floats(-9, 9)), max_size=9))
def test_few_known_values_are_those_of_a_list_of_all(learned: list[tuple[int, int, float]]) -> None:
    space, rows = small_space(3, 4), np.array([[0], [1]])
    few, whole = FewKnownValues(space, 2), KnownValues(space, 2)
    for first, second, value in learned:
        for known in (few, whole):
            known.learn(np.array([[first], [second]]), np.array([[value], [-np.inf]]))
    everything = space.all_indices()
    np.testing.assert_array_equal(few.of(rows, everything), whole.of(rows, everything))
    for known in (few, whole):
        drawn = known.draw(0, Streams([1], SEARCH))
        assert drawn is not None
        assert np.isnan(whole.of(np.array([0]), np.array([drawn])))[0]


@pytest.mark.parametrize("name", ["local_search", "tabu_search"])
def test_no_neighbour_is_evaluated_twice(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(known_values, "_LARGEST", 0)
    space = small_space(*[3] * 7)
    task = small_task(space, (space.ops(space.all_indices()) == 1).sum(axis=1))
    runs = nbs.run(name, task, budget=nbs.Budget(evaluations=800), seeds=4)
    assert all(len(set(row)) == 800 for row in runs.index.tolist())
    assert (runs.final()["regret"] == 0).all()
