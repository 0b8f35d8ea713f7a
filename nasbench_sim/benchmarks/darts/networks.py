"""Networks of DARTS cells."""

from __future__ import annotations

from collections.abc import Sequence

from torch import nn

from nasbench_sim.benchmarks.darts.space import Darts
from nasbench_sim.live.node_cells import NodeNetwork, Nothing, depthwise, identity, separable
from nasbench_sim.spaces.node_cells import PUBLISHED, NodeCell, NodeSkeleton


def operation(name: str, channels: int, stride: int) -> nn.Module:
    """Build one of `nasbench_sim.benchmarks.darts.space.OPERATIONS`."""
    if name == "none":
        return Nothing(stride)
    if name == "skip_connect":
        return identity(channels, stride)
    if name == "max_pool_3x3":
        return nn.MaxPool2d(3, stride, padding=1)
    if name == "avg_pool_3x3":
        return nn.AvgPool2d(3, stride, padding=1, count_include_pad=False)
    kernel = int(name[-1])
    if name.startswith("dil"):
        return nn.Sequential(*depthwise(channels, kernel, stride, dilation=2))
    return separable(channels, kernel, stride)


def network(
    space: Darts, ops: Sequence[int], *, classes: int, colors: int, channels: int, cells: int
) -> nn.Module:
    """Build the network of an architecture: three times so many normal cells, reductions between them."""
    skeleton = NodeSkeleton(
        layout="R".join(["N" * cells] * 3), channels=channels, colors=colors, classes=classes
    )
    return darts_network(space.cells(space.index(ops)), skeleton)


def darts_network(cells: tuple[NodeCell, NodeCell], skeleton: NodeSkeleton = PUBLISHED) -> NodeNetwork:
    """Build the network of a normal and a reduction cell.

    Parameters
    ----------
    cells
        As `nasbench_sim.benchmarks.darts.space.Darts.cells` gives them.
    skeleton
        By default the published one.
    """
    return NodeNetwork(cells, skeleton, operation)
