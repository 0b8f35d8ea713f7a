"""Replicates on a common axis: a checked clock, what held from when on, and up to where it is known."""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nasbench_sim.analysis.inputs import Floats, aligned, complete, floats
from nasbench_sim.arrays import real_array
from nasbench_sim.errors import RequestError


def grid_of(grid: ArrayLike) -> Floats:
    """Give checked points of a grid, in increasing order."""
    points = complete(grid, "grid")
    if np.any(np.diff(points) < 0):
        raise RequestError("grid: points in increasing order are expected")
    return points


@dataclasses.dataclass(frozen=True)
class Runs:
    """Replicates of possibly different lengths.

    Attributes
    ----------
    x
        Clock or number of evaluations at the end of each evaluation, shape (replicates, evaluations).
    y
        What holds from then on, same shape.
    lengths
        Evaluations of each replicate, shape (replicates,).
    ends
        Up to where each replicate is known, shape (replicates,).
    """

    x: Floats
    y: Floats
    lengths: NDArray[np.int64]
    ends: Floats

    @classmethod
    def of(cls, x: ArrayLike, y: ArrayLike, end: ArrayLike | None = None) -> Runs:
        """Check what a caller gave; the parameters are those of `curves`."""
        aligned({"x": x, "y": y})
        clock, values = floats(x, "x", 2), floats(y, "y", 2)
        if clock.shape != values.shape or not clock.size:
            raise RequestError(
                f"x and y need one shape (replicates, evaluations), not {clock.shape} and {values.shape}"
            )
        lengths = (~np.isnan(clock)).sum(axis=1)
        if np.isnan(clock[np.arange(clock.shape[1]) < lengths[:, None]]).any() or not lengths.all():
            raise RequestError("x: NaN only past a replicate's end, and at least one evaluation in each")
        if np.any(np.diff(clock, axis=1) < 0):
            raise RequestError("x runs backwards: order the evaluations by when they end")
        last = clock[np.arange(len(clock)), lengths - 1]
        if end is None:
            return cls(clock, values, lengths, last)
        given = real_array(end, "end").astype(np.float64)
        if given.shape not in ((), (len(clock),)) or np.isnan(given).any():
            raise RequestError(f"end: one number, or one for each of {len(clock)} replicates")
        return cls(clock, values, lengths, np.maximum(last, given))

    def require(self, stop: float) -> None:
        """Raise an error where a replicate is not known up to `stop`."""
        short = self.ends < stop
        if short.any():
            raise RequestError(
                f"{stop:g} is beyond the data of {short.sum()} of {len(self.ends)} replicates (the shortest "
                f"ends at {self.ends.min():g}): stop there, or give end= the budget that they ran to"
            )
