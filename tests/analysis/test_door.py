"""Every public function of `analysis` and `plots` with every kind of input that is none: refused in words.

The calls below are valid; a test sees to it that no public function is left out. Each argument in turn is
replaced by what people hand over by mistake. The answer is right, or a RequestError: never another exception,
and never a number for dates, spans of time, complex numbers or text.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt
from matplotlib.axes import Axes

import nasbench_sim as nbs
from nasbench_sim import analysis, plots
from nasbench_sim.errors import RequestError
from nasbench_sim.studies import correlate

RANDOM = np.random.Generator(np.random.Philox(1))
N = 12
X, Y, Z = (RANDOM.permutation(N) + 0.5 for _ in range(3))
MASK = np.arange(N) < N - 2
FRAME = pd.DataFrame({"a": X, "b": Y, "c": Z})
ENDS = {"a": "min", "b": "max"}
WORST = {"a": 20.0, "b": 0.0}
CLOCK = np.arange(1.0, 6.0) * np.ones((3, 1))
RUNS = RANDOM.permutation(15).reshape(3, 5) + 0.5
GRID = np.array([1.0, 2.5, 5.0])
AROUND = np.stack([np.arange(N) - 1, np.arange(N) + 1], axis=1) % N
OPS = np.arange(N)[:, None] // np.array([1, 2, 6]) % 2
SAMPLES = {"one": X, "two": Y + 3, "three": Z + 1}
FRONT = pd.DataFrame({"a": [1.0, 2.0, 4.0], "b": [1.0, 5.0, 6.0]})

ANALYSES: dict[str, dict[str, Any]] = {
    "a12": {"x": X, "y": Y},
    "area_under_curve": {"x": CLOCK, "y": RUNS, "start": 1.5, "stop": 4.0, "end": 6.0},
    "at_incumbents": {"values": RUNS, "metric": RUNS[::-1]},
    "attainment_surfaces": {"fronts": [FRONT, FRAME], "objectives": ENDS, "percentiles": [50, 100]},
    "autocorrelation": {"values": X, "neighbors": AROUND, "lags": 2},
    "basins": {"values": X, "neighbors": AROUND},
    "best_rank_at_k": {"estimate": X, "truth": Y, "k": 3, "population": MASK},
    "bootstrap_interval": {"statistic": analysis.kendall_tau, "columns": (X, Y), "resamples": 20, "seed": 1},
    "cliffs_delta": {"x": X, "y": Y},
    "compare_with_best": {"samples": SAMPLES, "better": "min", "test": "wilcoxon", "alpha": 0.05},
    "concordance": {"estimate": X, "truth": Y, "population": MASK},
    "correlation_coefficient": {"x": X, "y": Y, "method": "pearson", "population": MASK},
    "correlation_length": {"lag_one": 0.5},
    "correlation_matrix": {"frame": FRAME, "method": "spearman", "population": MASK, "rows": "own"},
    "correlation_table": {"frame": FRAME, "against": ["a"], "populations": {"some": MASK}, "bootstrap": 5},
    "critical_difference": {"frame": FRAME, "alpha": 0.05},
    "curves": {"x": CLOCK, "y": RUNS, "grid": GRID, "interpolation": "step", "end": 6.0, "beyond": "missing"},
    "discounted_gain": {"estimate": X, "truth": Y, "k": 3, "population": MASK},
    "expected_best": {"estimate": X, "truth": Y, "n": 4, "k": 2, "population": MASK},
    "rank_sum_of_estimates": {"estimates": np.stack([X, Z], axis=1), "population": MASK},
    "estimator_study": {
        "estimates": {"one": X, "two": Z},
        "truth": Y,
        "costs": {"one": 1.0, "two": np.ones(N)},
        "kinds": {"one": "proxy"},
        "k": 2,
        "population": MASK,
    },
    "expected_runtime": {"x": CLOCK, "y": RUNS, "targets": [3.0, 9.0], "end": 6.0},
    "fitness_distance_correlation": {"values": X, "distances": Y},
    "friedman": {"frame": FRAME},
    "front_quality": {"frame": FRAME, "objectives": ENDS, "reference_front": FRONT, "reference": WORST},
    "hardware_lottery": {"frame": FRAME, "quality": "a", "costs": ["b", "c"], "least": 3.0},
    "holm": {"p": [0.1, 0.5]},
    "hypervolume": {"frame": FRAME, "objectives": ENDS, "reference": WORST},
    "hypervolume_over_time": {
        "x": CLOCK,
        "values": {"a": RUNS, "b": RUNS[::-1]},
        "objectives": ENDS,
        "reference": WORST,
        "grid": GRID,
        "end": 6.0,
    },
    "incumbents": {"values": RUNS},
    "interquartile_mean": {"values": X},
    "kendall_tau": {"x": X, "y": Y, "population": MASK},
    "knee_points": {"front": FRONT, "objectives": ENDS},
    "local_optima": {"values": X, "neighbors": AROUND},
    "marginal_effects": {"values": X, "ops": OPS, "positions": list("pqr"), "population": MASK},
    "nemenyi": {"frame": FRAME},
    "neutrality": {"values": X, "neighbors": AROUND, "tolerance": 1.0},
    "optima": {"values": X, "neighbors": AROUND},
    "pairwise_tests": {"samples": SAMPLES, "test": "wilcoxon"},
    "pareto_front": {"frame": FRAME, "objectives": ENDS, "constraints": {"c": (1.0, None)}},
    "partial_correlation": {"x": X, "y": Y, "given": Z, "method": "pearson", "population": MASK},
    "precision_at_k": {"estimate": X, "truth": Y, "k": 3, "best": 4, "population": MASK},
    "probability_of_improvement": {"x": SAMPLES, "y": SAMPLES, "resamples": 5, "confidence": 0.9},
    "random_walk_autocorrelation": {"values": X, "neighbors": AROUND, "steps": 30, "walks": 2, "lags": 2},
    "rank_correlation": {"x": X, "y": Y, "population": MASK, "confidence": 0.9, "bootstrap": 9, "seed": 1},
    "rank_over_time": {"by_searcher": {"one": RUNS[:, :3], "two": RUNS[:, 2:]}, "grid": GRID},
    "ratio_profile": {"costs": FRAME, "ratios": [1.0, 2.0]},
    "regret": {"values": X, "best": 99.0, "worst": 0.0},
    "replicates_for_a12": {"probability": 0.7, "alpha": 0.05, "power": 0.8},
    "replicates_for_difference": {"difference": 1.0, "std": 1.0, "alpha": 0.05, "power": 0.8},
    "runtime_to_target": {"x": CLOCK, "y": RUNS, "target": 9.0},
    "sample_mask": {"size": N, "n": 3, "seed": 1, "within": MASK},
    "score_profile": {"samples": SAMPLES, "thresholds": [1.0, 2.0]},
    "shared_optima": {"by_name": SAMPLES, "neighbors": AROUND},
    "summarize": {"values": RUNS[:, :3], "grid": GRID, "band": "mean", "resamples": 5},
    "target_ecdf": {"x": CLOCK, "y": RUNS, "targets": [3.0], "grid": GRID, "end": 6.0},
    "tau_at_top": {"estimate": X, "truth": Y, "fraction": 0.5, "population": MASK},
    "top_agreement": {"estimate": X, "truth": Y, "k": (1, 2), "population": MASK},
    "top_k_overlap": {"estimate": X, "truth": Y, "k": 3, "population": MASK},
    "win_tie_loss": {"tests": analysis.pairwise_tests(SAMPLES)[["a", "b", "p_holm", "a12"]], "alpha": 0.05},
    "vote_concordance": {"estimates": np.stack([X, Z], axis=1), "truth": Y, "population": MASK},
}
TABLE = nbs.load_table("nas-bench-201")
DIGITS = nbs.load_table("nas-bench-201-digits")
TASK = nbs.Task(TABLE, dataset="cifar10")
BOTH = nbs.Task(TABLE, dataset="cifar10", noise="mean", objective=["latency:eyeriss", "val_accuracy"])
BUDGET = nbs.Budget(evaluations=20)
FOUND = [
    nbs.run(name, TASK, budget=BUDGET, seeds=4) for name in ("random_search", "local_search", "reinforce")
]
FRONTS = [nbs.run("random_search", BOTH, budget=BUDGET, seeds=4)]
STUDY = analysis.estimator_study({"one": X, "two": Z}, Y, {"one": 1.0, "two": 2.0})
CORRELATED = correlate(TABLE, datasets=["cifar10"], of=["flops", "params"])
LOTTERY = analysis.hardware_lottery(FRAME, "a", ["b", "c"], 3.0)[["chosen_for", "run_on", "loss"]]
TINY = nbs.SearchSpace("tiny", ["ab", "ab"])

PLOTS: dict[str, dict[str, Any]] = {
    "anytime": {"runs": FOUND, "ax": None, "x": "evaluations", "statistic": "mean"},
    "anytime_frame": {"runs": FOUND, "x": "evaluations", "statistic": "mean"},
    "anytime_panels": {"groups": [FOUND], "x": "evaluations", "statistic": "mean"},
    "attainment": {"runs": FRONTS, "ax": None},
    "attainment_frame": {"runs": FRONTS},
    "cell": {"space": TABLE.space, "architecture": 6111, "ax": None},
    "cell_frame": {"space": TABLE.space, "architecture": 6111},
    "cloud": {"frame": FRAME, "x": "a", "y": "b", "ax": None},
    "correlation": {"frame": FRAME, "ax": None, "method": "kendall", "against": ["a"], "population": MASK},
    "correlation_frame": {"frame": FRAME, "method": "kendall", "against": ["a"], "population": MASK},
    "correlations": {"table": CORRELATED, "ax": None, "method": "spearman"},
    "critical_difference": {"frame": FRAME, "ax": None, "alpha": 0.05},
    "critical_difference_frame": {"runs": FOUND},
    "devices": {"frame": FRAME, "quality": "a", "ax": None, "costs": ["b", "c"]},
    "devices_frame": {"frame": FRAME, "quality": "a", "costs": ["b", "c"]},
    "ecdf": {"runs": FOUND, "ax": None, "x": "evaluations", "targets": np.array([80.0, 90.0])},
    "ecdf_frame": {"runs": FOUND, "x": "evaluations", "targets": np.array([80.0, 90.0])},
    "estimators": {"study": STUDY, "ax": None},
    "learning_curves": {
        "table": DIGITS,
        "architectures": [1462],
        "metric": "val_accuracy",
        "dataset": "digits",
    },
    "learning_curves_frame": {"table": DIGITS, "architectures": [1462], "metric": "val_accuracy"},
    "losses": {"lottery": LOTTERY, "ax": None},
    "losses_frame": {"lottery": LOTTERY},
    "operations": {"values": X[:4], "space": TINY, "ax": None, "population": MASK[:4]},
    "operations_frame": {"values": X[:4], "space": TINY, "population": MASK[:4]},
    "pareto": {"frame": FRAME, "objectives": ENDS, "constraints": {"c": (1.0, None)}, "labels": {3: "this"}},
    "pareto_frame": {"frame": FRAME, "objectives": ENDS, "constraints": {"c": (1.0, None)}},
    "scatter": {"frame": FRAME, "x": "a", "y": "b", "ax": None, "top": 3, "population": MASK},
    "scatter_frame": {"frame": FRAME, "x": "a", "y": "b", "top": 3, "population": MASK},
}
NO_INPUT = {"style"}
DATES = np.array(["2026-01-01", "NaT"], dtype="datetime64[D]")
NEVER_NUMBERS = {
    "dates": DATES,
    "spans": DATES - DATES[0],
    "complex": np.array([1.0 + 1j, 2.0]),
    "text": np.array(["1", "2"]),
}


def filled(kind: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    return np.resize(kind, shape)


def refused(value: Any) -> Iterator[tuple[str, Any]]:
    """What is never a number, in the shape of a valid value."""
    if isinstance(value, float):
        yield from ((f"{one!r} for a number", one) for one in ("1.0", 1j, [1.0], np.nan, *DATES, {}))
        return
    for name, kind in NEVER_NUMBERS.items():
        if isinstance(value, np.ndarray) and value.dtype != bool:
            yield name, filled(kind, value.shape)
            if name != "spans":  # of which objects of numpy are whole numbers
                yield f"objects that are {name}", filled(kind, value.shape).astype(object)
            if value.ndim == 1:
                yield f"a Series of {name}", pd.Series(filled(kind, value.shape))
        elif isinstance(value, pd.DataFrame):
            numbers = value.select_dtypes("float").columns[0]
            yield f"a column of {name}", value.assign(**{numbers: filled(kind, (len(value),))})
        elif isinstance(value, dict):
            first, one = next(iter(value.items()))
            if isinstance(one, np.ndarray) and one.dtype != bool:
                yield f"a value of {name}", value | {first: filled(kind, one.shape)}


def doubtful(value: Any) -> Iterator[tuple[str, Any]]:
    """What may be refused or understood."""
    yield from (
        ("nothing", None),
        ("text", "text"),
        ("an empty list", []),
        ("an empty mapping", {}),
        ("an empty array", np.empty(0)),
        ("an empty frame", pd.DataFrame()),
        ("0-d", np.array(3.0)),
        ("a number", 3),
        ("a negative number", -3),
        ("true", True),
        ("an object", object()),
        ("a set", {1, 2}),
        ("ragged", [[1.0], [1.0, 2.0]]),
        ("nested mappings", {"a": {"b": 1}}),
        ("a list of lists", [[1.0, 2.0], [2.0, 3.0]]),
        ("an array of three dimensions", np.ones((2, 2, 2))),
    )
    if isinstance(value, (np.ndarray, list, pd.DataFrame)) and len(value):
        yield "shorter", value[:-1]
    if isinstance(value, np.ndarray):
        yield "missing values only", filled(np.array([np.nan]), value.shape)
    if isinstance(value, dict):
        yield "a list for a mapping", list(value.values())
        yield "couples for a mapping", list(value.items())
        yield "one name more", value | {"more": next(iter(value.values()))}
        yield "names that are numbers", dict(enumerate(value.values()))
        yield "values that are none", dict.fromkeys(value)
    if isinstance(value, pd.DataFrame):
        yield "two columns of one name", pd.concat([value, value], axis=1)


def call(room: Any, function: str, arguments: dict[str, Any]) -> Any:
    given = dict(arguments)
    if function == "bootstrap_interval":
        columns = given.pop("columns")
        columns = columns if isinstance(columns, tuple) else (columns,)
        return room.bootstrap_interval(given.pop("statistic"), *columns, **given)
    try:
        return getattr(room, function)(**given)
    finally:
        plt.close("all")


ROOMS = {"analysis": (analysis, ANALYSES), "plots": (plots, PLOTS)}
CASES = [
    pytest.param(room, function, parameter, id=f"{function}-{parameter}")
    for room, (_, calls) in ROOMS.items()
    for function, arguments in calls.items()
    for parameter in arguments
]


def valid_call(room: str, function: str, parameter: str) -> tuple[Any, dict[str, Any], Any]:
    module, calls = ROOMS[room]
    return module, calls[function], calls[function][parameter]


@pytest.mark.parametrize("room", ROOMS)
def test_every_public_function_has_a_call_that_is_valid(room: str) -> None:
    module, calls = ROOMS[room]
    public = {name for name in module.__all__ if inspect.isfunction(getattr(module, name))}
    assert set(calls) == public - NO_INPUT
    for name, arguments in calls.items():
        call(module, name, arguments)


@pytest.mark.parametrize(("room", "function", "parameter"), CASES)
def test_what_is_no_number_is_refused(room: str, function: str, parameter: str) -> None:
    module, valid, values = valid_call(room, function, parameter)
    several = parameter == "columns"
    for kind, bad in refused(values[0] if several else values):
        other = valid | {parameter: (bad, *values[1:]) if several else bad}
        with pytest.raises(RequestError, match=r".{10}"):
            raise AssertionError(f"{kind} give {call(module, function, other)}")


@pytest.mark.parametrize(("room", "function", "parameter"), CASES)
def test_what_is_doubtful_is_understood_or_refused_in_words(room: str, function: str, parameter: str) -> None:
    module, valid, values = valid_call(room, function, parameter)
    for kind, other in doubtful(values):
        try:
            call(module, function, valid | {parameter: other})
        except RequestError:
            continue
        except Exception as error:
            pytest.fail(f"{function}({parameter}={kind}): {type(error).__name__}: {error}")


@pytest.mark.parametrize(("room", "function", "parameter"), CASES)
def test_a_shuffled_index_is_aligned_or_refused(room: str, function: str, parameter: str) -> None:
    """Rows that carry names are never paired by place with rows of other names."""
    module, valid, values = valid_call(room, function, parameter)
    if not isinstance(values, np.ndarray) or values.ndim != 1 or len(values) != N or function == "regret":
        pytest.skip("no column, or each value has an answer of its own")
    order = np.roll(np.arange(N), 5)
    series = pd.Series(values[order], index=order)  # the same rows in another order
    right = call(module, function, valid)
    try:
        found = call(module, function, valid | {parameter: series})
    except RequestError:
        return
    assert_same(found, right)


@pytest.mark.parametrize(("room", "function", "parameter"), CASES)
def test_the_same_numbers_in_another_dress_give_the_same_answer(
    room: str, function: str, parameter: str
) -> None:
    module, valid, values = valid_call(room, function, parameter)
    if not isinstance(values, np.ndarray) or values.dtype != float:
        pytest.skip("no numbers")
    right = call(module, function, valid)
    dresses = [values.tolist(), values.astype(object), np.ma.masked_array(values), np.asfortranarray(values)]
    if values.ndim == 1:
        dresses += [pd.Series(values), pd.Series(values, dtype="Float64")]
    for dress in dresses:
        assert_same(call(module, function, valid | {parameter: dress}), right)


def assert_same(found: Any, right: Any) -> None:
    if isinstance(right, pd.DataFrame):
        pd.testing.assert_frame_equal(found, right)
    elif isinstance(right, pd.Series):
        pd.testing.assert_series_equal(found, right)
    elif isinstance(right, analysis.CriticalDifference):
        pd.testing.assert_series_equal(found.ranks, right.ranks)
    elif isinstance(right, Axes):
        assert [text.get_text() for text in found.texts] == [text.get_text() for text in right.texts]
    else:
        np.testing.assert_array_equal(found, right)
