"""Files of each kind that once hung the restricted reader or filled the memory: name -> bytes."""

from __future__ import annotations

import bz2
import gzip
import struct
from collections.abc import Callable

_MODULUS = (1 << 61) - 1  # of Python's hash of numbers
_START = b"\x80\x04"


def long(number: int) -> bytes:
    """Write a whole number of any size."""
    raw = number.to_bytes(number.bit_length() // 8 + 1, "little", signed=True)
    return b"\x8a" + bytes([len(raw)]) + raw


def text(value: str) -> bytes:
    """Write a short text."""
    return b"\x8c" + bytes([len(value)]) + value.encode()


def name(module: str, attribute: str) -> bytes:
    """Write a reference to a type or function."""
    return text(module) + text(attribute) + b"\x93"


def colliding(count: int, begin: bytes = b"}", item: bytes = b"N", end: bytes = b"u") -> bytes:
    """Fill a dictionary, or a set, with numbers that all have the same hash."""
    keys = b"".join(long((i + 1) * _MODULUS) + item for i in range(count))
    return _START + begin + b"(" + keys + end + b"."


def _copies() -> bytes:
    remembered = b"T" + struct.pack("<i", 50_000_000) + b"a" * 50_000_000 + b"\x940"
    call = name("_codecs", "encode") + b"h\x00" + text("latin1") + b"\x86R"
    return bz2.compress(_START + remembered + call * 200 + b".")


def _scalars() -> bytes:
    dtype = name("numpy", "dtype") + text("f8") + b"\x85R"
    state = b"(K\x03" + text("<") + b"NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb\x94"
    maker = name("numpy.core.multiarray", "scalar") + b"\x94"
    return _START + dtype + state + maker + b"(" + b"h\x01h\x00C\x08abcdefgh\x86R" * 55_000 + b"t."


def _long_texts() -> bytes:
    words = (b"X" + struct.pack("<i", 60_000) + b"%05d" % i * 12_000 for i in range(1000))
    return gzip.compress(_START + b"(" + b"".join(words) + b"t.")


def _shared_text() -> bytes:
    return _START + b"X" + struct.pack("<i", 60_000) + b"a" * 60_000 + b"\x94(" + b"h\x00" * 400_000 + b"t."


def _rebuilt_records() -> bytes:
    """Remember a draft often, then give it a state often: each state is put to each place."""
    draft = name("numpy.core.multiarray", "_reconstruct") + name("numpy", "ndarray") + b"K\x00\x85C\x01b\x87R"
    return _START + draft + b"\x94" * 300_000 + b"Nb" * 300_000 + b"."


def _sets_of_a_list() -> bytes:
    numbers = b"](" + b"".join(b"M" + struct.pack("<H", i) for i in range(60_000)) + b"e\x85\x94"
    maker = name("builtins", "set") + b"\x94"
    return _START + numbers + maker + b"h\x01h\x00R0" * 100_000 + b"."


KINDS: dict[str, Callable[[], bytes]] = {
    "numbers that collide": lambda: colliding(20_000),
    "more numbers that collide": lambda: bz2.compress(colliding(200_000)),
    "a set that collides": lambda: colliding(60_000, b"\x8f", b"", b"\x90"),
    "a doubled tuple as a name": lambda: _START + b"K\x01" + b"2\x86" * 30 + text("x") + b"\x93.",
    "a doubled tuple as a type": lambda: (
        _START + b"K\x01" + b"2\x86" * 28 + b"\x94" + name("numpy", "dtype") + b"h\x00\x85R."
    ),
    "a doubled tuple as numbers": lambda: (
        _START
        + (b"}" + text("nasbench201") + b"}" + text("cifar10") + b"}" + text("edgegpu_latency"))
        + (b"K\x01" + b"2\x86" * 28 + b"sss.")
    ),
    "calls that copy": _copies,
    "numpy numbers": _scalars,
    "sets": lambda: bz2.compress(_START + b"\x8f" * 3_000_000),
    "lists": lambda: _START + b"]" * 999_000,
    "lists in a list": lambda: _START + b"]" + b"]a" * 490_000 + b".",
    "nothing, often": lambda: bz2.compress(_START + b"N" * 100_000_000),
    "long texts": _long_texts,
    "one text, often": _shared_text,
    "drafts remembered often": _rebuilt_records,
    "sets made of one list": _sets_of_a_list,
    "bytes": lambda: gzip.compress(
        _START + b"B" + struct.pack("<i", 250_000_000) + b"\0" * 250_000_000 + b"."
    ),
    "empty streams": lambda: gzip.compress(b"") * 48_000,
    "tuples as keys": lambda: (
        _START + b"}(" + b"".join(b"M" + struct.pack("<H", i) + b"K\x07\x86N" for i in range(65_000)) + b"u."
    ),
    "an empty array of endless rows": lambda: (
        _START
        + name("numpy.core.numeric", "_frombuffer")
        + (b"(C\x00" + name("numpy", "dtype") + text("f8") + b"\x85R(K\x03" + text("<"))
        + (b"NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb" + long(2**60) + b"K\x00\x86" + text("C") + b"tR.")
    ),
}
