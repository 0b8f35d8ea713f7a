"""Torch files, zip and legacy stream, without torch: lists, dictionaries, numbers and plain tensors."""

from __future__ import annotations

import itertools
import math
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.errors import FileFormatError, shown
from nasbench_sim.mistaken import START, mistaken, named
from nasbench_sim.tables.restricted.limits import DEFAULT, Limits
from nasbench_sim.tables.restricted.machine import Condense, Machine
from nasbench_sim.tables.restricted.stand_ins import NUMPY, Admitted, Draft, records
from nasbench_sim.tables.restricted.streams import counted, stored_size

_ZIP = b"PK\x03\x04"
_LEGACY_MAGIC = 0x1950A86A20F9469CFC6C
_LEGACY_VERSION = 1001
_STORAGES = {
    f"torch.{kind}Storage": np.dtype(code)
    for kind, code in {
        "Double": "<f8",
        "Float": "<f4",
        "Half": "<f2",
        "Long": "<i8",
        "Int": "<i4",
        "Short": "<i2",
        "Char": "i1",
        "Byte": "u1",
        "Bool": "b1",
    }.items()
}


class _Storage(Draft):
    """The numbers behind tensors, of a type and length that the file says; read when they are there."""

    __slots__ = ("dtype", "key", "length", "numbers")

    def __init__(self, persistent: Any) -> None:
        super().__init__()
        if not isinstance(persistent, tuple) or len(persistent) not in (5, 6) or persistent[0] != "storage":
            raise FileFormatError("a torch reference that is not a storage")
        kind = getattr(persistent[1], "text", None)
        if kind not in _STORAGES:
            raise FileFormatError(f"a torch storage of type {shown(kind)}")
        if len(persistent) == 6 and persistent[5] is not None:
            raise FileFormatError("a torch storage that is a view of another")
        _, _, self.key, _, self.length = persistent[:5]
        if type(self.key) is not str or type(self.length) is not int or self.length < 0:
            raise FileFormatError("a torch storage without a key and a length")
        self.dtype = _STORAGES[kind]
        self.numbers: NDArray[Any] | None = None

    def fill(self, raw: bytes) -> None:
        """Take the raw numbers."""
        if len(raw) != self.length * self.dtype.itemsize:
            raise FileFormatError("a torch storage of another length than announced")
        self.numbers = np.frombuffer(raw, self.dtype)


class Tensor(Draft):
    """A tensor of a file; `array` gives its numbers once the file is read."""

    __slots__ = ("offset", "shape", "storage", "strides")

    def __init__(self, arguments: tuple[Any, ...]) -> None:
        super().__init__()
        if len(arguments) < 4 or not isinstance(arguments[0], _Storage):
            raise FileFormatError("a torch tensor without a storage")
        self.storage, self.offset, self.shape, self.strides = arguments[:4]
        few = len(_tuple(self.shape)) <= 8 and len(_tuple(self.strides)) <= 8
        whole = [self.offset, *self.shape, *self.strides] if few else [None]
        if not all(type(number) is int and number >= 0 for number in whole):
            raise FileFormatError("a torch tensor whose shape is not a few whole numbers")

    def array(self) -> NDArray[Any]:
        """Give the numbers."""
        contiguous = tuple(itertools.accumulate(self.shape[:0:-1], lambda a, b: a * max(1, b), initial=1))[
            ::-1
        ]
        size = math.prod(self.shape)
        numbers = self.storage.numbers
        if self.strides != contiguous[: len(self.shape)] and size > 1:
            raise FileFormatError("a torch tensor that is not contiguous")
        if numbers is None or self.offset + size > len(numbers):
            raise FileFormatError("a torch tensor beyond its storage")
        part: NDArray[Any] = numbers[self.offset : self.offset + size].reshape(self.shape)
        return part


def _tuple(value: Any) -> tuple[Any, ...]:
    if not isinstance(value, tuple):
        raise FileFormatError("a torch tensor without a shape")
    return value


_TORCH: Admitted = {
    **NUMPY,
    **records(_STORAGES),
    "torch._utils._rebuild_tensor_v2": Tensor,
    "torch.Size": lambda arguments: _tuple(arguments[0]) if arguments else (),
}


