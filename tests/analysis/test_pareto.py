"""Fronts and how good they are: equal to pymoo, to sums by hand and to brute force."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nasbench_sim import analysis
from nasbench_sim.errors import RequestError

OBJECTIVES = {"latency": "min", "accuracy": "max"}
WORST = {"latency": 10.0, "accuracy": 0.0}

points = st.lists(
    st.tuples(*[st.one_of(st.integers(0, 5).map(float), st.just(np.nan))] * 2), min_size=1, max_size=20
)


def frame_of(rows):
    return pd.DataFrame(rows, columns=["latency", "accuracy"], dtype=float)


def random_frame(seed, count=200):
    random = np.random.Generator(np.random.Philox(seed))
    latency = random.uniform(0, 9, count)
    return pd.DataFrame({"latency": latency, "accuracy": latency**0.5 + random.normal(3, 0.5, count)})


@given(points)
def test_front_equals_brute_force(rows):
    frame = frame_of(rows)
    complete = frame.dropna()
    if complete.empty:
        with pytest.raises(RequestError, match="no row is left"):
            analysis.pareto_front(frame, OBJECTIVES)
        return
    kept = []
    for name, row in complete.iterrows():
        no_worse = (complete["latency"] <= row["latency"]) & (complete["accuracy"] >= row["accuracy"])
        better = (complete["latency"] < row["latency"]) | (complete["accuracy"] > row["accuracy"])
        if not (no_worse & better).any():
            kept.append(name)
    front = analysis.pareto_front(frame, OBJECTIVES)
    assert sorted(front.index) == kept
    assert front["latency"].is_monotonic_increasing
    assert front["accuracy"].is_monotonic_increasing
    assert front.attrs["missing"] == len(frame) - len(complete)


@given(points)
def test_front_sees_no_monotone_transform_and_turns_with_the_direction(rows):
    frame = frame_of(rows)
    if frame.dropna().empty:
        return
    front = analysis.pareto_front(frame, OBJECTIVES)
    bent = frame.assign(latency=np.exp(frame["latency"]), accuracy=frame["accuracy"] ** 3)
    assert analysis.pareto_front(bent, OBJECTIVES).index.equals(front.index)
    turned = analysis.pareto_front(-frame, {"latency": "max", "accuracy": "min"})
    assert turned.index.equals(front.index)


def test_front_of_three_objectives_equals_pymoo():
    sorting = pytest.importorskip("pymoo.util.nds.non_dominated_sorting")
    random = np.random.Generator(np.random.Philox(1))
    frame = pd.DataFrame(random.random((300, 3)), columns=list("abc"))
    front = analysis.pareto_front(frame, {"a": "min", "b": "max", "c": "min"})
    costs = frame.to_numpy() * [1, -1, 1]
    expected = sorting.NonDominatedSorting().do(costs, only_non_dominated_front=True)
    assert sorted(front.index) == sorted(expected)


def test_front_keeps_all_columns_constraints_and_counts():
    frame = pd.DataFrame(
        {
            "latency": [1.0, 2.0, 3.0, 4.0, np.nan, 0.1],
            "accuracy": [90.0, 91.0, 95.0, 94.0, 99.0, 10.0],
            "energy": [5.0, 5.0, 50.0, 5.0, 5.0, np.nan],
            "name": list("abcdef"),
        },
        index=[10, 11, 12, 13, 14, 15],
    )
    front = analysis.pareto_front(
        frame, OBJECTIVES, constraints={"energy": (None, 20.0), "accuracy": (50, None)}
    )
    assert front.index.tolist() == [10, 11, 13]
    assert front["name"].tolist() == ["a", "b", "d"]
    assert front.attrs == {
        "objectives": OBJECTIVES,
        "constraints": {"energy": (None, 20.0), "accuracy": (50, None)},
        "rows": 6,
        "outside": 2,
        "missing": 1,
    }
    assert frame.attrs == {}


@pytest.mark.parametrize(
    ("objectives", "words"),
    [
        ({"latncy": "min", "accuracy": "max"}, "unknown column 'latncy' .*did you mean 'latency'"),
        ({"latency": "minimum", "accuracy": "max"}, "unknown direction 'minimum'"),
        ({"latency": "min"}, "two or more"),
        (["latency", "accuracy"], "objectives: a mapping by name is expected"),
    ],
)
def test_bad_objectives(objectives, words):
    with pytest.raises(RequestError, match=words):
        analysis.pareto_front(frame_of([(1, 1)]), objectives)


def test_knee_by_hand():
    front = frame_of([(0, 0), (1, 8), (10, 10)])
    height = analysis.knee_points(front, OBJECTIVES)
    # scaled costs of the middle one: 0.1 and 0.2, so that it lies (1 - 0.3) / sqrt(2) off the line
    assert height.tolist() == pytest.approx([0, 0.7 / np.sqrt(2), 0])
    assert height.idxmax() == 1
    with pytest.raises(RequestError, match="fewer than three"):
        analysis.knee_points(front.iloc[:2], OBJECTIVES)
    with pytest.raises(RequestError, match="constant"):
        analysis.knee_points(frame_of([(0, 1), (1, 1), (2, 1)]), OBJECTIVES)
    with pytest.raises(RequestError, match="no missing"):
        analysis.knee_points(frame_of([(0, 1), (1, 2), (2, np.nan)]), OBJECTIVES)


def test_indicators_equal_pymoo():
    indicators = pytest.importorskip("pymoo.indicators.hv")
    igd_plus = pytest.importorskip("pymoo.indicators.igd_plus")
    frame, truth = random_frame(1), analysis.pareto_front(random_frame(2), OBJECTIVES)
    costs = frame.to_numpy() * [1, -1]
    volume = analysis.hypervolume(frame, OBJECTIVES, WORST)
    assert volume == pytest.approx(indicators.HV(ref_point=np.array([10.0, 0.0]))(costs))
    found = analysis.front_quality(frame, OBJECTIVES, truth, WORST)
    target = truth[["latency", "accuracy"]].to_numpy() * [1, -1]
    low, span = target.min(axis=0), np.ptp(target, axis=0)
    expected = igd_plus.IGDPlus((target - low) / span)((costs - low) / span)
    assert found["igd_plus"] == pytest.approx(expected)
    behind = (costs[None] - target[:, None]) / span
    assert found["epsilon_additive"] == pytest.approx(behind.max(axis=2).min(axis=1).max())
    assert found["hypervolume"] == pytest.approx(volume)


def test_a_front_is_as_good_as_itself():
    truth = analysis.pareto_front(random_frame(2), OBJECTIVES)
    found = analysis.front_quality(truth, OBJECTIVES, truth, WORST)
    assert found[["hypervolume_share", "igd_plus", "epsilon_additive"]].tolist() == [1, 0, 0]


def test_bad_references():
    frame = random_frame(1)
    with pytest.raises(RequestError, match="reference: one for each"):
        analysis.hypervolume(frame, OBJECTIVES, {"latency": 1.0})
    with pytest.raises(RequestError, match="constant in an objective"):
        analysis.front_quality(frame, OBJECTIVES, frame.iloc[:1], WORST)
    with pytest.raises(RequestError, match="dominates nothing"):
        analysis.front_quality(frame, OBJECTIVES, frame, {"latency": 0.0, "accuracy": 99.0})
    with pytest.raises(RequestError, match="none of 1 rows"):
        analysis.hypervolume(frame_of([(np.nan, 1)]), OBJECTIVES, WORST)
    for nothing in (np.nan, np.inf, "worst"):
        with pytest.raises(RequestError, match="reference: "):
            analysis.hypervolume(frame, OBJECTIVES, {"latency": nothing, "accuracy": 0.0})


def test_hypervolume_over_time_equals_that_of_each_prefix():
    random = np.random.Generator(np.random.Philox(4))
    clock = np.cumsum(random.exponential(1, (4, 30)), axis=1)
    values = {"latency": random.uniform(0, 12, (4, 30)), "accuracy": random.uniform(0, 5, (4, 30))}
    clock[1, 20:] = values["accuracy"][2, 3] = np.nan
    grid = np.linspace(0, np.nanmin(np.nanmax(clock, axis=1)), 17)
    found = analysis.hypervolume_over_time(clock, values, OBJECTIVES, WORST, grid)
    for row in range(4):
        for column, point in enumerate(grid):
            done = np.flatnonzero(clock[row] <= point)
            seen = pd.DataFrame({name: numbers[row, done] for name, numbers in values.items()})
            expected = analysis.hypervolume(seen, OBJECTIVES, WORST) if len(seen.dropna()) else 0
            assert found[row, column] == pytest.approx(expected)
    assert np.all(np.diff(found, axis=1) >= 0)
    with pytest.raises(RequestError, match="beyond the data"):
        analysis.hypervolume_over_time(clock, values, OBJECTIVES, WORST, [1000.0])
    with pytest.raises(RequestError, match="values: one for each"):
        analysis.hypervolume_over_time(clock, {"latency": clock}, OBJECTIVES, WORST, [1.0])


def test_attainment_is_by_the_stated_share_of_replicates():
    fronts = [random_frame(seed, 30) for seed in range(8)]
    surfaces = analysis.attainment_surfaces(fronts, OBJECTIVES, (25, 50, 100))
    assert sorted(surfaces["percentile"].unique()) == [25, 50, 100]

    def attained(latency, accuracy):
        return np.mean([((f["latency"] <= latency) & (f["accuracy"] >= accuracy)).any() for f in fronts])

    for percentile, surface in surfaces.groupby("percentile"):
        assert surface["latency"].is_monotonic_increasing
        for latency, accuracy in zip(surface["latency"], surface["accuracy"], strict=True):
            assert attained(latency, accuracy) >= percentile / 100
            assert attained(latency - 1e-9, accuracy) < percentile / 100
            assert attained(latency, accuracy + 1e-9) < percentile / 100


def test_bad_attainment_requests():
    fronts = [random_frame(1), random_frame(2)]
    with pytest.raises(RequestError, match="two or more replicates"):
        analysis.attainment_surfaces(fronts[:1], OBJECTIVES)
    with pytest.raises(RequestError, match="two or three objectives"):
        analysis.attainment_surfaces(fronts, {"latency": "min"})
    with pytest.raises(RequestError, match="percentiles"):
        analysis.attainment_surfaces(fronts, OBJECTIVES, [0])
