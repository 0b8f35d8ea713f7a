"""Random numbers for replicates in lockstep: one counter-based generator a seed, filled in blocks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.spaces import SearchSpace
from nasbench_sim.spaces.base import Array

SEARCH, NOISE = 0, 1
"""Purposes that draw from streams of their own under one search seed."""

_BLOCK = 512
_ONE_DRAW = 2**32  # a larger space needs more bits than one uniform number has to spare


def counter_based(seed: int, purpose: int) -> np.random.Philox:
    """Give the counter-based generator of a seed (0 to 2**64 - 1) for one purpose."""
    return np.random.Philox(key=np.array([seed, purpose], dtype=np.uint64))


class Streams:
    """Uniform numbers for R replicates, each from its own Philox generator keyed by its seed.

    A replicate's numbers are the same alone and among a thousand, and the same on every machine: they are
    the top 53 bits of the generator's raw words.

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
        self._generators = [counter_based(seed, purpose) for seed in self.seeds]
        self._block = np.empty((len(self.seeds), _BLOCK))
        self._next = np.full(len(self.seeds), _BLOCK)
        self._together: int | None = _BLOCK  # the common position, while no row has drawn on its own

    def __len__(self) -> int:
        """Give the number of replicates."""
        return len(self.seeds)

    def uniform(self, k: int, rows: NDArray[np.intp] | None = None) -> NDArray[np.float64]:
        """Give the next `k` numbers in [0, 1) of every replicate, or of those in `rows` only.

        Returns
        -------
        array of float64, shape (R, k) or (len(rows), k)
        """
        if rows is None and self._together is not None:
            if k > _BLOCK:
                return self._in_blocks(k, None)
            if self._together + k > _BLOCK:
                self._refill(None)
            start = self._together
            self._together += k
            return self._block[:, start : self._together].copy()
        if self._together is not None:
            self._next[:] = self._together
            self._together = None
        rows = np.arange(len(self.seeds)) if rows is None else rows
        if k > _BLOCK:
            return self._in_blocks(k, rows)
        self._refill(rows[self._next[rows] + k > _BLOCK])
        first = self._next[rows]
        self._next[rows] += k
        return self._block[rows[:, None], first[:, None] + np.arange(k)]

    def _in_blocks(self, k: int, rows: NDArray[np.intp] | None) -> NDArray[np.float64]:
        parts = [self.uniform(min(_BLOCK, k - start), rows) for start in range(0, k, _BLOCK)]
        return np.concatenate(parts, axis=1)

    def integers(self, high: Any, k: int, rows: NDArray[np.intp] | None = None) -> NDArray[np.int64]:
        """Give whole numbers in [0, high); `high` broadcasts against (R, k)."""
        return np.asarray(self.uniform(k, rows) * high).astype(np.int64)

    def normal(self, k: int, rows: NDArray[np.intp] | None = None) -> NDArray[np.float64]:
        """Give standard normal numbers (by Box and Muller: log and cos differ in last bits by platform)."""
        pairs = self.uniform(2 * k, rows)
        radius = np.sqrt(-2.0 * np.log1p(-pairs[:, :k]))
        return np.asarray(radius * np.cos(2.0 * np.pi * pairs[:, k:]))

    def architectures(self, space: SearchSpace, k: int, rows: NDArray[np.intp] | None = None) -> Array:
        """Give `k` architectures a replicate, uniform over the space, as official indices (R, k)."""
        if space.size <= _ONE_DRAW:
            return self.integers(space.size, k, rows)
        positions = len(space.positions)
        return space.from_uniform(self.uniform(k * positions, rows).reshape(-1, k, positions))

    def _refill(self, rows: NDArray[np.intp] | None) -> None:
        """Move what is left of the blocks to the front, and fill up from the generators."""
        if rows is None:
            assert self._together is not None
            left = _BLOCK - self._together
            self._block[:, :left] = self._block[:, self._together :]
            raw = np.stack([generator.random_raw(self._together) for generator in self._generators])
            np.multiply(raw >> np.uint64(11), 2.0**-53, out=self._block[:, left:])
            self._together = 0
            return
        for row in rows:  # each has its own amount left
            left = _BLOCK - self._next[row]
            self._block[row, :left] = self._block[row, self._next[row] :]
            raw = self._generators[row].random_raw(int(self._next[row]))
            self._block[row, left:] = (raw >> np.uint64(11)) * 2.0**-53
            self._next[row] = 0
