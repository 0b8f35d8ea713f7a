"""Draws of architectures, and what lies near one: neighbours, mutations, repair."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.errors import RequestError
from nasbench_sim.spaces import moves
from nasbench_sim.spaces.numbering import ENUMERABLE
from nasbench_sim.spaces.product import Array, Product

_NEIGHBOR_TABLE = 2**20  # entries


class Neighborhood(Product):
    """A space of named architectures: draws of them, and how to get from one to another."""

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
        >>> from nasbench_sim.spaces import SearchSpace
        >>> tiny = SearchSpace("tiny", ["abc", "de"])
        >>> tiny.string(tiny.from_uniform(np.array([[0.1, 0.1], [0.9, 0.9]]))).tolist()
        ['a:d', 'c:e']
        """
        drawn = self.numbering.drawn(uniform)
        return self.index_of_valid_ops(moves.allowed(self, drawn, uniform) if self.gaps else drawn)

    def sample(self, n: int, seed: int) -> Array:
        """Give `n` architectures drawn uniformly with replacement.

        Returns
        -------
        array of int64, shape (n,)

        Examples
        --------
        >>> from nasbench_sim.spaces import SearchSpace
        >>> tiny = SearchSpace("tiny", ["abc", "de"])
        >>> len(tiny.sample(4, seed=0))
        4
        """
        for what, number in (("number of architectures", n), ("seed", seed)):
            if isinstance(number, bool) or not isinstance(number, (int, np.integer)) or number < 0:
                raise RequestError(f"the {what} is a whole number of 0 or more, not {number!r}")
        generator = np.random.Generator(np.random.Philox(seed))
        return self.from_uniform(generator.random((int(n), len(self.positions))))

    def neighbors(self, architectures: Any) -> Array:
        """Compute the architectures that differ in one position.

        In a space with conditions that is one of the positions that mean something in both; whatever a
        change brings to life may have any choice. In a space with a rule, those that it allows.

        Returns
        -------
        array of int64, shape (..., k)
            Position by position, other choices in increasing order. k is the sum of (choices - 1) where
            every product is an architecture; else the most that any of these architectures has, and a
            row that has fewer is filled up with the architecture itself.

        Examples
        --------
        >>> from nasbench_sim.spaces import SearchSpace
        >>> tiny = SearchSpace("tiny", ["abc", "de"])
        >>> tiny.string(0), tiny.string(tiny.neighbors(0)).tolist()
        ('a:d', ['b:d', 'c:d', 'a:e'])
        """
        if not self.is_product:
            return moves.neighbors(self, np.asarray(self.official(architectures), self.index_dtype))
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

    @functools.cached_property
    def most_neighbors(self) -> int:
        """No architecture has more neighbours; without conditions and rules each has as many."""
        return moves.most_neighbors(self)

    def mutated(self, index: Array, uniform: Array) -> Array:
        """Compute architectures that differ in one position, drawn by a uniform number each.

        The number's position is ``floor(uniform * positions)``, and what is left of it chooses among the
        other choices there. Positions with a single choice, and those that mean nothing, are left out; what
        a rule refuses is drawn again. The result is one of `neighbors`; where a rule leaves an architecture
        none, it differs in more positions.

        Parameters
        ----------
        index
            Valid official indices, any shape.
        uniform
            Numbers in [0, 1), the same shape.

        Examples
        --------
        >>> from nasbench_sim.spaces import SearchSpace
        >>> tiny = SearchSpace("tiny", ["abc", "de"])
        >>> tiny.string(tiny.mutated(np.array([0, 0]), np.array([0.1, 0.9]))).tolist()
        ['b:d', 'a:e']
        """
        if self._neighbor_table is not None:
            column = (uniform * self._neighbor_table.shape[1]).astype(np.intp)
            return np.asarray(self._neighbor_table[index, column])
        free = np.flatnonzero(self.cardinalities > 1)
        if self.size == 1:
            raise RequestError(f"{self.name} has one architecture only: nothing can be mutated")
        if not self.is_product:
            return moves.mutated(self, index, uniform)
        scaled = uniform * len(free)
        place = scaled.astype(np.intp)
        position = free[place]
        weight, cardinality = self._weights[position], self.cardinalities[position]
        rank = self.rank_of_index(index)
        current = rank // weight % cardinality
        other = ((scaled - place) * (cardinality - 1)).astype(np.int64)
        other = np.minimum(other, cardinality - 2)  # rounding must not lead out of the choices
        return self.index_of_rank(rank + (other + (other >= current) - current) * weight)

    def mutation_probability(self, architecture: Any) -> NDArray[np.float64]:
        """Compute how likely `mutated` gives each of the `neighbors` of one architecture.

        Returns
        -------
        array of float64, shape (k,)
            In the order of `neighbors`; the sum is 1, unless there are none.

        Examples
        --------
        >>> from nasbench_sim.spaces import SearchSpace
        >>> SearchSpace("tiny", ["abc", "de"]).mutation_probability(0)
        array([0.25, 0.25, 0.5 ])
        """
        return moves.probability(self, self.ops(architecture))

    @functools.cached_property
    def _weights(self) -> Array:
        """What one step at a position adds to the rank, in a space of all products."""
        return np.asarray(self.numbering.weights)  # type: ignore[attr-defined]

    @functools.cached_property
    def _neighbor_table(self) -> Array | None:
        """All neighbours of all architectures, where that is small and every position has equally many."""
        k = int((self.cardinalities - 1).sum())
        if (
            not self.is_product
            or self.size * k > _NEIGHBOR_TABLE
            or k == 0
            or len(set(self.cardinalities)) > 1
        ):
            return None
        return self.neighbors(self.all_indices())

    def repaired(self, ops: Array) -> Array:
        """Compute the architectures at, or else near, any products of choices.

        What a searcher has put together position by position becomes an architecture so: in a space of all
        products it is one; positions that mean nothing are reset; and what a rule refuses becomes the
        nearest architecture (Hamming, ties by index), or in a space too large to list, where no single
        change mends it, one that shares with it what the rule lets it share.

        Parameters
        ----------
        ops
            Integers of shape (..., positions), each within its choices.

        Returns
        -------
        array of int64, shape (...)
            Official indices.

        Examples
        --------
        >>> from nasbench_sim.spaces import SearchSpace
        >>> tiny = SearchSpace("tiny", ["abc", "de"])
        >>> tiny.repaired(np.array([[2, 0], [0, 1]]))
        array([4, 1])
        """
        return self.index_of_valid_ops(ops) if self.is_product else moves.repaired(self, ops)
