"""The base of successive halving: brackets of rungs, on which the best of each go on to the next."""

from __future__ import annotations

import math
from abc import abstractmethod

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.search.hyperparameter import Real
from nasbench_sim.search.multi_fidelity import MultiFidelitySearcher, Proposals
from nasbench_sim.search.strategies.multi_fidelity.rungs import rungs
from nasbench_sim.spaces.product import Array


class Halving(MultiFidelitySearcher):
    """Runs one bracket after the other: all on the first rung, then ever fewer on ever dearer ones.

    Subclasses say how large they are (`brackets`), and may choose what enters them (`newcomers`). Of n on
    the first rung, floor(n / eta**k) and at least one go on to rung k; of equals the earlier proposed. A
    missing value is worse than any.
    """

    chunk = 500

    eta = Real(3.0, "of so many on a rung one goes on to the next", least=1.0 + 1e-9, most=1e6)

    def start(self) -> None:
        """Begin before the first bracket."""
        self.rungs = rungs(self.context.task.fidelities, self.eta)
        self._bracket = 0
        self._sizes: list[int] = []
        self._at = 0  # the rung of the bracket, counted from its first
        self._index = np.zeros((self.replicates, 0), dtype=self.space.index_dtype)
        self._value = np.zeros((self.replicates, 0))
        self._configuration = np.zeros((self.replicates, 0), dtype=np.int64)
        self._begun = 0  # configurations of each replicate

    @abstractmethod
    def brackets(self) -> list[list[int]]:
        """Return how many each bracket has on each of its rungs, which end at the dearest.

        They are run in this order, and again from the first.
        """

    def newcomers(self, most: int) -> Array:
        """Give architectures for the first rung, at least one and at most so many: drawn uniformly."""
        return self.streams.architectures(self.space, most)

    def propose(self) -> Proposals:
        """Fill the first rung up, or take the survivors to the next."""
        if not self._sizes:
            brackets = self.brackets()
            self._sizes = brackets[self._bracket % len(brackets)]
            self._bracket += 1
        index, configuration = self._index, self._configuration
        if self._at == 0:
            index = self.newcomers(self._sizes[0] - index.shape[1])
            configuration = np.broadcast_to(self._begun + np.arange(index.shape[1]), index.shape)
            self._begun += index.shape[1]
        place = self.rungs[len(self.rungs) - len(self._sizes) + self._at]
        return Proposals(index, np.full(index.shape, place), configuration)

    def learn(self, proposals: Proposals, values: NDArray[np.float64]) -> None:
        """Keep the best once a rung is full."""
        if self._at == 0:
            self._index = np.concatenate([self._index, proposals.index], axis=1)
            self._value = np.concatenate([self._value, values], axis=1)
            assert proposals.configuration is not None  # as `propose` said
            self._configuration = np.concatenate([self._configuration, proposals.configuration], axis=1)
            if self._index.shape[1] < self._sizes[0]:
                return
        else:
            self._value = values
        self._at += 1
        if self._at == len(self._sizes):
            self._sizes, self._at = [], 0
            self._index, self._value = self._index[:, :0], self._value[:, :0]
            self._configuration = self._configuration[:, :0]
            return
        best = np.argsort(-self._value, axis=1, kind="stable")[:, : self._sizes[self._at]]
        self._index = np.take_along_axis(self._index, best, axis=1)
        self._configuration = np.take_along_axis(self._configuration, best, axis=1)


def hyperband_brackets(rungs: int, eta: float, form: str) -> list[list[int]]:
    """Compute Hyperband's brackets: each has one rung fewer than the one before.

    Parameters
    ----------
    rungs
        Their number m.
    eta
        Of so many on a rung one goes on.
    form
        What the bracket of s + 1 rungs begins with. ``"algorithm"``: ceil(m / (s + 1) * eta**s), as the
        paper's algorithm 1 has it. ``"table"``: floor(m / (s + 1)) * eta**s, as the paper's table of brackets
        and HpBandSter, the program of BOHB, have it.

    References
    ----------
    Li, Jamieson, DeSalvo, Rostamizadeh, Talwalkar. Hyperband: a novel bandit-based approach to hyperparameter
    optimization. JMLR 18, 2018.

    Examples
    --------
    >>> [bracket[0] for bracket in hyperband_brackets(5, 3.0, "algorithm")]
    [81, 34, 15, 8, 5]
    >>> [bracket[0] for bracket in hyperband_brackets(5, 3.0, "table")]
    [81, 27, 9, 6, 5]
    """
    if form == "table":
        first = [math.floor(rungs // (s + 1) * eta**s + 1e-9) for s in range(rungs)]
    else:
        first = [math.ceil(rungs / (s + 1) * eta**s - 1e-9) for s in range(rungs)]
    return [halved(first[s], eta, s + 1) for s in reversed(range(rungs))]


def halved(first: int, eta: float, number: int) -> list[int]:
    """Give the sizes of `number` rungs that begin with `first`.

    Examples
    --------
    >>> halved(27, 3.0, 3)
    [27, 9, 3]
    """
    return [max(int(first * eta**-k + 1e-9), 1) for k in range(number)]
