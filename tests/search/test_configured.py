"""What can stand for a searcher: names, texts, classes, functions, objects; and what tells them apart."""

from __future__ import annotations

import copy
import functools
import subprocess
import sys
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nasbench_sim as nbs
from nasbench_sim.errors import RequestError
from nasbench_sim.search import Searcher, Whole, from_ask_tell, register, registry, searcher, searchers
from nasbench_sim.search.notation import read, written
from nasbench_sim.search.strategies.sampling.random_search import RandomSearch

TASK = nbs.Task(nbs.load_table("nas-bench-201"), dataset="cifar10")
BUDGET = nbs.Budget(evaluations=30)


# -- identity


@pytest.mark.parametrize(
    ("given", "label"),
    [
        ({}, "regularized_evolution"),
        ({"population": 10}, "regularized_evolution"),
        ({"population": np.int64(10), "sample": 3}, "regularized_evolution"),
        ({"sample": 5, "population": 20}, "regularized_evolution(population=20, sample=5)"),
        ({"population": 20, "sample": 5}, "regularized_evolution(population=20, sample=5)"),
        ({"warm_start": np.array([3])}, "regularized_evolution(warm_start=(3,))"),
    ],
)
def test_a_default_that_is_given_is_the_same_searcher(given: dict[str, Any], label: str) -> None:
    one = searcher("regularized_evolution", **given)
    assert one.label == label
    again = searcher(label)
    assert (again.label, again.hyperparameters) == (label, one.hyperparameters)


def test_a_real_number_as_a_whole_one_is_the_same_searcher() -> None:
    assert searcher("hyperband", eta=3).label == "hyperband"


def test_early_stopping_knows_the_defaults_of_the_other() -> None:
    label = "early_stopping(searcher=regularized_evolution)"
    assert searcher("early_stopping", searcher="regularized_evolution", population=10).label == label
    given = searcher("early_stopping(searcher=regularized_evolution, population=20)")
    assert given.hyperparameters["population"] == 20


def test_the_same_searcher_twice_is_refused() -> None:
    with pytest.raises(RequestError, match="regularized_evolution"):
        nbs.compare(
            ["regularized_evolution", searcher("regularized_evolution", population=10)],
            TASK,
            budget=BUDGET,
            seeds=2,
        )


# -- texts

VALUES = st.one_of(
    st.integers(-(10**6), 10**6),
    st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(),
    st.text(max_size=12),
    st.lists(st.one_of(st.integers(0, 99), st.text(max_size=8)), max_size=3).map(tuple),
)


@given(st.dictionaries(st.sampled_from(["a", "b1", "population", "warm_start"]), VALUES, max_size=4))
def test_reading_is_the_inverse_of_writing(values: dict[str, Any]) -> None:
    assert read(written("some_name", values)) == ("some_name", values)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("tpe(", "last parenthesis"),
        ("tpe(gamma)", "no name=value"),
        ("tpe(gamma=1, gamma=2)", "twice"),
        ("tpe(gamma=__import__('os'))", "no number, text or list"),
        ("tpe(gamma=[1)", "do not match"),
        ("tpe(gamma=1))", "do not match"),
        ("tpe(gamma='1)", "do not match"),
        ("tpe(gamma=1) + 1", "last parenthesis"),
        ("tpe(gama=1)", "no hyperparameter 'gama'.*gamma"),
        ("tpp(gamma=1)", "unknown searcher 'tpp'.*tpe"),
        ("tpe(gamma=-1)", "a number from 0.001"),
    ],
)
def test_texts_that_are_no_searcher(text: str, why: str) -> None:
    with pytest.raises(RequestError, match=why):
        searcher(text)


def test_texts_of_summaries_are_taken_by_run_and_compare() -> None:
    label = "local_search(improvement=first)"
    found = nbs.compare([label, "random_search"], TASK, budget=BUDGET, seeds=3)
    assert label in found.summary()["searcher"].tolist()


# -- labels


def test_a_mapping_gives_labels() -> None:
    found = nbs.compare(
        {"small": searcher("regularized_evolution", population=5), "large": "regularized_evolution"},
        TASK,
        budget=BUDGET,
        seeds=3,
    )
    assert sorted(found.summary()["searcher"]) == ["large", "small"]
    assert nbs.run({"mine": "tpe"}, TASK, budget=BUDGET).searcher == "mine"
    for wrong in ({}, {"a": "tpe", "b": "tpe"}, {3: "tpe"}, {" ": "tpe"}):
        with pytest.raises(RequestError):
            searcher(wrong)


