"""Statistics over replicates: equal to numpy and scipy; bands seeded, and refused where they mean nothing."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from nasbench_sim import analysis
from nasbench_sim.errors import RequestError

numbers = st.floats(-100, 100, allow_nan=False, width=32)


@given(st.lists(numbers, min_size=1, max_size=9).map(lambda part: part * 4))
def test_interquartile_mean_equals_the_trimmed_mean_where_that_trims_whole_values(values):
    assert analysis.interquartile_mean(values) == pytest.approx(stats.trim_mean(values, 0.25), abs=1e-9)


@given(st.lists(numbers, min_size=1, max_size=30))
def test_interquartile_mean_is_that_of_each_value_taken_four_times(values):
    assert analysis.interquartile_mean(values) == pytest.approx(
        stats.trim_mean(np.repeat(values, 4), 0.25), abs=1e-9
    )


def test_summary_equals_numpy_and_counts_missing():
    random = np.random.Generator(np.random.Philox(0))
    values = random.normal(90, 1, (21, 5))
    values[:4, 0] = np.nan
    values[:, 4] = np.nan
    found = analysis.summarize(values, np.arange(5.0))
    assert found["n"].tolist() == [17, 21, 21, 21, 0]
    assert found["missing"].tolist() == [4, 0, 0, 0, 21]
    for point in range(4):
        present = values[~np.isnan(values[:, point]), point]
        row = found.iloc[point]
        assert row["mean"] == pytest.approx(present.mean())
        assert row["std"] == pytest.approx(present.std(ddof=1))
        assert row["median"] == pytest.approx(np.median(present))
        assert [row["q25"], row["q75"]] == pytest.approx(list(np.quantile(present, [0.25, 0.75])))
        assert [row["min"], row["max"]] == [present.min(), present.max()]
        assert row["iqm"] == pytest.approx(analysis.interquartile_mean(present))
    assert found.iloc[4, 3:].isna().all()
    alone = analysis.summarize([[1.0]], [1]).iloc[0]
    assert (alone["mean"], np.isnan(alone["std"])) == (1.0, True)


def test_band_of_the_mean_is_near_scipys_bootstrap():
    random = np.random.Generator(np.random.Philox(1))
    values = random.normal(size=(40, 3))
    found = analysis.summarize(values, [1, 2, 3], band="mean", resamples=4000)
    for point in range(3):
        other = stats.bootstrap(
            (values[:, point],), np.mean, n_resamples=4000, method="percentile", rng=random
        ).confidence_interval
        assert found["low"][point] == pytest.approx(other.low, abs=0.05)
        assert found["high"][point] == pytest.approx(other.high, abs=0.05)


@pytest.mark.parametrize("band", ["mean", "median", "iqm"])
def test_band_is_that_of_plain_resampling(band):
    random = np.random.Generator(np.random.Philox(2))
    values = random.normal(size=(15, 2))
    values[3, 1] = np.nan
    found = analysis.summarize(values, [1, 2], band=band, resamples=300, seed=5)
    statistic = {"mean": np.mean, "median": np.median, "iqm": analysis.interquartile_mean}[band]
    drawn = np.random.Generator(np.random.Philox(5)).integers(0, 15, (300, 15))
    for point in range(2):
        samples = [values[rows, point] for rows in drawn]
        each = [statistic(sample[~np.isnan(sample)]) for sample in samples]
        expected = np.quantile(each, [0.025, 0.975])
        assert [found["low"][point], found["high"][point]] == pytest.approx(list(expected))


def test_band_is_seeded_and_does_not_see_other_points():
    random = np.random.Generator(np.random.Philox(3))
    values = random.normal(size=(10, 4))
    whole = analysis.summarize(values, [1, 2, 3, 4], band="iqm")
    pd.testing.assert_frame_equal(whole, analysis.summarize(values, [1, 2, 3, 4], band="iqm"))
    alone = analysis.summarize(values[:, [2]], [3], band="iqm")
    assert alone.loc[0, "low"] == whole.loc[2, "low"]
    assert whole.attrs == {"band": "iqm", "confidence": 0.95, "resamples": 1000, "seed": 0}


def test_band_where_one_replicate_has_a_value():
    values = np.array([[np.nan, 1.0], [2.0, 3.0]])
    found = analysis.summarize(values, [1, 2], band="mean")
    assert found["n"].tolist() == [1, 2]
    assert found["low"].isna().tolist() == [True, False]


def test_bad_requests():
    with pytest.raises(RequestError, match="one replicate has no band"):
        analysis.summarize([[1.0, 2.0]], [1, 2], band="mean")
    with pytest.raises(RequestError, match="unknown statistic for a band 'mode'"):
        analysis.summarize([[1.0], [2.0]], [1], band="mode")
    with pytest.raises(RequestError, match="do not fit a grid of 1"):
        analysis.summarize([[1.0, 2.0]], [1])
    with pytest.raises(RequestError, match="confidence"):
        analysis.summarize([[1.0], [2.0]], [1], band="mean", confidence=1)
    with pytest.raises(RequestError, match="none missing"):
        analysis.interquartile_mean([1, np.nan])
