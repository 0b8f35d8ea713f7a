from __future__ import annotations

import numpy as np
import pytest
from small_task import small_space, small_task, trajectory

from nasbench_sim.errors import RequestError
from nasbench_sim.spaces import SearchSpace


def test_stages_of_a_separable_space_find_the_best_in_one_pass() -> None:
    space = small_space(4, 5, 3)
    ops = space.ops(space.all_indices())
    values = (
        np.array([3, 9, 1, 4])[ops[:, 0]]
        + np.array([2, 7, 1, 8, 2])[ops[:, 1]]
        + np.array([0, 5, 1])[ops[:, 2]]
    )
    runs = trajectory("staged_search", small_task(space, values), 60, 30)
    best = int(values.argmax())
    # The beginning and 3 + 4 + 2 others; what is known already is not evaluated again.
    assert all(best in row[:10] for row in runs.index.tolist())
    assert all(len(set(row[:60])) == 60 for row in runs.index.tolist())


def test_a_stage_tries_every_combination_of_its_positions() -> None:
    space = SearchSpace("levels", ["abc", "abc", "abcd"], ["motif 1", "motif 2", "cell"])
    values = np.arange(space.size)[::-1]
    begin = space.index("b:c:d")
    runs = trajectory(
        "staged_search", small_task(space, values), 13, 20, stages=[["motif"], ["cell"]], warm_start=["b:c:d"]
    )
    ops = space.ops(runs.index)
    assert (runs.index[:, 0] == begin).all()
    assert (ops[:, 1:9, 2] == 3).all()
    assert all(len(np.unique(row)) == 9 for row in runs.index[:, :9])
    assert (ops[:, 9:12, :2] == 0).all()
    assert (np.sort(ops[:, 9:12, 2]) == [0, 1, 2]).all()
    assert (runs.index.argmin(axis=1) < 12).all()


def test_what_is_kept_finds_what_the_best_alone_misses() -> None:
    space = small_space(3, 3)
    values = np.array([5, 5, 5, 4, 4, 9, 1, 1, 1])  # the best needs the second choice of the first position
    for kept, finds in ((1, False), (2, True)):
        runs = trajectory("staged_search", small_task(space, values), 9, 10, kept=kept, warm_start=[7])
        # beginning, two others of the first position's, then the second position's of each that was kept
        evaluated = runs.index[:, : 3 + 2 * kept]
        assert ((evaluated == 5).any(axis=1) == finds).all()


def test_of_many_combinations_some_are_drawn() -> None:
    space = small_space(9, 9, 9, 9)
    task = small_task(space, np.arange(space.size))
    runs = trajectory("staged_search", task, 40, 6, stages=[["0", "1", "2", "3"]], most=20)
    assert (runs.length == 40).all()
    assert len(np.unique(runs.index)) > 150


@pytest.mark.parametrize(
    ("stages", "said"),
    [
        ([["motif"], ["motif 1"]], "more than one stage"),
        ([["mtif"]], "did you mean"),
        (["motif"], "list of lists"),
        ([[]], "list of lists"),
    ],
)
def test_wrong_stages_are_refused(stages: object, said: str) -> None:
    space = SearchSpace("levels", ["ab", "ab"], ["motif 1", "motif 2"])
    with pytest.raises(RequestError, match=said):
        trajectory("staged_search", small_task(space, np.arange(4)), 4, 1, stages=stages)
