"""SplitMix64: words that are a function of a key and a counter alone, and numbers in [0, 1) of them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_GOLDEN, _FIRST, _SECOND = (
    np.uint64(word) for word in (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB)
)
_30, _27, _31 = np.uint64(30), np.uint64(27), np.uint64(31)
_UNUSED_BITS = np.uint64(11)  # of a word, which has more than a float


def split_mix(keys: NDArray[np.uint64], counter: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Compute the words of SplitMix64: that of state `key` after so many steps.

    Each is a function of its key and its counter alone, so that any number of sequences can be read at any
    place in a few operations on whole arrays.

    Parameters
    ----------
    keys, counter
        Of shapes that broadcast.

    References
    ----------
    Steele, Lea, Flood. Fast splittable pseudorandom number generators. OOPSLA 2014.

    Examples
    --------
    >>> split_mix(np.array([1234567], dtype=np.uint64), np.array([1, 2], dtype=np.uint64))
    array([6457827717110365317, 3203168211198807973], dtype=uint64)
    """
    return mixed(counter * _GOLDEN + keys)


def mixed(words: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Mix the bits of words, in place, and return them."""
    shifted = words >> _30
    words ^= shifted
    words *= _FIRST
    words ^= np.right_shift(words, _27, out=shifted)
    words *= _SECOND
    words ^= np.right_shift(words, _31, out=shifted)
    return words


def further(uniform: NDArray[np.float64], start: int, stop: int) -> NDArray[np.float64]:
    """Compute more numbers in [0, 1) out of given ones: places `start` to `stop` of a sequence for each.

    Parameters
    ----------
    uniform
        Any shape; its bits are the key.

    Returns
    -------
    array of float64, shape (..., stop - start)

    Examples
    --------
    >>> further(np.array([0.25]), 1, 3).round(3)
    array([[0.171, 0.337]])
    """
    keys = np.ascontiguousarray(uniform, dtype=np.float64).view(np.uint64)[..., None]
    words = split_mix(keys, np.arange(start, stop, dtype=np.uint64))
    return np.asarray((words >> _UNUSED_BITS) * 2.0**-53)
