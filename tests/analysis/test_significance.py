"""Tests, effect sizes, profiles, sample sizes: equal to scipy, scikit-posthocs and statsmodels."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from nasbench_sim import analysis
from nasbench_sim.errors import RequestError


def finals(seed=0, count=12):
    random = np.random.Generator(np.random.Philox(seed))
    return {
        name: np.round(random.normal(shift, 1, count), 1)
        for name, shift in zip("abcd", range(4), strict=True)
    }


def test_holm_equals_statsmodels():
    multitest = pytest.importorskip("statsmodels.stats.multitest")
    p = np.random.Generator(np.random.Philox(0)).random(40) ** 3
    np.testing.assert_allclose(analysis.holm(p), multitest.multipletests(p, method="holm")[1])
    np.testing.assert_allclose(analysis.holm([0.5, 0.9]), [1, 1])
    with pytest.raises(RequestError, match="from 0 to 1"):
        analysis.holm([0.5, 1.5])


@pytest.mark.parametrize("test", ["mann-whitney", "wilcoxon"])
def test_pairwise_tests_equal_scikit_posthocs(test):
    posthocs = pytest.importorskip("scikit_posthocs")
    samples = finals()
    found = analysis.pairwise_tests(samples, test).set_index(["a", "b"])
    # In tenths, so that what differs equally is equal.
    tenths = {name: np.rint(10 * values) for name, values in samples.items()}
    long = pd.DataFrame(tenths).melt(var_name="searcher", value_name="accuracy")
    run = posthocs.posthoc_mannwhitney if test == "mann-whitney" else posthocs.posthoc_wilcoxon
    expected = run(long, val_col="accuracy", group_col="searcher", p_adjust="holm")
    for (a, b), row in found.iterrows():
        assert row["p_holm"] == pytest.approx(expected.loc[a, b])


def test_pairwise_tests_leave_missing_out():
    samples = finals()
    samples["a"][:2] = np.nan
    independent = analysis.pairwise_tests(samples).iloc[0]
    assert (independent["n_a"], independent["n_b"]) == (10, 12)
    assert independent["p"] == stats.mannwhitneyu(samples["a"][2:], samples["b"]).pvalue
    paired = analysis.pairwise_tests(samples, "wilcoxon").iloc[0]
    assert (paired["n_a"], paired["n_b"]) == (10, 10)
    assert paired["median_difference"] == np.median(samples["a"][2:]) - np.median(samples["b"][2:])


def test_pairwise_tests_refuse_what_they_cannot_compare():
    with pytest.raises(RequestError, match="two or more samples"):
        analysis.pairwise_tests({"a": [1, 2, 3]})
    with pytest.raises(RequestError, match="b: 3 or more values are needed, 1 of 3 exist"):
        analysis.pairwise_tests({"a": [1, 2, 3], "b": [1, np.nan, np.nan]})
    with pytest.raises(RequestError, match="not paired: 3 and 4"):
        analysis.pairwise_tests({"a": [1, 2, 3], "b": [1, 2, 3, 4]}, "wilcoxon")
    with pytest.raises(RequestError, match=r"unknown test 'wilcoxn'.*did you mean"):
        analysis.pairwise_tests({"a": [1, 2, 3], "b": [1, 2, 3]}, "wilcoxn")


def test_equal_samples_do_not_differ():
    same = {"a": [1, 2, 3], "b": [1, 2, 3]}
    for test in ("mann-whitney", "wilcoxon"):
        row = analysis.pairwise_tests(same, test).iloc[0]
        assert (row["p"], row["a12"], row["cliffs_delta"]) == (1, 0.5, 0)


def test_friedman_and_nemenyi_equal_scipy_and_scikit_posthocs():
    posthocs = pytest.importorskip("scikit_posthocs")
    frame = pd.DataFrame(finals(3))
    found = analysis.friedman(frame)
    expected = stats.friedmanchisquare(*frame.to_numpy().T)
    assert (found["statistic"], found["p"]) == (expected.statistic, expected.pvalue)
    p = posthocs.posthoc_nemenyi_friedman(frame)
    np.testing.assert_allclose(analysis.nemenyi(frame), p, atol=1e-6)


def test_critical_difference_equals_demsars_example():
    """The study of four classifiers over 14 data sets in section 3.2.2 of the paper."""
    c45 = [0.763, 0.599, 0.954, 0.628, 0.882, 0.936, 0.661, 0.583, 0.775, 1.000, 0.940, 0.619, 0.972, 0.957]
    m = [0.768, 0.591, 0.971, 0.661, 0.888, 0.931, 0.668, 0.583, 0.838, 1.000, 0.962, 0.666, 0.981, 0.978]
    cf = [0.771, 0.590, 0.968, 0.654, 0.886, 0.916, 0.609, 0.563, 0.866, 1.000, 0.965, 0.614, 0.9751, 0.946]
    both = [0.798, 0.569, 0.967, 0.657, 0.898, 0.931, 0.685, 0.625, 0.875, 1.000, 0.962, 0.669, 0.975, 0.970]
    frame = pd.DataFrame({"C4.5": c45, "C4.5+m": m, "C4.5+cf": cf, "C4.5+m+cf": both})
    found = analysis.critical_difference(frame)
    assert found.difference == pytest.approx(2.569 * np.sqrt(4 * 5 / (6 * 14)), abs=1e-3)
    assert found.ranks.round(3).to_dict() == {
        "C4.5+m+cf": 1.964,
        "C4.5+m": 2.0,
        "C4.5+cf": 2.893,
        "C4.5": 3.143,
    }
    assert found.n == 14
    ten = analysis.critical_difference(frame, alpha=0.1)
    assert ten.difference == pytest.approx(2.291 * np.sqrt(4 * 5 / (6 * 14)), abs=1e-3)
    # "C4.5 is significantly worse than C4.5+m and C4.5+m+cf" at 0.10.
    assert ten.groups == (("C4.5+m+cf", "C4.5+m", "C4.5+cf"), ("C4.5+cf", "C4.5"))


def test_groups_are_the_maximal_runs():
    ranks = [[1, 2, 3, 4, 5]] * 30
    found = analysis.critical_difference(-pd.DataFrame(ranks, columns=list("abcde")))
    assert found.groups == (("a", "b"), ("b", "c"), ("c", "d"), ("d", "e"))
    many = analysis.critical_difference(-pd.DataFrame(ranks * 10, columns=list("abcde")))
    assert many.groups == ()


def test_friedman_counts_incomplete_blocks_and_refuses_the_undefined():
    frame = pd.DataFrame(finals())
    frame.iloc[2, 1] = np.nan
    assert analysis.friedman(frame)[["n", "missing"]].tolist() == [11, 1]
    assert analysis.critical_difference(frame).missing == 1
    with pytest.raises(RequestError, match="three or more searchers"):
        analysis.friedman(frame[["a", "b"]])
    with pytest.raises(RequestError, match="tie in every block"):
        analysis.nemenyi(pd.DataFrame(np.ones((4, 3)), columns=list("abc")))


@given(
    st.lists(st.integers(0, 5), min_size=1, max_size=9), st.lists(st.integers(0, 5), min_size=1, max_size=9)
)
def test_a12_counts_pairs_and_is_the_scaled_u(x, y):
    by_hand = np.mean([(a > b) + (a == b) / 2 for a in x for b in y])
    assert analysis.a12(x, y) == pytest.approx(by_hand)
    assert analysis.a12(x, y) == pytest.approx(1 - analysis.a12(y, x))
    assert analysis.a12(x, y) == pytest.approx(stats.mannwhitneyu(x, y).statistic / len(x) / len(y))
    assert analysis.cliffs_delta(x, y) == pytest.approx(2 * by_hand - 1)


def test_probability_of_improvement_is_a_mean_over_tasks_with_an_interval():
    x, y = finals(1, 30), finals(2, 30)
    better = {name: values + 0.5 for name, values in y.items()}
    found = analysis.probability_of_improvement(better, x, resamples=200)
    expected = np.mean([analysis.a12(better[task], x[task]) for task in x])
    assert found["probability"] == pytest.approx(expected)
    assert 0.5 < found["low"] < expected < found["high"] < 1
    assert found["tasks"] == 4
    pd.testing.assert_series_equal(found, analysis.probability_of_improvement(better, x, resamples=200))
    with pytest.raises(RequestError, match="x: a mapping by name"):
        analysis.probability_of_improvement(pd.Series([1.0, 2.0]), pd.Series([1.0, 2.0]))
    with pytest.raises(RequestError, match="same tasks"):
        analysis.probability_of_improvement({"a": [1, 2]}, {"b": [1, 2]})
    with pytest.raises(RequestError, match="y on a: 2 or more"):
        analysis.probability_of_improvement({"a": [1, 2]}, {"a": [1]})


def test_score_profile_by_hand():
    found = analysis.score_profile({"a": [1, 2, 3, np.nan], "b": [2, 2]}, [0, 2, 3]).set_index("searcher")
    assert found.loc["a", "share"].tolist() == pytest.approx([1, 1 / 3, 0])
    assert found.loc["b", "share"].tolist() == [1, 0, 0]
    assert found.loc["a", "n"].tolist() == [3, 3, 3]
    with pytest.raises(RequestError, match="0 of 1 exist"):
        analysis.score_profile({"a": [np.nan]}, [0])


def test_ratio_profile_by_hand():
    costs = pd.DataFrame({"a": [1, 2, np.nan, np.nan], "b": [3, 2, 5, np.nan]})
    found = analysis.ratio_profile(costs, [1, 3, 100]).set_index("searcher")["share"]
    assert found["a"].tolist() == [0.5, 0.5, 0.5]
    assert found["b"].tolist() == [0.5, 0.75, 0.75]
    with pytest.raises(RequestError, match="positive"):
        analysis.ratio_profile(costs - 1, [1])
    with pytest.raises(RequestError, match="DataFrame is expected, not a dict"):
        analysis.ratio_profile({"a": [1.0]}, [1])
    with pytest.raises(RequestError, match="start at 1"):
        analysis.ratio_profile(costs, [0.5])


def test_ratio_profile_takes_the_expected_running_times():
    x, y = [[1.0, 2.0]], [[90.0, 91.0]]
    never = [[80.0, 80.0]]
    costs = {
        name: analysis.expected_runtime(x, values, [90, 91])["expected_runtime"]
        for name, values in {"a": y, "b": never}.items()
    }
    assert np.isinf(costs["b"]).all()
    found = analysis.ratio_profile(pd.DataFrame(costs), [1, 9]).set_index("searcher")["share"]
    assert (found["a"].tolist(), found["b"].tolist()) == ([1.0, 1.0], [0.0, 0.0])


def test_searchers_may_be_numbered():
    found = analysis.critical_difference(pd.DataFrame({1: [1, 2, 3], 2: [2, 3, 4], 3: [3, 4, 5]}))
    assert found.groups == (("3", "2"), ("2", "1"))
    assert "3  1.000" in repr(found)


def test_paired_samples_of_other_seeds_are_refused():
    one = pd.Series([1.0, 2.0, 3.0, 9.0])
    with pytest.raises(RequestError, match="a and b have different indexes"):
        analysis.pairwise_tests({"a": one, "b": one[::-1]}, "wilcoxon")
    assert len(analysis.pairwise_tests({"a": one, "b": one[::-1]})) == 1  # nothing is paired


@pytest.mark.parametrize("effect", [0.05, 0.3, 1.0, 3.0, 40.0])
@pytest.mark.parametrize("power", [0.5, 0.8, 0.99])
def test_replicates_equal_statsmodels(effect, power):
    statistics = pytest.importorskip("statsmodels.stats.power")
    found = analysis.replicates_for_difference(effect, 1.0, power=power)
    test = statistics.TTestIndPower()
    assert test.power(effect, found, 0.05) >= power - 1e-9
    if found > 2:
        assert test.power(effect, found - 1, 0.05) < power


def test_replicates_for_a12_see_what_they_promise():
    random = np.random.Generator(np.random.Philox(0))
    count = analysis.replicates_for_a12(0.7)
    shift = stats.norm.ppf(0.7) * np.sqrt(2)  # a12 of two normal samples that far apart
    x, y = random.normal(shift, 1, (2000, count)), random.normal(0, 1, (2000, count))
    seen = stats.mannwhitneyu(x, y, axis=1).pvalue < 0.05
    assert seen.mean() == pytest.approx(0.8, abs=0.04)
    assert analysis.replicates_for_a12(0.3) == count


def test_sample_sizes_refuse_no_difference():
    with pytest.raises(RequestError, match="other than 0"):
        analysis.replicates_for_difference(0.0, 1.0)
    with pytest.raises(RequestError, match="more than 10,000,000"):
        analysis.replicates_for_difference(1e-5, 1.0)
    with pytest.raises(RequestError, match="no difference"):
        analysis.replicates_for_a12(0.5)


def test_a_critical_difference_prints_what_it_says():
    frame = pd.DataFrame({"poor": [1, 2, 3], "fair": [2, 3, 4], "good": [3, 4, 5]})
    found = analysis.critical_difference(frame)
    assert repr(found).splitlines() == [
        "mean ranks over 3 blocks (1 is best), 0 left out",
        "  good  1.000",
        "  fair  2.000",
        "  poor  3.000",
        f"critical difference {found.difference:.3f} at the level 0.05; Friedman p = {found.p:.3g}",
        "not told apart: good = fair; fair = poor",
    ]
