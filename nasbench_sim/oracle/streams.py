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
_MOST = _BLOCK - 1  # numbers at once: a block can begin with half a word
_WORDS_A_COUNT = 4  # Philox makes four words from each value of its counter
_ONE_DRAW = 2**16  # a larger space needs more bits than one uniform number has to spare


def counter_based(seed: int, purpose: int) -> np.random.Philox:
    """Give the counter-based generator of a seed (0 to 2**64 - 1) for one purpose."""
    return np.random.Philox(key=np.array([seed, purpose], dtype=np.uint64))


class Streams:
    """Uniform numbers for R replicates, each from its own Philox generator keyed by its seed.

    A replicate's numbers are the same alone and among a thousand, and the same on every machine: each half of
    a raw word of the generator, the lower one first, is one of the 2**32 midpoints ``(half + 1/2) / 2**32``.
    So none of them is 0 or 1.

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
        self._keys = [np.array([seed, purpose], dtype=np.uint64) for seed in self.seeds]
        self._words_drawn = np.zeros(len(self.seeds), dtype=np.int64)
        self._block = np.empty((_BLOCK, len(self.seeds)), dtype=np.uint32)  # halves of words, draw by draw
        self._next = np.full(len(self.seeds), _BLOCK)
        self._together: int | None = _BLOCK  # the common position, while no row has drawn on its own

    def __len__(self) -> int:
        """Give the number of replicates."""
        return len(self.seeds)

    def uniform(self, k: int, rows: NDArray[np.intp] | None = None) -> NDArray[np.float64]:
        """Give the next `k` numbers between 0 and 1 of every replicate, or of those in `rows` only.

        Returns
        -------
        array of float64, shape (R, k) or (len(rows), k)
        """
        if k > _MOST:
            parts = [self.uniform(min(_MOST, k - start), rows) for start in range(0, k, _MOST)]
            return np.concatenate(parts, axis=1)
        if rows is None and self._together is not None:
            if self._together + k > _BLOCK:
                self._refill(self._together)
            start = self._together
            self._together += k
            return _midpoints(self._block[start : self._together]).T
        if self._together is not None:
            self._next[:] = self._together
            self._together = None
        rows = np.arange(len(self.seeds)) if rows is None else rows
        for row in rows[self._next[rows] + k > _BLOCK]:
            self._refill_one(row, int(self._next[row]))
        first = self._next[rows]
        self._next[rows] += k
        return _midpoints(self._block[first[:, None] + np.arange(k), rows[:, None]])

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

    def _refill(self, start: int) -> None:
        """Move what is left of the block from `start` on to the front, and fill it up for all rows."""
        begin, end = _places_of_rest(start)
        self._block[begin:end] = self._block[start:].copy()
        words = np.empty((_ROWS, (_BLOCK - end) // 2), dtype=np.uint64)
        for first in range(0, len(self.seeds), _ROWS):  # few rows at a time stay in the cache
            rows = range(first, min(first + _ROWS, len(self.seeds)))
            for place, row in enumerate(rows):
                words[place] = self._words(row, words.shape[1])
            self._block[end:, first : rows.stop] = words[: len(rows)].view(np.uint32).T
        self._together = begin

    def _refill_one(self, row: int, start: int) -> None:
        """Do so for one row."""
        begin, end = _places_of_rest(start)
        column = self._block[:, row]
        column[begin:end] = column[start:].copy()
        column[end:] = self._words(row, (_BLOCK - end) // 2).view(np.uint32)
        self._next[row] = begin

    def _words(self, row: int, n: int) -> NDArray[np.uint64]:
        """Give the next `n` raw words of a row's own sequence."""
        count, skipped = divmod(int(self._words_drawn[row]), _WORDS_A_COUNT)
        self._words_drawn[row] += n
        self._state["state"]["counter"][0] = count
        self._state["state"]["key"] = self._keys[row]
        self._generator.state = self._state
        return self._generator.random_raw(skipped + n)[skipped:]


def _places_of_rest(start: int) -> tuple[int, int]:
    """Give where the rest of a block goes in the next one: whole words, of two numbers, follow it."""
    rest = _BLOCK - start
    return rest % 2, rest + rest % 2


def _midpoints(halves: NDArray[np.uint32]) -> NDArray[np.float64]:
    """Give the numbers between 0 and 1 that halves of words make."""
    numbers = halves.astype(np.float64)
    numbers += 0.5
    numbers *= 2.0**-32
    return numbers
