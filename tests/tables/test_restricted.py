"""The restricted reader: what it reads equals what was written, and nothing in a file ever runs."""

from __future__ import annotations

import bz2
import collections
import gzip
import io
import os
import pickle
import struct
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nasbench_sim.errors import FileFormatError
from nasbench_sim.tables.restricted import (
    NUMPY,
    PLAIN,
    Limits,
    Record,
    read_pickle,
    read_pickles,
    read_torch,
    records,
)

KEYS = st.text(max_size=5) | st.integers(-(2**40), 2**40) | st.tuples(st.text(max_size=3), st.integers(0, 9))
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**60), 2**60)
    | st.floats(allow_nan=False)
    | st.text(max_size=300)
    | st.binary(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(KEYS, inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(KEYS, inner, max_size=3).map(collections.OrderedDict)
    ),
    max_leaves=20,
)


def written(folder: Path, content: bytes, name: str = "file.pickle") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def refused(folder: Path, content: bytes, message: str, admitted: Any = NUMPY, **limits: int) -> None:
    with pytest.raises(FileFormatError, match=message):
        read_pickle(written(folder, content), admitted, Limits(**limits))


def outcome(path: Path) -> str:
    """What became of a file; anything but a value or our own error fails the test."""
    try:
        read_pickle(path, NUMPY)
    except FileFormatError as error:
        return "refused" if str(path) in str(error) else "refused without naming the file"
    return "value"


@settings(deadline=None)
@given(value=VALUES, protocol=st.sampled_from([2, 3, 4, 5]))
def test_plain_values_come_back(tmp_path_factory: Any, value: Any, protocol: int) -> None:
    path = written(tmp_path_factory.mktemp("p"), pickle.dumps(value, protocol))
    assert read_pickle(path, NUMPY) == value


@settings(deadline=None, max_examples=40)
@given(
    code=st.sampled_from(["f8", "f4", ">f8", "i8", "u2", "?"]),
    shape=st.lists(st.integers(0, 4), max_size=3),
    order=st.sampled_from("CF"),
    protocol=st.sampled_from([2, 4, 5]),
)
def test_numpy_arrays_come_back(
    tmp_path_factory: Any, code: str, shape: list[int], order: str, protocol: int
) -> None:
    array = np.asarray(np.arange(int(np.prod(shape))).reshape(shape), dtype=code, order=order)  # type: ignore[call-overload]
    path = written(tmp_path_factory.mktemp("p"), pickle.dumps({"a": array, "b": array.sum()}, protocol))
    found = read_pickle(path, NUMPY)
    np.testing.assert_array_equal(found["a"], array)
    assert found["b"] == array.sum()


@pytest.mark.parametrize("pack", [bytes, bz2.compress, gzip.compress])
def test_compressed_files_are_told_by_their_content(tmp_path: Path, pack: Any) -> None:
    content = pickle.dumps([1, 2])
    assert read_pickle(written(tmp_path, pack(content)), PLAIN) == [1, 2]
    with pytest.raises(FileFormatError, match=r"truncated|damaged|goes on"):
        read_pickle(written(tmp_path, pack(content)[:-4]), PLAIN)


def test_several_pickles_in_a_file(tmp_path: Path) -> None:
    content = b"".join(pickle.dumps({"i": i}) for i in range(3))
    path = written(tmp_path, content)
    assert list(read_pickles(path, PLAIN)) == [{"i": 0}, {"i": 1}, {"i": 2}]
    with pytest.raises(FileFormatError, match="goes on"):
        read_pickle(path, PLAIN)


def test_objects_of_admitted_types_are_records(tmp_path: Path) -> None:
    path = written(tmp_path, pickle.dumps(Harmless(5), 2))
    found = read_pickle(path, records([f"{__name__}.Harmless", "copyreg._reconstructor", "builtins.object"]))
    assert isinstance(found, Record)
    assert found.state == {"value": 5}


class Harmless:
    def __init__(self, value: int) -> None:
        self.value = value


class Runs:
    """An object whose pickle calls a function."""

    def __init__(self, function: Any, *arguments: Any) -> None:
        self.call = (function, arguments)

    def __reduce__(self) -> Any:
        return self.call


