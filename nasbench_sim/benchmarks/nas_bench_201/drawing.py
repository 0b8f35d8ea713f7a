"""The picture of a NAS-Bench-201 cell."""

from __future__ import annotations

from collections.abc import Sequence

from nasbench_sim.spaces.base import SearchSpace
from nasbench_sim.spaces.drawing import Drawing, cell_drawing


def drawing(space: SearchSpace, ops: Sequence[int]) -> Drawing:
    """Draw a cell with short names of its operations.

    Examples
    --------
    >>> import nasbench_sim as nbs
    >>> [edge.label for edge in nbs.space("nas-bench-201").drawing(9).edges]
    ['pool 3x3', '', '', 'skip', '', 'conv 3x3']
    """
    return cell_drawing(space, ops, _shortened)


def _shortened(operation: str) -> str:
    short = operation.replace("nor_conv_", "conv ").replace("avg_pool_", "pool ")
    return short.replace("_connect", "")
