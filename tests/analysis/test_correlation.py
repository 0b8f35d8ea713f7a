"""Rank correlations: equal to scipy, invariant where they must be, undefined in words."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scipy import stats

from nasbench_sim import analysis
from nasbench_sim.analysis.kendall import Ranked, discordant_pairs, inversions
from nasbench_sim.errors import RequestError

METHODS = ["spearman", "kendall", "pearson", "weighted_kendall"]


def columns():
    """Two columns with many ties and a few missing values."""
    rows, numbers = st.integers(3, 60), st.integers(-8, 8).map(float)
    with_gaps = st.one_of(numbers, numbers, numbers, numbers, st.just(np.nan))
    return rows.flatmap(
        lambda n: st.tuples(*(arrays.arrays(np.float64, n, elements=with_gaps) for _ in range(2)))
    )


def complete(x, y):
    both = ~np.isnan(x) & ~np.isnan(y)
    return x[both], y[both]


def defined(x, y):
    return len(x) >= 3 and np.ptp(x) > 0 and np.ptp(y) > 0


@given(st.permutations(list(range(41))))
def test_inversions_are_counted(order):
    by_hand = sum(order[i] > order[j] for i in range(41) for j in range(i + 1, 41))
    assert inversions(np.array(order)) == by_hand


@given(columns())
def test_pairs_are_counted_as_by_hand(both):
    x, y = complete(*both)
    if not len(x):
        return
    first, second = np.triu_indices(len(x), 1)
    across, along = np.sign(x[first] - x[second]), np.sign(y[first] - y[second])
    discordant, joint = discordant_pairs(Ranked.of(x), Ranked.of(y))
    assert discordant == np.count_nonzero(across * along < 0)
    assert joint == np.count_nonzero((across == 0) & (along == 0))
    assert Ranked.of(x).ties == np.count_nonzero(across == 0)


@given(columns())
def test_coefficients_equal_scipy(both):
    x, y = complete(*both)
    if not defined(x, y):
        with pytest.raises(RequestError):
            analysis.rank_correlation(*both)
        return
    found = analysis.rank_correlation(*both)
    assert found["kendall"] == pytest.approx(stats.kendalltau(x, y).statistic, abs=1e-12)
    assert found["spearman"] == pytest.approx(stats.spearmanr(x, y).statistic, abs=1e-12)
    assert found["pearson"] == pytest.approx(stats.pearsonr(x, y).statistic, abs=1e-12)
    assert found["n"] == len(x)
    assert found["missing"] == len(both[0]) - len(x)
    weighted = analysis.correlation_coefficient(*both, "weighted_kendall")
    assert weighted == pytest.approx(stats.weightedtau(x, y).statistic, abs=1e-12)


@pytest.mark.parametrize("decimals", [0, 2, 12])
def test_kendall_equals_scipy_over_a_whole_space(decimals):
    random = np.random.Generator(np.random.Philox(decimals))
    x = np.round(random.normal(size=15625), decimals)
    y = np.round(x + random.normal(size=15625), decimals)
    assert analysis.kendall_tau(x, y) == pytest.approx(stats.kendalltau(x, y).statistic, abs=1e-12)


@given(columns())
def test_symmetric_and_blind_to_the_order_of_rows(both):
    x, y = both
    if not defined(*complete(x, y)):
        return
    order = np.random.Generator(np.random.Philox(len(x))).permutation(len(x))
    for method in METHODS:
        value = analysis.correlation_coefficient(x, y, method)
        assert analysis.correlation_coefficient(y, x, method) == pytest.approx(value, abs=1e-12)
        assert -1 <= value <= 1
        # Vigna breaks ties between equal rows by their other column, so that it too sees no order of rows.
        again = analysis.correlation_coefficient(x[order], y[order], method)
        assert again == pytest.approx(value, abs=1e-9)


@given(columns())
def test_ranks_see_no_monotone_transform_and_turn_with_the_sign(both):
    x, y = both
    if not defined(*complete(x, y)):
        return
    for method in ("spearman", "kendall"):
        value = analysis.correlation_coefficient(x, y, method)
        assert analysis.correlation_coefficient(np.exp(x / 3), y**3, method) == pytest.approx(
            value, abs=1e-12
        )
        assert analysis.correlation_coefficient(-x, y, method) == pytest.approx(-value, abs=1e-12)


def test_analytic_intervals_by_hand():
    x = np.arange(20.0)
    y = np.roll(x, 3)
    found = analysis.rank_correlation(x, y, confidence=0.9)
    z = stats.norm.ppf(0.95)
    r = stats.pearsonr(x, y)
    low, high = r.confidence_interval(0.9)
    assert found["pearson_low"] == pytest.approx(low, abs=1e-12)
    assert found["pearson_high"] == pytest.approx(high, abs=1e-12)
    tau = found["kendall"]
    assert found["kendall_low"] == pytest.approx(np.tanh(np.arctanh(tau) - z * np.sqrt(0.437 / 16)))
    rho = found["spearman"]
    wide = z * np.sqrt((1 + rho**2 / 2) / 17)
    assert found["spearman_high"] == pytest.approx(np.tanh(np.arctanh(rho) + wide))


def test_intervals_of_perfect_and_of_few_rows():
    perfect = analysis.rank_correlation(np.arange(9), np.arange(9))
    assert perfect["kendall_low"] == perfect["kendall_high"] == 1.0
    few = analysis.rank_correlation([1, 2, 3], [1, 3, 2])
    assert (few["kendall_low"], few["kendall_high"]) == (-1.0, 1.0)


def test_bootstrap_intervals_are_seeded_and_hold_the_estimate():
    random = np.random.Generator(np.random.Philox(1))
    x = random.normal(size=80)
    y = x + random.normal(size=80)
    one = analysis.rank_correlation(x, y, bootstrap=200, seed=3)
    pd.testing.assert_series_equal(one, analysis.rank_correlation(x, y, bootstrap=200, seed=3))
    assert one["kendall_low"] != analysis.rank_correlation(x, y, bootstrap=200, seed=4)["kendall_low"]
    plain = analysis.rank_correlation(x, y)
    for name in ("spearman", "kendall", "pearson"):
        assert one[f"{name}_low"] < plain[name] < one[f"{name}_high"]
        assert one[f"{name}_low"] == pytest.approx(plain[f"{name}_low"], abs=0.1)
    assert "200 resamples" in one.attrs["interval"]


def test_bootstrap_of_the_fewest_rows_draws_constant_resamples_again():
    found = analysis.rank_correlation([1, 2, 3], [1, 3, 2], bootstrap=50)
    assert np.isfinite(found).all()


def test_population_is_used_and_counted():
    x, y = np.arange(10.0), np.array([0, 1, 2, 3, 4, 9, 8, 7, 6, np.nan])
    assert analysis.rank_correlation(x, y, population=x < 5)["kendall"] == 1.0
    upper = analysis.rank_correlation(x, y, population=x >= 5)
    assert (upper["kendall"], upper["n"], upper["missing"]) == (-1.0, 4, 1)


@pytest.mark.parametrize(
    ("x", "y", "words"),
    [
        ([1, 1, 1, 1], [1, 2, 3, 4], "x constant"),
        ([1, 2, 3, 4], [2, 2, 2, 2], "y constant"),
        ([5, 5, 5], [2, 2, 2], "x and y constant"),
        ([1, 2], [1, 2], "at least 3 complete pairs"),
        ([np.nan] * 5, [1, 2, 3, 4, 5], "0 complete pair"),
        ([], [], "0 complete pair"),
        ([1, 2, 3], [1, 2], "differ in length"),
        ([1, 2, np.inf], [1, 2, 3], "infinite"),
        (["a", "b", "c"], [1, 2, 3], "numbers are expected"),
        ([[1, 2, 3]], [1, 2, 3], "dimension"),
    ],
)
def test_bad_columns_are_errors_in_words(x, y, words):
    with pytest.raises(RequestError, match=words):
        analysis.rank_correlation(x, y)


def test_bad_requests_are_errors_in_words():
    x = np.arange(5.0)
    with pytest.raises(RequestError, match=r"'kendal' .*did you mean 'kendall'"):
        analysis.correlation_coefficient(x, x, "kendal")
    with pytest.raises(RequestError, match="confidence"):
        analysis.rank_correlation(x, x, confidence=95)
    with pytest.raises(RequestError, match=r"confidence is a number between 0 and 1, not '0.9'"):
        analysis.rank_correlation(x, x, confidence="0.9")
    assert analysis.rank_correlation(x, x, confidence=np.float32(0.5)).attrs["confidence"] == 0.5
    with pytest.raises(RequestError, match="no interval"):
        analysis.rank_correlation(x, x, bootstrap=1)
    with pytest.raises(RequestError, match="boolean mask"):
        analysis.rank_correlation(x, x, population=[0, 1, 2])
    with pytest.raises(RequestError, match="align"):
        analysis.rank_correlation(pd.Series([1, 2, 3]), pd.Series([1, 2, 3], index=[2, 1, 0]))


def test_partial_correlation_equals_the_first_order_formula_and_residuals():
    random = np.random.Generator(np.random.Philox(2))
    z = random.normal(size=(200, 2))
    x, y = z[:, 0] + random.normal(size=200), z.sum(axis=1) + random.normal(size=200)
    for method in ("pearson", "spearman", "kendall"):
        xy, xz, yz = (
            analysis.correlation_coefficient(a, b, method) for a, b in ((x, y), (x, z[:, 0]), (y, z[:, 0]))
        )
        by_hand = (xy - xz * yz) / np.sqrt((1 - xz**2) * (1 - yz**2))
        found = analysis.partial_correlation(x, y, z[:, 0], method=method)
        assert found["partial"] == pytest.approx(by_hand)
        assert found["plain"] == pytest.approx(xy)
        assert found["low"] < found["partial"] < found["high"]
    design = np.column_stack([np.ones(200), z])
    left = [v - design @ np.linalg.lstsq(design, v, rcond=None)[0] for v in (x, y)]
    found = analysis.partial_correlation(x, y, z, method="pearson")
    assert found["partial"] == pytest.approx(stats.pearsonr(*left).statistic)


def test_partial_correlation_refuses_what_is_undefined():
    random = np.random.Generator(np.random.Philox(3))
    x, y, z = random.normal(size=(3, 30))
    with pytest.raises(RequestError, match="determines x or y"):
        analysis.partial_correlation(x, y, x)
    with pytest.raises(RequestError, match="one another"):
        analysis.partial_correlation(x, y, np.column_stack([z, 2 * z]))
    with pytest.raises(RequestError, match="given is constant"):
        analysis.partial_correlation(x, y, np.ones(30))
    with pytest.raises(RequestError, match="complete rows are needed"):
        analysis.partial_correlation(x[:4], y[:4], z[:4])
    with pytest.raises(RequestError, match="differ in length"):
        analysis.partial_correlation(x, y, z[:9])


def test_partial_correlation_counts_missing():
    random = np.random.Generator(np.random.Philox(3))
    x, y, z = random.normal(size=(3, 30))
    z[:4] = np.nan
    found = analysis.partial_correlation(x, y, z, population=np.arange(30) < 20)
    assert (found["n"], found["missing"]) == (16, 4)


def test_random_populations_are_seeded():
    mask = analysis.sample_mask(100, 20, seed=1, within=np.arange(100) < 50)
    assert mask.sum() == 20
    assert not mask[50:].any()
    assert np.array_equal(mask, analysis.sample_mask(100, 20, seed=1, within=np.arange(100) < 50))
    assert not np.array_equal(mask, analysis.sample_mask(100, 20, seed=2, within=np.arange(100) < 50))
    with pytest.raises(RequestError, match="from 0 to 50"):
        analysis.sample_mask(100, 51, seed=1, within=np.arange(100) < 50)
