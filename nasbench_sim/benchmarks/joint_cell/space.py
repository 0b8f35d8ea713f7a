"""The joint-cell space: a cell, how it is trained, and how the trained network is compressed."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.benchmarks.joint_cell.benchmark import JOINT_CELL
from nasbench_sim.spaces import motif, two_cells
from nasbench_sim.spaces.base import SearchSpace

LEARNING_RATES = ("0.02", "0.08", "0.2", "0.5")
WEIGHT_DECAYS = ("0", "0.001")
WIDTHS = ("3", "6", "10")
PRUNED = ("0", "0.25", "0.5", "0.75")
"""Parts of the weights that are set to zero, the smallest of the whole network."""
BITS = ("8", "4", "3", "2")
"""Of each weight that is left."""


class JointCell(SearchSpace):
    """The 48,000 products of a cell, its training and its compression; 1,440 different trainings.

    The positions: the operations of the cell's three edges; learning rate, weight decay and width; the
    part of the weights that is pruned and the bits of those that are left.

    Examples
    --------
    >>> space = JointCell()
    >>> space.string(0), space.size
    ('none:none:none:0.02:0:3:0:8', 48000)
    >>> len(np.unique(space.trained(space.all_indices())))
    1440
    """

    benchmark = JOINT_CELL

    def __init__(self) -> None:
        super().__init__(
            "joint-cell",
            [*([motif.OPERATIONS] * 3), LEARNING_RATES, WEIGHT_DECAYS, WIDTHS, PRUNED, BITS],
            [*motif.EDGES, "learning rate", "weight decay", "width", "pruned", "bits"],
        )

    def canonical(self, architectures: Any) -> Any:
        """Return the smallest official index with a cell of the same function (60 of 125), all else alike.

        Examples
        --------
        >>> space = JointCell()
        >>> space.string(space.canonical("conv3:pool:none:0.2:0:6:0.5:4"))
        'none:pool:none:0.2:0:6:0.5:4'
        """
        return self.from_ops(self._canonical_ops(architectures))

    def trained(self, architectures: Any) -> Any:
        """Return the canonical architecture with the same training that is not compressed.

        Examples
        --------
        >>> space = JointCell()
        >>> space.string(space.trained("conv3:pool:none:0.2:0:6:0.5:4"))
        'none:pool:none:0.2:0:6:0:8'
        """
        ops = self._canonical_ops(architectures)
        ops[..., 6:] = 0
        return self.from_ops(ops)

    def params(self, architectures: Any) -> Any:
        """Compute the parameters before pruning, in millions, exact: what reaches no output is not built."""
        cell, width = self._cell(architectures)
        cells = motif.params(cell, width) + motif.params(cell, 2 * width)
        return (two_cells.params(width) + cells) / 1e6

    def flops(self, architectures: Any) -> Any:
        """Compute the multiply-adds of one image before pruning, in millions, exact."""
        cell, width = self._cell(architectures)
        side = two_cells.SIDE
        cells = motif.flops(cell, width, side) + motif.flops(cell, 2 * width, side // 2)
        return (two_cells.flops(width) + cells) / 1e6

    def _canonical_ops(self, architectures: Any) -> NDArray[np.int8]:
        ops = self.ops(architectures)
        ops[..., :3] = motif.canonical(ops[..., :3])
        return ops

    def _cell(self, architectures: Any) -> tuple[NDArray[np.int8], NDArray[np.int64]]:
        ops = self._canonical_ops(architectures)
        return ops[..., :3], np.array([int(width) for width in WIDTHS])[ops[..., 5]]