def walker(step: int) -> Any:
    def walk(space: Any, random: Any) -> Any:
        current = int(random.integers(space.size))
        while True:
            yield current
            current = (current + step) % space.size

    return walk


def test_functions_of_one_factory_are_told_apart() -> None:
    found = nbs.compare([walker(1), walker(7)], TASK, budget=BUDGET, seeds=3)
    assert sorted(run.searcher for run in found.runs) == ["walk(step=1)", "walk(step=7)"]
    one, other = (run.index[0] for run in found.runs)
    assert (np.diff(one) == 1).all() or (np.diff(one) < 0).any()
    assert one.tolist() != other.tolist()
    by_partial = [functools.partial(plain_walk, step=k) for k in (1, 7)]
    assert [searcher(one).label for one in by_partial] == ["plain_walk(step=1)", "plain_walk(step=7)"]


def plain_walk(space: Any, random: Any, step: int) -> Any:
    return walker(step)(space, random)


# -- asked and told


class Climber:
    """Moves to better neighbours; larger is better."""

    def __init__(self, space: Any, random: Any) -> None:
        self.space, self.random = space, random
        self.current, self.value = -1, -np.inf

    def ask(self) -> Any:
        if self.current < 0:
            return int(self.random.integers(self.space.size))
        return self.random.choice(self.space.neighbors(self.current))

    def tell(self, architecture: Any, value: float) -> None:
        if value >= self.value:
            self.current, self.value = int(architecture), value


def climb(space: Any, random: Any) -> Any:
    """The same as a generator."""
    player = Climber(space, random)
    while True:
        asked = player.ask()
        player.tell(asked, (yield asked))


@pytest.mark.parametrize(
    "which", [Climber, from_ask_tell(Climber), lambda space, random: Climber(space, random)]
)
def test_what_makes_an_object_is_a_searcher(which: Any) -> None:
    runs = nbs.run(which, TASK, budget=BUDGET, seeds=[3, 5, 9])
    expected = nbs.run(climb, TASK, budget=BUDGET, seeds=[3, 5, 9])
    assert runs.index.tolist() == expected.index.tolist()
    alone = nbs.run(which, TASK, budget=BUDGET, seeds=[5])
    assert alone.index[0].tolist() == runs.index[1].tolist()


def test_values_of_a_minimiser() -> None:
    told = []

    class Minimiser(Climber):
        def tell(self, architecture: Any, value: float) -> None:
            told.append(value)

    runs = nbs.run(from_ask_tell(Minimiser, better="min"), TASK, budget=nbs.Budget(evaluations=5))
    assert told[-4:] == (-runs.observed[0]).tolist()[:4]


class Scripted:
    """Has no need of random numbers."""

    def __init__(self, asked: list[Any]) -> None:
        self.asked, self.told = asked, []

    def ask(self) -> Any:
        return self.asked.pop(0) if self.asked else None

    def tell(self, architecture: Any, value: float) -> None:
        self.told.append((architecture, value))


def test_one_object_runs_once_and_stays_as_it_was() -> None:
    space = TASK.space
    names = ["none", "skip_connect", "nor_conv_3x3", "none", "none", "avg_pool_3x3"]
    asked = [5, space.string(7), names, [0, 1, 3, 0, 0, 4], dict(zip(space.positions, names, strict=True))]
    player = Scripted(copy.deepcopy(asked))
    runs = nbs.run(player, TASK, budget=BUDGET)
    same = int(space.index([0, 1, 3, 0, 0, 4]))
    assert runs.index[0, : runs.length[0]].tolist() == [5, 7, same, same, same]
    assert (player.asked, player.told) == (asked, [])
    assert runs.searcher == "Scripted"
    with pytest.raises(RequestError, match="one object with one state, and 2 replicates"):
        nbs.run(player, TASK, budget=BUDGET, seeds=2)
    with pytest.raises(RequestError, match="one object with one state"):
        nbs.compare([player], TASK, budget=BUDGET, seeds=2)


@pytest.mark.parametrize(
    "asked", [["none"], ["none"] * 5 + ["nonne"], {"0->1": "none"}, 15625, 3.5, [0, 0, 0, 0, 0, 9]]
)
def test_what_is_no_architecture_is_refused(asked: Any) -> None:
    with pytest.raises(nbs.NasbenchSimError):
        nbs.run(Scripted([asked]), TASK, budget=BUDGET)


