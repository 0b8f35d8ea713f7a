"""Random numbers for replicates in lockstep: one counter-based generator a seed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.spaces import SearchSpace
from nasbench_sim.spaces.product import Array
from nasbench_sim.spaces.split_mix import mixed, split_mix

SEARCH, NOISE, REPAIR = 0, 1, 3
"""Purposes that draw from streams of their own under one search seed."""

_AHEAD = 2**15  # numbers made at once for calls that want few: what stays in the cache
_MOST_AHEAD = 1024  # of a replicate
_EXPONENT_BITS, _ONE = np.uint64(12), np.uint64(0x3FF0000000000000)  # of a 64-bit float
_ONE_DRAW = 2**32  # a larger space needs more bits than one uniform number has to spare


def counter_based(seed: int, purpose: int) -> np.random.Philox:
    """Make numpy's counter-based generator of a seed (0 to 2**64 - 1) for one purpose."""
    return np.random.Philox(key=np.array([seed, purpose], dtype=np.uint64))


class Streams:
    """Uniform numbers for R replicates, each from its own counter-based generator keyed by its seed.

    A replicate's numbers are the same alone and among a thousand, and the same on every machine: the top 52
    bits of a word of `split_mix` make one of the midpoints ``(bits + 1/2) / 2**52``, never 0 or 1.

    Parameters
    ----------
    seeds
        The search seeds, one a replicate, each from 0 to 2**64 - 1.
    purpose
        Which of the streams under these seeds.

    Examples
    --------
    >>> alone = Streams([17], SEARCH).uniform(3)
    >>> among = Streams([3, 17, 5], SEARCH).uniform(3)
    >>> bool((alone[0] == among[1]).all())
    True
    """

    def __init__(self, seeds: Sequence[int], purpose: int) -> None:
        self.seeds = tuple(seeds)
        self._keys = mixed(mixed(np.array(self.seeds, dtype=np.uint64)) + np.uint64(purpose))
        self._next = np.zeros(len(self.seeds), dtype=np.int64)  # what each row has drawn
        self._together: int | None = 0  # the same, while no row has drawn on its own
        self._ahead = np.empty((0, len(self.seeds)))  # what all rows draw next lies together
        self._ahead_from = 0

    def __len__(self) -> int:
        """Count the replicates."""
        return len(self.seeds)

    def uniform(self, k: int, rows: NDArray[np.intp] | None = None) -> NDArray[np.float64]:
        """Draw the next `k` numbers between 0 and 1 of every replicate, or of those in `rows` only.

        Returns
        -------
        array of float64, shape (R, k) or (len(rows), k)
        """
        if rows is None and self._together is not None:
            start = self._together
            self._together += k
            return self._drawn_together(start, k).T
        if self._together is not None:
            self._next[:] = self._together
            self._together = None
        chosen = slice(None) if rows is None else rows
        place = self._next[chosen] + np.arange(k)[:, None]
        self._next[chosen] += k
        return _numbers(self._keys[chosen], place).T

    def _drawn_together(self, start: int, k: int) -> NDArray[np.float64]:
        """Draw numbers `start` to `start + k` of all rows, shape (k, R)."""
        place = start - self._ahead_from
        if place + k > len(self._ahead):
            many = max(k, min(_AHEAD // max(len(self.seeds), 1), _MOST_AHEAD))
            self._ahead = _numbers(self._keys, np.arange(start, start + many)[:, None])
            self._ahead_from, place = start, 0
        return self._ahead[place : place + k]

    def integers(self, high: Any, k: int, rows: NDArray[np.intp] | None = None) -> NDArray[np.int64]:
        """Draw whole numbers in [0, high); `high` broadcasts against (R, k)."""
        return np.asarray(self.uniform(k, rows) * high).astype(np.int64)

    def normal(self, k: int, rows: NDArray[np.intp] | None = None) -> NDArray[np.float64]:
        """Draw standard normal numbers (by Box and Muller: log and cos differ in last bits by platform)."""
        pairs = self.uniform(2 * k, rows)
        radius = np.sqrt(-2.0 * np.log1p(-pairs[:, :k]))
        return np.asarray(radius * np.cos(2.0 * np.pi * pairs[:, k:]))

    def architectures(self, space: SearchSpace, k: int, rows: NDArray[np.intp] | None = None) -> Array:
        """Draw `k` architectures a replicate, uniform over the space, as official indices (R, k)."""
        if space.size <= _ONE_DRAW and not space.gaps:
            return self.integers(space.size, k, rows)
        positions = len(space.positions)
        return space.from_uniform(self.uniform(k * positions, rows).reshape(-1, k, positions))


def _numbers(keys: NDArray[np.uint64], place: NDArray[np.int64]) -> NDArray[np.float64]:
    """Compute the numbers between 0 and 1 at places, from 0, in the sequences of keys.

    The bits become those of a float in [1, 2), which is much faster than converting an integer.
    """
    words = split_mix(keys, place.astype(np.uint64) + np.uint64(1))
    words >>= _EXPONENT_BITS
    words |= _ONE
    numbers = words.view(np.float64)
    numbers -= 1 - 2.0**-53
    return numbers
