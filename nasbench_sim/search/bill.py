"""What a searcher's own work costs, until its replicates are charged for it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


class Bill:
    """Seconds that replicates spent on work of their own, such as scoring by a proxy that is computed.

    Parameters
    ----------
    replicates
        How many.

    Attributes
    ----------
    running
        Which replicates have not ended, shape (replicates,): no work is done for the others.
    due
        Whether there is anything to take.

    Examples
    --------
    >>> bill = Bill(2)
    >>> bill.add(1, 3.0)
    >>> bill.taken(), bill.taken()
    (array([0., 3.]), array([0., 0.]))
    """

    def __init__(self, replicates: int) -> None:
        self.running = np.ones(replicates, dtype=bool)
        self.due = False
        self._seconds = np.zeros(replicates)

    def add(self, replicate: int, seconds: float) -> None:
        """Put seconds on the bill of a replicate."""
        self._seconds[replicate] += seconds
        self.due = True

    def taken(self) -> NDArray[np.float64]:
        """Give what has come together, shape (replicates,), and begin anew."""
        found, self._seconds = self._seconds, np.zeros_like(self._seconds)
        self.due = False
        return found