@pytest.mark.parametrize("protocol", [0, 1, 2, 3, 4, 5])
@pytest.mark.parametrize(
    ("attack", "named"),
    [
        (Runs(os.system, "touch ran"), "system"),
        (Runs(eval, "open('ran', 'w')"), "eval"),
        (Runs(getattr, "", "join"), "getattr"),
        (Runs(__import__, "os"), "__import__"),
        (Runs(open, "ran", "w"), "open"),
        (Runs(io.FileIO, "ran", "w"), "FileIO"),
        (Runs(np.load, "ran", None, True), "load"),
    ],
)
def test_calls_are_refused_and_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, attack: Any, named: str, protocol: int
) -> None:
    monkeypatch.chdir(tmp_path)
    content = pickle.dumps({"latency": [1.0, attack]}, protocol)
    # the text instructions of protocols 0 and 1 are refused before the name is reached
    refused(tmp_path, content, named if protocol > 1 else "refused|not a pickle", NUMPY)
    assert not (tmp_path / "ran").exists()


def raw(*parts: bytes) -> bytes:
    return b"\x80\x04" + b"".join(parts) + b"."


def text(value: str) -> bytes:
    return b"\x8c" + bytes([len(value)]) + value.encode()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (raw(b"\x82\x01"), "EXT1"),  # copyreg's extension registry
        (raw(b"cos\nsystem\n(S'true'\no"), "os.system"),
        (raw(b"(S'true'\nios\nsystem\n"), "refused"),
        (raw(b"ccopyreg\n_reconstructor\n"), "copyreg._reconstructor"),
        (raw(text("collections"), text("OrderedDict.fromkeys"), b"\x93"), "fromkeys"),
        (raw(text("numpy"), text("ndarray"), b"\x93)R"), "made by a call"),
        (raw(text("numpy"), text("dtype"), b"\x93", text("O8"), b"\x85R}b"), "with fields"),
        (raw(text("numpy"), text("dtype"), b"\x93", text("V8"), b"\x85R"), "type 'V8'"),
        (raw(b"}}b"), "state for a dict"),
        (raw(b"]K\x01b"), "state for a list"),
        (raw(b"K\x01)R"), "call of a int"),
        (raw(b"K\x01K\x02a"), "not a new list"),
        (raw(b"]\x94h\x00a"), "not a new list|without its values|truncated"),
        (raw(b"}]K\x01s"), "key of type list"),
        (raw(b"}(K\x01u"), "without a value"),
        (raw(b"h\x07"), "truncated|not a pickle"),
        (raw(b"K\x01q\x05"), "gaps"),
        (raw(b"K\x01r\xff\xff\xff\x7f"), "gaps"),  # a memo number that would need gigabytes
        (raw(b"a"), "without its values"),
        (raw(b"("), "ends too early|truncated"),
        (raw(b"K\x01K\x02"), "ends too early"),
        (raw(b"\x8e\xff\xff\xff\xff\xff\xff\xff\x7f"), "refused"),  # announces eight exabytes
        (raw(b"X\xff\xff\xff\x7f"), "refused"),
        (raw(b"\x8a\xff" + b"\xff" * 255), "refused"),  # an integer of 2,040 bits
        (raw(b"K\x01Q"), "outside"),
        (raw(b"P1\n"), "refused"),
        (b"\x80\x09.", "protocol 9"),
        (b"\xfe\xff", "not a pickle"),
        (b"\x80\x04K", "truncated"),
        (b"\x80\x04\x8c\x05ab", "truncated"),
        (b"\x80\x04G\x00", "truncated"),
        (raw(b"\x8c\x02\xff\xff"), "not a pickle"),  # not text
        (raw(b"\x8f(", text("a"), b"\x90"), "whole numbers"),
    ],
)
def test_crafted_instructions_are_refused(tmp_path: Path, content: bytes, message: str) -> None:
    refused(tmp_path, content, message)


def test_nesting_is_bounded_however_it_is_made(tmp_path: Path) -> None:
    deep: list[Any] = []
    for _ in range(100):
        deep = [deep]
    refused(tmp_path, pickle.dumps(deep), "nested deeper")
    refused(tmp_path, raw(b"K\x01", b"\x85" * 100), "nested deeper")  # tuples need no mark
    refused(tmp_path, raw(b"(" * 100), "nested deeper")
    chain = b"".join(text("k") + b"}" for _ in range(100))
    refused(tmp_path, raw(b"}", chain, b"s" * 100), "nested deeper")


def test_a_container_can_not_hold_itself(tmp_path: Path) -> None:
    loop: list[Any] = []
    loop.append(loop)
    refused(tmp_path, pickle.dumps(loop), "not a new list")
    mapping: dict[str, Any] = {}
    mapping["self"] = mapping
    refused(tmp_path, pickle.dumps(mapping), "not a new dict")


