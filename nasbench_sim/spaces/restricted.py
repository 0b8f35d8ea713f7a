"""Spaces inside others: what is left of a space when choices are removed and positions are fixed."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.errors import ArchitectureError, RequestError, unknown
from nasbench_sim.spaces.base import SearchSpace
from nasbench_sim.spaces.conditional import Conditional
from nasbench_sim.spaces.drawing import Drawing
from nasbench_sim.spaces.product import Array


class RestrictedSpace(SearchSpace):
    """The architectures of a space that have certain choices only, with an index of their own.

    Its official index is the rank of what is left, in lexicographic order. Strings, encodings other than
    one-hot, and the rule are the parent's.

    Parameters
    ----------
    parent
        The space that it is a part of.
    choices
        For each position to restrict, the choices that are left there, in any order.
    name
        By default the parent's and what is left.

    Examples
    --------
    >>> tiny = SearchSpace("tiny", ["abc", "de"])
    >>> small = tiny.restrict({"0": "ca"})
    >>> small.name, small.size, small.string(small.all_indices()).tolist()
    ('tiny[0: a c]', 4, ['a:d', 'a:e', 'c:d', 'c:e'])
    >>> small.to_parent([0, 3]), small.index("c:e")
    (array([0, 5]), 3)
    """

    def __init__(
        self, parent: SearchSpace, choices: Mapping[str, Sequence[str]], name: str | None = None
    ) -> None:
        self.parent = parent
        # Of conventions and texts a part has the parent's; its ops mean other choices to what reads ops.
        without: dict[str, Any] = {"tables": (), "sources": {}, "imports": {}}
        without |= dict.fromkeys(("networks", "drawing", "invariants", "derived"))
        self.benchmark = dataclasses.replace(parent.benchmark, **without)
        self.left = {position: tuple(options) for position, options in choices.items()}
        for position, options in self.left.items():
            if position not in parent.positions:
                raise unknown(f"position of {parent.name}", position, parent.positions)
            known = parent.choices[parent.positions.index(position)]
            for option in options:
                if option not in known:
                    raise unknown(f"choice at position {position!r} of {parent.name}", option, known)
            if not options:
                raise RequestError(f"{parent.name}: no choice is left at position {position!r}")
        kept = [
            [option for option in options if option in self.left.get(position, options)]
            for position, options in zip(parent.positions, parent.choices, strict=True)
        ]
        parts = zip(parent.positions, parent.choices, kept, strict=True)
        removed = "; ".join(f"{one}: {' '.join(own)}" for one, every, own in parts if len(own) < len(every))
        super().__init__(
            name or (f"{parent.name}[{removed}]" if removed else parent.name),
            kept,
            parent.positions,
            [
                _condition_left(condition, dict(zip(parent.positions, kept, strict=True)))
                for condition in parent.conditions
            ],
        )
        width = int(parent.cardinalities.max())
        self._parent_op = np.zeros((len(kept), width), dtype=np.int8)  # position, own op -> op of the parent
        self._own_op = np.full((len(kept), width), -1, dtype=np.int8)
        for place, (own, every) in enumerate(zip(kept, parent.choices, strict=True)):
            codes = [every.index(option) for option in own]
            self._parent_op[place, : len(codes)] = codes
            self._own_op[place, codes] = np.arange(len(codes))
        self._place = np.arange(len(kept))

    def __reduce__(self) -> tuple[Any, ...]:
        """It travels as its parent and what is left."""
        return (RestrictedSpace, (self.parent, self.left, self.name))

    @property
    def ruled(self) -> bool:
        """Whether the parent has a rule."""
        return self.parent.ruled

    def valid(self, ops: Array) -> NDArray[np.bool_]:
        """Tell what the parent's rule allows."""
        return self.parent.valid(self._widened(ops))

    # -- to the parent and back

    def to_parent(self, architectures: Any) -> Any:
        """Compute the parent's official indices.

        Returns
        -------
        int or array, the shape of `architectures`
        """
        found = self.parent.index_of_valid_ops(self._widened(self.ops(architectures)))
        return found if np.ndim(found) else int(found)

    def from_parent(self, architectures: Any) -> Any:
        """Compute the official indices here of architectures of the parent.

        Returns
        -------
        int or array, the shape of `architectures`

        Raises
        ------
        ArchitectureError
            For one that has a choice that was removed.
        """
        ops = self.parent.ops(architectures)
        own = self._narrowed(ops)
        if np.any(own < 0):
            row, place = (int(part[0]) for part in np.nonzero(own.reshape(-1, len(self._place)) < 0))
            choice = self.parent.choices[place][ops.reshape(-1, len(self._place))[row, place]]
            raise ArchitectureError(
                f"an architecture with {choice!r} at position {self.positions[place]!r} is not in "
                f"{self.name}: choices are {', '.join(self.choices[place])}"
            )
        return self.from_ops(own)

    def holds(self, ops: Array) -> NDArray[np.bool_]:
        """Tell which ops of the parent's architectures have none of the choices that were removed.

        Returns
        -------
        array of bool, shape (...)
        """
        return np.asarray((self._narrowed(ops) >= 0).all(axis=-1))

    def _narrowed(self, ops: Array) -> NDArray[np.int8]:
        """Translate the parent's ops to own ones, -1 for choices that were removed."""
        own = self._own_op[self._place, ops]
        return np.where(self.parent.conditional.live(ops), own, 0).astype(np.int8)

    def _widened(self, ops: Array) -> Array:
        """Translate own ops to the parent's."""
        return np.asarray(self.parent.conditional.settled(self._parent_op[self._place, ops]))

    # -- what the parent says of them

    def drawing(self, architecture: Any) -> Drawing:
        """Return the parent's picture of one architecture."""
        return self.parent.drawing(self.to_parent(architecture))

    def _string_of_ops(self, ops: Array) -> str:
        return self.parent._string_of_ops(self._widened(ops))

    def index_of_string(self, text: str) -> int:
        """Compute the official index of one of the parent's architecture strings."""
        return int(self.from_parent(text))

    @functools.cached_property
    def _representative(self) -> NDArray[np.int64]:
        classes = self.parent.canonical(self.to_parent(self.all_indices()))
        _, first, which = np.unique(classes, return_index=True, return_inverse=True)
        return np.asarray(first[which])

    def canonical(self, architectures: Any) -> Any:
        """Compute the smallest official index, among those left, of the parent's isomorphism class."""
        if type(self.parent).canonical is SearchSpace.canonical:
            return self.official(architectures)
        found = self._representative[self.official(architectures)]
        return int(found) if np.ndim(found) == 0 else found

    @property
    def encodings(self) -> dict[str, Any]:
        """Its own one-hot encoding, and the parent's others."""
        others = {
            name: functools.partial(_translated, translate=self._widened, encode=function)
            for name, function in self.parent.encodings.items()
        }
        return {**others, **super().encodings}


def _translated(ops: Array, translate: Any, encode: Any) -> Any:
    return encode(translate(ops))


def _condition_left(condition: Conditional, left: Mapping[str, Sequence[str]]) -> Conditional:
    """Leave the choices out that are gone; without any, the position never counts."""
    when = {name: [one for one in options if one in left[name]] for name, options in condition.when.items()}
    return Conditional(condition.position, when)
