"""The table file: round trips, laziness, and files that must be refused."""

from __future__ import annotations

import copy
import json
import pickle

import h5py
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nasbench_sim as nbs
from nasbench_sim.errors import FileFormatError, RequestError
from nasbench_sim.tables import available, read_table, verify
from nasbench_sim.tables.catalog import embedded_folder

EMBEDDED = embedded_folder() / "nas-bench-201.h5"
SPACE = nbs.space()


def small(values: np.ndarray | None = None) -> nbs.Table:
    numbers = np.arange(15625.0) if values is None else values
    column = nbs.Column(metric="latency", device="fpga", dataset="cifar10", source="made here")
    return nbs.Table("small", SPACE, [(column, numbers)], {"why": "a test"})


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32), st.lists(st.integers(0, 5), unique=True), st.integers(0, 3))
def test_round_trip_keeps_every_bit(tmp_path_factory, seed: int, seeds: list[int], epochs: int) -> None:
    path = tmp_path_factory.mktemp("tables") / "t.h5"
    shape = (15625, *((len(seeds),) if seeds else ()), *((epochs,) if epochs else ()))
    numbers = np.random.default_rng(seed).normal(size=shape)
    numbers.flat[:: numbers.size // 7] = np.nan
    column = nbs.Column(
        metric="val_loss", source="here", schedule=9, epochs=tuple(range(1, epochs + 1)), seeds=tuple(seeds)
    )
    table = nbs.Table("t", SPACE, [(column, numbers)], {"seed": seed})
    nbs.save_table(table, path)
    back = read_table(path)
    assert back.schema == table.schema
    assert back.hash == table.hash
    assert back.provenance == {"seed": seed}
    assert verify(back) == 1
    np.testing.assert_array_equal(np.asarray(back.data(0)[...]), numbers)


def test_same_contents_same_bytes(tmp_path) -> None:
    one = nbs.save_table(small(), tmp_path / "a.h5").read_bytes()
    assert nbs.save_table(small(), tmp_path / "b.h5").read_bytes() == one
    assert small(np.arange(15625.0) + 1).hash != small().hash


def test_a_table_travels_to_other_processes() -> None:
    table = nbs.load_table("nas-bench-201")
    again = pickle.loads(pickle.dumps(table))
    assert again.hash == table.hash
    assert again.query(5, "val_accuracy", dataset="cifar10") == table.query(
        5, "val_accuracy", dataset="cifar10"
    )
    for copied in (again, copy.deepcopy(table)):
        assert not copied.values("val_accuracy", dataset="cifar10").flags.writeable


def test_pieces_that_would_fill_the_memory_are_refused(tmp_path) -> None:
    def large(file: h5py.File) -> None:
        numbers = file["columns/0000"][...]
        del file["columns/0000"]
        file.create_dataset("columns/0000", data=numbers, maxshape=(None,), chunks=(2**24,), compression=1)

    table = read_table(damaged(tmp_path, large))
    with pytest.raises(FileFormatError, match=r"in pieces of \(16777216,\) numbers: refused"):
        table.values("latency", dataset="cifar10")


def test_loading_by_name_path_and_default(tmp_path, monkeypatch) -> None:
    assert nbs.load_table().name == "nas-bench-201"
    assert nbs.load_table(EMBEDDED).name == "nas-bench-201"
    with pytest.raises(RequestError, match="did you mean 'nas-bench-201'"):
        nbs.load_table("nas-bench-2001")
    monkeypatch.setenv("NASBENCH_SIM_DATA", str(tmp_path))
    nbs.save_table(small(), tmp_path / "nas-bench-201-installed.h5")
    assert nbs.load_table().name == "small"
    assert set(available()) >= {"nas-bench-201", "nas-bench-201-installed"}


def damaged(tmp_path, change) -> str:
    path = tmp_path / "damaged.h5"
    nbs.save_table(small(), path)
    with h5py.File(path, "r+") as file:
        change(file)
    return path


def rewrite_header(file: h5py.File, change) -> None:
    header = json.loads(file["header"][...].tobytes())
    change(header)
    del file["header"]
    file["header"] = np.frombuffer(json.dumps(header).encode(), dtype=np.uint8)


def set_attribute(name: str, value: object):
    return lambda file: file.attrs.__setitem__(name, value)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (set_attribute("format", "something else"), "not a table"),
        (set_attribute("schema", 99), "install a newer"),
        (lambda f: f.__delitem__("header"), "no header"),
        (lambda f: rewrite_header(f, lambda h: h.pop("columns")), "cannot be read"),
        (lambda f: rewrite_header(f, lambda h: h["columns"][0].update(dtype="|O")), "numbers of type"),
        (lambda f: rewrite_header(f, lambda h: h["columns"][0].update(metric=3)), "cannot be read"),
        (
            lambda f: rewrite_header(
                f,
                lambda h: h["columns"][0].update(seeds=list(range(40_000)), shape=[15625, 40_000]),
            ),
            "refused",
        ),
    ],
)
def test_files_refused_on_opening(tmp_path, change, message: str) -> None:
    with pytest.raises(FileFormatError, match=message):
        read_table(damaged(tmp_path, change))


