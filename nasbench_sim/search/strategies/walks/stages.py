"""The order in which positions of a space are searched."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.errors import RequestError, unknown
from nasbench_sim.search.hyperparameter import Hyperparameter
from nasbench_sim.spaces import SearchSpace

Listed = tuple[tuple[str, ...], ...]


class Stages(Hyperparameter[Listed]):
    """A list of stages, each a list of the positions that are searched in it; none by default.

    A position is named whole or by how its name begins.

    Examples
    --------
    >>> Stages("what is searched when").check([["motif"], ["cell 0->1", "cell 0->2"]])
    (('motif',), ('cell 0->1', 'cell 0->2'))
    """

    def __init__(self, help: str) -> None:
        super().__init__((), help)

    def check(self, value: Any) -> Listed:
        """Accept lists of lists of names; which positions there are, `groups` checks."""
        if not isinstance(value, (list, tuple)):
            raise self.wrong(value)
        for stage in value:
            listed = isinstance(stage, (list, tuple)) and len(stage) > 0
            if not listed or not all(isinstance(name, str) and name for name in stage):
                raise self.wrong(value)
        return tuple(tuple(stage) for stage in value)

    def allowed(self) -> str:
        """Say the form."""
        return "a list of lists of names of positions"


def groups(listed: Listed, space: SearchSpace) -> list[NDArray[np.intp]]:
    """Return the positions of each stage; without stages every position is one, in their order.

    Raises
    ------
    RequestError
        For a name that no position begins with, and for a position in two stages.

    Examples
    --------
    >>> space = SearchSpace("tiny", ["ab", "cd", "ef"], ["cell 1", "cell 2", "motif"])
    >>> [stage.tolist() for stage in groups((("motif",), ("cell",)), space)]
    [[2], [0, 1]]
    """
    if not listed:
        return [np.array([place]) for place in range(len(space.positions))]
    found = [_named(stage, space.positions) for stage in listed]
    counts = np.bincount(np.concatenate(found), minlength=len(space.positions))
    if counts.max() > 1:
        raise RequestError(f"position {space.positions[int(counts.argmax())]!r} is in more than one stage")
    return found


def _named(stage: Sequence[str], positions: Sequence[str]) -> NDArray[np.intp]:
    places: set[int] = set()
    for name in stage:
        exact = [place for place, position in enumerate(positions) if position == name]
        begun = exact or [place for place, position in enumerate(positions) if position.startswith(name)]
        if not begun:
            raise unknown("position", name, positions)
        places.update(begun)
    return np.array(sorted(places))
