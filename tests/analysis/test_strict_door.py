"""Inputs whose answer was wrong, and the right one or a refusal in words."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import nasbench_sim as nbs
from nasbench_sim import analysis
from nasbench_sim.errors import RequestError

ENDS = {"latency": "min", "accuracy": "max"}


def test_missing_spans_of_time_are_no_numbers() -> None:
    spans = pd.Series(pd.to_timedelta([3, None, 1, 5], unit="h"))
    with pytest.raises(RequestError, match="not spans of time"):
        analysis.kendall_tau(spans, [3, 99, 1, 5])
    frame = pd.DataFrame({"latency": spans, "accuracy": [1.0, 2, 3, 4]})
    with pytest.raises(RequestError, match=r"latency: .*not spans of time"):
        analysis.pareto_front(frame, ENDS)
    with pytest.raises(RequestError, match="not complex numbers"):
        nbs.load_table("nas-bench-201").extended(
            [(nbs.Column(metric="mine", source="here", better="max"), np.ones(15625) * 1j)]
        )


@pytest.mark.parametrize("missing", [None, np.nan, pd.NA, pd.NaT])
def test_missing_is_missing_however_it_is_written(missing) -> None:
    found = analysis.rank_correlation([1.0, 2.0, missing, 4.0], [1, 2, 0, 4])
    assert (found["kendall"], found["n"], found["missing"]) == (1.0, 3, 1)


def test_a_permuted_series_is_not_paired_by_place() -> None:
    table = nbs.load_table("nas-bench-201")
    column = table.frame(["val_accuracy"], dataset="cifar10")["val_accuracy"]
    shuffled = column.sample(frac=1, random_state=1)
    with pytest.raises(RequestError, match="index of x is not in order and y has none"):
        analysis.kendall_tau(shuffled, column.to_numpy())
    with pytest.raises(RequestError, match="different indexes"):
        analysis.kendall_tau(shuffled, column)
    around = table.space.neighbors(table.space.all_indices())
    with pytest.raises(RequestError, match="not in order and neighbors has none"):
        analysis.local_optima(shuffled, around)
    assert (
        analysis.local_optima(column, around).sum() == analysis.local_optima(column.to_numpy(), around).sum()
    )
    best = column.sort_values().index[::-1]
    assert analysis.kendall_tau(column[best], column[best]) == 1.0  # both of one order


def test_a_dominated_row_moves_no_knee() -> None:
    front = pd.DataFrame({"latency": [0.0, 1, 4, 10], "accuracy": [-10.0, -6, -1, 0]}, index=list("ACBD"))
    assert analysis.knee_points(front, ENDS).idxmax() == "B"
    beside = pd.concat([front, pd.DataFrame({"latency": [5.0], "accuracy": [-100.0]}, index=["X"])])
    with pytest.raises(RequestError, match="1 of 5 rows are dominated by others: take the front"):
        analysis.knee_points(beside, ENDS)
    assert analysis.knee_points(analysis.pareto_front(beside, ENDS), ENDS).idxmax() == "B"


def test_lists_in_the_order_of_the_objectives_are_mappings() -> None:
    frame = pd.DataFrame({"latency": [1.0, 2.0], "accuracy": [80.0, 90.0]})
    named = analysis.hypervolume(frame, ENDS, {"accuracy": 70.0, "latency": 3.0})
    for reference in ([3.0, 70.0], (3, 70), np.array([3, 70]), pd.Series({"accuracy": 70.0, "latency": 3.0})):
        assert analysis.hypervolume(frame, ENDS, reference) == named == 30.0
    assert analysis.hypervolume(frame.to_numpy(), list(ENDS.items()), [3, 70]) == 30.0
    front = analysis.pareto_front(frame, ENDS, constraints=[("latency", 0, 1)])
    assert front.index.tolist() == [0]
    assert front.attrs["constraints"] == {"latency": (0.0, 1.0)}
    for wrong in ([3.0], [3.0, 70.0, 1.0], "3 70", {"latency": 3.0}):
        with pytest.raises(RequestError, match="reference: "):
            analysis.hypervolume(frame, ENDS, wrong)
    with pytest.raises(RequestError, match="samples: a mapping by name is expected, such as"):
        analysis.pairwise_tests([[1, 2, 3], [2, 3, 4]])
    frame = pd.DataFrame({"a": [1.0, 2, 3], "b": [4.0, 5, 7]})
    assert analysis.pairwise_tests(frame)["a12"].tolist() == [0.0]


def test_pearson_at_the_ends_of_a_float64() -> None:
    random = np.random.Generator(np.random.Philox(2))
    x, y = random.normal(size=200), random.normal(size=200)
    expected = analysis.correlation_coefficient(x, y, "pearson")
    for scale in (1e308 / np.abs(x).max(), 1e-300, 1e150):
        assert analysis.correlation_coefficient(x * scale, y, "pearson") == pytest.approx(expected, abs=1e-12)
    steps = random.integers(0, 9, 200)
    tiny = 1e6 + steps * np.spacing(1e6)  # spreads of some units in the last place
    assert analysis.correlation_coefficient(tiny, y, "pearson") == pytest.approx(
        np.corrcoef(steps, y)[0, 1], abs=1e-12
    )
    row = analysis.rank_correlation(tiny, y)
    assert row["pearson"] == pytest.approx(np.corrcoef(steps, y)[0, 1], abs=1e-12)
    assert np.isnan(row["kendall"])  # by the rule of ties they are equal
    with pytest.raises(RequestError, match="x constant"):
        analysis.kendall_tau(tiny, y)


def test_an_area_reaches_as_far_as_curves() -> None:
    assert analysis.area_under_curve([[10.0]], [[90.0]], 12, 20, end=20).tolist() == [90.0]
    with pytest.raises(RequestError, match="beyond the data"):
        analysis.area_under_curve([[10.0]], [[90.0]], 12, 20)


def test_one_method_is_the_default_of_all() -> None:
    x, y, z = ([1, 2, 3, 4, 5, 6.0], [2, 1, 4, 3, 6, 5.0], [1, 3, 2, 2, 3, 1.0])
    frame = pd.DataFrame({"x": x, "y": y})
    tau = analysis.kendall_tau(x, y)
    assert analysis.correlation_coefficient(x, y) == tau
    assert analysis.correlation_matrix(frame).loc["x", "y"] == tau
    assert analysis.partial_correlation(x, y, z)["plain"] == tau


def test_intervals_of_pearson_cover_as_stated() -> None:
    """Of samples of 20 of two normal variables, with their correlation in the interval: BCa."""
    inside = 0
    for seed in range(300):
        random = np.random.Generator(np.random.Philox(seed))
        x = random.normal(size=20)
        y = 0.5 * x + np.sqrt(0.75) * random.normal(size=20)
        row = analysis.rank_correlation(x, y, bootstrap=300, seed=seed)
        inside += row["pearson_low"] <= 0.5 <= row["pearson_high"]
    assert 0.9 <= inside / 300 <= 0.97
