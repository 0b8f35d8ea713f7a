"""How architectures are named: official indices, ops and strings, and the arithmetic between them."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nasbench_sim.errors import ArchitectureError, RequestError
from nasbench_sim.spaces.conditional import Conditional, Conditions
from nasbench_sim.spaces.numbering import ENUMERABLE, Diagram, Lexicographic, Listed, Numbering, index_type

Array = NDArray[Any]
"""An array whose shape and type the docstring tells."""


class Product:
    """The names of a product of categorical choices: official indices, ops and strings, checked.

    The parameters are those of `SearchSpace`.
    """

    def __init__(
        self,
        name: str,
        choices: Sequence[Sequence[str]],
        positions: Sequence[str] | None = None,
        conditions: Sequence[Conditional] = (),
    ) -> None:
        self.name = name
        self.choices = tuple(tuple(options) for options in choices)
        if not self.choices or any(len(options) == 0 for options in self.choices):
            raise RequestError(f"space {name!r}: every position needs at least one choice, and one position")
        if any(len(set(options)) != len(options) for options in self.choices):
            raise RequestError(f"space {name!r}: the choices of a position must differ")
        if max(len(options) for options in self.choices) > 127:
            raise RequestError(f"space {name!r}: at most 127 choices a position")
        self.positions = tuple(positions or (str(i) for i in range(len(self.choices))))
        if len(self.positions) != len(self.choices):
            raise RequestError(
                f"space {name!r}: {len(self.positions)} names for {len(self.choices)} positions"
            )
        self.cardinalities = np.array([len(options) for options in self.choices])
        if len(set(self.positions)) != len(self.positions):
            raise RequestError(f"space {name!r}: the names of the positions must differ")
        self.conditions = tuple(conditions)
        self.conditional = Conditions.of(self.conditions, self.positions, self.choices)

    # -- what there is

    @property
    def ruled(self) -> bool:
        """Whether a rule refuses some products: a class that has one overrides `valid`."""
        return type(self).valid is not Product.valid

    @functools.cached_property
    def is_product(self) -> bool:
        """Whether every product of choices is an architecture of its own."""
        return not self.conditions and not self.ruled

    def valid(self, ops: Array) -> NDArray[np.bool_]:
        """Tell which products of choices are architectures; a space with a rule overrides this.

        Parameters
        ----------
        ops
            Shape (..., positions), each within its choices; positions that mean nothing (`conditions`) are 0.

        Returns
        -------
        array of bool, shape (...)
        """
        return np.ones(np.shape(ops)[:-1], dtype=bool)

    @functools.cached_property
    def numbering(self) -> Numbering:
        """How the ranks of ops are counted."""
        cardinalities = self.cardinalities.tolist()
        every: Numbering = (
            Diagram(cardinalities, self.conditional) if self.conditions else Lexicographic(cardinalities)
        )
        return Listed(every, self.valid) if self.ruled and every.size <= ENUMERABLE else every

    @functools.cached_property
    def size(self) -> int:
        """The number of official indices: of architectures, unless there are `gaps`."""
        return self.numbering.size

    @functools.cached_property
    def index_dtype(self) -> np.dtype[Any]:
        """The type of indices; beyond 64 bits Python integers in an object array: slower, but never wrong."""
        return index_type(self.size)

    @functools.cached_property
    def compact_dtype(self) -> np.dtype[Any]:
        """The smallest type that holds an index or -1, for records of many."""
        return np.dtype(np.int32) if self.size < 2**31 else self.index_dtype

    @property
    def listed(self) -> bool:
        """Whether the space is small enough to be enumerated, and a table to hold a number for each."""
        return bool(self.size <= ENUMERABLE)

    @functools.cached_property
    def gaps(self) -> bool:
        """Whether some official indices are no architectures: by a rule, in a space too large to list."""
        return self.ruled and not self.listed

    def __repr__(self) -> str:
        """Name, size and positions in a line."""
        return f"<SearchSpace {self.name}: {self.size:,} architectures, {len(self.positions)} positions>"

    # -- official order

    def rank_of_index(self, index: Array) -> Array:
        """Give the lexicographic rank of valid official indices (the same, unless an order is published)."""
        return index

    def index_of_rank(self, rank: Array) -> Array:
        """Give the official index of valid lexicographic ranks."""
        return rank

    # -- architectures in, official indices out

    def index(self, architectures: Any) -> Any:
        """Give the official index of architecture strings or ops.

        Parameters
        ----------
        architectures
            An architecture string, an array of them, or ops: integers of shape (..., positions). (Where
            architectures are wanted, as in `ops` or `neighbors`, integers are official indices.)

        Returns
        -------
        int or array of int64, shape (...)

        Raises
        ------
        ArchitectureError
            For a malformed string, ops of the wrong shape, type or range.
        """
        if isinstance(architectures, str):
            return self.index_of_string(architectures)
        values = _as_array(architectures)
        return self._index_of_strings(values) if _is_text(values) else self.from_ops(values)

    def official(self, architectures: Any) -> Any:
        """Give the official indices of architectures named by index or by string, every one checked.

        Parameters
        ----------
        architectures
            An official index, an architecture string, or an array of either.

        Returns
        -------
        int or array of int64, the shape of `architectures`

        Raises
        ------
        ArchitectureError
            For an index out of range, a float, a bool, a malformed string; and for a tuple of one small
            integer a position, which is how other tools write one architecture.
        """
        if isinstance(architectures, str):
            return self.index_of_string(architectures)
        if type(architectures) is int:
            if 0 <= architectures < self.size:
                if self.gaps:
                    self._refuse_broken(self.ops_of_valid_index(np.array(architectures, self.index_dtype)))
                return architectures
            raise self._out_of_range(architectures)
        if isinstance(architectures, np.integer):
            return self.official(int(architectures))
        if isinstance(architectures, tuple):
            self._refuse_ops(architectures)
        values = _as_array(architectures)
        if _is_text(values):
            return self._index_of_strings(values)
        if values.size == 0 and values.dtype == np.float64:
            return np.zeros(values.shape, dtype=self.index_dtype)  # an empty list says nothing of its type
        if values.dtype.kind not in "iu" and not _python_integers(values):
            raise ArchitectureError(
                "an architecture is named by its official index or its string, "
                f"not by {values.dtype.name} values"
            )
        wrong = (values < 0) | (values >= self.size)
        if np.any(wrong):
            raise self._out_of_range(values[wrong].flat[0])
        if self.gaps:
            self._refuse_broken(self.ops_of_valid_index(values.astype(self.index_dtype)))
        return values.astype(self.index_dtype, copy=False) if values.ndim else int(values)

    def _refuse_ops(self, given: tuple[Any, ...]) -> None:
        """Raise the error for a tuple that could be the ops of one architecture."""
        numbers = len(given) == len(self.positions) > 1 and all(
            isinstance(one, (int, np.integer)) and not isinstance(one, bool) for one in given
        )
        if numbers and all(0 <= one < most for one, most in zip(given, self.cardinalities, strict=True)):
            raise ArchitectureError(
                f"{given} could be the operations of one architecture or {len(given)} official indices: "
                f"its index is space.index({given}), if its operations are in the order of space.choices; "
                f"a list, {list(given)}, means indices"
            )

    def _index_of_strings(self, texts: Array) -> Any:
        if not all(isinstance(text, str) for text in texts.flat):
            raise ArchitectureError("an array of architecture strings has members that are not strings")
        if texts.ndim == 0:
            return self.index_of_string(str(texts))
        found = [self.index_of_string(str(text)) for text in texts.flat]
        return np.array(found, dtype=self.index_dtype).reshape(texts.shape)

    def from_ops(self, ops: ArrayLike) -> Any:
        """Give the official index of ops of shape (..., positions), checked.

        Returns
        -------
        int or array of int64, shape (...)
        """
        values = _as_array(ops)
        if values.dtype.kind not in "iu":
            raise ArchitectureError(f"ops are integers, not {values.dtype.name} values")
        if values.ndim == 0 or values.shape[-1] != len(self.positions):
            raise ArchitectureError(
                f"ops of {self.name} have shape (..., {len(self.positions)}), not {values.shape}"
            )
        wrong = (values < 0) | (values >= self.cardinalities)
        if np.any(wrong):
            position = int(np.argwhere(wrong)[0][-1])
            raise ArchitectureError(
                f"op {values[wrong][0]} at position {self.positions[position]}: "
                f"choices are 0 to {self.cardinalities[position] - 1}"
            )
        if not self.is_product:
            values = self.conditional.settled(values)
            self._refuse_broken(values)
        found = self.index_of_valid_ops(values)
        return found if values.ndim > 1 else int(found)

    def index_of_valid_ops(self, ops: Array) -> Array:
        """Give the official index of ops that are known to be valid: the fast way, unchecked.

        Parameters
        ----------
        ops
            Integers of shape (..., positions); 0 where a position means nothing.

        Returns
        -------
        array of int64, shape (...)
        """
        return self.index_of_rank(self.numbering.rank(ops))

    def index_of_string(self, text: str) -> int:
        """Give the official index of one architecture string."""
        parts = text.split(":")
        if len(parts) != len(self.positions):
            raise ArchitectureError(
                f"{text!r} is not an architecture string of {self.name}: "
                f"{len(self.positions)} choices joined by ':' are expected"
            )
        for part, options, position in zip(parts, self.choices, self.positions, strict=True):
            if part not in options:
                raise ArchitectureError(
                    f"{part!r} at position {position} of {text!r}: choices are {', '.join(options)}"
                )
        ops = [options.index(part) for part, options in zip(parts, self.choices, strict=True)]
        return int(self.from_ops(np.array(ops)))

    # -- official indices in, notations out

    def ops(self, architectures: Any) -> NDArray[np.int8]:
        """Give the choices as small integers.

        Returns
        -------
        array of int8, shape (..., positions)
        """
        return self.ops_of_valid_index(np.asarray(self.official(architectures), dtype=self.index_dtype))

    def ops_of_valid_index(self, index: Array) -> NDArray[np.int8]:
        """Give the ops, shape (..., positions), of indices that are known to be valid: the fast way."""
        return self.numbering.ops(self.rank_of_index(index))

    def string(self, architectures: Any) -> Any:
        """Give the architecture string, as published.

        Returns
        -------
        str or array of object (of str), the shape of the indices
        """
        ops = self.ops(architectures)
        if ops.ndim == 1:
            return self._string_of_ops(ops)
        flat = [self._string_of_ops(row) for row in ops.reshape(-1, ops.shape[-1])]
        out = np.empty(len(flat), dtype=object)
        out[:] = flat
        return out.reshape(ops.shape[:-1])

    def _string_of_ops(self, ops: Array) -> str:
        return ":".join(options[op] for options, op in zip(self.choices, ops, strict=True))

    # -- messages

    def _refuse_broken(self, ops: Array) -> None:
        """Raise an error for ops that the space's rule does not allow."""
        if not self.ruled:
            return
        broken = ~np.asarray(self.valid(ops), dtype=bool)
        if np.any(broken):
            first = ops[broken][0] if ops.ndim > 1 else ops
            raise ArchitectureError(
                f"{self._string_of_ops(first)!r} is not an architecture of {self.name}: "
                "the rule of the space does not allow it"
            )

    def _out_of_range(self, index: Any) -> ArchitectureError:
        return ArchitectureError(
            f"index {index} is not in {self.name}: official indices run from 0 to {self.size - 1:,}"
        )


def _as_array(architectures: Any) -> Array:
    try:
        return np.asarray(architectures)
    except ValueError as error:  # lists of different lengths
        raise ArchitectureError(f"architectures that do not fill an array: {error}") from error


def _is_text(values: Array) -> bool:
    return values.dtype.kind in "UT" or (
        values.dtype == object and values.size > 0 and isinstance(values.flat[0], str)
    )


def _python_integers(values: Array) -> bool:
    return values.dtype == object and all(
        isinstance(value, (int, np.integer)) and not isinstance(value, bool) for value in values.flat
    )
