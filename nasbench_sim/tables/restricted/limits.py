"""How much a file may ask for, and what is left of it while the file is read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from nasbench_sim.errors import FileFormatError

UNIT = 64
"""Bytes that one step of work may make."""


class Limits(NamedTuple):
    """Bounds on what one file may make of itself: a part for every file, and one in proportion to its size.

    A file of a megabyte is read, or refused, within seconds and half a gigabyte, whatever is in it; one of n
    bytes within a time in proportion to n, and in twice ``memory + 4 n`` bytes.
    """

    bytes: int = 2**28
    """Bytes after decompression, whatever the size of the file."""
    start: int = 2**26
    """Bytes after decompression that a file of any size may have."""
    ratio: int = 64
    """Bytes after decompression for each byte of the file."""
    work: int = 2_500_000
    """Steps of work that a file of any size may cost: an instruction, 64 bytes that are made or copied."""
    memory: int = 2**28
    """Bytes that the values of a file of any size may take at one time."""
    depth: int = 32
    """Nesting of lists, dictionaries, tuples and records."""
    text: int = 2**16
    """Bytes of one string."""

    def unpacked(self, size: int) -> int:
        """Compute how many bytes a file of a size may unpack to."""
        return min(self.bytes, self.start + self.ratio * size)


DEFAULT = Limits()

ARCHIVE = Limits(bytes=2**35)
"""For whole archives: every record of 15,625 or 32,768 architectures in one pickle."""

_WORK_PER_BYTE = 2
_MEMORY_PER_BYTE = 4
_LARGEST_KEY = 2**60  # below the modulus of Python's hash of numbers: no two of them collide


class Budget:
    """Steps of work that are left to a file.

    Parameters
    ----------
    limits
        The bounds.
    size
        Bytes of the file as it is stored.

    Attributes
    ----------
    memory
        Bytes that what is alive may take.
    charged
        Steps that the instruction at hand cost beyond the one that it is.
    """

    def __init__(self, limits: Limits, size: int) -> None:
        self.memory = limits.memory + _MEMORY_PER_BYTE * size
        self.charged = 0
        self._all = self._left = limits.work + _WORK_PER_BYTE * size

    def grant(self) -> int:
        """Give steps that may pass until what is alive is weighed: no more than fill the memory once."""
        steps = min(self._left, self.memory // UNIT)
        if steps <= 0:
            raise FileFormatError(f"more than {self._all:,} steps of work, too many for its size: refused")
        self._left -= steps
        return steps

    def give_back(self, steps: int) -> None:
        """Take steps back that were granted and not used."""
        self._left += steps


def check_whole(numbers: Iterable[int]) -> None:
    """Admit whole numbers that are hashed only where no two of them can collide."""
    if not (min(numbers, default=0) > -_LARGEST_KEY and max(numbers, default=0) < _LARGEST_KEY):
        raise FileFormatError("a key that is a number of more than 60 bits: refused")
