"""Correlations of many columns: the same numbers as pair by pair, undefined ones never silent."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from nasbench_sim import analysis
from nasbench_sim.errors import RequestError


@pytest.fixture
def frame():
    random = np.random.Generator(np.random.Philox(7))
    common = random.normal(size=300)
    columns = {name: np.round(common + random.normal(size=300), k) for k, name in enumerate("abcde")}
    out = pd.DataFrame(columns)
    out.loc[:40, "b"] = np.nan
    out.loc[30:60, "d"] = np.nan
    return out


@pytest.mark.parametrize("method", ["kendall", "spearman", "pearson", "weighted_kendall"])
def test_matrix_equals_every_pair(frame, method):
    population = np.arange(300) % 3 > 0
    matrix = analysis.correlation_matrix(frame, method, population=population, rows="own")
    for first in frame:
        assert matrix.loc[first, first] == 1
        for second in frame:
            if first != second:
                x, y = frame[first], frame[second]
                expected = analysis.correlation_coefficient(x, y, method, population)
                assert matrix.loc[first, second] == pytest.approx(expected, abs=1e-12)
                used = (population & x.notna() & y.notna()).sum()
                assert matrix.attrs["n"][first][second] == used


@pytest.mark.parametrize("method", ["kendall", "spearman", "pearson"])
def test_matrix_equals_pandas(frame, method):
    own = analysis.correlation_matrix(frame, method, rows="own")
    np.testing.assert_allclose(own, frame.corr(method), atol=1e-12)
    common = analysis.correlation_matrix(frame, method)
    np.testing.assert_allclose(common, frame.dropna().corr(method), atol=1e-12)
    assert {n for row in common.attrs["n"].values() for n in row.values()} == {len(frame.dropna())}


def test_columns_are_compared_on_the_rows_that_all_have():
    """Beside the columns of fewer rows, a column ranks otherwise than on all of its own."""
    random = np.random.Generator(np.random.Philox(3))
    truth = random.normal(size=400)
    frame = pd.DataFrame({"params": truth + random.normal(size=400), "truth": truth})
    frame["synflow"] = np.where(truth > 0, frame["params"] - truth, np.nan)
    frame["dull"] = 1.0
    common = analysis.correlation_table(frame, ["truth"]).set_index("x")
    own = analysis.correlation_table(frame, ["truth"], rows="own").set_index("x")
    shared = frame[frame["synflow"].notna()]
    assert common.loc[["params", "synflow"], "n"].tolist() == [len(shared)] * 2
    assert common.loc["params", "missing"] == 400 - len(shared)
    assert common.loc["params", "kendall"] == analysis.kendall_tau(shared["params"], shared["truth"])
    assert own.loc[["params", "synflow", "dull"], "n"].tolist() == [400, len(shared), 400]
    assert (common.attrs, own.attrs) == ({"rows": "common"}, {"rows": "own"})
    with pytest.raises(RequestError, match=r"unknown rows 'comon'.*did you mean 'common'"):
        analysis.correlation_table(frame, rows="comon")
    apart = pd.DataFrame({"a": [1, 2, 3, np.nan], "b": [4, 1, 2, 5], "c": [np.nan, 3, 1, 2]})
    with pytest.raises(RequestError, match=r"share 2 row.*'a' has the fewest, 3.*rows='own'"):
        analysis.correlation_table(apart)


def test_results_can_be_joined():
    frame = pd.DataFrame({"a": [1, 2, 3, 4], "b": [1, 3, 2, 4]})
    for make in (analysis.correlation_matrix, analysis.correlation_table):
        twice = pd.concat([make(frame), make(frame.assign(b=[4, 3, 1, 2]))])
        assert len(twice) == 2 * len(make(frame))
        make(frame).merge(make(frame), left_index=True, right_index=True)


def test_matrix_names_an_undefined_column(frame):
    with pytest.raises(RequestError, match="'f' is constant"):
        analysis.correlation_matrix(frame.assign(f=1.0))
    apart = pd.DataFrame({"a": [1, 2, 3, np.nan, np.nan, np.nan], "b": [np.nan, np.nan, 3, 1, 2, 3]})
    with pytest.raises(RequestError, match="share 1 row"):
        analysis.correlation_matrix(apart)


def test_table_has_every_pair_and_population(frame):
    populations = {"all": np.ones(300, dtype=bool), "first": np.arange(300) < 100}
    table = analysis.correlation_table(frame, populations=populations, rows="own")
    assert len(table) == 20
    row = table[(table["x"] == "b") & (table["y"] == "d") & (table["population"] == "first")].iloc[0]
    expected = analysis.rank_correlation(frame["b"], frame["d"], population=populations["first"])
    for name, value in expected.items():
        assert row[name] == value
    assert (table["note"] == "").all()


def test_table_against_targets_flags_what_is_undefined(frame):
    table = analysis.correlation_table(frame.assign(dull=3.0), ["a", "c"], rows="own").set_index(["x", "y"])
    assert list(table.index) == [(x, y) for y in "ac" for x in ["b", "d", "e", "dull"]]
    assert table.loc[("dull", "a"), "note"] == "undefined: 'dull' constant over the 300 complete pairs"
    assert np.isnan(table.loc[("dull", "a"), "kendall"])
    assert table.loc[("dull", "a"), "n"] == 300


def test_table_refuses_bad_requests(frame):
    with pytest.raises(RequestError, match="unknown column 'A'"):
        analysis.correlation_table(frame, ["A"])
    with pytest.raises(RequestError, match="no pair"):
        analysis.correlation_table(frame[["a"]])
    with pytest.raises(RequestError, match="population 'half'"):
        analysis.correlation_table(frame, populations={"half": [True]})
