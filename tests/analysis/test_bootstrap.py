"""The bootstrap: every resample's coefficients equal scipy's, intervals cover what they promise."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from nasbench_sim import analysis
from nasbench_sim.analysis.bootstrap import _AT_ONCE, _drawn, resampled_coefficients
from nasbench_sim.analysis.kendall import Ranked, inversions
from nasbench_sim.errors import RequestError

CORRELATION = 0.6
# Of two normal variables with that correlation (Kendall 1970, sections 9.10 and 10.8).
TRUTH = {
    "spearman": 6 / np.pi * np.arcsin(CORRELATION / 2),
    "kendall": 2 / np.pi * np.arcsin(CORRELATION),
    "pearson": CORRELATION,
}


def drawn_coefficients(x: np.ndarray, y: np.ndarray, resamples: int, seed: int) -> np.ndarray:
    return resampled_coefficients(x, y, Ranked.of(x), Ranked.of(y), resamples, seed)


def normal_pairs(n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    x, other = np.random.Generator(np.random.Philox(seed)).normal(size=(2, n))
    return x, CORRELATION * x + np.sqrt(1 - CORRELATION**2) * other


@settings(max_examples=40, deadline=None)
@given(st.integers(4, 30), st.integers(0, 2), st.integers(0, 1000))
def test_every_resample_equals_scipy(n: int, decimals: int, seed: int) -> None:
    x, y = (values.round(decimals) for values in normal_pairs(n, seed))
    if min(np.ptp(x), np.ptp(y)) == 0:
        return
    expected = []
    for rows in _drawn(n, 12, seed):
        for taken in rows:
            a, b = x[taken], y[taken]
            if a.min() < a.max() and b.min() < b.max():
                each = (stats.spearmanr(a, b), stats.kendalltau(a, b), stats.pearsonr(a, b))
                expected.append([one.statistic for one in each])
        if len(expected) >= 12:
            break
    np.testing.assert_allclose(drawn_coefficients(x, y, 12, seed), expected[:12], atol=1e-12)


def test_resamples_that_do_not_fit_in_one_go() -> None:
    n = _AT_ONCE // 3
    drawn = drawn_coefficients(*normal_pairs(n, 0), 4, seed=1)
    assert drawn.shape == (4, 3)
    assert len(np.unique(drawn[:, 1])) == 4
    np.testing.assert_allclose(drawn, [list(TRUTH.values())] * 4, atol=0.01)


def test_inversions_of_several_permutations_at_once() -> None:
    random = np.random.Generator(np.random.Philox(3))
    several = np.stack([random.permutation(21) for _ in range(6)]).reshape(2, 3, 21)
    by_hand = [[np.triu(one[:, None] > one, 1).sum() for one in row] for row in several]
    np.testing.assert_array_equal(inversions(several), by_hand)


@pytest.mark.parametrize("bootstrap", [0, 400])
@pytest.mark.parametrize("n", [15, 60])
def test_intervals_cover_the_truth_as_often_as_they_promise(bootstrap: int, n: int) -> None:
    times, covered = 300, dict.fromkeys(TRUTH, 0)
    for seed in range(times):
        found = analysis.rank_correlation(*normal_pairs(n, seed), bootstrap=bootstrap, seed=seed)
        for name, truth in TRUTH.items():
            covered[name] += found[f"{name}_low"] <= truth <= found[f"{name}_high"]
    # 95 % of 300 is 285 with a standard deviation of 4; the percentile bootstrap is a little short for
    # Pearson's r of few rows.
    for name, count in covered.items():
        assert 0.90 * times <= count <= 0.99 * times, (name, count)


STATISTICS = {
    "weighted": lambda x, y: analysis.correlation_coefficient(x, y, "weighted_kendall"),
    "overlap": lambda x, y: analysis.top_k_overlap(x, y, 10),
    "decile": lambda x, y: analysis.tau_at_top(x, y, 0.2),
    "concordance": analysis.concordance,
    "partial": lambda x, y: analysis.partial_correlation(x, y, np.arange(len(x)) % 7)["partial"],
}


@pytest.mark.parametrize("name", STATISTICS)
def test_any_statistic_has_an_interval(name: str) -> None:
    x, y = normal_pairs(80, 5)
    x[3] = np.nan
    found = analysis.bootstrap_interval(STATISTICS[name], x, y, resamples=200, seed=2)
    assert found["value"] == STATISTICS[name](*(values[~np.isnan(x)] for values in (x, y)))
    assert found["low"] < found["value"] < found["high"]
    assert (found["n"], found["missing"]) == (79, 1)
    again = analysis.bootstrap_interval(STATISTICS[name], x, y, resamples=200, seed=2)
    assert found.equals(again)


def test_the_general_interval_of_a_mean_is_the_textbook_s() -> None:
    values = np.random.Generator(np.random.Philox(8)).normal(size=400)
    found = analysis.bootstrap_interval(np.mean, values, resamples=4000)
    half = 1.96 * values.std() / 20
    assert found["low"] == pytest.approx(values.mean() - half, abs=0.15 * half)
    assert found["high"] == pytest.approx(values.mean() + half, abs=0.15 * half)
    within = analysis.bootstrap_interval(np.mean, values, population=values > 0)
    assert within["value"] == values[values > 0].mean()


def test_resamples_without_a_value_are_drawn_again_and_counted() -> None:
    found = analysis.bootstrap_interval(analysis.kendall_tau, [1, 2, 2], [1, 2, 3], resamples=50)
    assert found["undefined"] > 0

    def hardly_ever(x: np.ndarray) -> float:
        if len(np.unique(x)) < len(x):
            raise RequestError("not of these")
        return 0.0

    with pytest.raises(RequestError, match="resamples have no value: not of these"):
        analysis.bootstrap_interval(hardly_ever, np.arange(50), resamples=5)


def test_wrong_requests() -> None:
    with pytest.raises(RequestError, match="one or more columns"):
        analysis.bootstrap_interval(np.mean)
    with pytest.raises(RequestError, match="differ in length"):
        analysis.bootstrap_interval(np.mean, [1, 2, 3], [1, 2])
    with pytest.raises(RequestError, match="complete rows are needed, there are 2"):
        analysis.bootstrap_interval(np.mean, [1, 2, np.nan])
    with pytest.raises(RequestError, match="resamples is a whole number"):
        analysis.bootstrap_interval(np.mean, [1, 2, 3], resamples=1)
    with pytest.raises(RequestError, match="undefined: x constant"):
        analysis.bootstrap_interval(analysis.kendall_tau, [1, 1, 1], [1, 2, 3])
