"""Searchers of one's own: whatever changes what they do changes their hash, and nothing else does."""

from __future__ import annotations

import dataclasses
import enum
import functools
import importlib.util
import itertools
import logging
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nasbench_sim as nbs
from nasbench_sim.errors import RequestError
from nasbench_sim.search import Whole, searcher
from nasbench_sim.studies.fingerprint import code_hash

TABLE = nbs.load_table("nas-bench-201")
TASK = nbs.Task(TABLE, dataset="cifar10")


def hashed(which: Any, **hyperparameters: Any) -> str | None:
    return code_hash(searcher(which, **hyperparameters))


def closing_over(content: Any) -> Any:
    def mine(space, random):
        while True:
            yield content

    return mine


class Kind(enum.Enum):
    LOW = 1
    HIGH = 2


@dataclasses.dataclass
class Settings:
    rate: float
    kinds: list[Kind] = dataclasses.field(default_factory=list)


class Slotted:
    __slots__ = ("rate",)

    def __init__(self, rate: float) -> None:
        self.rate = rate


def one_more(x):
    return x + 1


def two_more(x):
    return x + 2


def counted(function):
    @functools.wraps(function)
    def wrapper(*arguments):
        return function(*arguments)

    return wrapper


CONTENTS = [
    *(None, 1, 2, 1.0, True, "a", b"a", 1j, (1, 2), [1, 2], {1: 2}, {2: 1}, {1, 2}, frozenset({1, 2})),
    *(range(2), range(3), Path("a"), Path("b"), np.float32(1), np.arange(2), np.arange(2.0)),
    *(np.arange(2)[None], np.array([None, "a"], dtype=object), np.dtype("f4"), Kind.LOW, Kind.HIGH),
    *(one_more, two_more, counted(one_more), counted(two_more), Settings, Slotted, len, max, np.mean, np.add),
    *(Settings(1.0), Settings(2.0), Settings(1.0, [Kind.LOW]), Slotted(1.0), Slotted(2.0), itertools, np),
    *("ab".join, "ba".join, functools.partial(one_more, 1)),
    *(functools.partial(one_more, 2), functools.partial(one_more, x=1), TABLE, TASK, TASK.space),
    *(nbs.load_table("nas-bench-201-digits"), nbs.Task(TABLE, dataset="cifar100"), nbs.space("fbnet")),
    *(functools.cache(one_more), functools.cache(two_more), logging.getLogger("a"), logging.getLogger("b")),
    *(nbs.Budget(seconds=1), nbs.Budget(seconds=2), nbs.run, nbs.search.Searcher),
]


def test_contents_of_a_closure_are_told_apart() -> None:
    hashes = [hashed(closing_over(content)) for content in CONTENTS]
    again = [hashed(closing_over(content)) for content in CONTENTS]
    assert hashes == again
    twice = [
        (CONTENTS[a], CONTENTS[b])
        for a, b in itertools.combinations(range(len(hashes)), 2)
        if hashes[a] == hashes[b]
    ]
    assert not twice


@pytest.mark.parametrize(
    "content",
    [np.random.default_rng(0), iter([1]), [threading.Lock()], {"a": iter([1])}, Settings(iter([1]))],
    ids=["generator", "iterator", "in a list", "in a mapping", "in an object"],
)
def test_what_nobody_could_tell_apart_is_refused(content: Any) -> None:
    with pytest.raises(
        RequestError, match=r"^mine: .*content in the closure of mine.* is of type .*unnoticed"
    ):
        hashed(closing_over(content))


def test_what_contains_itself_is_refused() -> None:
    content: list[Any] = []
    content.append(content)
    with pytest.raises(RequestError, match="contains itself"):
        hashed(closing_over(content))


def generate(space, random, rate=1, *, bound=2):
    while True:
        yield rate + bound


def test_defaults_and_bound_arguments_count() -> None:
    def with_defaults(rate: int, bound: int) -> Any:
        def mine(space, random, rate=rate, *, bound=bound):
            yield rate + bound

        return mine

    made = [with_defaults(1, 2), with_defaults(2, 2), with_defaults(1, 3)]
    made += [functools.partial(generate, rate=1), functools.partial(generate, rate=2), generate]
    assert len({hashed(one) for one in made}) == len(made)


def test_hyperparameters_are_no_code() -> None:
    assert hashed(generate, rate=3) == hashed(generate, rate=4) == hashed(generate)


def test_lambdas_of_one_line_are_told_apart() -> None:
    one, other = [lambda space, random: (yield 1), lambda space, random: (yield 2)]
    assert hashed(one) != hashed(other)


class Walker:
    def __init__(self, rate: int) -> None:
        self.rate = rate

    def __call__(self, space, random):
        yield self.rate

    def run(self, space, random):
        yield self.rate


def test_objects_and_their_methods_are_known_by_their_state() -> None:
    made = [Walker(1), Walker(2), Walker(1).run, Walker(2).run]
    assert len({hashed(one) for one in made}) == 4
    assert hashed(Walker(1)) == hashed(Walker(1))


