"""The shipped conformance suite, run on every registered searcher; and that it catches what it is for."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nasbench_sim as nbs
from nasbench_sim.search import MultiFidelitySearcher, Searcher, searcher, searchers, testing
from nasbench_sim.search.testing import SearcherConformance
from nasbench_sim.spaces import SearchSpace

# Published defaults that are made for larger budgets, or take longer, than a check has.
SMALLER: dict[str, dict[str, Any]] = {
    "bananas": {"epochs": 10, "further": 5},
    "gumbel_relaxation": {"epochs": 10, "further": 5, "steps": 10},
    "nsga_ii": {"population": 20},
    "population_based_incremental_learning": {"population": 20},
    "ppo_controller": {"hidden": 16, "learning_rate": 0.01},
    "predictor_evolution": {"predictor": "ridge"},
}
LIBRARIES = {"nevergrad", "optuna", "pymoo"}  # searchers of the name of an optional library
EVALUATIONS = {"nevergrad": 20, "optuna": 30}  # of the checks of one that takes milliseconds for a proposal
SLOW = {"bananas", "gaussian_process", "gumbel_relaxation", "nevergrad", "optuna", "parego", "pymoo"}
UNGUIDED = {"random_search", "exhaustive_search"}  # and with fidelities, which have a test of their own
LEVEL = {"multi_objective_regularized_evolution"}  # with random search after so few evaluations
NAMES = [name for name in searchers() if name not in LIBRARIES or importlib.util.find_spec(name)]
MIXED = SearchSpace("mixed", ["abc", "d", "efghi", "jk"])
CHECKS = [name for name in dir(SearcherConformance) if name.startswith("test_")]


def configured(name: str) -> Any:
    return searcher(name, **SMALLER.get(name, {}))


def evaluations_of(name: str) -> int:
    return EVALUATIONS.get(name, SearcherConformance.evaluations)


def suite(name: str, *spaces: SearchSpace) -> SearcherConformance:
    class Conformance(SearcherConformance):
        guided = name not in UNGUIDED | LEVEL and not issubclass(searchers()[name], MultiFidelitySearcher)
        evaluations = evaluations_of(name)
        replicates = 5 if name in SLOW else 20

        def searcher(self) -> Any:
            return configured(name)

        def spaces(self) -> Any:
            return spaces

    return Conformance()


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("check", [check for check in CHECKS if check != "test_better_than_random_search"])
def test_small_space(name: str, check: str) -> None:
    getattr(suite(name, MIXED), check)()


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "check",
    [
        "test_a_seed_fixes_its_replicate",
        "test_budgets_that_end_exactly_on_an_evaluation",
        "test_better_than_random_search",
    ],
)
def test_nas_bench_201(name: str, check: str) -> None:
    getattr(suite(name, nbs.space("nas-bench-201")), check)()


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=8, deadline=None)
@given(space=testing.small_spaces(), landscape=st.sampled_from(testing.LANDSCAPES), seed=st.integers(0, 99))
def test_random_small_spaces(name: str, space: SearchSpace, landscape: Any, seed: int) -> None:
    own = suite(name, space)
    task = own._task(space, landscape=landscape, seed=seed)
    budget = nbs.Budget(evaluations=own.evaluations)
    runs = nbs.run(configured(name), task, budget=budget, seeds=[seed, seed + 1])
    own.test_the_budget_is_spent()
    alone = nbs.run(configured(name), task, budget=budget, seeds=[seed + 1])
    length = alone.length[0]
    assert alone.index[0].tolist() == runs.index[1, :length].tolist()


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("space", ["nats-bench-size", "nas-bench-macro"])
def test_other_published_spaces(name: str, space: str) -> None:
    own = suite(name, nbs.space(space))
    own.test_what_is_observed_is_what_the_table_says()
    own.test_the_budget_is_spent()


# -- what the checks are for


class Broken(Searcher):
    name = "broken"

    def ask(self) -> Any:
        return (self.streams.uniform(1) * self.space.size).astype(np.int64)

    def tell(self, index: Any, values: Any) -> None: ...


class Unseeded(Broken):
    def ask(self) -> Any:
        return np.random.default_rng().integers(self.space.size, size=(self.replicates, 1))


class Leaking(Broken):
    """Every replicate follows what the first one saw."""

    def start(self) -> None:
        self._best = np.zeros(1, dtype=np.int64)

    def ask(self) -> Any:
        return (super().ask() + self._best) % self.space.size

    def tell(self, index: Any, values: Any) -> None:
        self._best = np.array([int(values.max() * 7)])


class Stopping(Broken):
    """Ends long before its budget."""

    def start(self) -> None:
        self._left = 5

    def ask(self) -> Any:
        self._left -= 1
        return super().ask() if self._left > 0 else np.full((self.replicates, 1), -1)


class Hoarding(Broken):
    """Keeps all that it has seen, again and again."""

    def start(self) -> None:
        self._kept: list[Any] = [np.zeros(100)]

    def tell(self, index: Any, values: Any) -> None:
        self._kept.append(np.concatenate([self._kept[-1], np.zeros(2_000)]))


@pytest.mark.parametrize(
    ("which", "check", "words"),
    [
        (Unseeded, "a_seed_fixes_its_replicate", "differs"),
        (Leaking, "a_seed_fixes_its_replicate", "differs"),
        (Unseeded, "a_seed_gives_the_same_in_another_process", "in another process"),
        (Leaking, "a_replicate_that_has_ended_changes_nothing_for_the_others", "run alone"),
        (Leaking, "budgets_that_end_exactly_on_an_evaluation", "differs"),
        (Stopping, "the_budget_is_spent", "4 evaluations of 60"),
        (Hoarding, "memory_in_proportion_to_the_evaluations", "memory grows"),
        ("random_search", "better_than_random_search", "falls short"),
    ],
)
def test_broken_searchers_are_caught(which: Any, check: str, words: str) -> None:
    class Conformance(SearcherConformance):
        def searcher(self) -> Any:
            return which

        def spaces(self) -> Any:
            return [MIXED]

    with pytest.raises(AssertionError, match=words):
        getattr(Conformance(), f"test_{check}")()


def test_what_is_evaluated_in_the_place_of_a_proposal_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    observe = nbs.Task.observe
    monkeypatch.setattr(nbs.Task, "observe", lambda self, index, *more: observe(self, index // 2, *more))
    with pytest.raises(AssertionError, match="values of other architectures"):
        suite("random_search", MIXED).test_what_is_observed_is_what_the_table_says()


def test_the_suite_works_without_asserts() -> None:
    code = (
        "import numpy as np\n"
        "from nasbench_sim.search import Searcher, testing\n"
        "from nasbench_sim.spaces import SearchSpace\n"
        "class Unseeded(Searcher):\n"
        "    name = 'unseeded'\n"
        "    def ask(self): return np.random.default_rng().integers(9, size=(self.replicates, 1))\n"
        "    def tell(self, index, values): pass\n"
        "try: testing.conform(Unseeded, [SearchSpace('s', ['abc', 'def'])])\n"
        "except AssertionError as error: print(error)\n"
    )
    found = subprocess.run([sys.executable, "-O", "-c", code], capture_output=True, text=True, check=True)
    assert "differs" in found.stdout


def test_planted_tasks_draw_one_of_several_runs() -> None:
    task = testing.planted_task(MIXED)
    assert task.draws
    runs = nbs.run("exhaustive_search", task, budget=nbs.Budget(evaluations=30), seeds=40)
    assert (np.ptp(runs.observed, axis=0) > 0).sum() == 29  # of 30, the best has no noise


def walk(space: Any, random: Any) -> Any:
    current = int(random.integers(space.size))
    value = yield current
    while True:
        other = int(random.choice(space.neighbors(current)))
        seen = yield other
        if seen >= value:
            current, value = other, seen


class TestAGeneratorOfOnesOwn(SearcherConformance):
    def searcher(self) -> Any:
        return walk


def test_conform_names_the_check() -> None:
    with pytest.raises(AssertionError, match=r"^a .*: broken: the replicate of seed .* differs"):
        testing.conform(Unseeded, [MIXED])
    huge = SearchSpace("huge", ["ab"] * 30)
    with pytest.raises(nbs.NasbenchSimError, match="too many"):
        testing.conform("random_search", [huge])
