"""What a searcher is told of architectures that violate the constraints."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.oracle.constraint import Handling, Violation
from nasbench_sim.oracle.frozen import frozen
from nasbench_sim.oracle.streams import Streams
from nasbench_sim.spaces import SearchSpace
from nasbench_sim.spaces.product import Array

_STEPS = 100  # of the walk to a feasible architecture, before one is drawn from all of them


class Feasible:
    """Which architectures violate nothing, in a space too large to list: told for official indices."""

    def __init__(self, violation: Violation) -> None:
        self._violation = violation

    def __getitem__(self, index: Array) -> NDArray[np.bool_]:
        """Tell it of architectures."""
        return np.equal(self._violation[index], 0)


class Penalty:
    """The total violation of every architecture, and what follows from it.

    Parameters
    ----------
    violation
        Of each architecture, to be indexed: 0 for the feasible.
    handling
        As in `Task`.
    told
        The lowest and the highest value of each objective that a searcher can be told; None where the
        handling does not need them.

    References
    ----------
    Deb. An efficient constraint handling method for genetic algorithms. Computer Methods in Applied Mechanics
    and Engineering 186, 2000 (dominance).
    """

    def __init__(
        self,
        violation: NDArray[np.float64] | Violation,
        handling: Handling,
        told: tuple[NDArray[np.float64], NDArray[np.float64]] | None,
    ) -> None:
        self.violation: Any = violation
        self.feasible: Any
        if isinstance(violation, Violation):
            self.feasible = Feasible(violation)
        else:
            self.violation, self.feasible = frozen(violation), frozen(np.equal(violation, 0))
        self.handling = handling
        lowest, highest = (np.zeros(()), np.zeros(())) if told is None else told
        self._lowest, self._span = lowest, highest - lowest

    def apply(self, values: NDArray[np.float64], index: NDArray[Any]) -> NDArray[np.float64]:
        """Return what is told in the place of signed values of shape (R, q) or (R, q, objectives)."""
        violation = self.violation[index]
        if values.ndim > index.ndim:
            violation = violation[..., None]
        if self.handling == "dominance":
            # Below all that can be observed, in every objective, and the lower the larger the violation.
            worse = self._lowest - violation * np.where(self._span > 0, self._span, 1.0)
        else:
            worse = np.full(violation.shape, -np.inf)
        return np.where(violation > 0, worse, values)

    @functools.cached_property
    def _choices(self) -> NDArray[np.intp]:
        return np.flatnonzero(self.feasible)

    def repaired(self, index: Array, space: SearchSpace, streams: Streams) -> Array:
        """Draw feasible architectures in the place of those that are not, by random walks from them.

        In a space too large to list one that no walk of 100 steps leads to a feasible one stays.

        Parameters
        ----------
        index
            Proposals of shape (R, q); -1 stays.
        streams
            Random numbers for R replicates.
        """
        wrong = (index >= 0) & ~self.feasible[index]
        if not wrong.any():
            return index
        index = index.copy()
        for _ in range(_STEPS):
            rows = np.flatnonzero(wrong.any(axis=1))
            if not len(rows):
                return index
            uniform = streams.uniform(index.shape[1], rows)
            moves = wrong[rows]
            walked = space.mutated(np.where(moves, index[rows], 0), uniform)
            index[rows] = np.where(moves, walked, index[rows])
            wrong[rows] = moves & ~self.feasible[index[rows]]
        rows = np.flatnonzero(wrong.any(axis=1))
        if not space.listed:
            return index  # what no walk could help is told as a death
        drawn = streams.integers(len(self._choices), index.shape[1], rows)
        index[rows] = np.where(wrong[rows], self._choices[drawn], index[rows])
        return index
