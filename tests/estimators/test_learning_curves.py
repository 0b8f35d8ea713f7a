"""Extrapolation of learning curves: families found again, better than the last value, missing kept."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nasbench_sim.errors import RequestError
from nasbench_sim.estimators.learning_curves import CurveRegressor, last_value, parametric

EPOCHS = [1, 2, 3, 4, 5, 6]


def curves(n: int, seed: int, noise: float) -> np.ndarray:
    """Values at epochs 1 to 12 that rise to different levels at different rates."""
    random = np.random.default_rng(seed)
    level, rate = random.uniform(60, 95, n), random.uniform(0.4, 1.2, n)
    t = np.arange(1, 13)
    return level[:, None] - 40 * t ** -rate[:, None] + random.normal(0, noise, (n, 12))


@given(st.floats(50, 95), st.floats(5, 50), st.sampled_from([0.5, 1.0, 2.0]))
def test_powers_are_found_again(level: float, fall: float, rate: float) -> None:
    t = np.arange(1, 13.0)
    curve = level - fall * t**-rate
    found = parametric([curve[:6]], EPOCHS, 12)[0]
    assert abs(found - curve[11]) < 0.05 * fall
    assert abs(found - curve[11]) <= abs(curve[5] - curve[11])


def test_better_than_the_last_value() -> None:
    whole = curves(300, 0, 0.3)
    error = {
        "last": last_value(whole[:, :6], EPOCHS, 12) - whole[:, 11],
        "parametric": parametric(whole[:, :6], EPOCHS, 12) - whole[:, 11],
        "regressor": CurveRegressor(EPOCHS, 12).fit(whole[:100, :6], whole[:100, 11]).predict(whole[:, :6])
        - whole[:, 11],
    }
    size = {name: np.abs(errors[100:]).mean() for name, errors in error.items()}
    assert size["parametric"] < 0.6 * size["last"]
    assert size["regressor"] < 0.6 * size["last"]


def test_a_constant_curve_stays() -> None:
    assert parametric([[70.0] * 6], EPOCHS, 200) == pytest.approx([70.0])


def test_missing_stays_missing_and_changes_no_other() -> None:
    whole = curves(20, 1, 0.3)
    holes = whole[:, :6].copy()
    holes[3, 5] = np.nan
    learned = CurveRegressor(EPOCHS, 12).fit(whole[:, :6], whole[:, 11])
    for found, full in (
        (last_value(holes, EPOCHS, 12), last_value(whole[:, :6], EPOCHS, 12)),
        (parametric(holes, EPOCHS, 12), parametric(whole[:, :6], EPOCHS, 12)),
        (learned.predict(holes), learned.predict(whole[:, :6])),
    ):
        assert np.flatnonzero(np.isnan(found)).tolist() == [3]
        np.testing.assert_allclose(np.delete(found, 3), np.delete(full, 3), rtol=1e-12)


def test_wrong_requests() -> None:
    with pytest.raises(RequestError, match="end before the target 6"):
        last_value([[1.0] * 6], EPOCHS, 6)
    with pytest.raises(RequestError, match="shape"):
        last_value([1.0], [1], 6)
    with pytest.raises(RequestError, match="from 2 epochs or more"):
        parametric([[1.0]], [1], 6)
    with pytest.raises(RequestError, match="too few to learn from"):
        CurveRegressor([1], 6).fit([[np.nan]], [1.0])