def read_torch(path: str | Path, limits: Limits = DEFAULT, condense: Condense | None = None) -> Any:
    """Give what `torch.save` wrote, of both file forms; tensors as `Tensor`, whose `array` has the numbers.

    Raises
    ------
    FileFormatError
        For a type other than plain data, numpy numbers and plain tensors, naming it; for a truncated,
        damaged, foreign or too large file.
    """
    path = Path(path)
    with named(path), path.open("rb") as file:
        start = file.read(START)
        file.seek(0)
        found = mistaken(start, (_ZIP,))
        if found:
            raise FileFormatError(f"{path} {found}")
        read = _read_zip if start.startswith(_ZIP) else _read_legacy
        return read(path, file, limits, condense)


def _read_zip(path: Path, file: IO[bytes], limits: Limits, condense: Condense | None) -> Any:
    size = stored_size(file)
    left = limits.unpacked(size)
    try:
        with zipfile.ZipFile(file) as archive:
            pickles = [name for name in archive.namelist() if name.split("/")[1:] == ["data.pkl"]]
            if len(pickles) != 1:
                raise FileFormatError(
                    f"{path} is a zip file, but not one of torch: no single data.pkl; unzip it?"
                )
            folder = pickles[0].removesuffix("data.pkl")
            # Members are read by their exact names and never written to disk, so no name can lead astray.
            with _member(archive, pickles[0]) as member:
                stream = counted(member, left, str(path))
                storages: dict[str, _Storage] = {}
                machine = Machine(stream, str(path), _TORCH, limits, condense, _shared(storages), size=size)
                value = machine.load()
            for key, storage in storages.items():
                announced = storage.length * storage.dtype.itemsize
                if announced > left:
                    raise FileFormatError(
                        f"{path} unpacks to more than {limits.unpacked(size):,} bytes: refused"
                    )
                left -= announced
                with _member(archive, f"{folder}data/{key}") as member:
                    storage.fill(counted(member, announced, str(path)).read())
            return value
    except (zipfile.BadZipFile, RuntimeError, KeyError, EOFError, zlib.error) as error:
        raise FileFormatError(f"{path} is a damaged or foreign zip file: {error}") from error


def _member(archive: zipfile.ZipFile, name: str) -> IO[bytes]:
    """Open a part of a zip file that is packed in a way that torch has."""
    if archive.getinfo(name).compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise zipfile.BadZipFile(f"{name} is packed in another way than torch's")
    return archive.open(name)


def _read_legacy(path: Path, file: IO[bytes], limits: Limits, condense: Condense | None) -> Any:
    size = stored_size(file)
    stream = counted(file, limits.unpacked(size), str(path))
    storages: dict[str, _Storage] = {}
    machine = Machine(stream, str(path), _TORCH, limits, condense, _shared(storages), size=size)
    head = [machine.load(), machine.load()]
    if not all(type(part) is int for part in head) or head != [_LEGACY_MAGIC, _LEGACY_VERSION]:
        raise FileFormatError(f"{path} is not a torch file")
    machine.load()  # what the writing machine was: of no use here
    value = machine.load()
    keys = machine.load()
    named = isinstance(keys, list) and all(type(key) is str for key in keys)
    if not named or sorted(keys) != sorted(storages):
        raise FileFormatError(f"{path}: its storages are not those that it names")
    for key in keys:
        storage = storages[key]
        length = int.from_bytes(stream.read(8), "little")
        if length != storage.length:
            raise FileFormatError(f"{path}: a storage has {length:,} numbers instead of {storage.length:,}")
        storage.fill(stream.read(min(length * storage.dtype.itemsize, size)))
    return value


def _shared(storages: dict[str, _Storage]) -> Callable[[Any], _Storage]:
    """Give the persistent ids of a file as storages, each key one storage."""

    def storage(persistent: Any) -> _Storage:
        made = _Storage(persistent)
        known = storages.setdefault(made.key, made)
        if (known.dtype, known.length) != (made.dtype, made.length):
            raise FileFormatError("a torch storage of two types")
        return known

    return storage
