"""How well an estimate finds the best: by hand, and against enumeration of all ways to break ties."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from nasbench_sim import analysis
from nasbench_sim.errors import RequestError

small = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=3, max_size=6)


def varying(rows):
    x, y = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    return x, y, np.ptp(x) > 0 and np.ptp(y) > 0


def orders(values):
    """Every order of rows, best first, that agrees with the values."""
    for order in itertools.permutations(range(len(values))):
        if all(values[a] >= values[b] for a, b in itertools.pairwise(order)):
            yield order


@settings(max_examples=40, deadline=None)
@given(small, st.integers(1, 6), st.integers(1, 6))
def test_ties_are_broken_in_all_ways(rows, k, best):
    x, y, defined = varying(rows)
    if not defined or max(k, best) > len(x):
        return
    chosen, relevant = ([set(order[:size]) for order in orders(v)] for v, size in ((x, k), (y, best)))
    overlap = np.mean([len(a & b) / k for a in chosen for b in relevant])
    assert analysis.precision_at_k(x, y, k, best=best) == pytest.approx(overlap)
    ranks = stats.rankdata(-y, method="min")
    expected = np.mean([min(ranks[row] for row in a) for a in chosen])
    assert analysis.best_rank_at_k(x, y, k) == pytest.approx(expected)


def test_overlap_by_hand():
    estimate, truth = [9, 8, 7, 1, 2, 3], [1, 9, 8, 7, 2, 3]
    assert analysis.top_k_overlap(estimate, truth, 3) == pytest.approx(2 / 3)
    assert analysis.top_k_overlap(estimate, truth, 6) == 1
    assert analysis.precision_at_k(estimate, truth, 1, best=3) == 0
    assert analysis.best_rank_at_k(estimate, truth, 1) == 6
    frame = analysis.top_agreement([*estimate, np.nan], [*truth, 100], k=(1, 3))
    assert frame["overlap"].tolist() == pytest.approx([0, 2 / 3])
    assert frame["best_rank"].tolist() == [6, 1]
    assert frame["missing"].tolist() == [1, 1]


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=3, max_size=30))
def test_concordance_counts_pairs(rows):
    x, y, defined = varying(rows)
    if not defined:
        return
    right = total = 0.0
    for a, b in itertools.combinations(range(len(x)), 2):
        if y[a] != y[b]:
            total += 1
            right += 0.5 if x[a] == x[b] else float((x[a] > x[b]) == (y[a] > y[b]))
    assert analysis.concordance(x, y) == pytest.approx(right / total)
    assert analysis.vote_concordance(x[:, None], y) == pytest.approx(right / total)


@given(st.lists(st.tuples(*[st.integers(0, 5)] * 4), min_size=3, max_size=15), st.integers(0, 2))
def test_vote_is_a_majority_of_pairs(rows, gap):
    numbers = np.array(rows, dtype=float)
    estimates, truth = numbers[:, :3], numbers[:, 3]
    estimates[0, gap] = np.nan
    if np.ptp(truth) == 0:
        return
    right = total = 0.0
    for a, b in itertools.combinations(range(len(truth)), 2):
        if truth[a] != truth[b]:
            votes = np.nansum(np.sign(estimates[a] - estimates[b]))
            total += 1
            right += (1 + np.sign(votes) * np.sign(truth[a] - truth[b])) / 2
    assert analysis.vote_concordance(estimates, truth) == pytest.approx(right / total)


def test_vote_does_not_depend_on_the_chunk(monkeypatch):
    random = np.random.Generator(np.random.Philox(0))
    truth = random.normal(size=101)
    estimates = truth[:, None] + random.normal(size=(101, 3))
    whole = analysis.vote_concordance(estimates, truth)
    monkeypatch.setattr("nasbench_sim.analysis.agreement._CHUNK", 500)
    assert analysis.vote_concordance(estimates, truth) == pytest.approx(whole)
    assert whole > max(analysis.concordance(column, truth) for column in estimates.T)


def test_tau_at_top_takes_the_best_by_truth():
    random = np.random.Generator(np.random.Philox(0))
    truth = random.normal(size=200)
    estimate = truth + random.normal(size=200)
    best = np.argsort(-truth)[:20]
    expected = stats.kendalltau(estimate[best], truth[best]).statistic
    assert analysis.tau_at_top(estimate, truth) == pytest.approx(expected)
    with pytest.raises(RequestError, match=r"undefined in the top 0\.01"):
        analysis.tau_at_top(estimate, truth, 0.01)


def test_bad_requests():
    x = np.arange(5.0)
    with pytest.raises(RequestError, match="k is a whole number from 1 to 5"):
        analysis.top_k_overlap(x, x, 6)
    with pytest.raises(RequestError, match="k is a whole number"):
        analysis.best_rank_at_k(x, x, 1.5)
    with pytest.raises(RequestError, match="estimate constant"):
        analysis.top_k_overlap(np.ones(5), x, 2)
    with pytest.raises(RequestError, match="distinct truth"):
        analysis.vote_concordance(x[:, None], np.ones(5))
    with pytest.raises(RequestError, match="differ in length"):
        analysis.vote_concordance(x[:, None], x[:3])