def doubled(times: int) -> bytes:
    """Make a list of twice the list before, so often."""
    return b"]\x94" + b"".join(b"](h" + bytes([i]) + b"h" + bytes([i]) + b"e\x94" for i in range(times))


def test_what_is_shared_counts_each_time(tmp_path: Path) -> None:
    assert read_pickle(written(tmp_path, raw(doubled(10), b"0" * 10)), PLAIN) == []
    refused(tmp_path, raw(doubled(30), b"0" * 30), "steps of work")
    refused(tmp_path, raw(b"N", b"]0" * 1000), "more than 4,508 steps of work", work=500)


@pytest.mark.parametrize("pack", [bz2.compress, gzip.compress])
def test_a_compression_bomb_is_stopped(tmp_path: Path, pack: Any) -> None:
    content = pack(pickle.dumps(b"\0" * 2**24))
    assert len(content) < 2**17
    refused(tmp_path, content, "unpacks to more than 1,048,576 bytes|16,777,216 bytes", bytes=2**20)


def test_condensed_dictionaries_are_replaced_at_once(tmp_path: Path) -> None:
    content = {"a": {"numbers": [1, 2]}, "b": {"other": {"numbers": [3]}}}
    path = written(tmp_path, pickle.dumps(content))

    def condense(key: Any, value: dict[Any, Any]) -> Any:
        return sum(value["numbers"]) if "numbers" in value else value

    assert read_pickle(path, PLAIN, condense=condense) == {"a": 3, "b": {"other": 3}}


@settings(max_examples=300, deadline=None)
@given(content=st.binary(max_size=200))
def test_noise_is_an_error_of_ours(tmp_path_factory: Any, content: bytes) -> None:
    path = written(tmp_path_factory.mktemp("p"), b"\x80\x04" + content)
    assert outcome(path) in ("value", "refused")


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_damaged_pickles_are_values_or_errors_of_ours(tmp_path_factory: Any, data: Any) -> None:
    good = pickle.dumps({"a": [1.5, np.arange(3.0), ("x", 7)], "b": {"c": "text"}}, 4)
    at = data.draw(st.integers(0, len(good) - 1))
    content = bytearray(good)
    content[at] = data.draw(st.integers(0, 255))
    path = written(tmp_path_factory.mktemp("p"), bytes(content[: data.draw(st.integers(1, len(good)))]))
    assert outcome(path) in ("value", "refused")


# -- torch files


class Storage:
    """What torch pickles as a persistent id."""

    def __init__(self, kind: str, key: str, numbers: np.ndarray) -> None:
        self.kind, self.key, self.numbers = kind, key, numbers


def torch_pickle(storage: Storage, shape: tuple[int, ...], legacy: bool, kind: str | None = None) -> bytes:
    """Write {'t': tensor} as torch does: protocol 2, a global for the function, a persistent id."""
    extra = b"N" if legacy else b""
    parts = [b"\x80\x02}q\x00X\x01\x00\x00\x00tq\x01ctorch._utils\n_rebuild_tensor_v2\n(("]
    parts.append(b"X\x07\x00\x00\x00storage")
    parts.append(b"ctorch\n" + (kind or storage.kind).encode() + b"\n")
    parts.append(b"X" + struct.pack("<i", len(storage.key)) + storage.key.encode())
    parts.append(b"X\x03\x00\x00\x00cpu" + b"K" + bytes([len(storage.numbers)]) + extra + b"tQ")
    strides, step = [], 1
    for length in shape[::-1]:
        strides.insert(0, step)
        step *= length
    shapes = b"(" + b"".join(b"K" + bytes([n]) for n in shape) + b"t"
    steps = b"(" + b"".join(b"K" + bytes([n]) for n in strides) + b"t"
    parts.append(b"K\x00" + shapes + steps + b"\x89ccollections\nOrderedDict\n)RtRs.")
    return b"".join(parts)


