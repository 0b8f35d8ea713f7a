"""Landscapes: against plain climbing and walking, on a small space of ties and gaps, and on the real one."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

import nasbench_sim as nbs
from nasbench_sim import analysis
from nasbench_sim.errors import RequestError

CODES = np.array(list(itertools.product(range(3), repeat=3)))
AROUND = np.array(
    [[other for other in range(27) if np.sum(CODES[one] != CODES[other]) == 1] for one in range(27)]
)
heights = arrays.arrays(
    np.float64, 27, elements=st.one_of(*[st.integers(0, 6).map(float)] * 5, st.just(np.nan))
).filter(lambda values: not np.isnan(values).all())


def climb(values, place):
    steps = 0
    while True:
        better = [n for n in sorted(AROUND[place]) if values[n] > values[place]]
        if not better:
            return place, steps
        place = max(better, key=lambda n: (values[n], -n))
        steps += 1


@given(heights)
def test_basins_equal_plain_climbing(values):
    found = analysis.basins(values, AROUND)
    assert found.index.tolist() == np.flatnonzero(~np.isnan(values)).tolist()
    for place, row in found.iterrows():
        assert (row["optimum"], row["steps"]) == climb(values, place)


@given(heights)
def test_optima_have_no_better_neighbour(values):
    mask = analysis.local_optima(values, AROUND)
    for place in range(27):
        expected = not np.isnan(values[place]) and not np.any(values[AROUND[place]] > values[place])
        assert mask[place] == expected
    found = analysis.optima(values, AROUND)
    assert sorted(found.index) == np.flatnonzero(mask).tolist()
    assert found["basin"].sum() == np.count_nonzero(~np.isnan(values))
    assert found["basin_share"].sum() == pytest.approx(1)
    assert found["value"].iloc[0] == np.nanmax(values)


@given(heights)
def test_optima_see_no_monotone_transform_and_no_order_of_neighbours(values):
    mask = analysis.local_optima(values, AROUND)
    assert np.array_equal(mask, analysis.local_optima(np.exp(values) - 5, AROUND[:, ::-1]))


@given(heights)
def test_neutrality_counts_equal_neighbours_and_their_networks(values):
    found = analysis.neutrality(values, AROUND)
    for place, row in found.iterrows():
        assert row["neutral"] == np.sum(values[AROUND[place]] == values[place])
        network, border = {place}, [place]
        while border:
            one = border.pop()
            fresh = [n for n in AROUND[one] if values[n] == values[place] and n not in network]
            network.update(fresh)
            border.extend(fresh)
        assert row["network_size"] == len(network)


def test_neutrality_has_a_tolerance():
    values = np.arange(27.0)
    assert analysis.neutrality(values, AROUND)["neutral"].sum() == 0
    # Neighbours one apart differ in the last position by one: 0-1 and 1-2 in each of nine triples.
    assert analysis.neutrality(values, AROUND, tolerance=1)["neutral"].sum() == 36


def test_shared_optima_by_hand():
    first, second = np.zeros(27), np.zeros(27)
    first[[0, 26]], second[[0, 13]] = [5, 4], [5, 4]
    first += CODES.sum(axis=1) / 1000
    second += CODES.sum(axis=1) / 1000
    found = analysis.shared_optima({"x": first, "y": second, "z": first}, AROUND).set_index(["a", "b"])
    assert found.loc[("x", "z"), "jaccard"] == 1
    both = analysis.local_optima(first, AROUND) & analysis.local_optima(second, AROUND)
    assert found.loc[("x", "y"), "shared"] == both.sum() > 0
    with pytest.raises(RequestError, match="two or more landscapes"):
        analysis.shared_optima({"x": first}, AROUND)


def test_fitness_distance_correlation_of_a_cone_is_minus_one():
    distance = (CODES[5] != CODES).sum(axis=1)
    assert analysis.fitness_distance_correlation(90 - 2 * distance, distance)["pearson"] == pytest.approx(-1)


def test_autocorrelation_of_an_additive_landscape_is_known():
    """An additive function over positions of c choices decays by 1 - c / (positions (c - 1)) a step."""
    values = np.array([[0, 1, 5], [2, 0, 0], [0, 3, 1]])[np.arange(3), CODES].sum(axis=1)
    found = analysis.autocorrelation(values, AROUND, lags=4)
    rate = 1 - 3 / (3 * 2)
    np.testing.assert_allclose(found["autocorrelation"], rate ** np.arange(5), atol=1e-12)
    assert analysis.correlation_length(rate) == pytest.approx(1 / np.log(2))


def test_walked_autocorrelation_tends_to_the_exact_one():
    random = np.random.Generator(np.random.Philox(0))
    values = random.normal(size=27) + CODES.sum(axis=1)
    exact = analysis.autocorrelation(values, AROUND, lags=3)
    walked = analysis.random_walk_autocorrelation(values, AROUND, steps=20_000, walks=4, lags=3)
    np.testing.assert_allclose(walked["autocorrelation"], exact["autocorrelation"], atol=0.03)
    assert walked["std"][0] == pytest.approx(0, abs=1e-12)
    again = analysis.random_walk_autocorrelation(values, AROUND, steps=20_000, walks=4, lags=3)
    assert walked.equals(again)
    one = analysis.random_walk_autocorrelation(values, AROUND, steps=100, lags=1)
    assert one["std"].isna().all()


def test_walks_refuse_what_is_undefined():
    values = np.arange(27.0)
    with pytest.raises(RequestError, match="constant"):
        analysis.autocorrelation(np.ones(27), AROUND)
    gap = np.where(values == 3, np.nan, values)
    with pytest.raises(RequestError, match="1 values are missing"):
        analysis.random_walk_autocorrelation(gap, AROUND, steps=100)
    with pytest.raises(RequestError, match="not mutual"):
        analysis.autocorrelation(values, np.zeros((27, 1), dtype=int))
    with pytest.raises(RequestError, match="too short"):
        analysis.random_walk_autocorrelation(values, AROUND, steps=5, lags=6)
    with pytest.raises(RequestError, match="undefined"):
        analysis.correlation_length(1.0)


def test_bad_landscapes():
    values = np.arange(27.0)
    with pytest.raises(RequestError, match=r"shape \(27, neighbours\)"):
        analysis.local_optima(values, AROUND[:5])
    with pytest.raises(RequestError, match="from 0 to 26"):
        analysis.local_optima(values, AROUND + 1)
    with pytest.raises(RequestError, match="all missing"):
        analysis.local_optima(np.full(27, np.nan), AROUND)


def test_marginal_effects_equal_group_means():
    random = np.random.Generator(np.random.Philox(0))
    values = random.normal(size=27)
    values[4] = np.nan
    population = np.arange(27) < 20
    found = analysis.marginal_effects(values, CODES, positions=["a", "b", "c"], population=population)
    used = population & ~np.isnan(values)
    for _, row in found.iterrows():
        having = values[used & (CODES[:, "abc".index(row["position"])] == row["operation"])]
        assert row["n"] == len(having)
        assert row["mean"] == pytest.approx(having.mean())
        assert row["std"] == pytest.approx(having.std(ddof=1))
        assert row["median"] == pytest.approx(np.median(having))
        assert row["effect"] == pytest.approx(having.mean() - values[used].mean())
    assert found.groupby("position")["n"].sum().tolist() == [used.sum()] * 3


def test_marginal_effects_of_an_absent_operation_and_bad_requests():
    found = analysis.marginal_effects([1.0, 2.0], [[0], [1]], operations=["a", "b", "c"])
    assert found["n"].tolist() == [1, 1, 0]
    assert found["mean"].isna().tolist() == [False, False, True]
    assert found["std"].isna().all()  # of one value
    with pytest.raises(RequestError, match="do not name ops"):
        analysis.marginal_effects([1.0, 2.0], [[0], [1]], operations=["a"])
    with pytest.raises(RequestError, match="ops: integers"):
        analysis.marginal_effects([1.0], [[0.5]])
    with pytest.raises(RequestError, match="all missing"):
        analysis.marginal_effects([np.nan], [[0]])


def test_the_real_space_is_covered_by_its_basins():
    table = nbs.load_table("nas-bench-201")
    around = table.space.neighbors(table.space.all_indices())
    values = table.values("val_accuracy", dataset="cifar10")
    found = analysis.optima(values, around)
    assert found["basin"].sum() == 15625
    assert found.index[0] == np.argmax(values)
    assert len(found) == analysis.local_optima(values, around).sum()
