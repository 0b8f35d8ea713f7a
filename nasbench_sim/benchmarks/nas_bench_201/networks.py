"""A NAS-Bench-201 cell, and the published skeleton around it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn

from nasbench_sim.benchmarks.nas_bench_201.operations import Reduction, Zero, operation
from nasbench_sim.benchmarks.nas_bench_201.space import EDGES, OPERATIONS
from nasbench_sim.spaces import SearchSpace

MakeCell = Callable[[int, int], nn.Module]
"""Gives the cell of a number of channels in and out."""


class Cell(nn.Module):
    """Four nodes; each is the sum over its incoming edges, and the last one is the output.

    Parameters
    ----------
    ops
        Six operation numbers over the edges 0->1, 0->2, 1->2, 0->3, 1->3, 2->3.
    before, after
        Channels in and out; edges from the input change the width.
    """

    def __init__(self, ops: Sequence[int], before: int, after: int) -> None:
        super().__init__()
        self.edges = nn.ModuleList(
            operation(OPERATIONS[op], before if source == 0 else after, after)
            for op, (source, _) in zip(ops, EDGES, strict=True)
        )

    def forward(self, x: Tensor) -> Tensor:
        """Map (batch, before, side, side) to (batch, after, side, side)."""
        nodes = [x]
        for node in (1, 2, 3):
            incoming = [
                (edge, nodes[source])
                for edge, (source, target) in zip(self.edges, EDGES, strict=True)
                if target == node
            ]
            # Adding zeros changes nothing; a node with nothing else still has to be zeros.
            carrying = [pair for pair in incoming if not isinstance(pair[0], Zero)] or incoming[:1]
            nodes.append(_total([edge(value) for edge, value in carrying]))
        return nodes[3]


def _total(values: list[Tensor]) -> Tensor:
    found = values[0]
    for value in values[1:]:
        found = found + value
    return found


class Skeleton(nn.Module):
    """Stem, stages of cells with a reduction between them, and classifier, as published.

    Parameters
    ----------
    make_cell
        Gives each cell.
    widths
        Channels of every block after the stem: cells where the width of `reductions` is False.
    reductions
        Whether each block is a reduction.
    classes, colors
        Of the data.
    """

    def __init__(
        self,
        make_cell: MakeCell,
        widths: Sequence[int],
        reductions: Sequence[bool],
        classes: int,
        colors: int,
    ) -> None:
        super().__init__()
        self.stem = nn.Sequential(
            nn.Conv2d(colors, widths[0], 3, padding=1, bias=False), nn.BatchNorm2d(widths[0])
        )
        self.blocks = nn.ModuleList()
        before = widths[0]
        for width, reduces in zip(widths, reductions, strict=True):
            self.blocks.append(Reduction(before, width) if reduces else make_cell(before, width))
            before = width
        self.last = nn.Sequential(nn.BatchNorm2d(before), nn.ReLU(inplace=True))
        self.classifier = nn.Linear(before, classes)

    def maps(self, x: Tensor) -> Tensor:
        """Give what is pooled for the classifier: (batch, last width, side / 4, side / 4)."""
        x = self.stem(x)
        for block in self.blocks:
            x = block(x)
        found: Tensor = self.last(x)
        return found

    def features(self, x: Tensor) -> Tensor:
        """Give what the classifier sees: (batch, last width)."""
        return torch.flatten(nn.functional.adaptive_avg_pool2d(self.maps(x), 1), 1)

    def forward(self, x: Tensor) -> Tensor:
        """Map images (batch, colors, side, side) to logits (batch, classes)."""
        found: Tensor = self.classifier(self.features(x))
        return found


def staged(make_cell: MakeCell, *, channels: int, cells: int, classes: int, colors: int) -> Skeleton:
    """Give the skeleton of NAS-Bench-201: three stages of `cells` cells, the width doubling between them."""
    widths, reductions = [], []
    for stage in range(3):
        if stage:
            widths.append(channels * 2**stage)
            reductions.append(True)
        widths += [channels * 2**stage] * cells
        reductions += [False] * cells
    return Skeleton(make_cell, widths, reductions, classes, colors)


def network(
    space: SearchSpace, ops: Sequence[int], *, classes: int, colors: int, channels: int, cells: int
) -> nn.Module:
    """Build the published network around a cell."""
    return staged(
        lambda before, after: Cell(ops, before, after),
        channels=channels,
        cells=cells,
        classes=classes,
        colors=colors,
    )
