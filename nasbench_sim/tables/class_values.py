"""Numbers of classes of architectures that are one network: kept once, and answered for each of them."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.errors import RequestError
from nasbench_sim.spaces import SearchSpace


class ClassValues:
    """A number for each architecture: that of its isomorphism class.

    Parameters
    ----------
    space
        A space that can be listed; its `canonical` tells the classes.
    values
        One number a class, in the order of their representatives; NaN where missing; float32 is kept as such.

    Raises
    ------
    RequestError
        For infinite numbers; when it is called, for another number of them than there are classes.

    Examples
    --------
    >>> import nasbench_sim as nbs
    >>> space = nbs.space("nas-bench-macro")
    >>> numbers = ClassValues(space, np.arange(3969.0))
    >>> numbers(np.array([0, 6560]))
    array([   0., 3968.])
    >>> float(np.ptp(numbers(space.index(np.array(["11120120", "11102102"])))))
    0.0
    """

    kind = "class values"

    def __init__(self, space: SearchSpace, values: NDArray[Any]) -> None:
        self.space = space
        self._values = np.asarray(values, dtype=np.float32 if values.dtype == np.float32 else np.float64)
        if self._values.ndim != 1 or np.isinf(self._values).any():
            raise RequestError("classes of architectures have one number each, finite or NaN")

    @functools.cached_property
    def _classes(self) -> NDArray[np.int64]:
        """The representatives; looked for once a number is asked for, since that may take a second."""
        classes = np.unique(self.space.canonical(self.space.all_indices()))
        if len(classes) != len(self._values):
            raise RequestError(
                f"{self.space.name} has {len(classes):,} classes of architectures, not {len(self._values):,}"
            )
        return classes

    def __call__(self, index: NDArray[Any]) -> NDArray[np.float64]:
        """Return the numbers of valid official indices, any shape."""
        place = np.searchsorted(self._classes, self.space.canonical(index))
        return np.asarray(self._values[place], dtype=np.float64)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return all that it is made of, for a file."""
        return {"values": self._values}

    @classmethod
    def from_arrays(cls, space: SearchSpace, arrays: Mapping[str, NDArray[Any]]) -> ClassValues:
        """Build it again from what `arrays` gave."""
        return cls(space, arrays["values"])
