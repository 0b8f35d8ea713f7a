"""Structure-aware fuzzing of the restricted reader: pickles of all kinds, changed instruction by instruction.

Run ``python tests/fuzz/mutants.py --until 10000000 --state FILE``: every mutant follows from the seed and its
number, so a run that was stopped goes on where its state file says, and any finding can be made again by
``--only NUMBER``. A mutant is read, or refused by a FileFormatError that names its file; anything else, and
whatever takes a second or a gigabyte, is a finding. The counts of outcomes are kept in the state file.
"""

from __future__ import annotations

import argparse
import collections
import contextlib
import io
import json
import os
import pickle
import pickletools
import random
import re
import resource
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "tables"))

from hostile import name, text

from nasbench_sim.errors import FileFormatError
from nasbench_sim.tables.restricted import NUMPY, Limits, read_pickle, read_torch, records
from nasbench_sim.tables.restricted.machine import Machine

SEED = 20261201
SECONDS = 1.0  # of the CPU, for one mutant
ROOM = 2**30
LIMITS = Limits(bytes=2**22, start=2**20, work=20_000, memory=2**22)
_FILE = "mutant.pickle"
_EVERY = 50  # mutants of which one goes by way of a file, packed and as a torch file too
_KEEP = 20_000  # mutants between two looks at the state file
_ADMITTED = {**NUMPY, **records(("a.Record",))}

Instructions = list[bytes]


def parents() -> list[Instructions]:
    """Give pickles to start from, cut into instructions: each plain kind, and kinds that were once bombs."""
    values = [
        {"a": [1.5, 2], ("b", 777): (None, True), 5: "text" * 9},
        collections.OrderedDict(x={1: 2.0}),
        {"all_results": {("cifar10", 777): {"train_acc1es": {0: 1.0, 1: 2.0}}}, "arch_str": "|a~0|"},
        np.arange(6.0).reshape(2, 3),
        [np.float64(3.5), np.int8(3)],
        np.array(["a", "b"], dtype=object),
        {1, 2, 3, 2**40},
        [b"bytes", b"\xff" * 40, 2**61 - 1, 2**100, -1],
    ]
    whole = [pickle.dumps(value, protocol) for value in values for protocol in (2, 4, 5)]
    start, modulus = b"\x80\x04", (1 << 61) - 1
    number = b"\x8a\x08" + modulus.to_bytes(8, "little")
    encode = name("_codecs", "encode")
    draft = name("numpy.core.multiarray", "_reconstruct") + name("numpy", "ndarray") + b"K\x00\x85C\x01b\x87R"
    whole += [
        start + b"}(" + (number + b"N") * 9 + b"u.",
        start + b"\x8f(" + number * 9 + b"\x90.",
        start + b"K\x01" + b"2\x86" * 12 + b"\x8c\x01x\x93.",
        start + text("a" * 99) + b"\x940(" + (encode + b"h\x00" + text("latin1") + b"\x86R") * 5 + b"t.",
        start + b"(" + b"\x8f" * 9 + b"]" * 9 + b"}" * 9 + b"t.",
        start + draft + b"\x94" * 9 + b"Nb" * 3 + b".",
        start + name("a", "Record") + b")\x81\x94}" + text("k") + b"h\x00sb.",
        start
        + name("numpy", "dtype")
        + text("f8")
        + b"\x85R(K\x03"
        + text("<")
        + b"NNNJ\xff\xff\xff\xff" * 2
        + b"tb.",
        b"\x80\x02ccollections\nOrderedDict\n)R(U\x01aG" + b"\x00" * 8 + b"u.",
        b"cos\nsystem\n(S'true'\ntR.",
    ]
    return [cut(one) for one in whole]


def cut(data: bytes) -> Instructions:
    """Cut a pickle into its instructions; what is no pickle any more stays in one piece at the end."""
    places = []
    try:
        for _, _, place in pickletools.genops(data):
            places.append(place)
    except Exception:
        places.append(len(data))
    ends = [*places[1:], len(data)]
    return [data[begin:end] for begin, end in zip(places, ends, strict=True)]


