"""One registry for every kind: names, what a taken name says, plug-ins and those that are broken."""

from __future__ import annotations

import importlib.metadata
import subprocess
import sys
import types

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nasbench_sim.errors import PluginError, RequestError
from nasbench_sim.registry import Registry

GROUP = "nasbench_sim.things"


@pytest.fixture
def plug_ins(monkeypatch):
    """Fake the entry points of installed packages: {name: module:attribute}, several of a name as a list."""

    def install(points):
        declared = [
            importlib.metadata.EntryPoint(name, value, GROUP)
            for name, values in points.items()
            for value in ([values] if isinstance(values, str) else values)
        ]

        def entry_points(**asked):
            return importlib.metadata.EntryPoints(declared).select(**asked)

        monkeypatch.setattr(importlib.metadata, "entry_points", entry_points)

    return install


@pytest.fixture
def module(monkeypatch):
    """Make a module that can be imported."""

    def make(name, **content):
        made = types.ModuleType(name)
        vars(made).update(content)
        monkeypatch.setitem(sys.modules, name, made)
        return made

    return make


def things(**built_in):
    return Registry("things", built_in)


def test_what_comes_with_the_package_is_imported_when_asked_for_and_nothing_else() -> None:
    code = (
        "from nasbench_sim.registry import Registry\n"
        "import sys\n"
        "found = Registry('things', {'a': 'colorsys:rgb_to_hsv', 'b': 'wave:open', 'c': 'no_such:thing'})\n"
        "assert 'b' in found and found.names() == ('a', 'b', 'c')\n"
        "assert 'colorsys' not in sys.modules and 'wave' not in sys.modules\n"
        "found.get('a')\n"
        "assert 'colorsys' in sys.modules and 'wave' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_module_may_be_the_thing(module) -> None:
    made = module("made_for_test")
    assert things(a="made_for_test").get("a") is made
    assert things(a="made_for_test").register("a", made) is made


def test_registering_keeps_what_is_there() -> None:
    found = things(pi="math:pi")

    @found.register("mine")
    def mine():
        pass

    assert found.register("mine", mine) is mine  # again
    assert found.get("mine") is mine
    assert found.names() == ("pi", "mine")

    def other():
        pass

    with pytest.raises(RequestError) as refused:
        found.register("mine", other)
    assert f"{__name__}:" in str(refused.value)
    assert "mine" in str(refused.value)
    assert "other" in str(refused.value)
    assert found.get("mine") is mine
    with pytest.raises(RequestError, match="math:pi has the name already"):
        found.register("pi", other)
    found.unregister("mine")
    assert found.register("mine", other) is other
    with pytest.raises(RequestError, match="unknown registered thing 'pi'"):
        found.unregister("pi")


def test_a_class_of_another_module_and_the_same_name_is_another(module) -> None:
    first = type("RandomSearch", (), {"__module__": "one", "__qualname__": "RandomSearch"})
    second = type("RandomSearch", (), {"__module__": "two", "__qualname__": "RandomSearch"})
    anew = type("RandomSearch", (), {"__module__": "one", "__qualname__": "RandomSearch"})
    found = things()
    found.register("random_search", first)
    with pytest.raises(RequestError, match=r"of two:RandomSearch .* one:RandomSearch has the name"):
        found.register("random_search", second)
    found.register("random_search", anew)  # a cell of a notebook that is run twice
    assert found.get("random_search") is anew


def test_two_things_without_a_name_of_their_own_are_two() -> None:
    found = things()
    found.register("f", lambda: 1)
    with pytest.raises(RequestError, match="already"):
        found.register("f", lambda: 2)
    found.register("five", 5)
    with pytest.raises(RequestError, match="already"):
        found.register("five", 6)


@pytest.mark.parametrize("name", ["", None, 3, ("a",)])
def test_a_name_is_a_text(name) -> None:
    with pytest.raises(RequestError, match="is a text"):
        things().register(name, object())


def test_unknown_names_the_nearest_and_all() -> None:
    found = things(random_search="math:pi", tpe="math:e")
    with pytest.raises(RequestError, match=r"unknown thing 'random_serach' \(did you mean 'random_search'\?"):
        found.get("random_serach")
    with pytest.raises(RequestError, match="known: random_search, tpe"):
        found.get("zzz")
    for wrong in (3, ["x"], None):
        with pytest.raises(RequestError, match="unknown thing "):
            found.get(wrong)
    assert 3 not in found
    assert ["x"] not in found


@given(st.lists(st.text(min_size=1, max_size=8), unique=True, max_size=6), st.text(min_size=1, max_size=8))
def test_what_is_named_is_had_and_nothing_else(names, other) -> None:
    found = things()
    for place, name in enumerate(names):
        found.register(name, place)
    assert [found.get(name) for name in found.names()] == [names.index(name) for name in sorted(names)]
    assert (other in found) == (other in names)


def test_a_plug_in_is_found_by_name(plug_ins, module) -> None:
    thing = object()
    module("their_package", thing=thing)
    plug_ins({"theirs": "their_package:thing"})
    found = things(pi="math:pi")
    assert "theirs" in found
    assert found.names() == ("pi", "theirs")
    assert found.get("theirs") is thing
    with pytest.raises(RequestError, match="their_package:thing has the name already"):
        found.register("theirs", lambda: None)


def test_a_plug_in_may_register_itself(plug_ins, module) -> None:
    thing = type("Thing", (), {"__module__": "their_package.core"})
    module("their_package", Thing=thing)
    plug_ins({"theirs": "their_package:Thing"})
    found = things()
    assert found.register("theirs", thing) is thing
    assert found.get("theirs") is thing


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("no_such_package_at_all:thing", "No module named"),
        ("their_package:absent", "absent"),
        ("raises_something", "ValueError: not today"),
        ("leaves", "SystemExit"),
    ],
)
def test_a_broken_plug_in_is_named_when_asked_for_and_harms_nothing_else(
    plug_ins, module, monkeypatch, tmp_path, value, said
) -> None:
    module("their_package", thing=4)
    (tmp_path / "raises_something.py").write_text("raise ValueError('not today')")
    (tmp_path / "leaves.py").write_text("raise SystemExit(3)")
    monkeypatch.syspath_prepend(tmp_path)
    plug_ins({"broken": value, "sound": "their_package:thing"})
    found = things(pi="math:pi")
    assert found.names() == ("pi", "broken", "sound")
    assert found.get("sound") == 4
    assert found.get("pi") > 3
    for _ in range(2):
        with pytest.raises(PluginError, match=f"the thing 'broken' of {value} cannot be imported: .*{said}"):
            found.get("broken")
    with pytest.raises(RequestError, match="known: broken, pi, sound"):
        found.get("else")


