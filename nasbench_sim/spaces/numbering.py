"""How the architectures of a space are counted: a plain product, one with conditions, a list of some."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.errors import RequestError
from nasbench_sim.spaces.conditional import Conditions

ENUMERABLE = 2**24
"""The largest space that is enumerated, listed or indexed by a table."""

_AT_ONCE = 2**17


def index_type(size: int) -> np.dtype[Any]:
    """Return the type of indices: beyond 64 bits Python integers, which are slower, but never wrong."""
    return np.dtype(np.int64 if size < 2**63 else object)


class Numbering(Protocol):
    """Ranks from 0 to size - 1, in lexicographic order of the ops; shapes (...) and (..., positions)."""

    size: int

    def rank(self, ops: NDArray[Any]) -> NDArray[Any]:
        """Compute the ranks of valid ops."""
        ...

    def ops(self, rank: NDArray[Any]) -> NDArray[np.int8]:
        """Compute the ops of valid ranks."""
        ...

    def drawn(self, uniform: NDArray[np.float64]) -> NDArray[np.int8]:
        """Compute ops that are uniform over all ranks, from uniform numbers, one a position."""
        ...


class Lexicographic:
    """The ranks of a plain product.

    Examples
    --------
    >>> Lexicographic([2, 3]).ops(np.array([4]))
    array([[1, 1]], dtype=int8)
    """

    def __init__(self, cardinalities: Sequence[int]) -> None:
        weights = [1]
        for choices in cardinalities[:0:-1]:
            weights.append(weights[-1] * int(choices))
        self.cardinalities = np.asarray(cardinalities)
        self.size = weights[-1] * int(cardinalities[0])
        self.weights = np.array(weights[::-1], dtype=index_type(self.size))

    def rank(self, ops: NDArray[Any]) -> NDArray[Any]:
        """Compute the ranks of ops."""
        return np.asarray(ops.astype(self.weights.dtype) @ self.weights)

    def ops(self, rank: NDArray[Any]) -> NDArray[np.int8]:
        """Compute the ops of ranks."""
        digits = (np.expand_dims(rank, -1) // self.weights) % self.cardinalities
        return np.asarray(digits).astype(np.int8)

    def drawn(self, uniform: NDArray[np.float64]) -> NDArray[np.int8]:
        """Compute ops from uniform numbers."""
        return np.asarray(uniform * self.cardinalities).astype(np.int8)


class Diagram:
    """The ranks of a product with conditional positions, counted by what is still to be chosen.

    Position by position, a state says which of the positions to come mean nothing, and how many
    architectures go on from it is known: so ranks, ops and exact draws cost a step a position, however many
    architectures there are.

    Examples
    --------
    >>> conditions = Conditions([2, 3], {1: [(0, {1})]})  # the second counts where the first is 1
    >>> counted = Diagram([2, 3], conditions)
    >>> counted.size, counted.ops(np.arange(4)).tolist()
    (4, [[0, 0], [1, 0], [1, 1], [1, 2]])
    """

    def __init__(self, cardinalities: Sequence[int], conditions: Conditions) -> None:
        numbers = [int(choices) for choices in cardinalities]
        states: list[frozenset[int]] = [frozenset()]  # the later positions that mean nothing
        following: list[list[list[int]]] = []  # position -> state -> choice -> state of the next, or -1
        for position, choices in enumerate(numbers):
            after: dict[frozenset[int], int] = {}
            table = []
            for dead in states:
                row = []
                for choice in range(choices):
                    if position in dead and choice:
                        row.append(-1)
                        continue
                    silenced = conditions.silenced(position, None if position in dead else choice)
                    left = frozenset(one for one in dead | silenced if one > position)
                    row.append(after.setdefault(left, len(after)))
                table.append(row)
            following.append(table)
            states = list(after)
        counts = [1] * len(states)
        self._below: list[
            NDArray[Any]
        ] = []  # position -> (states, choices): architectures by smaller choices
        totals = []
        for table in reversed(following):
            per_choice = [[counts[state] if state >= 0 else 0 for state in row] for row in table]
            counts = [sum(row) for row in per_choice]
            totals.append(counts)
            below = [[sum(row[:choice]) for choice in range(len(row))] for row in per_choice]
            self._below.append(np.array(below, dtype=object))
        self._below.reverse()
        totals.reverse()
        self.size = counts[0]
        self._shares = [
            np.array(
                [[part / total for part in row] for row, total in zip(below.tolist(), whole, strict=True)]
            )
            for below, whole in zip(self._below, totals, strict=True)
        ]
        self._below = [below.astype(index_type(self.size)) for below in self._below]
        self._following = [np.array(table) for table in following]

    def rank(self, ops: NDArray[Any]) -> NDArray[Any]:
        """Compute the ranks of ops whose positions without meaning are 0."""
        state = np.zeros(ops.shape[:-1], dtype=np.intp)
        total = np.zeros(ops.shape[:-1], dtype=index_type(self.size))
        for position, (below, following) in enumerate(zip(self._below, self._following, strict=True)):
            choice = ops[..., position].astype(np.intp)
            total = total + below[state, choice]
            state = following[state, choice]
        return np.asarray(total)

    def ops(self, rank: NDArray[Any]) -> NDArray[np.int8]:
        """Compute the ops of ranks."""
        return self._walked(np.asarray(rank), self._below, subtract=True)

    def drawn(self, uniform: NDArray[np.float64]) -> NDArray[np.int8]:
        """Compute ops, each position's choice in proportion to the architectures that go on from it."""
        return self._walked(np.moveaxis(uniform, -1, 0), self._shares, subtract=False)

    def _walked(
        self, numbers: NDArray[Any], limits: list[NDArray[Any]], *, subtract: bool
    ) -> NDArray[np.int8]:
        """Choose at each position the last choice whose limit is not above the number."""
        shape = numbers.shape if subtract else numbers.shape[1:]
        state = np.zeros(shape, dtype=np.intp)
        out = np.zeros((*shape, len(limits)), dtype=np.int8)
        for position, (limit, following) in enumerate(zip(limits, self._following, strict=True)):
            number = numbers if subtract else numbers[position]
            choice = (limit[state] <= np.expand_dims(number, -1)).sum(axis=-1) - 1
            out[..., position] = choice
            if subtract:
                numbers = np.asarray(numbers - limit[state, choice])
            state = following[state, choice]
        return out


