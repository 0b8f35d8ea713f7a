"""How much a file may ask for."""

from __future__ import annotations

from typing import NamedTuple


class Limits(NamedTuple):
    """Bounds on what one file may make of itself.

    The default fits every published file but the whole archives of NATS-Bench and NAS-Bench-201.
    """

    bytes: int = 2**28
    """Bytes after decompression."""
    instructions: int = 20_000_000
    """Pickle instructions, each of which makes at most one object."""
    depth: int = 32
    """Nesting of lists, dictionaries, tuples and records."""
    text: int = 2**16
    """Bytes of one string."""


DEFAULT = Limits()

ARCHIVE = Limits(bytes=2**35, instructions=2**32)
"""For whole archives: every record of 15,625 or 32,768 architectures in one pickle."""
