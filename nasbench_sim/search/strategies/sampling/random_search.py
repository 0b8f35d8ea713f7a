"""Random search: the baseline of every comparison."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.errors import RequestError
from nasbench_sim.search.hyperparameter import Flag
from nasbench_sim.search.parts.visited import Visited
from nasbench_sim.search.searcher import Searcher
from nasbench_sim.spaces.product import Array

_BLOCK = 64  # proposals do not depend on what was observed, so many are made at once


class RandomSearch(Searcher):
    """Evaluates architectures drawn uniformly.

    Without replacement none is evaluated twice, and a replicate ends when it has evaluated all.

    References
    ----------
    Bergstra, Bengio. Random search for hyper-parameter optimization. JMLR 13, 2012; the baseline of
    NAS-Bench-201 and NATS-Bench, which draw with replacement.

    Examples
    --------
    >>> import nasbench_sim as nbs
    >>> task = nbs.Task(nbs.load_table("nas-bench-201"), dataset="cifar10", noise="mean")
    >>> runs = nbs.run("random_search", task, budget=nbs.Budget(evaluations=20_000),
    ...                hyperparameters={"replacement": False})
    >>> runs.length, float(runs.final().regret[0])
    (array([15625]), 0.0)
    """

    name = "random_search"
    objectives = "any"
    repairable = True

    replacement = Flag(True, "whether an architecture can be drawn again")

    def start(self) -> None:
        """Forget everything."""
        if not self.replacement and self.context.task.infeasible == "resample":
            raise RequestError(
                "random_search without replacement evaluates no architecture twice, and what is evaluated in "
                "the place of infeasible ones may repeat: use replacement=True or infeasible='death'"
            )
        self._visited = Visited(self.replicates)

    def ask(self) -> Array:
        """Draw a block of architectures."""
        drawn = self.streams.architectures(self.space, _BLOCK)
        if self.replacement:
            return drawn
        drawn = np.where(self._visited.add(drawn), drawn, -1)
        while True:  # a replicate that proposed nothing would have ended
            empty = np.flatnonzero((drawn < 0).all(axis=1) & (self._visited.count < self.space.size))
            if not len(empty):
                return drawn
            again = self.streams.architectures(self.space, _BLOCK, empty)
            drawn[empty] = np.where(self._visited.add(again, empty), again, -1)

    def overlaps(self) -> bool:
        """Nothing depends on what is still being evaluated."""
        return True

    def tell(self, index: Array, values: NDArray[np.float64]) -> None:
        """Learn nothing."""
