"""Anytime performance: by hand, against plain loops, and in words where there is no answer."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from nasbench_sim import analysis
from nasbench_sim.errors import RequestError

NAN = np.nan
observed = arrays.arrays(
    np.float64,
    st.tuples(st.integers(1, 4), st.integers(1, 12)),
    elements=st.one_of(st.integers(0, 5).map(float), st.just(NAN)),
)


@given(observed)
def test_incumbents_equal_a_loop(values):
    found = analysis.incumbents(values)
    for row, positions in zip(values, found, strict=True):
        best = -1
        for place, value in enumerate(row):
            if not np.isnan(value) and (best < 0 or value > row[best]):
                best = place
            assert positions[place] == best


@given(observed)
def test_incumbents_see_no_monotone_transform(values):
    assert np.array_equal(analysis.incumbents(values), analysis.incumbents(np.exp(values) - 7))


def test_reported_metric_is_the_incumbents_own():
    values, metric = [[NAN, 2, 3, 1], [1, 1, 0, 5]], [[9, 20, 30, 99], [10, 11, 12, NAN]]
    found = analysis.at_incumbents(values, metric)
    np.testing.assert_array_equal(found, [[NAN, 20, 30, 30], [10, 10, 10, NAN]])
    with pytest.raises(RequestError, match="differ in shape"):
        analysis.at_incumbents(values, [[1.0]])


def replicates(seed=0, count=6, length=40):
    """Replicates of different lengths on an increasing clock."""
    random = np.random.Generator(np.random.Philox(seed))
    clock = np.cumsum(random.exponential(10, (count, length)), axis=1)
    height = np.maximum.accumulate(random.normal(90, 2, (count, length)), axis=1)
    beyond = np.arange(length) >= random.integers(length // 2, length + 1, count)[:, None]
    return np.where(beyond, NAN, clock), np.where(beyond, NAN, height)


def test_step_curves_equal_a_loop():
    clock, height = replicates()
    grid = np.linspace(0, np.nanmax(clock), 57)
    found = analysis.curves(clock, height, grid, beyond="missing")
    for row, (times, values) in enumerate(zip(clock, height, strict=True)):
        for column, point in enumerate(grid):
            done = np.flatnonzero(times <= point)
            expected = values[done[-1]] if len(done) and point <= np.nanmax(times) else NAN
            np.testing.assert_equal(found[row, column], expected)


def test_published_interpolation_is_that_of_the_published_script():
    clock, height = replicates(3)
    grid = np.linspace(0, np.nanmin(np.nanmax(clock, axis=1)), 57)
    found = analysis.curves(clock, height, grid, interpolation="nats-bench")
    for row, (times, values) in enumerate(zip(clock, height, strict=True)):
        ends = [(time, value) for time, value in zip(times, values, strict=True) if not np.isnan(time)]
        for column, point in enumerate(grid):
            nearest = sorted(ends, key=lambda one, point=point: abs(one[0] - point))
            (a, at_a), (b, at_b) = nearest[:2]
            expected = (b - point) / (b - a) * at_a + (point - a) / (b - a) * at_b
            assert found[row, column] == pytest.approx(expected)


def test_published_interpolation_extrapolates_where_both_nearest_are_on_one_side():
    clock, height = [[1.0, 2.0, 20.0]], [[10.0, 12.0, 50.0]]
    assert analysis.curves(clock, height, [4.0], interpolation="nats-bench")[0, 0] == 16.0
    assert analysis.curves(clock, height, [4.0])[0, 0] == 12.0


def test_budget_beyond_the_data():
    clock, height = [[10.0, 20.0], [10.0, NAN]], [[90.0, 92.0], [91.0, NAN]]
    with pytest.raises(RequestError, match=r"20 is beyond the data of 1 of 2 replicates .* ends at 10"):
        analysis.curves(clock, height, [10, 20])
    held = analysis.curves(clock, height, [10, 20, 25], end=25)
    np.testing.assert_array_equal(held, [[90, 92, 92], [91, 91, 91]])
    missing = analysis.curves(clock, height, [10, 20, 25], beyond="missing", end=[25, 10])
    np.testing.assert_array_equal(missing, [[90, 92, 92], [91, NAN, NAN]])


@pytest.mark.parametrize(
    ("x", "y", "grid", "words"),
    [
        ([[2.0, 1.0]], [[1.0, 1.0]], [1], "backwards"),
        ([[NAN, 1.0]], [[1.0, 1.0]], [1], "NaN only past"),
        ([[NAN, NAN]], [[1.0, 1.0]], [1], "at least one evaluation"),
        ([[1.0]], [[1.0, 1.0]], [1], "one shape"),
        ([[1.0]], [[1.0]], [], "grid"),
        ([[1.0]], [[1.0]], [1, 0], "increasing"),
    ],
)
def test_bad_runs_are_errors_in_words(x, y, grid, words):
    with pytest.raises(RequestError, match=words):
        analysis.curves(x, y, grid)


def test_unknown_ways_are_named():
    with pytest.raises(RequestError, match="unknown interpolation 'linear'"):
        analysis.curves([[1.0]], [[1.0]], [1], interpolation="linear")
    with pytest.raises(RequestError, match="unknown way"):
        analysis.curves([[1.0]], [[1.0]], [1], beyond="hold")
    with pytest.raises(RequestError, match="two evaluations"):
        analysis.curves([[1.0]], [[1.0]], [1], interpolation="nats-bench")
    with pytest.raises(RequestError, match="end together"):
        analysis.curves([[1.0, 1.0]], [[1.0, 2.0]], [1], interpolation="nats-bench")


@pytest.mark.parametrize("scale", ["linear", "log"])
def test_area_equals_a_fine_sum(scale):
    clock, height = replicates(5)
    start, stop = np.nanmax(clock[:, 0]), np.nanmin(np.nanmax(clock, axis=1))
    space = np.linspace if scale == "linear" else np.geomspace
    edges = space(start, stop, 200_001)
    middles = (edges[1:] + edges[:-1]) / 2
    expected = analysis.curves(clock, height, middles).mean(axis=1)
    found = analysis.area_under_curve(clock, height, start, stop, scale=scale)
    np.testing.assert_allclose(found, expected, rtol=1e-5)


def test_area_refuses_what_it_does_not_know():
    clock, height = [[10.0, 20.0]], [[1.0, 2.0]]
    with pytest.raises(RequestError, match="no value at 5"):
        analysis.area_under_curve(clock, height, 5, 20)
    with pytest.raises(RequestError, match="beyond the data"):
        analysis.area_under_curve(clock, height, 10, 30)
    with pytest.raises(RequestError, match="no area"):
        analysis.area_under_curve(clock, height, 10, 10)
    with pytest.raises(RequestError, match="unknown scale"):
        analysis.area_under_curve(clock, height, 10, 20, scale="cubic")
    assert analysis.area_under_curve(clock, height, 10, 30, end=30)[0] == 1.5


def test_regret():
    np.testing.assert_allclose(analysis.regret([[1.0, NAN, 3.0]], 3.0, 1.0), [[1, NAN, 0]])
    assert analysis.regret([[0.1 + 0.2, NAN]], 0.3)[0, 0] == 0  # above it in the last bit only
    with pytest.raises(RequestError, match=r"a value of 94.3733334 is above the best, 94.3733333$"):
        analysis.regret([94.3733334, 90.0], 94.3733333)
    with pytest.raises(RequestError, match="above worst"):
        analysis.regret([1.0], 3.0, 3.0)


def test_ranks_over_time():
    a, b, c = [[1.0, 5.0], [2.0, 5.0]], [[1.0, 4.0], [3.0, 6.0]], [[NAN, 9.0], [NAN, 1.0]]
    found = analysis.rank_over_time({"a": a, "b": b, "c": c}, [1, 2])
    assert found.set_index(["searcher", "x"])["rank"].to_dict() == {
        ("a", 1): (1.5 + 2) / 2,
        ("a", 2): 2,
        ("b", 1): (1.5 + 1) / 2,
        ("b", 2): (3 + 1) / 2,
        ("c", 1): 3,
        ("c", 2): (1 + 3) / 2,
    }
    with pytest.raises(RequestError, match="two or more searchers"):
        analysis.rank_over_time({"a": a}, [1, 2])
    with pytest.raises(RequestError, match="of one shape"):
        analysis.rank_over_time({"a": a, "b": b[:1]}, [1, 2])


def test_expected_runtime_by_hand():
    clock = [[1.0, 2.0, 3.0], [1.0, 5.0, NAN], [2.0, 4.0, 6.0]]
    height = [[1.0, 1.0, 7.0], [1.0, 2.0, NAN], [7.0, 8.0, 9.0]]
    np.testing.assert_array_equal(analysis.runtime_to_target(clock, height, 7), [3, NAN, 2])
    found = analysis.expected_runtime(clock, height, [1, 7, 10]).set_index("target")
    assert found.loc[7, "expected_runtime"] == (3 + 5 + 2) / 2
    assert found.loc[7, "success_rate"] == pytest.approx(2 / 3)
    assert found.loc[1, "expected_runtime"] == pytest.approx(4 / 3)
    assert found.loc[10, "expected_runtime"] == np.inf
    assert found.loc[10, "successes"] == 0
    longer = analysis.expected_runtime(clock, height, [7], end=[3, 10, 6])
    assert longer["expected_runtime"][0] == (3 + 10 + 2) / 2


def test_ecdf_of_targets_equals_a_count():
    clock, height = replicates(8)
    targets = np.linspace(85, 95, 11)
    stop = np.nanmin(np.nanmax(clock, axis=1))
    grid = np.linspace(0, stop, 23)
    found = analysis.target_ecdf(clock, height, targets, grid)
    with np.errstate(invalid="ignore"):
        on_grid = analysis.curves(clock, height, grid)
        expected = (on_grid[:, None, :] >= targets[:, None]).mean(axis=(0, 1))
    np.testing.assert_allclose(found["reached"], expected)
    assert (found["n"] == 66).all()
    with pytest.raises(RequestError, match="beyond the data"):
        analysis.target_ecdf(clock, height, targets, [stop + 1])


def test_a_long_batch_equals_its_rows():
    clock, height = replicates(9, count=50, length=30)
    grid = np.linspace(1, np.nanmax(clock), 20)
    together = analysis.curves(clock, height, grid, beyond="missing")
    for row in range(50):
        alone = analysis.curves(clock[[row]], height[[row]], grid, beyond="missing")
        np.testing.assert_array_equal(together[[row]], alone)
