"""Random numbers that depend on a replicate's own seed and own draws only."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

import nasbench_sim as nbs
from nasbench_sim.oracle import Streams
from nasbench_sim.oracle.streams import split_mix

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


def test_words_are_those_published_for_split_mix() -> None:
    # Its first five outputs from state 1234567, as listed on Rosetta Code.
    words = split_mix(np.array([1234567], dtype=np.uint64), np.arange(1, 6, dtype=np.uint64))
    assert words.tolist() == [
        6457827717110365317,
        3203168211198807973,
        9817491932198370423,
        4593380528125082431,
        16408922859458223821,
    ]


def plain_split_mix(state: int, steps: int) -> int:
    word = (state + steps * 0x9E3779B97F4A7C15) % 2**64
    word = (word ^ word >> 30) * 0xBF58476D1CE4E5B9 % 2**64
    word = (word ^ word >> 27) * 0x94D049BB133111EB % 2**64
    return word ^ word >> 31


@given(st.integers(0, 2**64 - 1), st.integers(0, 3), st.integers(1, 40))
def test_the_numbers_are_the_top_bits_of_words_of_a_key(seed: int, purpose: int, n: int) -> None:
    key = plain_split_mix(plain_split_mix(seed, 0) + purpose, 0)
    expected = [((plain_split_mix(key, step) >> 12) + 0.5) / 2**52 for step in range(1, n + 1)]
    assert Streams([seed], purpose).uniform(n)[0].tolist() == expected


def test_numbers_are_uniform_and_independent_within_and_between_replicates() -> None:
    drawn = Streams(range(64), 0).uniform(4096)
    for numbers in (drawn.ravel(), drawn.T.ravel()):  # along a replicate; across neighbouring seeds
        assert stats.kstest(numbers, "uniform").pvalue > 1e-3
        pairs = np.histogram2d(numbers[:-1], numbers[1:], bins=16, range=[[0, 1], [0, 1]])[0]
        assert stats.chisquare(pairs.ravel()).pvalue > 1e-3
    correlation = np.corrcoef(drawn) - np.eye(64)
    assert abs(correlation).max() < 6 / np.sqrt(4096)


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