def test_a_plug_in_takes_no_name_of_the_package_and_none_of_another_plug_in(plug_ins, module) -> None:
    module("one", thing=1)
    module("two", thing=2)
    plug_ins({"pi": "one:thing", "twice": ["one:thing", "two:thing"], "same": ["one:thing", "one:thing"]})
    found = things(pi="math:pi")
    assert found.get("pi") > 3
    assert found.get("same") == 1
    with pytest.raises(RequestError, match=r"two plug-ins have a thing 'twice': one:thing and two:thing"):
        found.get("twice")
    assert found.names() == ("pi", "same", "twice")


def test_the_package_of_a_plug_in_is_named(monkeypatch) -> None:
    import email.message

    about = email.message.Message()
    about["Name"] = "their-package"
    point = importlib.metadata.EntryPoint("theirs", "nowhere_at_all:x", GROUP)
    vars(point)["dist"] = types.SimpleNamespace(metadata=about)
    monkeypatch.setattr(
        importlib.metadata, "entry_points", lambda **asked: importlib.metadata.EntryPoints([point])
    )
    with pytest.raises(PluginError, match=r"nowhere_at_all:x \(package their-package\)"):
        things().get("theirs")


def test_where_a_thing_is_from(plug_ins) -> None:
    plug_ins({"theirs": "their_package:thing"})
    found = things(pi="math:pi")
    found.register("f", test_where_a_thing_is_from)
    assert found.origin("pi") == "math:pi"
    assert found.origin("f") == f"{__name__}:test_where_a_thing_is_from"
    assert found.origin("theirs") == "their_package:thing"
    assert found.origin("none of them") == "nowhere"
