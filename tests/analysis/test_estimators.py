"""The estimator study: each row is what the single functions say; the front is by cost and tau."""

from __future__ import annotations

import numpy as np
import pytest

from nasbench_sim import analysis
from nasbench_sim.errors import RequestError


def study_of(**more):
    random = np.random.Generator(np.random.Philox(0))
    truth = random.normal(size=60)
    noisy = {
        name: truth + random.normal(0, noise, 60) for name, noise in (("good", 0.3), ("bad", 2), ("mid", 1))
    }
    noisy["mid"][:5] = np.nan
    costs = {"good": 90.0, "bad": 100.0, "mid": np.linspace(0, 2, 60)}
    return truth, noisy, analysis.estimator_study(noisy, truth, costs, **more)


def test_rows_are_what_the_single_functions_say():
    truth, noisy, study = study_of(k=5, kinds={"mid": "proxy"})
    assert study["estimator"].tolist() == ["mid", "good", "bad"]
    assert study["cost"].tolist() == pytest.approx([np.linspace(0, 2, 60)[5:].mean(), 90, 100])
    assert study["kind"].tolist() == ["proxy", "", ""]
    truth = truth[5:]  # the rows that all have
    for _, row in study.iterrows():
        values = noisy[row["estimator"]][5:]
        for name, value in analysis.rank_correlation(values, truth).items():
            assert row[name] == (5 if name == "missing" else value)
        assert row["overlap"] == analysis.top_k_overlap(values, truth, 5)
        assert row["best_rank"] == analysis.best_rank_at_k(values, truth, 5)
    assert study["efficient"].tolist() == [True, True, False]


def test_population_is_that_of_values_and_costs():
    population = np.arange(60) < 30
    truth, noisy, study = study_of(population=population)
    row = study.set_index("estimator").loc["mid"]
    assert (row["n"], row["missing"], row["coverage"]) == (25, 5, 25)
    assert row["cost"] == pytest.approx(np.linspace(0, 2, 60)[5:30].mean())
    assert row["kendall"] == analysis.kendall_tau(noisy["mid"], truth, population)


def test_all_are_judged_on_the_rows_that_all_have():
    """A proxy without the hard half would win on its own rows; on the same ones it is the worse."""
    random = np.random.Generator(np.random.Philox(1))
    truth = np.concatenate([np.arange(100.0), np.full(100, -50.0) + random.normal(0, 1, 100)])
    full = truth.copy()
    full[100:] = random.normal(0, 1, 100) - 50
    partial = truth + random.normal(0, 5, 200)
    partial[100:] = np.nan
    alone = {name: analysis.kendall_tau(values, truth) for name, values in (("f", full), ("p", partial))}
    assert alone["f"] < alone["p"] < 1
    study = analysis.estimator_study({"f": full, "p": partial}, truth, {"f": 2.0, "p": 3.0})
    rows = study.set_index("estimator")
    assert rows["n"].tolist() == [100, 100]
    assert rows["n"].dtype.kind == rows["missing"].dtype.kind == "i"
    assert rows["coverage"].tolist() == [200, 100]
    assert rows.loc["f", "kendall"] == 1
    assert rows["efficient"].tolist() == [True, False]
    assert study.attrs["n"] == 100


def test_what_is_undefined_takes_no_rows_away():
    thin, dull = [1, np.nan, np.nan, 2], [7, 7, np.nan, np.nan]
    estimates = {"fine": [1, 2, 3, 4], "thin": thin, "dull": dull}
    rows = analysis.estimator_study(estimates, [1, 2, 4, 3], dict.fromkeys(estimates, 1.0), k=2)
    assert rows["n"].tolist() == [4, 2, 2]
    assert rows["missing"].tolist() == [0, 2, 2]


def test_an_unknown_truth_defines_no_estimator():
    with pytest.raises(RequestError, match="no estimator is defined: at least 3 complete pairs"):
        analysis.estimator_study({"a": [1, 2, 3]}, [np.nan] * 3, {"a": [1.0, 1.0, 1.0]})


def test_estimators_without_common_rows_are_refused_by_name():
    estimates = {"a": [1, 2, 3, 4, np.nan, np.nan, np.nan], "b": [np.nan] * 4 + [1, 2, 3]}
    seconds = {name: np.where(np.isnan(values), np.nan, 1.0) for name, values in estimates.items()}
    with pytest.raises(RequestError, match=r"share 0 row\(s\), 3 are needed; 'b' has the fewest, 3"):
        analysis.estimator_study(estimates, np.arange(7), seconds)


def test_undefined_estimators_are_flagged_and_never_efficient():
    study = analysis.estimator_study(
        {"dull": [1, 1, 1, 1], "fine": [1, 2, 3, 4]}, [1, 2, 4, 3], {"dull": 0.0, "fine": 1.0}, k=2
    )
    assert study["efficient"].tolist() == [False, True]
    assert study["note"].tolist() == ["undefined: 'dull' constant over the 4 complete pairs", ""]


@pytest.mark.parametrize(
    ("estimates", "costs", "words"),
    [
        ({"a": [1, 2, 3]}, {"b": 1.0}, "unknown cost of estimator 'a'"),
        ({"a": [1, 2, 3]}, {"a": -1.0}, "0 or more"),
        ({"a": [1, 2, 3]}, {"a": [1.0, np.nan, 1.0]}, "none missing"),
        ({"a": [1, 1, 1]}, {"a": 1.0}, "no estimator is defined"),
        ({"a": [1, 2]}, {"a": 1.0}, "differ in length"),
        ({}, {}, "estimates: one or more"),
    ],
)
def test_bad_requests(estimates, costs, words):
    with pytest.raises(RequestError, match=words):
        analysis.estimator_study(estimates, [1, 2, 3], costs, k=1)
