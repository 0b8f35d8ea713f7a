"""Random numbers that depend on a replicate's own seed and own draws only."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

import nasbench_sim as nbs
from nasbench_sim.oracle import Streams

draws = st.lists(
    st.tuples(st.integers(1, 1100), st.none() | st.lists(st.integers(0, 3), min_size=1, unique=True)),
    max_size=12,
)


@given(draws)
def test_every_replicate_reads_its_own_sequence_without_gaps(draws: list) -> None:
    seeds = [3, 2**64 - 1, 0, 77]
    whole = [Streams([seed], 0).uniform(12 * 1100)[0] for seed in seeds]
    streams = Streams(seeds, 0)
    position = [0] * 4
    for k, rows in draws:
        chosen = range(4) if rows is None else sorted(rows)
        drawn = streams.uniform(k, None if rows is None else np.array(sorted(rows)))
        for row, numbers in zip(chosen, drawn, strict=True):
            np.testing.assert_array_equal(numbers, whole[row][position[row] : position[row] + k])
            position[row] += k


def test_the_numbers_are_the_halves_of_the_words_of_philox() -> None:
    raw = np.random.Philox(key=[5, 1]).random_raw(3).tolist()
    halves = [half for word in raw for half in (word % 2**32, word // 2**32)]
    np.testing.assert_array_equal(
        Streams([5], 1).uniform(6)[0], [(half + 0.5) / 2**32 for half in halves], strict=True
    )


def test_purposes_and_seeds_give_different_numbers() -> None:
    first = {tuple(Streams([seed], purpose).uniform(4)[0]) for seed in range(5) for purpose in range(3)}
    assert len(first) == 15


def test_uniform_in_range_and_uniform_over_a_space() -> None:
    streams = Streams(range(50), 0)
    drawn = streams.uniform(2000)
    assert 0 < drawn.min() < drawn.max() < 1
    assert abs(drawn.mean() - 0.5) < 0.005
    space = nbs.SearchSpace("tiny", ["abc", "de"])
    counts = np.bincount(streams.architectures(space, 2000).ravel(), minlength=6)
    assert abs(counts / counts.sum() - 1 / 6).max() < 0.005
    large = nbs.SearchSpace("large", ["0123456789"] * 12)
    found = streams.architectures(large, 3)
    assert found.shape == (50, 3)
    assert found.max() < large.size
    normal = streams.normal(3000)
    assert abs(normal.mean()) < 0.02
    assert abs(normal.std() - 1) < 0.02
