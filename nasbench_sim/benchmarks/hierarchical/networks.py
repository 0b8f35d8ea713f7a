"""Networks of the hierarchical space."""

from __future__ import annotations

from collections.abc import Sequence

from torch import nn

from nasbench_sim.benchmarks.hierarchical.space import WIDTH
from nasbench_sim.live.motif import Motif, TwoCells, motif
from nasbench_sim.spaces import SearchSpace


def network(
    space: SearchSpace, ops: Sequence[int], *, classes: int, colors: int, channels: int, cells: int
) -> nn.Module:
    """Build the network of an architecture's class; `cells` says nothing, there are two."""
    names = space.string(space.canonical(space.index(ops))).split(":")
    return hierarchical_network(names, channels, classes, colors)


def hierarchical_network(
    names: Sequence[str], channels: int = WIDTH, classes: int = 10, colors: int = 1
) -> TwoCells:
    """Build the network of a canonical architecture.

    Parameters
    ----------
    names
        Its six choices: three of the cell, three of the motif.
    channels
        Of the first cell; the second has twice as many.
    classes, colors
        Of the images.
    """

    def part(name: str, width: int) -> nn.Module | None:
        if name == "none":
            return None
        return nn.Identity() if name == "skip" else motif(names[3:], width)

    def cell(width: int) -> nn.Module:
        return nn.Sequential(Motif([part(name, width) for name in names[:3]]), nn.BatchNorm2d(width))

    return TwoCells(cell, channels, classes, colors)
