"""The declaration of every benchmark holds: what it names exists and does what is said."""

from __future__ import annotations

import dataclasses
import importlib.util

import numpy as np
import pytest

import nasbench_sim as nbs
from nasbench_sim.errors import PluginError, RequestError
from nasbench_sim.spaces import Benchmark, available, benchmarks, register_space
from nasbench_sim.spaces.catalog import _SPACES
from nasbench_sim.tables import table_names
from nasbench_sim.tables.sources import sources

NAMES = available()
TORCH = importlib.util.find_spec("torch") is not None


@pytest.mark.parametrize("name", NAMES)
def test_what_is_declared_exists(name: str) -> None:
    declared = nbs.space(name).benchmark
    assert set(declared.sources) <= set(sources())
    for part in ("networks", "drawing", "invariants", "derived"):
        if getattr(declared, part) is not None and (part != "networks" or TORCH):
            assert callable(declared.part(part))
    with pytest.raises(dataclasses.FrozenInstanceError):
        declared.title = "another"


@pytest.mark.parametrize("name", NAMES)
def test_a_drawing_is_of_the_architecture(name: str) -> None:
    space = nbs.space(name)
    if space.benchmark.drawing is None:
        with pytest.raises(RequestError, match="has no picture"):
            space.drawing(0)
        return
    for index in space.sample(5, seed=1):
        drawn = space.drawing(int(index))
        assert len({(node.x, node.y) for node in drawn.nodes}) == len(drawn.nodes)
        assert drawn.edges
        assert all(0 <= end < len(drawn.nodes) for edge in drawn.edges for end in (edge.source, edge.target))
        assert drawn == space.drawing(space.string(int(index)))


@pytest.mark.skipif(not TORCH, reason="networks are PyTorch's")
@pytest.mark.parametrize("name", ["nas-bench-201", "nats-bench-size", "nas-bench-macro", "fbnet"])
def test_networks_map_images_to_classes(name: str) -> None:
    import torch

    from nasbench_sim import live

    space = nbs.space(name)
    model = live.network(int(space.sample(1, seed=3)[0]), classes=7, channels=4, cells=1, within=name).eval()
    with torch.no_grad():
        assert model(torch.zeros(2, 3, 32, 32)).shape == (2, 7)


def test_a_space_without_networks_says_so() -> None:
    pytest.importorskip("torch")
    from nasbench_sim import live

    with pytest.raises(RequestError, match="tiny has no networks"):
        live.network(0, within=nbs.SearchSpace("tiny", ["ab"]))


def test_conventions_are_the_benchmarks() -> None:
    declared = nbs.space("nas-bench-201").benchmark
    assert declared.usual_training("test", "cifar10") == "train+val"
    assert declared.usual_training("test", "cifar100") == "train"
    assert declared.usual_training("val", "cifar10") == "train"
    assert declared.usual_training("train", "cifar10") is None
    assert Benchmark(test_training={}).usual_training("test", "cifar10") == "train"
    assert declared.tables[1] in table_names()


@pytest.fixture
def own():
    class Own(nbs.SearchSpace):
        def __init__(self) -> None:
            super().__init__("own-space", ["ab", "cd"])

        def _string_of_ops(self, ops):
            return "+".join(options[op] for options, op in zip(self.choices, ops, strict=True))

        def index_of_string(self, text):
            return super().index_of_string(text.replace("+", ":"))

    register_space("own-space", Own)
    yield Own
    _SPACES.unregister("own-space")


def test_a_registered_space_is_saved_and_read_by_name(own, tmp_path) -> None:
    space = nbs.space("own-space")
    assert nbs.space("own-space") is space
    score = nbs.Column(metric="score", source="made", better="max")
    table = nbs.Table(
        "t", own(), [(score, np.arange(4.0))]
    )  # of the class, though not the one that is served
    again = nbs.load_table(nbs.save_table(table, tmp_path / "t.h5"))
    assert again.space is space
    assert again.query("b+d", "score") == 3.0
    assert again.hash == table.hash


def test_a_name_is_no_other_space(own, tmp_path) -> None:
    other = nbs.SearchSpace("own-space", ["ab", "cd", "ef"])
    score = nbs.Column(metric="score", source="made", better="max")
    table = nbs.Table("t", other, [(score, np.arange(8.0))])
    assert nbs.load_table(nbs.save_table(table, tmp_path / "t.h5")).space.size == 8


@pytest.mark.parametrize("make", [lambda: 3, lambda: nbs.SearchSpace("b", ["ab"]), lambda: 1 / 0])
def test_what_makes_no_space_of_its_name_is_named(make) -> None:
    register_space("wrong-space", make)
    try:
        with pytest.raises(PluginError, match="'wrong-space'"):
            nbs.space("wrong-space")
        assert "wrong-space" not in dict(benchmarks())
    finally:
        _SPACES.unregister("wrong-space")
