"""Networks of the joint-cell space."""

from __future__ import annotations

from collections.abc import Sequence

from torch import nn

from nasbench_sim.live.motif import TwoCells, motif
from nasbench_sim.spaces import SearchSpace


def network(
    space: SearchSpace, ops: Sequence[int], *, classes: int, colors: int, channels: int, cells: int
) -> nn.Module:
    """Build the network of an architecture's class, whose width it has itself: no more is said by others."""
    names = space.string(space.canonical(space.index(ops))).split(":")
    return joint_cell_network(names[:3], int(names[5]), classes, colors)


def joint_cell_network(edges: Sequence[str], width: int, classes: int = 10, colors: int = 1) -> TwoCells:
    """Build the network of a canonical cell.

    Parameters
    ----------
    edges
        The operation of each of the cell's edges.
    width
        Channels of the first cell; the second has twice as many.
    classes, colors
        Of the images.
    """
    return TwoCells(lambda channels: motif(edges, channels), width, classes, colors)
