"""Zero-cost search: evaluate what a proxy scores best."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.search.hyperparameter import Whole
from nasbench_sim.search.parts.proxy import Proxy, Scores, best_first, direction
from nasbench_sim.search.searcher import Searcher
from nasbench_sim.spaces.product import Array


class BestOfNByProxy(Searcher):
    """Draws a random pool, scores it by a proxy and evaluates it from the best down; then the next pool.

    With a budget of one evaluation this is the published use: the best-scored of N. The pool is drawn with
    replacement; an architecture that it has twice is evaluated once. Scores of a table cost nothing on the
    clock (those that a task which trains computes cost their seconds): with an accuracy as the proxy this is
    no search, but the best that any proxy can do with such a pool.

    References
    ----------
    Mellor, Turner, Storkey, Crowley. Neural architecture search without training. ICML 2021 (N of 10, 100,
    500, 1000).
    """

    name = "best_of_n_by_proxy"
    chunk = 250

    pool = Whole(1000, "architectures that are scored")
    proxy = Proxy("params", "the metric that scores")
    better = direction()

    def start(self) -> None:
        """Read the scores; every replicate still needs its first pool."""
        self._scores = Scores(self.context, self.proxy, self.better)
        self._pool = np.zeros((self.replicates, self.pool), dtype=self.space.index_dtype)
        self._distinct = np.zeros(self.replicates, dtype=np.intp)
        self._next = np.zeros(self.replicates, dtype=np.intp)
        self._rows = np.arange(self.replicates)

    def overlaps(self) -> bool:
        """Nothing depends on what is still being evaluated."""
        return True

    def ask(self) -> Array:
        """Propose the best that is left of the pool."""
        through = np.flatnonzero(self._next == self._distinct)
        if len(through):
            drawn = self.streams.architectures(self.space, self.pool, through)
            self._pool[through], first = best_first(drawn, self._scores.of(drawn, through))
            self._distinct[through] = first.sum(axis=1)
            self._next[through] = 0
        found = self._pool[self._rows, self._next][:, None]
        self._next += 1
        return found

    def tell(self, index: Array, values: NDArray[np.float64]) -> None:
        """Learn nothing."""
