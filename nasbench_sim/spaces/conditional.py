"""Positions that mean something only under certain choices at others."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.errors import RequestError, unknown


@dataclasses.dataclass(frozen=True)
class Conditional:
    """A position that means something only where others have certain choices.

    Elsewhere its one value is its first choice: architectures never differ there. A position under a
    position that means nothing means nothing either.

    Attributes
    ----------
    position
        Its name.
    when
        For each earlier position that it depends on, the choices under which it counts; all must hold.

    Examples
    --------
    >>> layer = Conditional("layer 3", when={"depth": ["3", "4"]})
    >>> layer.when
    {'depth': ('3', '4')}
    """

    position: str
    when: Mapping[str, Sequence[str]]

    def __post_init__(self) -> None:
        """Keep a copy that nobody else changes."""
        object.__setattr__(self, "when", {name: tuple(options) for name, options in self.when.items()})

    def to_json(self) -> dict[str, Any]:
        """Return the same as plain JSON types."""
        return {
            "position": self.position,
            "when": {name: list(options) for name, options in self.when.items()},
        }


class Conditions:
    """All conditions of a space, by numbers: which positions mean something, and which silence which.

    Parameters
    ----------
    cardinalities
        Choices a position.
    when
        Position -> pairs of an earlier position and the choices there under which it counts.
    """

    def __init__(
        self, cardinalities: Sequence[int], when: Mapping[int, Iterable[tuple[int, Iterable[int]]]]
    ) -> None:
        self._allowed: dict[int, list[tuple[int, NDArray[np.bool_]]]] = {}
        for position in sorted(when):
            self._allowed[position] = [
                (other, np.isin(np.arange(cardinalities[other]), list(choices)))
                for other, choices in when[position]
            ]

    @classmethod
    def of(
        cls,
        conditionals: Sequence[Conditional],
        positions: Sequence[str],
        choices: Sequence[Sequence[str]],
    ) -> Conditions:
        """Read conditions by name; every name is checked.

        Raises
        ------
        RequestError
            For a position or choice that does not exist, two conditions for one position, or one that
            depends on a later position.
        """
        when: dict[int, list[tuple[int, list[int]]]] = {}
        for conditional in conditionals:
            own = _place(conditional.position, positions)
            if own in when:
                raise RequestError(
                    f"two conditions for position {conditional.position!r}: name all in one `when`"
                )
            when[own] = []
            for name, options in conditional.when.items():
                other = _place(name, positions)
                if other >= own:
                    raise RequestError(
                        f"position {conditional.position!r} depends on {name!r}, which is not before it"
                    )
                for option in options:
                    if option not in choices[other]:
                        raise unknown(f"choice at position {name!r}", option, choices[other])
                when[own].append((other, [list(choices[other]).index(option) for option in options]))
        return cls([len(options) for options in choices], when)

    def __bool__(self) -> bool:
        """Whether there is any."""
        return bool(self._allowed)

    @property
    def positions(self) -> tuple[int, ...]:
        """The positions that have a condition, in order."""
        return tuple(self._allowed)

    def needed_by(self, position: int) -> set[int]:
        """Return the positions that one depends on directly."""
        return {other for other, _ in self._allowed[position]}

    def live(self, ops: NDArray[Any]) -> NDArray[np.bool_]:
        """Tell which positions mean something, shape (..., positions)."""
        alive = np.ones(ops.shape, dtype=bool)
        for position, pairs in self._allowed.items():
            for other, allowed in pairs:
                alive[..., position] &= alive[..., other] & allowed[ops[..., other]]
        return alive

    def settled(self, ops: NDArray[Any]) -> NDArray[Any]:
        """Return ops with the first choice wherever a position means nothing."""
        return np.where(self.live(ops), ops, 0) if self else ops

    def silenced(self, position: int, choice: int | None) -> set[int]:
        """Return the positions that a choice silences (None: where the position itself means nothing)."""
        return {
            later
            for later, pairs in self._allowed.items()
            for other, allowed in pairs
            if other == position and (choice is None or not allowed[choice])
        }


def _place(name: str, positions: Sequence[str]) -> int:
    if name not in positions:
        raise unknown("position", name, positions)
    return list(positions).index(name)
