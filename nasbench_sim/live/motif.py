"""A motif as a PyTorch module, and the small network of two cells around it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn

from nasbench_sim.benchmarks.nas_bench_201.operations import ReLUConvBN


class Motif(nn.Module):
    """Three nodes; the output is the sum of the edge from the input and of the way over the middle.

    Parameters
    ----------
    edges
        A module for each of `nasbench_sim.spaces.motif.EDGES`; None where nothing passes.
    """

    def __init__(self, edges: Sequence[nn.Module | None]) -> None:
        super().__init__()
        first, direct, second = edges
        ways = [[direct], [first, second]]
        self.ways = nn.ModuleList(nn.Sequential(*way) for way in ways if None not in way)  # type: ignore[arg-type]

    def forward(self, x: Tensor) -> Tensor:
        """Map (batch, width, side, side) to the same shape; zeros where no way leads through."""
        found = [way(x) for way in self.ways]
        return torch.stack(found).sum(0) if len(found) > 1 else found[0] if found else torch.zeros_like(x)


def motif(edges: Sequence[str], width: int) -> Motif:
    """Build a motif of operations of `nasbench_sim.spaces.motif.OPERATIONS`."""
    return Motif([_operation(name, width) for name in edges])


def _operation(name: str, width: int) -> nn.Module | None:
    if name == "none":
        return None
    if name == "skip":
        return nn.Identity()
    if name == "pool":
        return nn.AvgPool2d(3, stride=1, padding=1, count_include_pad=False)
    return ReLUConvBN(width, width, {"conv1": 1, "conv3": 3}[name])


class TwoCells(nn.Sequential):
    """Stem, cell, reduction to half the side and twice the width, cell, and classifier.

    Parameters
    ----------
    cell
        Builds the cell of a width.
    width
        Channels of the first cell.
    classes, colors
        Of the images.
    """

    def __init__(
        self, cell: Callable[[int], nn.Module], width: int, classes: int = 10, colors: int = 1
    ) -> None:
        super().__init__(
            nn.Conv2d(colors, width, 3, padding=1, bias=False),
            nn.BatchNorm2d(width),
            cell(width),
            ReLUConvBN(width, 2 * width, 3, stride=2),
            cell(2 * width),
            nn.BatchNorm2d(2 * width),
            nn.ReLU(),
            nn.AdaptiveAvgPool2d(1),
            nn.Flatten(),
            nn.Linear(2 * width, classes),
        )
