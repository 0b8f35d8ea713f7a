"""Networks of the hierarchical space."""

from __future__ import annotations

from collections.abc import Sequence

from torch import nn

from nasbench_sim.benchmarks.hierarchical.space import WIDTH
from nasbench_sim.live.motif import Motif, TwoCells, motif


def hierarchical_network(names: Sequence[str]) -> TwoCells:
    """Build the network of a canonical architecture.

    Parameters
    ----------
    names
        Its six choices: three of the cell, three of the motif.
    """

    def part(name: str, width: int) -> nn.Module | None:
        if name == "none":
            return None
        return nn.Identity() if name == "skip" else motif(names[3:], width)

    def cell(width: int) -> nn.Module:
        return nn.Sequential(Motif([part(name, width) for name in names[:3]]), nn.BatchNorm2d(width))

    return TwoCells(cell, WIDTH)