def zip_file(members: dict[str, bytes], compression: int = zipfile.ZIP_STORED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def legacy_file(storage: Storage, shape: tuple[int, ...]) -> bytes:
    head = b"".join(pickle.dumps(part, 2) for part in (0x1950A86A20F9469CFC6C, 1001, {"little_endian": True}))
    keys = pickle.dumps([storage.key], 2)
    raw_numbers = struct.pack("<q", len(storage.numbers)) + storage.numbers.tobytes()
    return head + torch_pickle(storage, shape, legacy=True) + keys + raw_numbers


STORAGE = Storage("FloatStorage", "0", np.arange(6, dtype="<f4"))


def test_tensors_of_both_file_forms(tmp_path: Path) -> None:
    members = {
        "archive/data.pkl": torch_pickle(STORAGE, (2, 3), legacy=False),
        "archive/data/0": STORAGE.numbers.tobytes(),
    }
    for content in (zip_file(members), legacy_file(STORAGE, (2, 3))):
        found = read_torch(written(tmp_path, content, "t.pt"))
        np.testing.assert_array_equal(found["t"].array(), STORAGE.numbers.reshape(2, 3))


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({"archive/data.pkl": pickle.dumps(Runs(os.system, "touch ran"), 2)}, "system"),
        ({"archive/other": b""}, "no single data.pkl"),
        ({"a/data.pkl": b"", "b/data.pkl": b""}, "no single data.pkl"),
        ({"../data.pkl": torch_pickle(STORAGE, (6,), legacy=False)}, "foreign|damaged"),
        ({"archive/data.pkl": torch_pickle(STORAGE, (6,), legacy=False)}, "damaged or foreign"),
        (
            {
                "archive/data.pkl": torch_pickle(STORAGE, (6,), legacy=False),
                "archive/data/0": STORAGE.numbers.tobytes() * 100,
            },
            "unpacks to more than",
        ),
        (
            {"archive/data.pkl": torch_pickle(STORAGE, (6,), legacy=False), "archive/data/0": b"1"},
            "another length",
        ),
        (
            {
                "archive/data.pkl": torch_pickle(STORAGE, (6,), legacy=False, kind="EvilStorage"),
            },
            "torch.EvilStorage",
        ),
    ],
)
def test_hostile_torch_zips(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, members: dict[str, bytes], message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(FileFormatError, match=message):
        read_torch(written(tmp_path, zip_file(members), "t.pt"))
    assert {path.name for path in tmp_path.iterdir()} == {"t.pt"}


def test_a_tensor_beyond_its_storage_or_out_of_order_is_refused(tmp_path: Path) -> None:
    members = {
        "archive/data.pkl": torch_pickle(STORAGE, (7,), legacy=False),
        "archive/data/0": STORAGE.numbers.tobytes(),
    }
    with pytest.raises(FileFormatError, match="beyond its storage"):
        read_torch(written(tmp_path, zip_file(members), "t.pt"))["t"].array()


def test_storages_are_bounded_together(tmp_path: Path) -> None:
    numbers = Storage("FloatStorage", "0", np.zeros(250, dtype="<f4"))
    first = torch_pickle(numbers, (4,), legacy=False)[:-1]
    second = torch_pickle(Storage("FloatStorage", "1", numbers.numbers), (4,), legacy=False)[2:-1]
    members = {"a/data.pkl": first + second + b"\x86."}  # a tuple of both
    members |= {f"a/data/{key}": numbers.numbers.tobytes() for key in "01"}
    path = written(tmp_path, zip_file(members, zipfile.ZIP_DEFLATED), "t.pt")
    assert len(read_torch(path)) == 2
    with pytest.raises(FileFormatError, match="unpacks to more than"):
        read_torch(path, Limits(bytes=1500))


@pytest.mark.parametrize("packing", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_zip_packed_otherwise_than_torch_does_is_refused(tmp_path: Path, packing: int) -> None:
    content = zip_file({"archive/data.pkl": pickle.dumps([1.0], 2)}, packing)
    with pytest.raises(FileFormatError, match="packed in another way"):
        read_torch(written(tmp_path, content, "t.pt"))


def test_a_zip_bomb_is_stopped(tmp_path: Path) -> None:
    bomb = pickle.dumps(b"\0" * 2**24, 4)
    path = written(tmp_path, zip_file({"archive/data.pkl": bomb}, zipfile.ZIP_DEFLATED), "t.pt")
    assert path.stat().st_size < 2**16
    with pytest.raises(FileFormatError, match=r"more than 1,048,576|16,777,216"):
        read_torch(path, Limits(bytes=2**20))


@pytest.mark.parametrize("size", [0, 3, 20, 90])
def test_truncated_torch_files(tmp_path: Path, size: int) -> None:
    good = zip_file({"archive/data.pkl": pickle.dumps([1.0] * 9, 2)})
    for content in (good, legacy_file(STORAGE, (6,))):
        with pytest.raises(FileFormatError):
            read_torch(written(tmp_path, content[:size], "t.pt"))


def test_published_latencies_are_read_as_torch_wrote_them(published: Path) -> None:
    found = read_torch(published / "help-latency" / "pixel2.pt")
    assert len(found) == 15625
    assert found[:4] == [9, 17, 16, 5]
