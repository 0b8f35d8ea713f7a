"""How far an architecture is from the nearest of some others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.errors import RequestError
from nasbench_sim.spaces import SearchSpace, hamming


class SampleDistance:
    """A number for each architecture: positions in which it differs from the nearest of some members.

    Parameters
    ----------
    space
        The architectures.
    members
        Ops of the members, shape (n, positions).

    Examples
    --------
    >>> space = SearchSpace("tiny", ["abc", "de"])
    >>> SampleDistance(space, space.ops([0, 1]))(np.array([1, 3, 5]))
    array([0., 1., 1.])
    """

    kind = "sample distance"

    def __init__(self, space: SearchSpace, members: NDArray[Any]) -> None:
        fits = members.ndim == 2 and members.shape[1] == len(space.positions) and len(members)
        if not fits or (members < 0).any() or (members >= space.cardinalities).any():
            raise RequestError(f"members that are no ops of {space.name}")
        self.space = space
        self._members = members.astype(np.int8)

    def __call__(self, index: NDArray[Any]) -> NDArray[np.float64]:
        """Compute the distances of valid official indices, any shape."""
        ops = self.space.ops_of_valid_index(index.reshape(-1))
        nearest = hamming.nearest(ops, self._members, self.space.cardinalities)
        return np.asarray((self._members[nearest] != ops).sum(axis=1), dtype=np.float64).reshape(index.shape)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return all that it is made of, for a file."""
        return {"members": self._members}

    @classmethod
    def from_arrays(cls, space: SearchSpace, arrays: Mapping[str, NDArray[Any]]) -> SampleDistance:
        """Build it again from what `arrays` gave."""
        return cls(space, arrays["members"])
