"""Networks of cells whose nodes add up two operations on earlier nodes."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from nasbench_sim.benchmarks.nas_bench_201.operations import ReLUConvBN
from nasbench_sim.spaces.node_cells import STEM, NodeCell, NodeSkeleton

MakeOperation = Callable[[str, int, int], nn.Module]
"""Builds an operation: name, channels, stride."""


class Halving(nn.Module):
    """Half the side by two 1 x 1 convolutions of stride 2, one of them shifted by a pixel."""

    def __init__(self, before: int, after: int) -> None:
        super().__init__()
        self.even = nn.Conv2d(before, after // 2, 1, stride=2, bias=False)
        self.odd = nn.Conv2d(before, after - after // 2, 1, stride=2, bias=False)
        self.norm = nn.BatchNorm2d(after)

    def forward(self, x: Tensor) -> Tensor:
        """Map (batch, before, side, side) to (batch, after, side / 2, side / 2); sides are even."""
        x = torch.relu(x)
        found: Tensor = self.norm(torch.cat([self.even(x), self.odd(x[:, :, 1:, 1:])], dim=1))
        return found


class Nothing(nn.Module):
    """Zeros, at a stride."""

    def __init__(self, stride: int) -> None:
        super().__init__()
        self.stride = stride

    def forward(self, x: Tensor) -> Tensor:
        """Return zeros."""
        return torch.zeros_like(x[:, :, :: self.stride, :: self.stride])


def depthwise(channels: int, kernel: int, stride: int, dilation: int = 1) -> list[nn.Module]:
    """Return ReLU, a depthwise and a 1 x 1 convolution, and normalisation."""
    padding = dilation * (kernel // 2)
    return [
        nn.ReLU(),
        nn.Conv2d(
            channels, channels, kernel, stride, padding, dilation=dilation, groups=channels, bias=False
        ),
        nn.Conv2d(channels, channels, 1, bias=False),
        nn.BatchNorm2d(channels),
    ]


def separable(channels: int, kernel: int, stride: int) -> nn.Sequential:
    """Build a separable convolution, done twice as published."""
    return nn.Sequential(*depthwise(channels, kernel, stride), *depthwise(channels, kernel, 1))


def identity(channels: int, stride: int) -> nn.Module:
    """Build an identity, or what stands for it where the side is halved."""
    return nn.Identity() if stride == 1 else Halving(channels, channels)


class Cell(nn.Module):
    """Nodes that add up two operations each; the output is some of them, channel behind channel.

    Parameters
    ----------
    cell
        Edges and outputs.
    make
        Builds its operations.
    widths
        Channels of the two cells before.
    channels
        Of each node.
    reduces
        Whether the cell halves the side.
    halved
        Whether the cell before did, so that the output of the one before it is brought to its side.
    """

    def __init__(
        self,
        cell: NodeCell,
        make: MakeOperation,
        widths: tuple[int, int],
        channels: int,
        *,
        reduces: bool,
        halved: bool,
    ) -> None:
        super().__init__()
        self.sources = [source for _, source in cell.edges]
        self.outputs = cell.outputs
        first = Halving(widths[0], channels) if halved else ReLUConvBN(widths[0], channels, 1)
        self.prepared = nn.ModuleList([first, ReLUConvBN(widths[1], channels, 1)])
        self.edges = nn.ModuleList(
            make(name, channels, 2 if reduces and source < 2 else 1) for name, source in cell.edges
        )

    def forward(self, first: Tensor, last: Tensor) -> Tensor:
        """Map the outputs of the two cells before to (batch, outputs * channels, side, side)."""
        nodes = [self.prepared[0](first), self.prepared[1](last)]
        done = list(zip(self.edges, self.sources, strict=True))
        for (edge, source), (other, second) in zip(done[::2], done[1::2], strict=True):
            nodes.append(edge(nodes[source]) + other(nodes[second]))
        return torch.cat([nodes[node] for node in self.outputs], dim=1)


class NodeNetwork(nn.Module):
    """Stem, cells and classifier, without the auxiliary one.

    Parameters
    ----------
    cells
        The normal and the reduction cell.
    skeleton
        Around them.
    make
        Builds their operations.

    References
    ----------
    Liu, Simonyan, Yang. DARTS. ICLR 2019. ``cnn/model.py``.
    """

    def __init__(self, cells: tuple[NodeCell, NodeCell], skeleton: NodeSkeleton, make: MakeOperation) -> None:
        super().__init__()
        channels = skeleton.channels
        stem = STEM * channels
        self.stem = nn.Sequential(
            nn.Conv2d(skeleton.colors, stem, 3, padding=1, bias=False), nn.BatchNorm2d(stem)
        )
        widths, halved = (stem, stem), False
        self.cells = nn.ModuleList()
        for kind in skeleton.layout:
            reduces = kind == "R"
            channels *= 2 if reduces else 1
            cell = cells[1] if reduces else cells[0]
            self.cells.append(Cell(cell, make, widths, channels, reduces=reduces, halved=halved))
            widths, halved = (widths[1], channels * len(cell.outputs)), reduces
        self.classifier = nn.Linear(widths[1], skeleton.classes)

    def forward(self, images: Tensor) -> Tensor:
        """Map images (batch, colors, side, side) to logits (batch, classes)."""
        first = last = self.stem(images)
        for cell in self.cells:
            first, last = last, cell(first, last)
        logits: Tensor = self.classifier(last.mean((2, 3)))
        return logits
