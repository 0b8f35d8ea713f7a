"""The base of successive halving: brackets of rungs, on which the best of each go on to the next."""

from __future__ import annotations

from abc import abstractmethod

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.search.hyperparameter import Real
from nasbench_sim.search.multi_fidelity import MultiFidelitySearcher, Proposals
from nasbench_sim.search.rungs import rungs
from nasbench_sim.spaces.product import Array


class Halving(MultiFidelitySearcher):
    """Runs one bracket after the other: all on the first rung, then ever fewer on ever dearer ones.

    Subclasses say how large the brackets are (`sizes`), and may choose what enters them (`newcomers`). Of n
    on the first rung, floor(n / eta**k) and at least one go on to rung k; of equals the earlier proposed. A
    missing value is worse than any.
    """

    chunk = 500

    eta = Real(3.0, "of so many on a rung one goes on to the next", least=1.0 + 1e-9, most=1e6)

    def start(self) -> None:
        """Begin before the first bracket."""
        self.rungs = rungs(self.context.task.fidelities, self.eta)
        self._brackets = 0
        self._sizes: list[int] = []
        self._at = 0  # the rung of the bracket, counted from its first
        self._index = np.zeros((self.replicates, 0), dtype=self.space.index_dtype)
        self._value = np.zeros((self.replicates, 0))

    @abstractmethod
    def sizes(self, bracket: int) -> list[int]:
        """Give how many a bracket, numbered from 0, has on each of its rungs, which end at the dearest."""

    def newcomers(self, most: int) -> Array:
        """Give architectures for the first rung, at least one and at most so many: drawn uniformly."""
        return self.streams.architectures(self.space, most)

    def propose(self) -> Proposals:
        """Fill the first rung up, or take the survivors to the next."""
        if not self._sizes:
            self._sizes = self.sizes(self._brackets)
            self._brackets += 1
        index = self._index
        if self._at == 0:
            index = self.newcomers(self._sizes[0] - index.shape[1])
        place = self.rungs[len(self.rungs) - len(self._sizes) + self._at]
        return Proposals(index, np.full(index.shape, place))

    def learn(self, proposals: Proposals, values: NDArray[np.float64]) -> None:
        """Keep the best once a rung is full."""
        if self._at == 0:
            self._index = np.concatenate([self._index, proposals.index], axis=1)
            self._value = np.concatenate([self._value, values], axis=1)
            if self._index.shape[1] < self._sizes[0]:
                return
        else:
            self._value = values
        self._at += 1
        if self._at == len(self._sizes):
            self._sizes, self._at = [], 0
            self._index, self._value = self._index[:, :0], self._value[:, :0]
            return
        best = np.argsort(-self._value, axis=1, kind="stable")[:, : self._sizes[self._at]]
        self._index = np.take_along_axis(self._index, best, axis=1)


def halved(first: int, eta: float, number: int) -> list[int]:
    """Give the sizes of `number` rungs that begin with `first`.

    Examples
    --------
    >>> halved(27, 3.0, 3)
    [27, 9, 3]
    """
    return [max(int(first * eta**-k + 1e-9), 1) for k in range(number)]
