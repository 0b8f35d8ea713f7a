"""The base of every search space: what one can do with the architectures of a product of choices."""

from __future__ import annotations

import copyreg
import functools
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.errors import RequestError, unknown
from nasbench_sim.spaces.product import Array, Product

ENUMERABLE = 2**24
"""The largest space that is enumerated, listed or indexed by a table."""

_NEIGHBOR_TABLE = 2**20  # entries


class SearchSpace(Product):
    """A product of categorical choices, each architecture of which has an official index.

    The official index of a plain space is the rank of its choices in lexicographic order; a published
    space overrides `rank_of_index` and `index_of_rank` with its published order, and `string` /
    `index_of_string` with its published notation.

    Parameters
    ----------
    name
        What the space is called in tables, files and messages.
    choices
        For each position, the names of its choices.
    positions
        The name of each position; numbered by default.

    Examples
    --------
    >>> space = SearchSpace("tiny", [("conv", "pool"), ("3", "5", "7")])
    >>> space.size
    6
    >>> space.ops(4)
    array([1, 1], dtype=int8)
    >>> space.index([[0, 0], [1, 2]])
    array([0, 5])
    >>> space.string(5)
    'pool:7'
    """

    def __reduce__(self) -> tuple[Any, ...]:
        """Registered spaces travel to other processes by name; the others by what they are made of."""
        from nasbench_sim.spaces import registered, space

        if registered(self):
            return (space, (self.name,))
        if type(self) is SearchSpace:
            return (SearchSpace, (self.name, self.choices, self.positions))
        return (copyreg.__newobj__, (type(self),), vars(self))  # type: ignore[attr-defined]

    def neighbors(self, architectures: Any) -> Array:
        """Give the architectures that differ in one position.

        Returns
        -------
        array of int64, shape (..., sum of (choices - 1))
            Position by position, other choices in increasing order.

        Examples
        --------
        >>> tiny = SearchSpace("tiny", ["abc", "de"])
        >>> tiny.string(0), tiny.string(tiny.neighbors(0)).tolist()
        ('a:d', ['b:d', 'c:d', 'a:e'])
        """
        ops = self.ops(architectures).astype(self.index_dtype)
        own = np.expand_dims(np.asarray(self.official(architectures), dtype=self.index_dtype), -1)
        rank = self.rank_of_index(own)
        found = []
        for position, cardinality in enumerate(self.cardinalities):
            current = ops[..., position, None]
            others = np.arange(cardinality - 1)
            others = others + (others >= current)
            found.append(rank + (others - current) * self._weights[position])
        return self.index_of_rank(np.concatenate(found, axis=-1))

    def mutated(self, index: Array, uniform: Array) -> Array:
        """Give architectures that differ in one position, drawn by a uniform number each.

        The number's position is ``floor(uniform * positions)``, and what is left of it chooses among the
        other choices there. Positions with a single choice are left out.

        Parameters
        ----------
        index
            Valid official indices, any shape.
        uniform
            Numbers in [0, 1), the same shape.

        Examples
        --------
        >>> tiny = SearchSpace("tiny", ["abc", "de"])
        >>> tiny.string(tiny.mutated(np.array([0, 0]), np.array([0.1, 0.9]))).tolist()
        ['b:d', 'a:e']
        """
        if self._neighbor_table is not None:
            column = (uniform * self._neighbor_table.shape[1]).astype(np.intp)
            return np.asarray(self._neighbor_table[index, column])
        free = np.flatnonzero(self.cardinalities > 1)
        if not len(free):
            raise RequestError(f"{self.name} has one architecture only: nothing can be mutated")
        scaled = uniform * len(free)
        place = scaled.astype(np.intp)
        position = free[place]
        weight, cardinality = self._weights[position], self.cardinalities[position]
        rank = self.rank_of_index(index)
        current = rank // weight % cardinality
        other = ((scaled - place) * (cardinality - 1)).astype(np.int64)
        other = np.minimum(other, cardinality - 2)  # rounding must not lead out of the choices
        return self.index_of_rank(rank + (other + (other >= current) - current) * weight)

    @functools.cached_property
    def _neighbor_table(self) -> Array | None:
        """All neighbours of all architectures, where that is small and every position has equally many."""
        k = int((self.cardinalities - 1).sum())
        if self.size * k > _NEIGHBOR_TABLE or k == 0 or len(set(self.cardinalities)) > 1:
            return None
        return self.neighbors(self.all_indices())

    def canonical(self, architectures: Any) -> Any:
        """Give the representative of the isomorphism class: the architecture itself, unless published.

        Examples
        --------
        >>> import nasbench_sim as nbs
        >>> space = nbs.space("nas-bench-201")
        >>> len(np.unique(space.canonical(space.all_indices())))
        6466
        """
        return self.official(architectures)

    @property
    def listed(self) -> bool:
        """Whether the space is small enough to be enumerated, and a table to hold a number for each."""
        return bool(self.size <= ENUMERABLE)

    def all_indices(self) -> NDArray[np.int64]:
        """Give every official index, in order; an error for a space too large to enumerate."""
        if not self.listed:
            raise RequestError(
                f"{self.name} has {self.size:,} architectures: too many to enumerate (at most {ENUMERABLE:,})"
            )
        return np.arange(self.size)

    def from_uniform(self, uniform: Array) -> Array:
        """Give architectures drawn uniformly from uniform numbers in [0, 1), one a position.

        Parameters
        ----------
        uniform
            Shape (..., positions).

        Returns
        -------
        array of int64, shape (...)

        Examples
        --------
        >>> tiny = SearchSpace("tiny", ["abc", "de"])
        >>> tiny.string(tiny.from_uniform(np.array([[0.1, 0.1], [0.9, 0.9]]))).tolist()
        ['a:d', 'c:e']
        """
        return self.index_of_valid_ops((uniform * self.cardinalities).astype(np.int8))

    def sample(self, n: int, seed: int) -> Array:
        """Give `n` architectures drawn uniformly with replacement.

        Returns
        -------
        array of int64, shape (n,)

        Examples
        --------
        >>> tiny = SearchSpace("tiny", ["abc", "de"])
        >>> len(tiny.sample(4, seed=0))
        4
        """
        for what, number in (("number of architectures", n), ("seed", seed)):
            if isinstance(number, bool) or not isinstance(number, (int, np.integer)) or number < 0:
                raise RequestError(f"the {what} is a whole number of 0 or more, not {number!r}")
        generator = np.random.Generator(np.random.Philox(seed))
        return self.from_uniform(generator.random((int(n), len(self.positions))))

    def encode(self, architectures: Any, encoding: str = "one_hot") -> Array:
        """Give numeric features of architectures for a model.

        Parameters
        ----------
        encoding
            One of `encodings`.

        Returns
        -------
        array, shape (..., features)

        Examples
        --------
        >>> tiny = SearchSpace("tiny", ["abc", "de"])
        >>> tiny.encode([0, 5]).astype(int).tolist()
        [[1, 0, 0, 1, 0], [0, 0, 1, 0, 1]]
        """
        known = self.encodings
        if encoding not in known:
            raise unknown("encoding", encoding, known)
        return np.asarray(known[encoding](self.ops(architectures)))

    @property
    def encodings(self) -> dict[str, Any]:
        """The encodings of this space: name -> function from ops (..., positions) to features."""
        from nasbench_sim.spaces.encodings import one_hot

        return {"one_hot": functools.partial(one_hot, cardinalities=self.cardinalities)}
