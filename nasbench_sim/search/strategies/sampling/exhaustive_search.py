"""Exhaustive search: every architecture once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.search.searcher import Searcher
from nasbench_sim.spaces.numbering import ENUMERABLE
from nasbench_sim.spaces.product import Array

_BLOCK = 256  # proposals do not depend on what was observed, so many are made at once


class ExhaustiveSearch(Searcher):
    """Evaluates every architecture once, in official order, and ends.

    Raises
    ------
    RequestError
        For a space that is too large to enumerate.

    Examples
    --------
    >>> import nasbench_sim as nbs
    >>> task = nbs.Task(nbs.load_table("nas-bench-201"), dataset="cifar10", noise="mean")
    >>> runs = nbs.run("exhaustive_search", task, budget=nbs.Budget(evaluations=20_000))
    >>> runs.length, float(runs.final().regret[0])
    (array([15625]), 0.0)
    """

    name = "exhaustive_search"
    objectives = "any"
    largest = ENUMERABLE

    def start(self) -> None:
        """Enumerate the space."""
        self._order = self.space.all_indices()
        self._next = 0

    def ask(self) -> Array:
        """Propose the next block; nothing after the last."""
        block = self._order[self._next : self._next + _BLOCK]
        self._next += _BLOCK
        return np.tile(block if len(block) else np.array([-1]), (self.replicates, 1))

    def overlaps(self) -> bool:
        """Nothing depends on what is still being evaluated."""
        return True

    def tell(self, index: Array, values: NDArray[np.float64]) -> None:
        """Learn nothing."""
