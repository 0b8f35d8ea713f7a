"""The hierarchical space: a cell is a graph of motifs, a motif a graph of operations."""

from __future__ import annotations

import functools
import itertools
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.benchmarks.hierarchical.benchmark import HIERARCHICAL
from nasbench_sim.spaces import motif, two_cells
from nasbench_sim.spaces.base import SearchSpace

PARTS = ("none", "skip", "motif")
"""What an edge of a cell is: no connection, identity, or the motif with weights of its own."""

WIDTH = 6


class Hierarchical(SearchSpace):
    """The 3,375 cells of two levels: three edges of `PARTS`, and three of the motif's operations.

    References
    ----------
    Liu, Simonyan, Vinyals, Fernando, Kavukcuoglu. Hierarchical representations for efficient architecture
    search. ICLR 2018.

    Examples
    --------
    >>> space = Hierarchical()
    >>> space.string(3374)
    'motif:motif:motif:pool:pool:pool'
    >>> len(np.unique(space.canonical(space.all_indices())))
    351
    """

    benchmark = HIERARCHICAL

    def __init__(self) -> None:
        super().__init__(
            "hierarchical",
            [PARTS] * 3 + [motif.OPERATIONS] * 3,
            [*(f"cell {edge}" for edge in motif.EDGES), *(f"motif {edge}" for edge in motif.EDGES)],
        )

    def canonical(self, architectures: Any) -> Any:
        """Return the smallest official index that computes the same function (351 classes).

        A motif that lets nothing through is no connection, one that changes nothing is an identity, and
        what does not lie on a way from the input to the output does not matter. Classes that differ only
        in the level at which something is done stay apart: 26 of them compute what another one does.

        Examples
        --------
        >>> space = Hierarchical()
        >>> space.string(space.canonical("motif:none:motif:skip:none:skip"))
        'none:skip:none:none:none:none'
        """
        found = self._smallest[self.official(architectures)]
        return int(found) if np.ndim(found) == 0 else found

    @functools.cached_property
    def _smallest(self) -> NDArray[np.int64]:
        first: dict[Any, int] = {}
        choices = itertools.product(*self.choices)
        return np.array([first.setdefault(_function(names), rank) for rank, names in enumerate(choices)])

    def params(self, architectures: Any) -> Any:
        """Compute the parameters of the network, in millions, exact: what reaches no output is not built."""
        return self._sum(
            architectures,
            [motif.params(self._motifs(architectures), width) for width in (WIDTH, 2 * WIDTH)],
            int(two_cells.params(WIDTH)) + 2 * WIDTH + 4 * WIDTH,
        )

    def flops(self, architectures: Any) -> Any:
        """Compute the multiply-adds of one image, in millions, exact: convolutions and classifier."""
        sides = (two_cells.SIDE, two_cells.SIDE // 2)
        return self._sum(
            architectures,
            [
                motif.flops(self._motifs(architectures), width, side)
                for width, side in zip((WIDTH, 2 * WIDTH), sides, strict=True)
            ],
            int(two_cells.flops(WIDTH)),
        )

    def _motifs(self, architectures: Any) -> NDArray[np.int8]:
        return self.ops(self.canonical(architectures))[..., 3:]

    def _sum(self, architectures: Any, cells: list[Any], around: int) -> Any:
        cell = self.ops(self.canonical(architectures))[..., :3]
        instances = (cell == PARTS.index("motif")).sum(axis=-1)
        found = (around + instances * sum(cells)) / 1e6
        return float(found) if np.ndim(found) == 0 else found


def _function(names: tuple[str, ...]) -> Any:
    """Return what an architecture computes: the ways through its cell, and the motif on them, if any."""
    inner = motif.paths(names[3:])
    plain = "none" if not inner else "skip" if inner == ((),) else "motif"
    ways = motif.paths([plain if part == "motif" else part for part in names[:3]])
    return ways, inner if any(ways) else None
