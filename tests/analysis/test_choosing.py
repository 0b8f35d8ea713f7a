"""Choosing by estimates against enumeration of all draws, and against scikit-learn."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from nasbench_sim import analysis

RANDOM = np.random.Generator(np.random.Philox(5))
ESTIMATE, TRUTH = RANDOM.permutation(8).astype(float), RANDOM.normal(90, 2, 8)


@pytest.mark.parametrize("n", [1, 3, 8])
@pytest.mark.parametrize("k", [1, 2])
def test_the_best_of_n_is_the_mean_over_all_draws(n, k) -> None:
    if k > n:
        pytest.skip("more than are drawn")
    chosen = [
        TRUTH[sorted(rows, key=lambda row: -ESTIMATE[row])[:k]].mean()
        for rows in map(list, itertools.combinations(range(8), n))
    ]
    assert analysis.expected_best(ESTIMATE, TRUTH, n, k=k) == pytest.approx(np.mean(chosen))
    best = [TRUTH[list(rows)].max() for rows in itertools.combinations(range(8), n)]
    assert analysis.expected_best(TRUTH, TRUTH, n) == pytest.approx(np.mean(best))


def test_ties_of_the_estimate_share_their_places() -> None:
    assert analysis.expected_best([1, 1, 2], [10.0, 20.0, 30.0], 1) == pytest.approx(20.0)
    both = [analysis.discounted_gain([1, 1, 2], truth, 2) for truth in ([10, 20, 30], [20, 10, 30])]
    assert both[0] == pytest.approx(both[1])


@pytest.mark.parametrize("k", [1, 3, 8])
def test_discounted_gain_equals_scikit_learns(k) -> None:
    metrics = pytest.importorskip("sklearn.metrics")
    tied = np.round(ESTIMATE / 3)
    for estimate in (ESTIMATE, tied):
        expected = metrics.ndcg_score([TRUTH - TRUTH.min()], [estimate], k=k)
        assert analysis.discounted_gain(estimate, TRUTH, k) == pytest.approx(expected)


def test_rank_sums_leave_out_what_is_missing() -> None:
    found = analysis.rank_sum_of_estimates([[1.0, 5.0], [np.nan, 6.0], [1.0, 7.0], [3.0, 4.0]])
    np.testing.assert_array_equal(found, [1.5 + 2, np.nan, 1.5 + 3, 3 + 1])
