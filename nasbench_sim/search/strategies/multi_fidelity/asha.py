"""ASHA: asynchronous successive halving."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.search.hyperparameter import Real
from nasbench_sim.search.multi_fidelity import MultiFidelitySearcher, Proposals
from nasbench_sim.search.strategies.multi_fidelity.rungs import rungs
from nasbench_sim.spaces import SearchSpace
from nasbench_sim.spaces.product import Array

_BLOCK = 64


class Asha(MultiFidelitySearcher):
    """Promotes an architecture as soon as it is among the best 1/eta of its rung so far; else a new one.

    The dearest rung with something to promote comes first. No worker ever waits for a rung to fill up. Of
    equals the earlier observed is better; a missing value is worse than any.

    References
    ----------
    Li, Jamieson, Rostamizadeh, Gonina, Ben-tzur, Hardt, Recht, Talwalkar. A system for massively parallel
    hyperparameter tuning. MLSys 2020, algorithm 2 (eta 4 in its experiments; 3 as in Hyperband here).
    """

    name = "asha"
    chunk = 250

    eta = Real(3.0, "of so many on a rung one goes on to the next", least=1.0 + 1e-9, most=1e6)

    def start(self) -> None:
        """Begin with empty rungs."""
        self._rungs = rungs(self.context.task.fidelities, self.eta)
        self._of_level = {place: rung for rung, place in enumerate(self._rungs)}
        self._ladder = [_Rung(self.replicates, self.space) for _ in self._rungs]
        self._begun = np.zeros(self.replicates, dtype=np.int64)  # configurations of each replicate

    def overlaps(self) -> bool:
        """Nothing is waited for."""
        return True

    def propose(self) -> Proposals:
        """Give each replicate its promotion, or a new architecture."""
        index = self.streams.architectures(self.space, 1)[:, 0]
        configuration = self._begun.copy()
        level = np.full(self.replicates, self._rungs[0])
        left = np.ones(self.replicates, dtype=bool)
        for rung in range(len(self._rungs) - 2, -1, -1):
            place, found = self._ladder[rung].promote(left, self.eta)
            index[found], configuration[found] = self._ladder[rung].at(found, place)
            level[found] = self._rungs[rung + 1]
            left &= ~found
        self._begun += left
        return Proposals(index[:, None], level[:, None], configuration[:, None])

    def learn(self, proposals: Proposals, values: NDArray[np.float64]) -> None:
        """Put each evaluation on its rung."""
        index, level = proposals.index[:, 0], proposals.level[:, 0]
        assert proposals.configuration is not None  # as `propose` said
        configuration = proposals.configuration[:, 0]
        for place in np.unique(level):
            rows = np.flatnonzero((level == place) & (index >= 0))
            rung = self._ladder[self._of_level[int(place)]]
            rung.add(rows, index[rows], configuration[rows], values[rows, 0])


class _Rung:
    """What was observed at one fidelity, replicate by replicate."""

    def __init__(self, replicates: int, space: SearchSpace) -> None:
        self._index = np.zeros((replicates, 0), dtype=space.index_dtype)
        self._configuration = np.zeros((replicates, 0), dtype=np.int64)
        self._value = np.zeros((replicates, 0))
        self._waits = np.zeros((replicates, 0), dtype=bool)
        self._count = np.zeros(replicates, dtype=np.int64)
        self._rows = np.arange(replicates)

    def add(
        self, rows: NDArray[np.intp], index: Array, configuration: Array, value: NDArray[np.float64]
    ) -> None:
        """Add one evaluation to each of these replicates."""
        if len(rows) and self._count[rows].max() == self._index.shape[1]:
            more = ((0, 0), (0, _BLOCK))
            self._index = np.pad(self._index, more)
            self._configuration = np.pad(self._configuration, more)
            self._value = np.pad(self._value, more, constant_values=-np.inf)
            self._waits = np.pad(self._waits, more)
        at = (rows, self._count[rows])
        self._index[at], self._configuration[at] = index, configuration
        self._value[at], self._waits[at] = value, True
        self._count[rows] += 1

    def at(self, rows: NDArray[np.bool_], place: NDArray[np.intp]) -> tuple[Array, Array]:
        """Return the architecture and the configuration at one place in each of these replicates."""
        chosen = (self._rows[rows], place[rows])
        return self._index[chosen], self._configuration[chosen]

    def promote(self, wanted: NDArray[np.bool_], eta: float) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
        """Return the place of what goes on, shape (R,), and which of the replicates wanted have some."""
        if not self._index.shape[1]:
            return np.zeros(len(wanted), dtype=np.intp), np.zeros(len(wanted), dtype=bool)
        filled = np.arange(self._index.shape[1]) < self._count[:, None]
        # The best of those that wait, of equals the earliest; promoted ones count among the better.
        best = np.where(self._waits, self._value, -np.inf).max(axis=1, initial=-np.inf)
        place = (self._waits & (self._value == best[:, None])).argmax(axis=1)
        before = np.arange(self._index.shape[1]) < place[:, None]
        better = (self._value > best[:, None]) | (filled & before & (self._value == best[:, None]))
        allowed = better.sum(axis=1) < (self._count / eta).astype(np.int64)
        found = wanted & allowed & self._waits[self._rows, place]
        self._waits[self._rows[found], place[found]] = False
        return place, found