class Mutants:
    """Changed pickles by number.

    Parameters
    ----------
    seed
        With the number of a mutant, fixes it.
    """

    def __init__(self, seed: int = SEED) -> None:
        self._seed = seed
        self._parents = parents()
        self._pool = sorted({one for parent in self._parents for one in parent})
        self._changes = (
            self._drop,
            self._insert,
            self._double,
            self._swap,
            self._splice,
            self._repeat,
            self._memo,
            self._flip,
            self._grow,
        )

    def of(self, number: int) -> bytes:
        """Make a mutant."""
        draw = random.Random(self._seed * 2**32 + number)
        found = list(draw.choice(self._parents))
        for _ in range(draw.choice((1, 1, 2, 3, 5))):
            found = draw.choice(self._changes)(found, draw)
        data = b"".join(found)
        return data[: draw.randrange(len(data) + 1)] if draw.random() < 0.03 else data

    def _drop(self, of: Instructions, draw: random.Random) -> Instructions:
        at = draw.randrange(len(of) + 1)
        return of[:at] + of[at + draw.choice((1, 1, 2, 4)) :]

    def _insert(self, of: Instructions, draw: random.Random) -> Instructions:
        at = draw.randrange(len(of) + 1)
        return [*of[:at], *draw.choices(self._pool, k=draw.choice((1, 1, 2, 4))), *of[at:]]

    def _double(self, of: Instructions, draw: random.Random) -> Instructions:
        at = draw.randrange(len(of) + 1)
        return [*of[:at], b"2", draw.choice((b"\x85", b"\x86", b"\x87", b"a", b"s", b"R", b"b")), *of[at:]]

    def _swap(self, of: Instructions, draw: random.Random) -> Instructions:
        if not of:
            return of
        found, at, other = list(of), draw.randrange(len(of)), draw.randrange(len(of))
        found[at], found[other] = found[other], found[at]
        return found

    def _splice(self, of: Instructions, draw: random.Random) -> Instructions:
        other = draw.choice(self._parents)
        return of[: draw.randrange(len(of) + 1)] + other[draw.randrange(len(other)) :]

    def _repeat(self, of: Instructions, draw: random.Random) -> Instructions:
        begin = draw.randrange(len(of) + 1)
        end = min(len(of), begin + draw.choice((1, 2, 3, 8)))
        return of[:begin] + of[begin:end] * draw.choice((2, 3, 10, 40, 400)) + of[end:]

    def _memo(self, of: Instructions, draw: random.Random) -> Instructions:
        at, number = draw.randrange(len(of) + 1), draw.choice((0, 0, 1, 2, 3, 5, 255))
        return [*of[:at], draw.choice((b"h%c", b"h%c", b"q%c", b"j%c\0\0\0")) % number, *of[at:]]

    def _flip(self, of: Instructions, draw: random.Random) -> Instructions:
        if not of:
            return of
        at = draw.randrange(len(of))
        raw = bytearray(of[at])
        raw[draw.randrange(len(raw))] = draw.choice((0, 1, 0x7F, 0x80, 0xFF, draw.randrange(256)))
        return [*of[:at], bytes(raw), *of[at + 1 :]]

    def _grow(self, of: Instructions, draw: random.Random) -> Instructions:
        """Announce another length, of a text or a number, than follows."""
        wide = [at for at, one in enumerate(of) if one[:1] in b"X\x8cUTCB\x8e\x8a" and len(one) > 2]
        if not wide:
            return self._flip(of, draw)
        at = draw.choice(wide)
        raw = bytearray(of[at])
        raw[draw.choice((1, min(4, len(raw) - 1)))] = draw.choice((0, 1, 16, 17, 0x7F, 0xFF))
        return [*of[:at], bytes(raw), *of[at + 1 :]]


def outcome(data: bytes, folder: Path | None) -> str:
    """Read a mutant, by way of a file where there is a folder, and say in a few words what became of it."""
    try:
        if folder is None:
            value: Any = Machine(io.BytesIO(data), _FILE, _ADMITTED, LIMITS, size=len(data)).load()
        else:
            path = folder / _FILE
            path.write_bytes(data)
            with contextlib.suppress(FileFormatError):
                read_torch(path, LIMITS)
            value = read_pickle(path, _ADMITTED, LIMITS, lambda key, inner: inner)
    except FileFormatError as error:
        message = str(error)
        assert _FILE in message
        assert len(message) < 1000
        said = re.sub(r"^.*?mutant\.pickle(,| holds| is|:)?", "", message)
        return "refused: " + re.sub(r"[0-9,]+|['\"].*|b'.*|\(.*|: .*", "", said).strip()
    assert len(repr(value)) < 2**22  # written out, what was read is not larger than its file paid for
    return "value"


def fuzz(begin: int, end: int, folder: Path, counts: collections.Counter[str], seed: int = SEED) -> None:
    """Read the mutants of some numbers and count what became of them.

    Raises
    ------
    AssertionError
        For a finding, naming the number of its mutant.
    """
    mutants = Mutants(seed)
    for number in range(begin, end):
        data = mutants.of(number)
        before = time.process_time()
        try:
            found = outcome(data, folder if number % _EVERY == 0 else None)
        except Exception as error:
            raise AssertionError(
                f"mutant {number} of seed {seed}: {type(error).__name__}: {error}"
            ) from error
        seconds = time.process_time() - before
        assert seconds < SECONDS, f"mutant {number} of seed {seed}: {seconds:.1f} s"
        counts[found] += 1


def main() -> None:
    """Fuzz up to a number, going on from the state file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--until", type=int, default=10_000_000)
    parser.add_argument("--state", type=Path, required=True)
    parser.add_argument("--only", type=int, help="one mutant, printed with what becomes of it")
    arguments = parser.parse_args()
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        if arguments.only is not None:
            data = Mutants().of(arguments.only)
            print(data)
            print(outcome(data, Path(folder)))
            return
        used = 4096 * int(Path("/proc/self/statm").read_text().split()[0])
        resource.setrlimit(resource.RLIMIT_AS, (used + ROOM,) * 2)
        state = {"next": 0, "counts": {}}
        if arguments.state.exists():
            state = json.loads(arguments.state.read_text())
        counts = collections.Counter(state["counts"])
        for begin in range(state["next"], arguments.until, _KEEP):
            end = min(begin + _KEEP, arguments.until)
            fuzz(begin, end, Path(folder), counts)
            draft = arguments.state.with_suffix(".draft")
            draft.write_text(json.dumps({"next": end, "counts": dict(counts.most_common())}, indent=1))
            os.replace(draft, arguments.state)


if __name__ == "__main__":
    main()
