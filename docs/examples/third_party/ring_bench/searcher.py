"""A walk: each replicate goes on from its best ring to a random neighbour."""

from __future__ import annotations

from typing import Any

import numpy as np

from nasbench_sim.search import Searcher


class RingWalk(Searcher):
    """The best ring so far, one layer changed."""

    name = "ring_walk"

    def start(self) -> None:
        """Begin at random rings."""
        self.best = self.space.from_uniform(self.streams.uniform(len(self.space.positions)))
        self.value = np.full(self.replicates, -np.inf)

    def ask(self) -> Any:
        """Propose a neighbour of each best, shape (replicates, 1); the first time the ring itself."""
        if np.isinf(self.value).all():
            return self.best[:, None]
        return self.space.mutated(self.best, self.streams.uniform(1)[:, 0])[:, None]

    def tell(self, index: Any, values: Any) -> None:
        """Keep what is better."""
        better = values[:, 0] > self.value
        self.best = np.where(better, index[:, 0], self.best)
        self.value = np.where(better, values[:, 0], self.value)
