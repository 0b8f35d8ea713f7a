"""Random search: the baseline of every comparison."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.search.registry import register
from nasbench_sim.search.searcher import Searcher
from nasbench_sim.spaces.base import Array

_BLOCK = 64  # proposals do not depend on what was observed, so many are made at once


@register
class RandomSearch(Searcher):
    """Evaluates architectures drawn uniformly with replacement.

    References
    ----------
    Bergstra, Bengio. Random search for hyper-parameter optimization. JMLR 13, 2012; the baseline of
    NAS-Bench-201 and NATS-Bench.
    """

    name = "random_search"

    def ask(self) -> Array:
        """Draw a block of architectures."""
        return self.streams.architectures(self.space, _BLOCK)

    def tell(self, index: Array, values: NDArray[np.float64]) -> None:
        """Learn nothing."""