def test_decode() -> None:
    decoded = from_ask_tell(Scripted([{"x": 5}]), decode=lambda space, asked: asked["x"])
    assert nbs.run(decoded, TASK, budget=BUDGET).index[0, 0] == 5


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        (object(), "is a registered name"),
        (3, "is a registered name"),
        (lambda space: None, "cannot be called with"),
        (lambda space, random: 3, "is not a generator function"),
    ],
)
def test_what_is_no_searcher(wrong: Any, why: str) -> None:
    with pytest.raises(RequestError, match=why):
        nbs.run(wrong, TASK, budget=BUDGET)


@pytest.mark.parametrize("more", [{"better": "up"}, {"decode": 3}])
def test_from_ask_tell_checks_what_it_is_given(more: Any) -> None:
    with pytest.raises(RequestError):
        from_ask_tell(Climber, **more)
    with pytest.raises(RequestError, match="has no ask and tell"):
        from_ask_tell(3)


def test_optuna_and_nevergrad_as_they_are() -> None:
    optuna, nevergrad = pytest.importorskip("optuna"), pytest.importorskip("nevergrad")
    space = TASK.space

    class Study:
        def __init__(self, space: Any, random: Any) -> None:
            optuna.logging.set_verbosity(optuna.logging.WARNING)
            sampler = optuna.samplers.TPESampler(seed=int(random.integers(2**31)))
            self.study = optuna.create_study(sampler=sampler)
            self.tell = self.study.tell

        def ask(self) -> Any:
            from nasbench_sim.search.adapters.optuna import distributions

            return self.study.ask(distributions(space))

    runs = nbs.run(
        {
            "study": from_ask_tell(
                Study, decode=lambda space, trial: list(trial.params.values()), better="min"
            )
        },
        TASK,
        budget=BUDGET,
        seeds=2,
    )
    assert (runs.length == 30).all()

    def optimizer(space: Any, random: Any) -> Any:
        choices = [nevergrad.p.Choice(list(options)) for options in space.choices]
        described = nevergrad.p.Tuple(*choices)
        described.random_state = np.random.RandomState(int(random.integers(2**31)))
        return nevergrad.optimizers.registry["DiscreteOnePlusOne"](described, budget=30)

    which = from_ask_tell(optimizer, decode=lambda space, one: list(one.value), better="min")
    assert (nbs.run(which, TASK, budget=BUDGET, seeds=2).length == 30).all()


# -- the registry


def test_a_class_of_ones_own_takes_no_name_that_is_there() -> None:
    own = type("RandomSearch", (Searcher,), {"name": "random_search", "ask": None, "tell": None})
    own.__qualname__ = "RandomSearch"
    with pytest.raises(RequestError, match=r"random_search.*cannot be registered.*sampling.random_search"):
        register(own)
    assert searchers()["random_search"] is RandomSearch
    assert register(RandomSearch) is RandomSearch


def test_registered_and_forgotten() -> None:
    class Own(Searcher):
        name = "own"
        width = Whole(2, "proposals")

        def ask(self) -> Any:
            return np.zeros((self.replicates, self.width), dtype=np.int64)

        def tell(self, index: Any, values: Any) -> None: ...

    register(Own)
    try:
        assert "own" in searchers()
        assert searcher("own(width=3)").label == "own(width=3)"
    finally:
        registry.registry.unregister("own")
    with pytest.raises(RequestError, match="unknown searcher 'own'"):
        searcher("own")
    with pytest.raises(RequestError, match="lacks a name"):
        register(type("Nameless", (Searcher,), {}))
    with pytest.raises(RequestError, match="Searcher subclass"):
        register(3)  # type: ignore[type-var]


def test_asking_for_a_name_imports_that_one() -> None:
    code = (
        "import sys; from nasbench_sim.search import searcher, searchers; searcher('tpe'); len(searchers());"
        "print([m for m in sys.modules if '.strategies.' in m and m.count('.') == 4])"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert out.strip() == "['nasbench_sim.search.strategies.bayesian.tpe']"


@pytest.mark.parametrize("name", list(searchers()))
def test_every_name_leads_to_its_class(name: str) -> None:
    assert searchers()[name].name == name
