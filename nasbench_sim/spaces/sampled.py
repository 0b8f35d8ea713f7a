"""A sample of a space as a space of its own: the members of a published table."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.errors import ArchitectureError, RequestError
from nasbench_sim.spaces import hamming
from nasbench_sim.spaces.base import SearchSpace
from nasbench_sim.spaces.product import Array
from nasbench_sim.spaces.restricted import RestrictedSpace


class SampledSpace(SearchSpace):
    """Some architectures of a larger space, in the order in which they are published.

    The official index is the place among the members; ops, strings and encodings are the parent's. The
    neighbours of a member are the nearest other members (Hamming distance of ops, ties by index), at least as
    many as there are positions, at most as many as the parent's architectures have, and in between a tenth
    of the sample. Whatever draws or makes architectures gives members; what is none is an error.

    Parameters
    ----------
    parent
        The space that the members are of.
    members
        The members: official indices of the parent, or strings, all different.
    name
        What the sample is called.

    Raises
    ------
    RequestError
        For fewer than two members, or one that is there twice.

    Examples
    --------
    >>> tiny = SearchSpace("tiny", ["abc", "de"])
    >>> few = SampledSpace(tiny, ["c:e", "a:d", "b:d"], "few")
    >>> few.size, few.index("b:d"), few.string(0), few.to_parent([0, 1])
    (3, 2, 'c:e', array([5, 0]))
    >>> few.neighbors(1)
    array([2, 0])
    >>> few.index("a:e")
    Traceback (most recent call last):
    nasbench_sim.errors.ArchitectureError: 'a:e' is no member of few, a sample of 3 of the 6 of tiny
    """

    def __init__(self, parent: SearchSpace, members: Any, name: str) -> None:
        super().__init__(name, parent.choices, parent.positions, parent.conditions)
        self.parent = parent
        own: dict[str, Any] = {
            "tables": (),
            "sources": {},
            "imports": {},
            "invariants": None,
            "derived": None,
        }
        self.benchmark = dataclasses.replace(parent.benchmark, **own)
        found = parent.official(members)
        self._members: Array = np.array(found, dtype=parent.index_dtype)
        if self._members.ndim != 1 or len(self._members) < 2:
            raise RequestError(
                f"a sample has two members or more, in a list; {name} has {self._members.shape}"
            )
        self._order = np.argsort(self._members, kind="stable")
        self._sorted = self._members[self._order]
        twice = np.flatnonzero(self._sorted[1:] == self._sorted[:-1])
        if len(twice):
            first, second = sorted(self._order[twice[0] : twice[0] + 2].tolist())
            raise RequestError(f"{name}: members {first} and {second} are the same architecture")
        self._ops = parent.ops_of_valid_index(self._members)
        self._ops.flags.writeable = False

    def __reduce__(self) -> tuple[Any, ...]:
        """It travels as its parent and the members."""
        return (SampledSpace, (self.parent, self._members, self.name))

    def __repr__(self) -> str:
        """Name, size and parent in a line."""
        return f"<SampledSpace {self.name}: {self.size:,} of the {self.parent.size:,} of {self.parent.name}>"

    @property
    def ruled(self) -> bool:
        """Whether products are left out: all that are no member."""
        return True

    def valid(self, ops: Array) -> NDArray[np.bool_]:
        """Tell which ops are those of members."""
        ops = np.asarray(ops)
        found = np.zeros(ops.shape[:-1], dtype=bool)
        inside = np.asarray(self.parent.valid(ops), dtype=bool)
        found[inside] = self._find(self.parent.index_of_valid_ops(ops[inside])) >= 0
        return found

    @functools.cached_property
    def size(self) -> int:
        """The number of members."""
        return len(self._members)

    # -- to the parent and back

    def to_parent(self, architectures: Any) -> Any:
        """Return the parent's official indices of members."""
        return self._members[self.official(architectures)]

    def from_parent(self, architectures: Any) -> Any:
        """Compute the official indices here of architectures of the parent.

        Raises
        ------
        ArchitectureError
            For an architecture that is no member.
        """
        asked = np.asarray(self.parent.official(architectures), dtype=self.parent.index_dtype)
        found = self._find(asked)
        if np.any(found < 0):
            raise self._no_member(self.parent.string(asked[found < 0].flat[0]))
        return found if found.ndim else int(found)

    def _find(self, parent_index: Array) -> NDArray[np.int64]:
        """Compute the places of architectures of the parent; -1 for those that are no members."""
        place = np.minimum(np.searchsorted(self._sorted, parent_index), len(self._sorted) - 1)
        return np.asarray(
            np.where(self._sorted[place] == parent_index, self._order[place], -1), dtype=np.int64
        )

    def _no_member(self, text: str) -> ArchitectureError:
        return ArchitectureError(
            f"{text!r} is no member of {self.name}, a sample of {self.size:,} of the {self.parent.size:,} "
            f"of {self.parent.name}"
        )

    # -- notations

    def from_ops(self, ops: Any) -> Any:
        """Compute the official index of ops of members, checked."""
        return self.from_parent(self.parent.from_ops(ops))

    def index_of_valid_ops(self, ops: Array) -> Array:
        """Compute the official index of ops that are known to be those of members."""
        return self._find(self.parent.index_of_valid_ops(ops))

    def ops_of_valid_index(self, index: Array) -> NDArray[np.int8]:
        """Return the ops of members."""
        return self._ops[index]

    def index_of_string(self, text: str) -> int:
        """Compute the official index of one of the parent's architecture strings."""
        return int(self.from_parent(text))

    def _string_of_ops(self, ops: Array) -> str:
        return self.parent._string_of_ops(ops)

    # -- what a searcher does

    @functools.cached_property
    def _neighbor_table(self) -> Array:
        most = int((self.cardinalities - 1).sum())
        count = min(self.size - 1, most, max(len(self.positions), self.size // 10))
        return hamming.nearest_others(self._ops, self.cardinalities, count)

    @functools.cached_property
    def most_neighbors(self) -> int:
        """How many neighbours each has."""
        return int(self._neighbor_table.shape[1])

    def neighbors(self, architectures: Any) -> Array:
        """Return the nearest other members, nearest first, ties by index.

        Returns
        -------
        array of int64, shape (..., k)
            k is the same for all.
        """
        return np.asarray(self._neighbor_table[self.official(architectures)])

    def mutation_probability(self, architecture: Any) -> NDArray[np.float64]:
        """Compute how likely `mutated` gives each of the `neighbors`: all are equally."""
        count = self.neighbors(architecture).shape[-1]
        return np.full(count, 1.0 / count)

    def repaired(self, ops: Array) -> Array:
        """Compute the nearest members to any products of choices (Hamming, ties by index)."""
        ops = np.asarray(ops)
        flat = self.conditional.settled(ops.reshape(-1, ops.shape[-1]))
        return hamming.nearest(flat, self._ops, self.cardinalities).reshape(ops.shape[:-1])

    def from_uniform(self, uniform: Array) -> Array:
        """Compute members drawn uniformly, by the first of the uniform numbers each."""
        return np.asarray(uniform[..., 0] * self.size).astype(np.int64)

    # -- what the parent says of them

    @functools.cached_property
    def _representative(self) -> NDArray[np.int64]:
        classes = np.asarray(self.parent.canonical(self._members), dtype=self.parent.index_dtype)
        _, first, which = np.unique(classes, return_index=True, return_inverse=True)
        return np.asarray(first[which])

    def canonical(self, architectures: Any) -> Any:
        """Compute the first member of the parent's isomorphism class."""
        found = self._representative[self.official(architectures)]
        return int(found) if np.ndim(found) == 0 else found

    @property
    def encodings(self) -> dict[str, Any]:
        """The parent's encodings."""
        return self.parent.encodings

    def restrict(self, choices: Mapping[str, Sequence[str]], name: str | None = None) -> SampledSpace:
        """Return the sample of the members that have certain choices only; its parent is this sample.

        Raises
        ------
        RequestError
            For a position or choice that does not exist, or where fewer than two members are left.
        """
        part = RestrictedSpace(self.parent, choices, name)
        allowed = part.holds(self._ops)
        if allowed.sum() < 2:
            raise RequestError(f"{allowed.sum()} members of {self.name} have the choices of {part.name}")
        return SampledSpace(self, np.flatnonzero(allowed), name or part.name)
