from __future__ import annotations

import numpy as np
import pytest
import torch
from counting import multiply_adds, parameters

import nasbench_sim as nbs
from nasbench_sim import live
from nasbench_sim.benchmarks.darts.networks import darts_network
from nasbench_sim.benchmarks.darts.space import OPERATIONS, Darts
from nasbench_sim.errors import ArchitectureError
from nasbench_sim.spaces.node_cells import NodeSkeleton

SPACE = Darts()
# As in the published cnn/genotypes.py.
DARTS_V2 = (
    "Genotype(normal=[('sep_conv_3x3', 0), ('sep_conv_3x3', 1), ('sep_conv_3x3', 0), ('sep_conv_3x3', 1), "
    "('sep_conv_3x3', 1), ('skip_connect', 0), ('skip_connect', 0), ('dil_conv_3x3', 2)], "
    "normal_concat=[2, 3, 4, 5], reduce=[('max_pool_3x3', 0), ('max_pool_3x3', 1), ('skip_connect', 2), "
    "('max_pool_3x3', 1), ('max_pool_3x3', 0), ('skip_connect', 2), ('skip_connect', 2), "
    "('max_pool_3x3', 1)], reduce_concat=[2, 3, 4, 5])"
)


def test_the_published_cells_have_the_published_size() -> None:
    assert round(SPACE.params(DARTS_V2), 1) == 3.3
    assert 500 < SPACE.flops(DARTS_V2) < 560


def test_genotypes_are_read_in_any_order_of_inputs() -> None:
    index = SPACE.index(DARTS_V2)
    text = SPACE.string(index)
    assert text.count("('skip_connect', 0), ('sep_conv_3x3', 1)") == 1
    assert SPACE.index(text) == index
    normal, reduce = SPACE.cells(index)
    assert set(normal.edges[4:6]) == {("sep_conv_3x3", 1), ("skip_connect", 0)}
    assert len(normal.edges) == len(reduce.edges) == 8


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("('dil_conv_3x3', 2)]", "('dil_conv_3x3', 0)]", "two different"),
        ("('dil_conv_3x3', 2)]", "('dil_conv_3x3', 5)]", "0 to 4"),
        ("dil_conv_3x3", "dil_conv_7x7", "choices are"),
        ("('dil_conv_3x3', 2)]", "]", "8 edges"),
        ("Genotype(", "Genotype(x=1, ", "not a genotype"),
    ],
)
def test_wrong_genotypes_are_refused(old: str, new: str, said: str) -> None:
    with pytest.raises(ArchitectureError, match=said):
        SPACE.index(DARTS_V2.replace(old, new))


@pytest.mark.parametrize("nodes", [2, 4])
@pytest.mark.parametrize("layout", ["NRN", "NNRNNRNN", "RRN"])
def test_networks_have_the_size_that_is_said(nodes: int, layout: str) -> None:
    space = Darts(nodes)
    skeleton = NodeSkeleton(layout=layout, channels=6, colors=1, side=16)
    for index in space.sample(6, seed=nodes):
        model = darts_network(space.cells(index), skeleton)
        assert parameters(model) == round(1e6 * space.params(index, skeleton))
        assert multiply_adds(model, torch.randn(1, 1, 16, 16)) == round(1e6 * space.flops(index, skeleton))


def test_the_published_network_runs() -> None:
    with torch.device("meta"):
        model = darts_network(SPACE.cells(DARTS_V2))
        assert model(torch.empty(2, 3, 32, 32)).shape == (2, 10)
    assert parameters(model) == round(1e6 * SPACE.params(DARTS_V2))


def test_sizes_of_arrays() -> None:
    some = np.array([[SPACE.index(DARTS_V2)] * 2])
    assert SPACE.params(some).shape == (1, 2)


def test_canonical_cells_compute_the_same() -> None:
    torch.manual_seed(0)
    skeleton = NodeSkeleton(layout="N", channels=4, colors=1, side=8)
    moved = 0
    for index in SPACE.sample(12, seed=5):
        canonical = SPACE.canonical(index)
        moved += canonical != index
        assert canonical <= index
        cells = SPACE.cells(index)[0], SPACE.cells(canonical)[0]
        # Weights by operation and by what an edge comes from, which the order of nodes leaves alone.
        outputs = [values(cell.edges) for cell in cells]
        assert sorted(outputs[0]) == pytest.approx(sorted(outputs[1]))
        sizes = [darts_network((cell, cell), skeleton) for cell in cells]
        assert parameters(sizes[0]) == parameters(sizes[1])
    assert moved > 3


def values(edges: tuple[tuple[str, int], ...]) -> list[float]:
    """Compute numbers in the place of feature maps: each operation a function of its own."""
    found = [0.3, -0.7]
    for (name, source), (other, second) in zip(edges[::2], edges[1::2], strict=True):
        found.append(plain(name, found[source]) + plain(other, found[second]))
    return found[2:]


def plain(name: str, x: float) -> float:
    return float(np.sin(x * (1 + 0.37 * OPERATIONS.index(name)) + OPERATIONS.index(name)))


@pytest.mark.parametrize("name", ["darts", "darts-2-nodes", "nasnet", "hierarchical", "joint-cell"])
def test_networks_are_built_by_name_and_learn_from_images(name: str) -> None:
    space = nbs.space(name)
    index = space.sample(1, seed=4)[0]
    model = live.network(index, within=name, classes=7, channels=4, cells=1, colors=3)
    assert model(torch.randn(2, 3, 16, 16)).shape == (2, 7)


def test_the_published_network_of_darts_is_that_of_its_name() -> None:
    with torch.device("meta"):
        model = live.network(DARTS_V2, within="darts", channels=36, cells=6)
    assert parameters(model) == round(1e6 * SPACE.params(DARTS_V2))
