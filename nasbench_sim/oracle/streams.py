"""Random numbers for replicates in lockstep: one counter-based generator a seed, filled in blocks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.spaces import SearchSpace
from nasbench_sim.spaces.product import Array

SEARCH, NOISE, REPAIR = 0, 1, 3
"""Purposes that draw from streams of their own under one search seed."""

_BLOCK = 1024
_ROWS = 32
_EXPONENT_BITS, _ONE = np.uint64(12), np.uint64(0x3FF0000000000000)  # of a 64-bit float
_WORDS_A_COUNT = 4  # Philox makes four words from each value of its counter
_ONE_DRAW = 2**32  # a larger space needs more bits than one uniform number has to spare


def counter_based(seed: int, purpose: int) -> np.random.Philox:
    """Give the counter-based generator of a seed (0 to 2**64 - 1) for one purpose."""
    return np.random.Philox(key=np.array([seed, purpose], dtype=np.uint64))


class Streams:
    """Uniform numbers for R replicates, each from its own Philox generator keyed by its seed.

    A replicate's numbers are the same alone and among a thousand, and the same on every machine: they are
    the top 52 bits of the generator's raw words.

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
        # One generator serves all: setting its key and counter is much cheaper than building one a seed.
        self._generator = counter_based(0, purpose)
        self._state: Any = self._generator.state  # the very first: no words in its buffer
        self._keys = np.array([[seed, purpose] for seed in self.seeds], dtype=np.uint64)
        self._drawn = np.zeros(len(self.seeds), dtype=np.int64)  # words, row by row
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
        """Move what is left of the blocks to the front, and fill up from the generator."""
        if rows is None:
            assert self._together is not None
            start = self._together
            self._block[:, : _BLOCK - start] = self._block[:, start:]
            words = np.empty((_ROWS, start), dtype=np.uint64)
            for first in range(0, len(self.seeds), _ROWS):  # few rows at a time stay in the cache
                block = self._block[first : first + _ROWS, _BLOCK - start :]
                for row in range(len(block)):
                    words[row] = self._words(first + row, start)
                _to_uniform(words[: len(block)], block)
            self._together = 0
            return
        for row in rows:  # each has its own amount left
            start = int(self._next[row])
            self._block[row, : _BLOCK - start] = self._block[row, start:]
            _to_uniform(self._words(row, start), self._block[row, _BLOCK - start :])
            self._next[row] = 0

    def _words(self, row: int, n: int) -> NDArray[np.uint64]:
        """Give the next `n` raw words of a row's own sequence."""
        counter, skipped = divmod(int(self._drawn[row]), _WORDS_A_COUNT)
        self._drawn[row] += n
        self._state["state"]["counter"][0] = counter
        self._state["state"]["key"] = self._keys[row]
        self._generator.state = self._state
        return self._generator.random_raw(skipped + n)[skipped:]


def _to_uniform(words: NDArray[np.uint64], out: NDArray[np.float64]) -> None:
    """Write the numbers in [0, 1) that the top 52 bits of raw words make; the words are used up.

    The bits become those of a float in [1, 2), which is much faster than converting an integer.
    """
    np.right_shift(words, _EXPONENT_BITS, out=words)
    np.bitwise_or(words, _ONE, out=words)
    np.subtract(words.view(np.float64), 1.0, out=out)
