"""Intervals: the textbook's Fisher interval, limits of resamples, and shapes."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from nasbench_sim.analysis.interval import fisher_interval, percentile_interval


def test_fisher_interval_equals_scipys():
    random = np.random.Generator(np.random.Philox(0))
    x, y = random.normal(size=(2, 30))
    found = stats.pearsonr(x, y)
    low, high = found.confidence_interval(0.99)
    assert fisher_interval(found.statistic, 1.0, 27, 0.99) == pytest.approx([low, high])


def test_fisher_interval_has_the_shape_of_its_coefficients():
    both = fisher_interval([0.5, -1.0], [1.0, 1.0], np.array([10, 10]), 0.9)
    assert both.shape == (2, 2)
    assert both[:, 1].tolist() == [-1, -1]
    assert fisher_interval(0.5, 1.0, 0, 0.9).tolist() == [-1, 1]


def test_percentile_interval_over_the_first_axis():
    drawn = np.arange(101.0)[:, None] * [1, 2]
    np.testing.assert_allclose(percentile_interval(drawn, 0.8), [[10, 20], [90, 180]])