class Listed:
    """The ranks of those architectures of another numbering that a rule allows.

    Parameters
    ----------
    base
        At most `ENUMERABLE` architectures.
    valid
        From ops of shape (n, positions) to n truth values.

    Examples
    --------
    >>> even = Listed(Lexicographic([2, 3]), lambda ops: ops.sum(axis=1) % 2 == 0)
    >>> even.size, even.ops(np.arange(3)).tolist()
    (3, [[0, 0], [0, 2], [1, 1]])
    """

    def __init__(self, base: Numbering, valid: Any) -> None:
        self._base = base
        parts = [
            np.arange(start, min(start + _AT_ONCE, base.size)) for start in range(0, base.size, _AT_ONCE)
        ]
        self._members = np.concatenate(
            [part[np.asarray(valid(base.ops(part)), dtype=bool)] for part in parts]
        )
        self.size = len(self._members)
        if not self.size:
            raise RequestError("the rule of this space allows no architecture at all")

    def rank(self, ops: NDArray[Any]) -> NDArray[Any]:
        """Compute the ranks of valid ops."""
        return np.asarray(np.searchsorted(self._members, self._base.rank(ops)), dtype=np.int64)

    def ops(self, rank: NDArray[Any]) -> NDArray[np.int8]:
        """Compute the ops of ranks."""
        return self._base.ops(self._members[rank])

    def drawn(self, uniform: NDArray[np.float64]) -> NDArray[np.int8]:
        """Compute ops from the first of the uniform numbers: any of so few is as likely as another."""
        return self.ops((uniform[..., 0] * self.size).astype(np.int64))
