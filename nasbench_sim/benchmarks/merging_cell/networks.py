"""Backbone and merging pyramid of the merging-cell space."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn.functional import interpolate, max_pool2d

from nasbench_sim.benchmarks.merging_cell.space import CLASSES, LEVELS, WIDTH


class Backbone(nn.Module):
    """Four convolutions of stride 2: a canvas of 32 pixels becomes levels of 8, 4 and 2 cells."""

    def __init__(self) -> None:
        super().__init__()
        widths = (1, 8, WIDTH, WIDTH, WIDTH)
        self.stages = nn.ModuleList(
            nn.Sequential(nn.Conv2d(before, after, 3, 2, 1, bias=False), nn.BatchNorm2d(after), nn.ReLU())
            for before, after in itertools.pairwise(widths)
        )

    def forward(self, canvases: Tensor) -> list[Tensor]:
        """Map (batch, 1, 32, 32) to a level each of (batch, width, grid, grid), the finest first."""
        x = self.stages[0](canvases)
        levels = []
        for stage in list(self.stages)[1:]:
            x = stage(x)
            levels.append(x)
        return levels


class Pyramid(nn.Module):
    """Laterals, merging cells, and one head for all levels.

    Parameters
    ----------
    cells
        As `nasbench_sim.benchmarks.merging_cell.space.MergingCell.cells` gives them.
    """

    def __init__(self, cells: Sequence[tuple[int, int, str, int]]) -> None:
        super().__init__()
        self.cells = tuple(cells)
        self.laterals = nn.ModuleList(
            nn.Sequential(nn.Conv2d(WIDTH, WIDTH, 1, bias=False), nn.BatchNorm2d(WIDTH))
            for _ in range(LEVELS)
        )
        self.merged = nn.ModuleList(
            nn.Sequential(nn.ReLU(), nn.Conv2d(WIDTH, WIDTH, 3, padding=1, bias=False), nn.BatchNorm2d(WIDTH))
            for _ in self.cells
        )
        head = nn.Conv2d(WIDTH, CLASSES, 1)
        assert head.bias is not None
        nn.init.constant_(head.bias, -3.0)  # most cells of the grids have no digit
        self.head = nn.Sequential(nn.ReLU(), head)

    def forward(self, levels: Sequence[Tensor]) -> list[Tensor]:
        """Map the levels of a backbone to logits, each (batch, classes, grid, grid), the finest first."""
        features = [
            (lateral(x), level) for level, (lateral, x) in enumerate(zip(self.laterals, levels, strict=True))
        ]
        results: dict[int, Tensor] = {}
        for (first, second, operation, level), merge in zip(self.cells, self.merged, strict=True):
            a, b = resized(*features[first], level), resized(*features[second], level)
            if operation == "gate":
                a = a * torch.sigmoid(b.mean((2, 3), keepdim=True))
            results[level] = merge(a + b)
            features.append((results[level], level))
        return [self.head(results[level]) for level in range(LEVELS)]


def resized(x: Tensor, level: int, wanted: int) -> Tensor:
    """Bring a feature to another level: the largest of each 2 x 2 on the way up, copies on the way down."""
    if wanted > level:
        return max_pool2d(x, 2 ** (wanted - level))
    return interpolate(x, scale_factor=float(2 ** (level - wanted))) if wanted < level else x
