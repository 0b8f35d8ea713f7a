"""Aging evolution on a set of operations that grows during the search."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.errors import RequestError
from nasbench_sim.search.hyperparameter import Whole
from nasbench_sim.search.strategies.evolution.regularized_evolution import RegularizedEvolution
from nasbench_sim.spaces.product import Array


class GrowingEvolution(RegularizedEvolution):
    """Begins with a few operations, and adds one after every so many evaluations, in random order.

    Each replicate draws its own order of the operations; positions that share an operation gain it together.
    A position that has none of the operations so far keeps its first in that order. A warm start may use any
    operation. The schedule is that of curriculum search; the searcher there is a controller, here evolution.

    References
    ----------
    Guo, Chen, Zheng, Zhao, Chen, Huang, Tan. Breaking the curse of space explosion: towards efficient NAS
    with curriculum search. ICML 2020.
    """

    name = "growing_evolution"

    first_operations = Whole(2, "operations to begin with")
    every = Whole(20, "evaluations after which an operation is added")

    def start(self) -> None:
        """Draw the order of the operations, and sort each position's choices by it."""
        super().start()
        names = list(dict.fromkeys(name for options in self.space.choices for name in options))
        if self.first_operations > max(len(names), 2):  # fewer have nothing to add
            raise RequestError(
                f"{self.space.name} has {len(names)} operations: it cannot begin with {self.first_operations}"
            )
        number = {name: place for place, name in enumerate(names)}
        rank = self.streams.uniform(len(names)).argsort(axis=1).argsort(axis=1)  # (R, names)
        most = int(self.space.cardinalities.max())
        self._order = np.zeros((self.replicates, len(self.space.choices), most), dtype=np.int64)
        self._joins = np.full(self._order.shape, len(names))
        for position, options in enumerate(self.space.choices):
            own = rank[:, [number[name] for name in options]]
            order = own.argsort(axis=1, kind="stable")
            self._order[:, position, : len(options)] = order
            self._joins[:, position, : len(options)] = np.take_along_axis(own, order, axis=1)

    def newcomers(self, n: int) -> Array:
        """Draw architectures of the first operations only."""
        positions = len(self.space.positions)
        uniform = self.streams.uniform(n * positions).reshape(-1, n, positions)
        place = (uniform * self._allowed()[:, None]).astype(np.int64)
        ops = np.take_along_axis(self._order[:, None], place[..., None], axis=3)[..., 0]
        return self.space.repaired(ops)

    def child(self, parent: Array) -> Array:
        """Change one position, of those that have another operation by now, to such a one."""
        ops = self.space.ops_of_valid_index(parent).astype(np.int64)
        allowed = self._allowed()
        current = (self._order == ops[..., None]).argmax(axis=2)  # in the replicate's order
        others = allowed - (current < allowed)
        free = np.cumsum(others > 0, axis=1)
        uniform = self.streams.uniform(2)
        wanted = (uniform[:, 0] * free[:, -1]).astype(np.int64)
        position = (free <= wanted[:, None]).sum(axis=1)
        movable = free[:, -1] > 0
        position = np.where(movable, position, 0)
        place = (uniform[:, 1] * others[self._rows, position]).astype(np.int64)
        place += place >= current[self._rows, position]
        new = self._order[self._rows, position, np.minimum(place, self._order.shape[2] - 1)]
        ops[self._rows, position] = np.where(movable, new, ops[self._rows, position])
        return self.space.repaired(ops)

    def _allowed(self) -> NDArray[np.int64]:
        """Count the choices that each position has now, shape (R, positions)."""
        operations = self.first_operations + self._evaluated // self.every
        return np.asarray(np.maximum((self._joins < operations).sum(axis=2), 1))
