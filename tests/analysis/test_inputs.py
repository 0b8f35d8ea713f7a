"""What analyses accept: rows that belong together, missing values however marked, lists of columns."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from nasbench_sim import analysis, plots
from nasbench_sim.errors import RequestError

ROWS = pd.RangeIndex(6)
VALUES = pd.Series([1.0, 2, 4, 3, 6, 5], ROWS)
OTHER = pd.Series([2.0, 1, 3, 4, 5, 6], ROWS[::-1])  # the same labels in another order
MASK = pd.Series([True, True, True, True, True, False], ROWS[::-1])
FRAME = pd.DataFrame({"x": VALUES, "y": VALUES**2})


@pytest.mark.parametrize(
    "paired",
    [
        lambda: analysis.kendall_tau(VALUES, OTHER),
        lambda: analysis.kendall_tau(VALUES, VALUES, MASK),
        lambda: analysis.top_k_overlap(VALUES, OTHER, 2),
        lambda: analysis.vote_concordance(FRAME, OTHER),
        lambda: analysis.partial_correlation(VALUES, OTHER, np.arange(6.0)),
        lambda: analysis.partial_correlation(VALUES, VALUES**2, OTHER.to_frame("size")),
        lambda: analysis.bootstrap_interval(analysis.concordance, VALUES, OTHER),
        lambda: analysis.bootstrap_interval(analysis.concordance, VALUES, VALUES, population=MASK),
        lambda: analysis.estimator_study({"proxy": OTHER}, VALUES, {"proxy": 1.0}, k=1),
        lambda: analysis.estimator_study({"proxy": VALUES}, VALUES, {"proxy": OTHER}, k=1),
        lambda: analysis.correlation_matrix(FRAME, population=MASK),
        lambda: analysis.correlation_table(FRAME, populations={"some": MASK}),
        lambda: plots.scatter_frame(FRAME, "x", "y", top=2, population=MASK),
    ],
)
def test_rows_of_different_indexes_are_never_paired(paired):
    with pytest.raises(RequestError, match="different indexes: align them first"):
        paired()


def test_what_a_mask_hides_is_missing():
    hidden = np.ma.masked_array([1.0, 2.0, 99.0, 3.0, 4.0], mask=[0, 0, 1, 0, 0])
    found = analysis.rank_correlation(hidden, np.arange(5.0))
    assert (found["kendall"], found["n"], found["missing"]) == (1.0, 4, 1)
    assert analysis.kendall_tau(np.ma.masked_array([1, 2, 99, 3], mask=[0, 0, 1, 0]), np.arange(4)) == 1.0


def test_one_column_is_no_list_of_columns():
    frame = pd.DataFrame({"a": [1.0, 2, 3], "b": [1.0, 3, 2], "ab": [3.0, 2, 1]})
    with pytest.raises(RequestError, match=r"such as \['ab'\], not 'ab'"):
        analysis.correlation_table(frame, "ab")
    with pytest.raises(RequestError, match="a list of columns is expected"):
        analysis.hardware_lottery(frame, "a", "ab", least=1)


def test_what_is_held_fixed_has_numbers():
    with pytest.raises(RequestError, match="given: numbers are expected"):
        analysis.partial_correlation(VALUES, OTHER.to_numpy(), ["a"] * 6)
    both = analysis.partial_correlation(np.arange(9.0), np.arange(9.0) ** 2 % 7, np.eye(9)[:, :2])
    frame = analysis.partial_correlation(
        np.arange(9.0), np.arange(9.0) ** 2 % 7, pd.DataFrame(np.eye(9)[:, :2])
    )
    pd.testing.assert_series_equal(both, frame)


def test_no_quality_at_all_is_an_error_in_words():
    frame = pd.DataFrame({"q": [np.nan, np.nan], "a": [1.0, 2.0], "b": [2.0, 1.0]})
    with pytest.raises(RequestError, match="the best has nan"):
        analysis.hardware_lottery(frame, "q", ["a", "b"], least=3)
