"""The driver and a person's own algorithm: seeds, refusals, isolation."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

import nasbench_sim as nbs
from nasbench_sim.errors import NasbenchSimError, RequestError
from nasbench_sim.oracle import Streams
from nasbench_sim.search import Context, Searcher, searcher

TABLE = nbs.load_table("nas-bench-201")
TASK = nbs.Task(TABLE, dataset="cifar10")
BUDGET = nbs.Budget(evaluations=40)
FOUR = ("random_search", "regularized_evolution", "local_search", "reinforce")


def hill_climber(space, random, patience: int = 5):
    best = int(random.integers(space.size))
    value = yield best
    while True:
        other = int(random.choice(space.neighbors(best)))
        seen = yield other
        if seen > value:
            best, value = other, seen


@pytest.mark.parametrize("which", [*FOUR, hill_climber])
def test_a_replicate_is_the_same_alone_and_among_others(which: object) -> None:
    together = nbs.run(which, TASK, budget=BUDGET, seeds=[5, 17, 2**64 - 1, 0])
    for row, seed in enumerate(together.seeds):
        alone = nbs.run(which, TASK, budget=BUDGET, seeds=[seed])
        for field in ("index", "observed", "cost", "clock"):
            np.testing.assert_array_equal(getattr(alone, field)[0], getattr(together, field)[row])


@pytest.mark.parametrize("which", FOUR)
def test_chunks_do_not_matter(which: str, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = nbs.run(which, TASK, budget=nbs.Budget(seconds=60_000), seeds=7)
    monkeypatch.setattr(nbs.search.searchers()[which], "chunk", 3)
    parts = nbs.run(which, TASK, budget=nbs.Budget(seconds=60_000), seeds=7)
    for field in ("index", "observed", "cost", "clock", "length"):
        np.testing.assert_array_equal(getattr(whole, field), getattr(parts, field))


def test_ones_own_algorithm_with_its_own_parameter_and_strings() -> None:
    def by_string(space, random):
        for index in (6111, 0):
            yield space.string(index)

    assert nbs.run(by_string, TASK, budget=BUDGET).index.tolist() == [[6111, 0]]
    chosen = searcher(hill_climber, patience=9)
    assert chosen.label == "hill_climber(patience=9)"
    assert nbs.run(chosen, TASK, budget=BUDGET).hyperparameters == {"patience": 9}


def ends_early(space, random):
    yield int(random.integers(space.size))


def test_a_generator_that_ends_early_ends_its_replicate_only() -> None:
    def some_end(space, random):
        for _ in range(int(random.integers(1, 9))):
            yield 3

    found = nbs.run(some_end, TASK, budget=BUDGET, seeds=12)
    assert len(set(found.length)) > 1
    assert nbs.run(ends_early, TASK, budget=BUDGET, seeds=3).length.tolist() == [1, 1, 1]


@pytest.mark.parametrize("nonsense", [-1, 15625, 0.5, None, "conv", [1, 2], True, {}])
def test_a_generator_that_yields_nonsense(nonsense: object) -> None:
    def wrong(space, random):
        yield nonsense

    with pytest.raises(RequestError, match="wrong yielded"):
        nbs.run(wrong, TASK, budget=BUDGET)


def test_what_is_no_generator() -> None:
    def returns(space, random):
        return 3

    with pytest.raises(RequestError, match="not a generator function"):
        nbs.run(returns, TASK, budget=BUDGET)


class Slip(Searcher):
    """Proposes what its class says."""

    name = "slip"
    proposal: object = None

    def ask(self):
        return self.proposal

    def tell(self, index, values):
        raise AssertionError("never told")


@pytest.mark.parametrize(
    "proposal",
    [
        None,
        np.zeros(3, dtype=int),
        np.zeros((2, 1), dtype=int),
        np.zeros((1, 0), dtype=int),
        np.zeros((1, 1)),
        np.array([[15625]]),
        np.array([[-2]]),
    ],
)
def test_proposals_that_are_not_architectures(proposal: object) -> None:
    wrong = type("Wrong", (Slip,), {"proposal": proposal})
    with pytest.raises(NasbenchSimError, match="slip"):
        nbs.run(wrong, TASK, budget=BUDGET)


@pytest.mark.parametrize(
    ("which", "hyperparameters", "message"),
    [
        ("regularised_evolution", {}, "did you mean 'regularized_evolution'"),
        ("regularized_evolution", {"populaton": 5}, "did you mean 'population'"),
        ("regularized_evolution", {"population": 0}, "whole number of 1 or more"),
        ("regularized_evolution", {"population": 2.5}, "whole number"),
        ("regularized_evolution", {"population": True}, "whole number"),
        ("reinforce", {"learning_rate": float("nan")}, "learning_rate is a finite number of 0 or more"),
        ("reinforce", {"learning_rate": "fast"}, "learning_rate is a finite number of 0 or more"),
        ("reinforce", {"baseline_momentum": 1.0}, "from 0.01 to 0.999"),
        ("ppo_controller", {"baseline_momentum": 1.0}, "from 0 to 0.999"),
        (3, {}, "generator function"),
        (dict, {}, "generator function"),
        (Searcher, {}, "Searcher lacks ask, tell"),
        (type("Nameless", (Slip,), {"name": None}), {}, "Nameless lacks a name"),
        (type("Deaf", (Searcher,), {"name": "deaf", "ask": Slip.ask}), {}, "Deaf lacks tell"),
        (lambda space: (yield 3), {}, r"cannot be called with \(space, random\)"),
        (ends_early, {"rate": 0.1}, "unexpected keyword argument 'rate'"),
        ("bananas", {"batch": 101}, "100 candidates cannot fill a round of batch=101"),
        ("predictor_evolution", {"candidates": 9}, "9 candidates cannot fill a round of batch=10"),
        ("regularized_evolution", {"population": np.array([1, 2])}, "population is a whole number"),
        ("asng", {"step": np.array([1.0, 2.0])}, "step is a finite number"),
        ("local_search", {"improvement": np.array(["best", "first"])}, "value of hyperparameter improvement"),
        ("gumbel_relaxation", {"hottest": 0.05}, "coldest=0.1 is hotter than hottest=0.05"),
    ],
)
def test_wrong_searchers(which: object, hyperparameters: dict, message: str) -> None:
    with pytest.raises(RequestError, match=message):
        nbs.run(which, TASK, budget=BUDGET, hyperparameters=hyperparameters)


@pytest.mark.parametrize(
    "seeds", [0, -1, True, 1.5, "three", [], [1, 1], [-1], [2**64], [1.5], [True], None, [[1], [2, 3]]]
)
def test_wrong_seeds(seeds: object) -> None:
    with pytest.raises(RequestError):
        nbs.run("random_search", TASK, budget=BUDGET, seeds=seeds)


def test_numpy_seeds_are_seeds() -> None:
    assert nbs.run("random_search", TASK, budget=BUDGET, seeds=np.array([4, 9])).seeds == (4, 9)


def test_every_searcher_beats_random_at_equal_evaluations() -> None:
    means = {
        which: nbs.run(which, TASK, budget=nbs.Budget(evaluations=300), seeds=100).final()["regret"].mean()
        for which in FOUR
    }
    assert means["regularized_evolution"] < means["reinforce"] < means["random_search"]
    assert means["local_search"] < means["random_search"]


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        ({"budget": 100}, "a budget is Budget"),
        ({"task": TASK.table}, "runs on a Task, not on Table"),
        ({"seeds": np.array(3)}, "seeds is a number of replicates"),
        ({"hyperparameters": ["a"]}, "hyperparameters is a mapping"),
    ],
)
def test_requests_of_a_wrong_type_say_so(request_: dict, message: str) -> None:
    usual = {"task": TASK, "budget": nbs.Budget(evaluations=5), **request_}
    with pytest.raises(RequestError, match=message):
        nbs.run("random_search", usual.pop("task"), **usual)


def test_a_generator_may_yield_from_a_list() -> None:
    def listed(space: nbs.SearchSpace, random: np.random.Generator) -> Iterator[int]:
        yield from [5, 7]
        value = yield 9
        assert value > 0
        yield 11

    runs = nbs.run(listed, TASK, budget=nbs.Budget(evaluations=10))
    assert runs.index.tolist() == [[5, 7, 9, 11]]


def test_a_search_cannot_begin_with_more_operations_than_there_are() -> None:
    with pytest.raises(RequestError, match="has 5 operations: it cannot begin with 9"):
        searcher("growing_evolution", first_operations=9).start(
            Context(TASK.space, Streams([0], 0), TASK, nbs.Budget(evaluations=50))
        )
