from __future__ import annotations

import numpy as np
import pytest
import torch
from counting import multiply_adds, parameters

from nasbench_sim.benchmarks.darts.networks import DartsNetwork
from nasbench_sim.benchmarks.darts.sizes import PUBLISHED, Skeleton
from nasbench_sim.benchmarks.darts.space import Darts
from nasbench_sim.errors import ArchitectureError

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
    normal, reduce = SPACE.genotype(index)
    assert set(normal[4:6]) == {("sep_conv_3x3", 1), ("skip_connect", 0)}
    assert len(normal) == len(reduce) == 8


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
    skeleton = Skeleton(layout=layout, channels=6, colors=1, side=16)
    for index in space.sample(6, seed=nodes):
        model = DartsNetwork(space.genotype(index), skeleton)
        assert parameters(model) == round(1e6 * space.params(index, skeleton))
        assert multiply_adds(model, torch.randn(1, 1, 16, 16)) == round(1e6 * space.flops(index, skeleton))


def test_the_published_network_runs() -> None:
    with torch.device("meta"):
        model = DartsNetwork(SPACE.genotype(DARTS_V2), PUBLISHED)
        assert model(torch.empty(2, 3, 32, 32)).shape == (2, 10)
    assert parameters(model) == round(1e6 * SPACE.params(DARTS_V2))


def test_sizes_of_arrays() -> None:
    some = np.array([[SPACE.index(DARTS_V2)] * 2])
    assert SPACE.params(some).shape == (1, 2)
