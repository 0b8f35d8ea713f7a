"""The numbers of a column that a function gives, in spaces that are too large for a list of them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.errors import RequestError
from nasbench_sim.spaces import SearchSpace
from nasbench_sim.spaces.product import Array

_SAMPLED = 64


class Computed:
    """One number for each architecture, computed when it is asked for.

    It stands where the array of a column's numbers would: indexed by official indices it gives their
    numbers. In a space that can be listed it can also be read whole.

    Parameters
    ----------
    space
        The architectures.
    function
        From valid official indices, an array of any shape, to as many numbers; NaN where it has none.
    low, high
        The smallest and the largest number that any architecture has, where they are known; normalising
        scalarisations and regrets need them.
    deviation
        Standard deviation of what an evaluation observes around the number, in its unit; 0 where it
        observes the number itself.
    coverage
        How many architectures have a number; all by default.
    digest
        Says in the table's hash what the numbers are; by default a hash of those of 64 drawn architectures,
        which calls the function once.

    Raises
    ------
    RequestError
        When it is read: for a function that gives infinite numbers, or another number of them.

    Examples
    --------
    >>> import nasbench_sim as nbs
    >>> space = nbs.space("fbnet")
    >>> skips = Computed(space, lambda index: (space.ops(index) == 8).sum(axis=-1), low=0, high=22)
    >>> skips[np.array([0, 9**22 - 1])]
    array([ 0., 22.])
    >>> table = nbs.Table("mine", space, [(nbs.Column(metric="skips", source="counted"), skips)])
    >>> table.query("k3_e1:" * 21 + "skip", "skips")
    1.0
    """

    dtype = np.dtype(np.float64)

    def __init__(
        self,
        space: SearchSpace,
        function: Callable[[Array], Array],
        *,
        low: float = np.nan,
        high: float = np.nan,
        deviation: float = 0.0,
        coverage: int | None = None,
        digest: str | None = None,
    ) -> None:
        self.space = space
        self.function = function
        self.low = float(low)
        self.high = float(high)
        self.coverage = space.size if coverage is None else coverage
        self.deviation = float(deviation)
        if not (self.deviation >= 0 and np.isfinite(self.deviation)):
            raise RequestError(f"a deviation is 0 or more, not {deviation!r}")
        self.shape = (space.size,)
        self._digest = digest

    def __getitem__(self, key: Any) -> Any:
        """Compute the numbers of official indices, known to be valid; of a slice or ``...`` where listed."""
        if key is Ellipsis or isinstance(key, slice):
            key = self.space.all_indices()[key]
        index = np.asarray(key, dtype=self.space.index_dtype)
        numbers = np.asarray(self.function(index), dtype=np.float64)
        if numbers.shape != index.shape:
            raise RequestError(
                f"a computed column over {self.space.name}: its function gave numbers of shape "
                f"{numbers.shape} for indices of shape {index.shape}"
            )
        if np.isinf(numbers).any():
            raise RequestError(f"a computed column over {self.space.name}: infinite values; missing is NaN")
        return numbers[()]

    def take(self, index: Array) -> NDArray[np.float64]:
        """Compute the numbers of an array of official indices."""
        return np.asarray(self[index])

    def item(self, index: int) -> float:
        """Compute the number of one official index."""
        return float(self[index])

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        """Give all numbers, where the space can be listed."""
        return np.asarray(self[...], dtype=dtype)

    @property
    def digest(self) -> str:
        """What the numbers are, for the hash of a table."""
        if self._digest is None:
            numbers = self.take(self.space.sample(_SAMPLED, seed=0))
            self._digest = hashlib.sha256(numbers.astype("<f8").tobytes()).hexdigest()
        return self._digest
