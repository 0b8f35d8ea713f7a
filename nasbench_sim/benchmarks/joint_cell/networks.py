"""Networks of the joint-cell space."""

from __future__ import annotations

from collections.abc import Sequence

from nasbench_sim.live.motif import TwoCells, motif


def joint_cell_network(edges: Sequence[str], width: int) -> TwoCells:
    """Build the network of a canonical cell.

    Parameters
    ----------
    edges
        The operation of each of the cell's edges.
    width
        Channels of the first cell; the second has twice as many.
    """
    return TwoCells(lambda channels: motif(edges, channels), width)
