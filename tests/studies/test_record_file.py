from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import nasbench_sim as nbs
from nasbench_sim.errors import FileFormatError
from nasbench_sim.oracle.record import Record
from nasbench_sim.studies.record_file import read_header, read_record, save_record
from nasbench_sim.tables import Computed

TABLE = nbs.load_table("nas-bench-201")


def runs(budget: nbs.Budget | None = None, searcher: str = "local_search", **task: Any) -> nbs.Trajectories:
    return nbs.run(
        searcher,
        nbs.Task(TABLE, dataset="cifar10", **task),
        budget=budget or nbs.Budget(evaluations=40),
        seeds=[3, 2**63],
    )


def large_runs() -> nbs.Trajectories:
    """Runs in a space whose indices have more than 64 bits, one of them shorter than the other."""

    def some(space: nbs.SearchSpace, random: np.random.Generator) -> Iterator[int]:
        yield space.size - 1
        yield 0
        if random.random() < 0.5:
            yield 2**64

    space = nbs.space("fbnet")
    numbers = Computed(space, lambda index: (space.ops(index) == 8).sum(axis=-1))
    task = nbs.Task(
        nbs.Table("counted", space, [(nbs.Column(metric="skips", source="counted", better="max"), numbers)]),
        dataset="cifar10",
        objective="skips",
    )
    made = nbs.run(some, task, budget=nbs.Budget(evaluations=9), seeds=6)
    assert set(made.length) == {2, 3}
    assert made.index.dtype == object
    return made


def nothing() -> nbs.Trajectories:
    return runs(nbs.Budget(seconds=850, overshoot="drop"))


@pytest.mark.parametrize(
    "made",
    [
        runs(),
        runs(nbs.Budget(seconds=30_000)),
        runs(nbs.Budget(evaluations=40, workers=3)),
        runs(searcher="random_search", objective=["val_accuracy", "flops"]),
        large_runs(),
        nothing(),
    ],
    ids=["evaluations", "seconds", "workers", "objectives", "large", "nothing"],
)
def test_every_field_comes_back_bit_for_bit(made: nbs.Trajectories, tmp_path: Path) -> None:
    save_record(made, tmp_path / "r.h5", {"a": [1, "x"]})
    record, header = read_record(tmp_path / "r.h5")
    assert header == read_header(tmp_path / "r.h5")
    assert header.about == {"a": [1, "x"]}
    again = nbs.Trajectories(
        record,
        task=made.task,
        budget=made.budget,
        searcher=made.searcher,
        hyperparameters=made.hyperparameters,
        seeds=made.seeds,
        wall_seconds=made.wall_seconds,
    )
    for field in dataclasses.fields(Record):
        mine, its = getattr(made.record, field.name), getattr(again.record, field.name)
        np.testing.assert_array_equal(mine, its)
        assert mine is None or mine.dtype == its.dtype
    assert again.describe() == made.describe()


def test_digest_tells_results_apart_and_not_how_long_they_took(tmp_path: Path) -> None:
    one, other = runs(), runs(nbs.Budget(evaluations=41))
    same = runs()
    for name, made, about in (("a", one, {}), ("b", same, {}), ("c", other, {}), ("d", one, {"x": 1})):
        save_record(made, tmp_path / name, about)
    digest = {name: read_header(tmp_path / name).digest for name in "abcd"}
    assert digest["a"] == digest["b"]
    assert len(set(digest.values())) == 3


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("record") / "r.h5"
    save_record(runs(), path, {})
    return path


@given(st.data())
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_cut_or_changed_files_are_never_taken_for_sound(file: Path, data: st.DataObject) -> None:
    whole = file.read_bytes()
    expected = read_record(file)[1].digest
    broken = file.with_name("broken.h5")
    place = data.draw(st.integers(0, len(whole) - 1))
    if data.draw(st.booleans()):
        broken.write_bytes(whole[:place])
    else:
        changed = bytearray(whole)
        changed[place] ^= data.draw(st.integers(1, 255))
        broken.write_bytes(changed)
    try:
        record, header = read_record(broken)
    except FileFormatError:
        return
    # What was changed is not part of the results: unused space, or how long they took.
    assert header.digest == expected
    np.testing.assert_array_equal(record.observed, read_record(file)[0].observed)


def test_refuses_foreign_newer_and_linked_files(file: Path, tmp_path: Path) -> None:
    with pytest.raises(FileFormatError, match="no record file"):
        read_header(tmp_path / "absent.h5")
    path = tmp_path / "x.h5"
    with h5py.File(path, "w"):
        pass
    with pytest.raises(FileFormatError, match="not a record"):
        read_header(path)
    path.write_bytes(file.read_bytes())
    with h5py.File(path, "a") as opened:
        opened.attrs["schema"] = 2
    with pytest.raises(FileFormatError, match=r"schema 2.*newer"):
        read_record(path)
    path.write_bytes(file.read_bytes())
    with h5py.File(path, "a") as opened:
        del opened["observed"]
        opened["observed"] = h5py.ExternalLink(str(file), "observed")
    with pytest.raises(FileFormatError, match="not a plain part"):
        read_record(path)