MODULE = """
import dataclasses
import enum
from nasbench_sim.search import Searcher, Whole
import numpy as np
import {helper}

STEP = {step}
RULES = {{"a": [{step}]}}

def move(x):
    return x {sign} STEP

class Kind(enum.Enum):
    LOW = {low}

@dataclasses.dataclass
class Settings:
    rate: float = {rate}

class Base(Searcher):
    size = Whole(3, "how many")

    def ask(self):
        return np.full((self.replicates, 1), {proposal})

class Mine(Base):
    name = "mine"
    extra = {extra}

    def tell(self, index, values):
        self.last = move(index)
        self.kind = Kind.LOW, Settings(), {helper}.turn(index)

def generator(space, random):
    while True:
        yield move(3) + {helper}.turn(1)
"""
SOUND = {"step": 1, "sign": "+", "low": 1, "rate": 0.5, "proposal": 7, "extra": "(1, 2)", "turn": "x"}


def load(folder: Path, name: str, text: str) -> Any:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.py").write_text(text)
    spec = importlib.util.spec_from_file_location(name, folder / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def load_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    import inspect
    import linecache

    versions = itertools.count()

    def made(**changes: Any) -> Any:
        values = SOUND | changes
        folder = tmp_path / str(next(versions))
        for name in ("own_helper", "own_searcher"):
            monkeypatch.setitem(sys.modules, name, None)
        linecache.clearcache()
        inspect.modulesbyfile.clear()
        load(folder, "own_helper", f"def turn(x):\n    return {values['turn']}\n")
        return load(folder, "own_searcher", MODULE.format(helper="own_helper", **values))

    return made


@pytest.mark.parametrize(
    ("changes", "of_generator", "of_class"),
    [
        ({}, False, False),
        ({"step": 2}, True, True),
        ({"sign": "-"}, True, True),
        ({"turn": "x + 1"}, True, True),
        ({"low": 2}, False, True),
        ({"rate": 0.6}, False, True),
        ({"proposal": 8}, False, True),
        ({"extra": "(1, 3)"}, False, True),
    ],
    ids=["nothing", "constant", "function", "module", "enumeration", "dataclass", "base", "attribute"],
)
def test_what_a_module_of_ones_own_holds_counts_where_it_is_named(
    load_with, changes: dict[str, Any], of_generator: bool, of_class: bool
) -> None:
    before = load_with()
    hashes = hashed(before.generator), hashed(before.Mine)
    after = load_with(**changes)
    assert (hashed(after.generator) != hashes[0]) == of_generator
    assert (hashed(after.Mine) != hashes[1]) == of_class


def make_class(proposal: int, size: int = 3) -> Any:
    limit = proposal + 1

    class Mine(nbs.search.Searcher):
        name = "mine"
        count = Whole(size, "how many")

        def ask(self):
            return np.full((self.replicates, 1), proposal)

        def tell(self, index, values):
            super().tell(index, values)

        @property
        def limit(self):
            return limit

        @staticmethod
        def helper():
            return limit

    return Mine


def test_what_the_methods_of_a_class_close_over_counts() -> None:
    made = [make_class(3), make_class(4), make_class(3, size=4)]
    assert len({hashed(one) for one in made}) == 3
    assert hashed(make_class(3)) == hashed(make_class(3))


def test_searchers_of_the_package_are_known_by_its_version() -> None:
    assert hashed("regularized_evolution") is None


def test_a_study_does_not_replay_another_closure(tmp_path: Path) -> None:
    def study(content: Any) -> nbs.Study:
        return nbs.Study(
            tasks=[TASK], searchers=[closing_over(content)], budget=nbs.Budget(evaluations=5), seeds=2
        )

    study(3).run(tmp_path / "s")
    assert study(3).status(tmp_path / "s")["missing"].sum() == 0
    assert study(4).status(tmp_path / "s")["missing"].sum() == 1
    study(4).run(tmp_path / "s")
    assert (study(4).results(tmp_path / "s").runs[0].index == 4).all()
    assert (study(3).results(tmp_path / "s").runs[0].index == 3).all()
    with pytest.raises(RequestError, match="content in the closure of mine is of type"):
        study(iter([1]))


def test_the_hash_is_the_same_in_another_process(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        "import enum\nimport numpy as np\nfrom nasbench_sim.search import searcher\n"
        "from nasbench_sim.studies.fingerprint import code_hash\n"
        "class Kind(enum.Enum):\n    LOW = 1\n"
        "def make(*contents):\n    def mine(space, random):\n        yield contents, Kind.LOW\n"
        "    return mine\n"
        "names = {str(number) for number in range(50)}\n"
        "print(code_hash(searcher(make(names, np.arange(3), len, Kind, frozenset([1, 'a'])))))\n"
    )
    found = [
        subprocess.run(
            [sys.executable, str(script)],
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert found[0] == found[1]
    assert len(found[0]) == 65
