"""Networks of NASNet cells."""

from __future__ import annotations

from collections.abc import Sequence

from torch import nn

from nasbench_sim.benchmarks.nasnet.space import NasNet
from nasbench_sim.live.node_cells import NodeNetwork, identity, separable
from nasbench_sim.spaces.node_cells import PUBLISHED, NodeCell, NodeSkeleton


def operation(name: str, channels: int, stride: int) -> nn.Module:
    """Build one of `nasbench_sim.benchmarks.nasnet.space.OPERATIONS`."""
    if name == "identity":
        return identity(channels, stride)
    if name == "avg_pool_3x3":
        return nn.AvgPool2d(3, stride, padding=1, count_include_pad=False)
    if name.startswith("max_pool"):
        kernel = int(name[-1])
        return nn.MaxPool2d(kernel, stride, padding=kernel // 2)
    if name.startswith("sep"):
        return separable(channels, int(name[-1]), stride)
    if name in ("conv_1x3_3x1", "conv_1x7_7x1"):
        length = int(name[7])
        along = _convolution(channels, (1, length), (1, stride))
        return nn.Sequential(*along, *_convolution(channels, (length, 1), (stride, 1)))
    kernel = int(name[-1])
    dilation = 2 if name.startswith("dil") else 1
    return nn.Sequential(*_convolution(channels, (kernel, kernel), (stride, stride), dilation))


def _convolution(
    channels: int, kernel: tuple[int, int], stride: tuple[int, int], dilation: int = 1
) -> list[nn.Module]:
    """Return ReLU, convolution and normalisation."""
    padding = (dilation * (kernel[0] // 2), dilation * (kernel[1] // 2))
    convolution = nn.Conv2d(channels, channels, kernel, stride, padding, dilation=dilation, bias=False)
    return [nn.ReLU(), convolution, nn.BatchNorm2d(channels)]


def network(
    space: NasNet, ops: Sequence[int], *, classes: int, colors: int, channels: int, cells: int
) -> nn.Module:
    """Build the network of an architecture: three times so many normal cells, reductions between them."""
    skeleton = NodeSkeleton(
        layout="R".join(["N" * cells] * 3), channels=channels, colors=colors, classes=classes
    )
    return nasnet_network(space.cells(space.index(ops)), skeleton)


def nasnet_network(cells: tuple[NodeCell, NodeCell], skeleton: NodeSkeleton = PUBLISHED) -> NodeNetwork:
    """Build the network of a normal and a reduction cell.

    Parameters
    ----------
    cells
        As `nasbench_sim.benchmarks.nasnet.space.NasNet.cells` gives them.
    skeleton
        By default that of DARTS for CIFAR-10.
    """
    return NodeNetwork(cells, skeleton, operation)