def replace_data(make):
    def change(file: h5py.File) -> None:
        del file["columns/0000"]
        make(file)

    return change


def external_link(file: h5py.File) -> None:
    file["columns/0000"] = h5py.ExternalLink(str(EMBEDDED), "columns/0000")


def soft_link(file: h5py.File) -> None:
    file["columns/0000"] = h5py.SoftLink("/header")


def external_storage(file: h5py.File) -> None:
    file.create_dataset("columns/0000", (15625,), "<f8", external=[(str(EMBEDDED), 0, h5py.h5f.UNLIMITED)])


def virtual(file: h5py.File) -> None:
    layout = h5py.VirtualLayout((15625,), "<f8")
    layout[:] = h5py.VirtualSource(str(EMBEDDED), "columns/0000", (15625,))
    file.create_virtual_dataset("columns/0000", layout)


@pytest.mark.parametrize(
    "make",
    [
        external_link,
        soft_link,
        external_storage,
        virtual,
        lambda f: f.create_dataset("columns/0000", data=np.ones(7)),
        lambda f: f.create_dataset("columns/0000", data=np.ones(15625)),  # not the hash of the header
        lambda f: f.create_group("columns/0000"),
        lambda f: None,
    ],
)
def test_hostile_or_changed_numbers_are_refused_on_reading(tmp_path, make) -> None:
    table = read_table(damaged(tmp_path, replace_data(make)))
    with pytest.raises(FileFormatError):
        table.values("latency", dataset="cifar10")
    with pytest.raises(FileFormatError):
        verify(table)


def test_truncated_at_any_place(tmp_path) -> None:
    whole = EMBEDDED.read_bytes()
    path = tmp_path / "truncated.h5"
    for size in (0, 1, 7, 100, 2000, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:size])
        with pytest.raises(FileFormatError):
            verify(read_table(path))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**31), st.integers(1, 64))
def test_flipped_bytes_never_give_other_numbers(tmp_path_factory, place: int, count: int) -> None:
    whole = bytearray(EMBEDDED.read_bytes())
    start = place % len(whole)
    for offset in range(start, min(start + count, len(whole))):
        whole[offset] ^= 0xFF
    path = tmp_path_factory.mktemp("flipped") / "t.h5"
    path.write_bytes(whole)
    try:
        table = read_table(path)
        values = table.values("val_accuracy", dataset="cifar10")
    except FileFormatError:
        return
    if table.hash == nbs.load_table(EMBEDDED).hash:
        np.testing.assert_array_equal(
            values, nbs.load_table(EMBEDDED).values("val_accuracy", dataset="cifar10")
        )


@pytest.mark.parametrize("name", ["missing.h5", "text.h5", "folder.h5"])
def test_what_is_no_table_file(tmp_path, name: str) -> None:
    (tmp_path / "text.h5").write_text("hello")
    (tmp_path / "folder.h5").mkdir()
    with pytest.raises(FileFormatError):
        nbs.load_table(tmp_path / name)


def test_a_failed_write_leaves_the_old_file(tmp_path, monkeypatch) -> None:
    path = nbs.save_table(small(), tmp_path / "t.h5")
    before = path.read_bytes()

    def full(*args: object, **kwargs: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(h5py.Group, "create_dataset", full)
    with pytest.raises(OSError, match="No space left"):
        nbs.save_table(small(np.ones(15625)), path)
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["t.h5"]


def test_a_space_of_one_s_own_is_kept_whole(tmp_path) -> None:
    space = nbs.SearchSpace("mine", [("16", "32"), ("3x3", "5x5", "7x7")], ["width", "kernel"])
    column = nbs.Column(metric="val_accuracy", source="here", dataset="mine")
    table = nbs.Table("own", space, [(column, np.arange(6.0))])
    back = read_table(nbs.save_table(table, tmp_path / "own.h5"))
    assert back.hash == table.hash
    assert (back.space.name, back.space.choices, back.space.positions) == (
        "mine",
        space.choices,
        space.positions,
    )
    assert back.query(space.string(4), "val_accuracy") == 4.0
    other = nbs.SearchSpace("mine", [("16", "64"), ("3x3", "5x5", "7x7")], ["width", "kernel"])
    assert nbs.Table("own", other, [(column, np.arange(6.0))]).hash != table.hash


def test_a_space_of_an_own_class_is_refused_before_anything_is_written(tmp_path) -> None:
    class Shuffled(nbs.SearchSpace):
        pass

    table = nbs.Table("own", Shuffled("mine", [("a", "b")]), [])
    with pytest.raises(RequestError, match="of a class of its own, Shuffled"):
        nbs.save_table(table, tmp_path / "own.h5")
    assert not list(tmp_path.iterdir())
