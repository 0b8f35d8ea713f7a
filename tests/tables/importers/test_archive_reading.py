"""Reading a whole archive in little memory: what is put on disk meanwhile comes back unchanged."""

from __future__ import annotations

import errno
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from published_layouts import archive, record

import nasbench_sim as nbs
from nasbench_sim.errors import FileFormatError
from nasbench_sim.tables import scratch
from nasbench_sim.tables.epoch_blocks import EpochBlocks
from nasbench_sim.tables.importers import import_file
from nasbench_sim.tables.importers.run_curves import Runs
from nasbench_sim.tables.restricted import memo
from nasbench_sim.tables.rows import Rows


def written(folder: Path, content: Any, protocol: int = 4) -> Path:
    path = folder / "NATS-tss-v1_0-3ffb9.pickle.pbz2"
    path.write_bytes(pickle.dumps(content, protocol))
    return path


def forget_soon(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(memo, "_RECENT", 1)


@pytest.mark.parametrize("protocol", [2, 4])
def test_what_a_pickle_refers_back_to_is_found_on_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, protocol: int
) -> None:
    """The keys of all records are the same strings, which a pickle writes once and refers back to."""
    path = written(tmp_path, archive(indices=tuple(range(9))), protocol)
    expected = import_file(path)
    forget_soon(monkeypatch)
    assert import_file(path).hash == expected.hash


@pytest.mark.parametrize("part", ["eval_acc1es", "train_times"])
def test_a_part_that_two_records_share_is_refused_and_not_taken_for_empty(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    content = archive(indices=(0, 1, 2))
    trials = [content["arch2infos"][index]["200"]["all_results"]["cifar10", 777] for index in (0, 2)]
    trials[1][part] = trials[0][part]
    forget_soon(monkeypatch)
    with pytest.raises(FileFormatError, match="layout"):
        import_file(written(tmp_path, content))


@given(st.lists(st.sampled_from(["text", "another", 1.5, None, ("a", 1)]), min_size=1), st.integers(0, 40))
def test_a_memo_gives_texts_back_and_forgets_the_rest(values: list[Any], cut: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(memo, "_RECENT", 1)
        kept = memo.Memo()
        for place, value in enumerate(values):
            kept[place] = value
            if place == cut:
                kept.put_away()
    assert len(kept) == len(values)
    for place, value in enumerate(values):
        if place > cut or cut >= len(values) or isinstance(value, str):
            assert kept[place] == value
        else:
            assert isinstance(kept[place], memo.Forgotten)
    with pytest.raises(FileFormatError, match="gaps"):
        kept[len(values) + 1] = "later"
    if cut < len(values):
        with pytest.raises(FileFormatError, match="earlier record"):
            kept[0] = "other"


RUN = st.tuples(st.integers(0, 3), st.lists(st.floats(-9, 9), min_size=1, max_size=4))


@given(st.dictionaries(st.tuples(st.sampled_from([777, 888]), st.integers(0, 5)), RUN, min_size=1))
def test_runs_are_where_they_were_put(runs: dict[tuple[int, int], Any]) -> None:
    collected = Runs(scratch.Scratch())
    for (seed, index), (start, values) in runs.items():
        collected.add(index, seed, start, np.array(values))
    first, last = collected.epochs
    seeds = collected.seeds
    rows = Rows((6, len(seeds), last - first), collected.placed(seeds))
    expected = np.full(rows.shape, np.nan)
    for (seed, index), (start, values) in runs.items():
        expected[index, seeds.index(seed), start - first : start - first + len(values)] = values
    np.testing.assert_array_equal(rows[...], expected)
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(rows))[...], expected)


@given(st.lists(st.tuples(st.integers(1, 20), st.booleans()), max_size=9), st.lists(st.integers(0, 99)))
def test_blocks_of_epochs_are_what_an_index_gives(asked: list[Any], few: list[int]) -> None:
    numbers = np.arange(100 * 2 * 20.0).reshape(100, 2, 20)
    column = nbs.Column(
        metric="val_accuracy", source="here", schedule=20, epochs=tuple(range(1, 21)), seeds=(1, 2)
    )
    blocks = EpochBlocks(column, numbers)
    rows = np.unique(np.array(few, dtype=np.intp))
    for epoch, whole in asked:
        found = blocks.at(epoch, None if whole else rows)
        chosen = slice(None) if whole else rows
        np.testing.assert_array_equal(found[chosen], numbers[chosen, :, epoch - 1])


class FullDisk:
    """A file that takes nothing."""

    def write(self, data: bytes) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    def close(self) -> None:
        """As files have it."""


def test_a_full_folder_of_temporary_files_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path, archive())
    monkeypatch.setattr(scratch.tempfile, "TemporaryFile", lambda **options: FullDisk())
    with pytest.raises(scratch.ScratchError, match=r"No space left.*TMPDIR"):
        import_file(path)


def test_a_record_alone_is_what_it_is_among_others(tmp_path: Path) -> None:
    content = archive(indices=(3, 4))
    content["arch2infos"][4]["200"] = record(4, 200, (888,))
    table = import_file(written(tmp_path, content))
    assert table.query(4, "val_accuracy", dataset="cifar10", seed=888) == pytest.approx(
        4 + 0.888 + 10 + 0.199
    )
    assert np.isnan(table.query(4, "val_accuracy", dataset="cifar10", seed=777))
