"""Equal numbers, thresholds and differences by one rule, whatever their last bits."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

import nasbench_sim as nbs
from nasbench_sim import analysis
from nasbench_sim.analysis import ties
from nasbench_sim.errors import RequestError

PUBLISHED = 91.68399998291015  # 6111, seed 777, as its published double
grid = st.lists(st.integers(1, 40), min_size=6, max_size=24)


def nudged(values: np.ndarray, seed: int) -> np.ndarray:
    """The same numbers with some units in the last place of noise."""
    random = np.random.Generator(np.random.Philox(seed))
    return values * (1 + random.integers(-4, 5, values.shape) * 2.0**-52)


def test_a_target_is_reached_by_what_equals_it() -> None:
    clock, value = [[10.0, 20.0]], [[90.0, PUBLISHED]]
    assert analysis.runtime_to_target(clock, value, 91.684).tolist() == [20.0]
    assert analysis.expected_runtime(clock, value, [91.684])["expected_runtime"].tolist() == [20.0]
    assert analysis.target_ecdf(clock, value, [91.684], [20.0])["reached"].tolist() == [1.0]
    assert np.isnan(analysis.runtime_to_target(clock, value, 91.685)).all()


def test_a_bound_is_kept_by_what_equals_it() -> None:
    frame = pd.DataFrame({"accuracy": [PUBLISHED, 90.0], "latency": [0.1 + 0.2, 0.2]})
    ends = {"accuracy": "max", "latency": "min"}
    assert analysis.pareto_front(frame, ends, {"accuracy": (91.684, None)}).index.tolist() == [0]
    assert analysis.pareto_front(frame, ends, {"latency": (None, 0.3)}).attrs["outside"] == 0
    lottery = analysis.hardware_lottery(frame.assign(other=1.0), "accuracy", ["latency", "other"], 91.684)
    assert lottery.attrs["sufficient"] == 1


def test_points_that_are_equal_do_not_dominate_one_another() -> None:
    frame = pd.DataFrame({"a": [0.3, 0.1 + 0.2, 0.4], "b": [0.1 + 0.2, 0.3, 0.4]})
    assert sorted(analysis.pareto_front(frame, {"a": "min", "b": "min"}).index) == [0, 1]


def test_equal_differences_are_equal() -> None:
    samples = {"a": [0.5, 0.825, 0.375, 0.5], "b": [0.525, 0.775, 0.325, 0.55]}
    row = analysis.pairwise_tests(samples, "wilcoxon").iloc[0]
    thousandfold = stats.wilcoxon([500, 825, 375, 500], [525, 775, 325, 550])
    assert row["statistic"] == thousandfold.statistic == 4.0
    assert row["p"] == pytest.approx(thousandfold.pvalue)
    assert analysis.pairwise_tests({"a": [0.3, 1, 2], "b": [0.1 + 0.2, 1, 2]}, "wilcoxon")["p"][0] == 1.0


def test_ties_of_published_runs_are_those_of_their_counts() -> None:
    """Single runs of the embedded table on cifar10, as doubles with noise of their file and without."""
    runs = nbs.load_table("nas-bench-201").values("val_accuracy", dataset="cifar10", seed=777)
    known = runs[~np.isnan(runs)][:4000]
    images = np.rint(known * 250)  # of 25,000
    assert np.abs(known * 250 - images).max() < 1e-4
    other = np.roll(images, 7)
    found = analysis.rank_correlation(known + 1.7e-8 * np.sin(known), other)
    exact = analysis.rank_correlation(images, other)
    assert found["ties_x"] == exact["ties_x"] > 0
    assert found["kendall"] == exact["kendall"]


def test_landscapes_see_no_differences_in_last_bits() -> None:
    around = [[1, 3], [0, 2], [1, 3], [2, 0]]
    assert analysis.local_optima([0.1 + 0.2, 0.3, 0.1, 0.2], around).tolist() == [True, True, False, False]
    assert analysis.neutrality([0.1 + 0.2, 0.3, 0.1, 0.2], around)["network_size"].tolist() == [2, 2, 1, 1]
    assert analysis.incumbents([[0.3, 0.1 + 0.2, 0.4]]).tolist() == [[0, 0, 2]]


@given(grid, grid, st.integers(0, 2**31))
def test_nothing_changes_with_the_unit_or_the_last_bits(first, second, seed) -> None:
    n = min(len(first), len(second))
    x, y = np.array(first[:n]) / 40, np.array(second[:n]) / 40
    around = np.stack([np.arange(n) - 1, np.arange(n) + 1], axis=1) % n

    def found(x, y):
        out = [analysis.a12(x, y), analysis.local_optima(x, around).tolist()]
        out += [analysis.neutrality(x, around)["network_size"].tolist()]
        tests = [analysis.pairwise_tests({"a": x, "b": y}, test) for test in ("mann-whitney", "wilcoxon")]
        out += [test[["statistic", "p"]].round(12).to_numpy().tolist() for test in tests]
        frame = pd.DataFrame({"x": x, "y": y, "z": x[::-1]})
        out += [sorted(analysis.pareto_front(frame, {"x": "min", "y": "max"}).index)]
        if np.ptp(x) > 0.01 and np.ptp(y) > 0.01:
            out += [
                analysis.kendall_tau(x, y),
                analysis.top_k_overlap(x, y, 3),
                analysis.best_rank_at_k(x, y, 3),
            ]
            out += [analysis.concordance(x, y)]
            row = analysis.rank_correlation(x, y)
            out += row[["kendall", "ties_x", "ties_y", "spearman"]].round(12).tolist()
        try:
            out += [analysis.friedman(frame).round(9).tolist()]
        except RequestError:
            out += ["undefined"]
        return out

    expected = found(x, y)
    assert found(1000 * x, 1000 * y) == expected
    assert found(nudged(x, seed), nudged(y, seed + 1)) == expected


@given(st.lists(st.floats(-1e308, 1e308) | st.just(np.nan), max_size=30))
def test_levels_are_dense_ranks_of_distinct_numbers(values) -> None:
    numbers = np.array(values, dtype=float)
    places = ties.levels(numbers)
    known = ~np.isnan(numbers)
    assert (places[~known] == -1).all()
    assert sorted(set(places[known])) == list(range(len(set(places[known]))))
    order = np.argsort(numbers[known], kind="stable")
    assert (np.diff(places[known][order]) >= 0).all()
    for snapped, number in zip(ties.snapped(numbers)[known], numbers[known], strict=True):
        assert snapped <= number or snapped == pytest.approx(number)
    assert len(set(ties.snapped(numbers)[known])) == len(set(places[known]))


def test_long_chains_do_not_become_one_number() -> None:
    """Numbers nearer to one another than the tolerance, that together differ by far more."""
    clock = 1.7e9 + np.arange(4000) * 0.06
    assert ties.levels(clock).max() > 130
    assert analysis.kendall_tau(clock, np.arange(4000)) > 0.99
    assert ties.levels([1.0, 1.0 + 8e-10, 1.0 + 1.6e-9]).tolist() == [0, 0, 1]


def test_the_ends_of_what_a_float_holds() -> None:
    assert ties.levels([np.inf, -np.inf, 1e308, -1e308, np.inf]).tolist() == [3, 0, 2, 1, 3]
    assert ties.at_least([1.0, np.inf], np.inf).tolist() == [False, True]
    assert ties.at_most([1.0, np.inf, np.nan], np.inf).tolist() == [True, True, False]
    assert ties.above([1e308, -1e308], -np.inf).tolist() == [True, True]
    assert ties.differences([1.0, np.nan], [1.0, 2.0]).tolist()[0] == 0.0
    assert ties.differences([], []).tolist() == []
