"""The shipped conformance suite, run on every registered searcher; and that it catches what it is for."""

from __future__ import annotations

import importlib.util
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nasbench_sim as nbs
from nasbench_sim.search import MultiFidelitySearcher, Searcher, searcher, searchers, testing
from nasbench_sim.spaces import SearchSpace

# Published defaults that are made for larger budgets, or take longer, than a check has.
SMALLER: dict[str, dict[str, Any]] = {
    "bananas": {"epochs": 10},
    "gumbel_relaxation": {"epochs": 10, "steps": 10},
    "population_based_incremental_learning": {"population": 20},
    "ppo_controller": {"hidden": 16, "learning_rate": 0.01},
    "predictor_evolution": {"predictor": "ridge"},
}
LIBRARIES = {"nevergrad", "optuna", "pymoo"}  # searchers of the name of an optional library
EVALUATIONS = {"nevergrad": 20}  # of the checks of one that takes milliseconds for a proposal
UNGUIDED = {"random_search", "exhaustive_search"}
# Those for several objectives and for fidelities are held to the checks by tests of their own.
NAMES = [
    name
    for name, cls in searchers().items()
    if cls.objectives != "several"
    and not issubclass(cls, MultiFidelitySearcher)
    and (name not in LIBRARIES or importlib.util.find_spec(name))
]
MIXED = SearchSpace("mixed", ["abc", "d", "efghi", "jk"])


def configured(name: str) -> Any:
    return searcher(name, **SMALLER.get(name, {}))


def evaluations_of(name: str) -> int:
    return EVALUATIONS.get(name, testing.EVALUATIONS)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("check", testing.CHECKS)
def test_small_space(name: str, check: str) -> None:
    testing.CHECKS[check](configured(name), testing.planted_task(MIXED), evaluations_of(name))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("check", ["determinism", "isolation", "budget", "validity"])
def test_nas_bench_201(name: str, check: str) -> None:
    task = testing.planted_task(nbs.space("nas-bench-201"))
    testing.CHECKS[check](configured(name), task, evaluations_of(name))


@pytest.mark.parametrize("name", [name for name in NAMES if name not in UNGUIDED])
def test_better_than_random(name: str) -> None:
    task = testing.planted_task(nbs.space("nas-bench-201"), seed=3)
    testing.check_optimum(configured(name), task, seeds=20)


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=8, deadline=None)
@given(space=testing.small_spaces(), landscape=st.sampled_from(testing.LANDSCAPES), seed=st.integers(0, 99))
def test_random_small_spaces(name: str, space: SearchSpace, landscape: testing.Landscape, seed: int) -> None:
    task = testing.planted_task(space, landscape, seed=seed)
    which, evaluations = configured(name), evaluations_of(name)
    budget = nbs.Budget(evaluations=evaluations)
    runs = nbs.run(which, task, budget=budget, seeds=[seed, seed + 1])
    testing.check_budget(which, task, evaluations)
    alone = nbs.run(which, task, budget=budget, seeds=[seed + 1])
    length = alone.length[0]
    assert alone.index[0].tolist() == runs.index[1, :length].tolist()


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("space", ["nats-bench-size", "nas-bench-macro"])
def test_other_published_spaces(name: str, space: str) -> None:
    task = testing.planted_task(nbs.space(space))
    testing.check_validity(configured(name), task, evaluations_of(name))
    testing.check_budget(configured(name), task, evaluations_of(name))


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
        (Unseeded, "determinism", "differs"),
        (Leaking, "determinism", "differs"),
        (Unseeded, "process", "in another process"),
        (Leaking, "isolation", "run alone"),
        (Stopping, "budget", "made 4 evaluations of 60"),
        (Hoarding, "memory", "memory grows"),
    ],
)
def test_broken_searchers_are_caught(which: Any, check: str, words: str) -> None:
    with pytest.raises(AssertionError, match=words):
        testing.CHECKS[check](which, testing.planted_task(MIXED))


def test_random_search_is_not_better_than_itself() -> None:
    with pytest.raises(AssertionError, match="mean regret"):
        testing.check_optimum("random_search", testing.planted_task(MIXED), evaluations=5)


def walk(space: Any, random: Any) -> Any:
    current = int(random.integers(space.size))
    value = yield current
    while True:
        other = int(random.choice(space.neighbors(current)))
        seen = yield other
        if seen >= value:
            current, value = other, seen


def test_a_generator_of_ones_own_conforms() -> None:
    testing.conform(walk, [nbs.space("nas-bench-201")], seeds=20)


def test_conform_names_the_check_and_the_space() -> None:
    with pytest.raises(AssertionError, match="determinism, on mixed: "):
        testing.conform(Unseeded, [MIXED])
    huge = SearchSpace("huge", ["ab"] * 30)
    with pytest.raises(nbs.NasbenchSimError, match="too many"):
        testing.conform("random_search", [huge])
