from __future__ import annotations

import pytest
import torch
from counting import multiply_adds, parameters

from nasbench_sim.benchmarks.nasnet.networks import nasnet_network
from nasbench_sim.benchmarks.nasnet.space import OPERATIONS, NasNet
from nasbench_sim.spaces.node_cells import NodeSkeleton

SPACE = NasNet()


@pytest.mark.parametrize("layout", ["NRN", "RR"])
def test_networks_have_the_size_that_is_said(layout: str) -> None:
    skeleton = NodeSkeleton(layout=layout, channels=6, colors=1, side=16)
    names = set()
    for index in SPACE.sample(8, seed=len(layout)):
        cells = SPACE.cells(index)
        names |= {name for cell in cells for name, _ in cell.edges}
        model = nasnet_network(cells, skeleton)
        assert parameters(model) == round(1e6 * SPACE.params(index, skeleton))
        assert multiply_adds(model, torch.randn(1, 1, 16, 16)) == round(1e6 * SPACE.flops(index, skeleton))
    assert names == set(OPERATIONS)


def test_what_no_block_takes_is_the_output() -> None:
    # Each block takes the one before twice: only the last is left.
    chain = ":".join(f"{block + 1}:{block + 1}:identity:conv_1x1" for block in range(5))
    flat = ":".join("0:1:identity:conv_1x1" for _ in range(5))
    normal, reduce = SPACE.cells(f"{chain}:{flat}")
    assert normal.outputs == (6,)
    assert reduce.outputs == (2, 3, 4, 5, 6)


def test_exchanged_blocks_and_inputs_are_one_architecture() -> None:
    first = ["0:1:conv_1x1:conv_3x3", "1:1:identity:sep_conv_5x5", "2:3:identity:max_pool_5x5"]
    second = ["1:1:sep_conv_5x5:identity", "1:0:conv_3x3:conv_1x1", "2:3:max_pool_5x5:identity"]
    rest = ["0:0:identity:identity"] * 2 + ["0:1:conv_1x1:conv_3x3"] * 5
    one, other = (SPACE.index(":".join([*start, *rest])) for start in (first, second))
    assert one != other
    assert SPACE.canonical(one) == SPACE.canonical(other)
    different = ["0:1:conv_1x1:conv_3x3", "1:1:identity:sep_conv_5x5", "2:3:max_pool_5x5:identity"]
    assert SPACE.canonical(":".join([*different, *rest])) != SPACE.canonical(one)
