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
    assert study["cost"].tolist() == pytest.approx([1, 90, 100])
    assert study["kind"].tolist() == ["proxy", "", ""]
    for _, row in study.iterrows():
        values = noisy[row["estimator"]]
        for name, value in analysis.rank_correlation(values, truth).items():
            assert row[name] == value
        assert row["overlap"] == analysis.top_k_overlap(values, truth, 5)
        assert row["best_rank"] == analysis.best_rank_at_k(values, truth, 5)
    assert study["efficient"].tolist() == [True, True, False]


def test_population_is_that_of_values_and_costs():
    population = np.arange(60) < 30
    truth, noisy, study = study_of(population=population)
    row = study.set_index("estimator").loc["mid"]
    assert (row["n"], row["missing"]) == (25, 5)
    assert row["cost"] == pytest.approx(np.linspace(0, 2, 60)[:30].mean())
    assert row["kendall"] == analysis.kendall_tau(noisy["mid"], truth, population)


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
        ({}, {}, "one or more estimators"),
    ],
)
def test_bad_requests(estimates, costs, words):
    with pytest.raises(RequestError, match=words):
        analysis.estimator_study(estimates, [1, 2, 3], costs, k=1)
