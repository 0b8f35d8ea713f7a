"""The merging-cell space: what a feature pyramid merges, how, and at which level each result lies."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.benchmarks.merging_cell.benchmark import MERGING_CELL
from nasbench_sim.spaces.base import SearchSpace
from nasbench_sim.spaces.input_pairs import input_pairs, pair_choices

LEVELS = 3
GRIDS = (8, 4, 2)
"""Cells along a side of each level, the finest first."""
WIDTH = 12
CLASSES = 5
OPERATIONS = ("sum", "gate")
"""Sum of both, and ``b + a * sigmoid(mean b)``: global-pooling attention of the second over the first."""
ORDERS = tuple(itertools.permutations(range(LEVELS)))
"""The level of each merging cell's result."""
PLAIN = ((0, 1, 2), (2, 1, 0))
"""The orders that the trained table has: from fine to coarse, and back."""


class MergingCell(SearchSpace):
    """The 8,640 ways to merge a pyramid of three levels by three cells, one result for each level.

    References
    ----------
    Ghiasi, Lin, Le. NAS-FPN: Learning scalable feature pyramid architecture for object detection. CVPR 2019.

    Examples
    --------
    >>> space = MergingCell()
    >>> space.string(0), space.size, int(space.trained(space.all_indices()).sum())
    ('0+1:sum:0+1:sum:0+1:sum:0-1-2', 8640, 2880)
    >>> space.cells(0)
    [(0, 1, 'sum', 0), (0, 1, 'sum', 1), (0, 1, 'sum', 2)]
    """

    benchmark = MERGING_CELL

    def __init__(self) -> None:
        choices: list[tuple[str, ...]] = []
        for cell in range(LEVELS):
            choices += [pair_choices(LEVELS + cell), OPERATIONS]  # of the levels and the cells before
        choices.append(tuple("-".join(str(level) for level in order) for order in ORDERS))
        positions = [f"{what} {cell}" for cell in range(1, LEVELS + 1) for what in ("inputs", "operation")]
        super().__init__("merging-cell", choices, [*positions, "levels"])

    def cells(self, architecture: Any) -> list[tuple[int, int, str, int]]:
        """Return the cells of one architecture: two features, the operation, the level of the result."""
        ops = self.ops(architecture).tolist()
        order = ORDERS[ops[-1]]
        return [
            (*input_pairs(LEVELS + cell)[ops[2 * cell]].tolist(), OPERATIONS[ops[2 * cell + 1]], order[cell])
            for cell in range(LEVELS)
        ]

    def trained(self, architectures: Any) -> NDArray[np.bool_]:
        """Tell whether the results are in one of the orders of `PLAIN`, shape (...)."""
        return np.isin(self.ops(architectures)[..., -1], [ORDERS.index(order) for order in PLAIN])

    def params(self, architectures: Any) -> Any:
        """Compute the parameters that are trained, in millions, exact: the same for all.

        Those of laterals, merging cells and head.
        """
        laterals = LEVELS * (WIDTH * WIDTH + 2 * WIDTH)
        merging = LEVELS * (9 * WIDTH * WIDTH + 2 * WIDTH)
        total = (laterals + merging + CLASSES * (WIDTH + 1)) / 1e6
        shape = np.shape(self.official(architectures))
        return np.full(shape, total) if shape else total

    def flops(self, architectures: Any) -> Any:
        """Compute the multiply-adds of one canvas, in millions, exact: the same for all.

        Those of the convolutions behind the backbone.
        """
        places = sum(grid * grid for grid in GRIDS)
        total = places * (10 * WIDTH * WIDTH + WIDTH * CLASSES) / 1e6
        shape = np.shape(self.official(architectures))
        return np.full(shape, total) if shape else total
