"""Sparse numbers answer as the dense array would, and long curves are stored for quick reading."""

from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nasbench_sim as nbs
from nasbench_sim.errors import ArchitectureError, FileFormatError, RequestError
from nasbench_sim.tables import read_table, save_table, verify
from nasbench_sim.tables.rows import Rows, Run
from nasbench_sim.tables.sparse import Sparse

SIZE, SEEDS, EPOCHS = 9, 2, 5
RUNS = st.dictionaries(
    st.integers(0, SIZE - 1),
    st.lists(
        st.builds(
            lambda seed, epoch, values: Run(seed, epoch, np.array(values[: EPOCHS - epoch])),
            st.integers(0, SEEDS - 1),
            st.integers(0, EPOCHS - 1),
            st.lists(st.floats(-9, 9), min_size=1, max_size=EPOCHS),
        ),
        max_size=3,
    ),
)


def dense(runs: dict[int, list[Run]]) -> np.ndarray:
    out = np.full((SIZE, SEEDS, EPOCHS), np.nan)
    for index, several in runs.items():
        for run in several:
            out[index, run.seed, run.epoch : run.epoch + len(run.values)] = run.values
    return out


@given(runs=RUNS, start=st.integers(0, SIZE), step=st.integers(1, 3), epoch=st.integers(-EPOCHS, EPOCHS - 1))
def test_sparse_is_dense(runs: dict[int, list[Run]], start: int, step: int, epoch: int) -> None:
    rows, numbers = Rows((SIZE, SEEDS, EPOCHS), runs), dense(runs)
    for key in (
        ...,
        slice(start, None, step),
        (..., epoch),
        (slice(None, start), ..., epoch),
        (slice(start, None), 1, slice(1, 3)),
        epoch,
        (epoch, 0),
    ):
        np.testing.assert_array_equal(rows[key], numbers[key])


def curves() -> nbs.Table:
    space = nbs.space()
    runs = {index: [Run(1, 0, np.linspace(index, index + 1, 200))] for index in range(0, 15625, 7)}
    column = nbs.Column(
        metric="val_accuracy",
        dataset="cifar10",
        trained_on="train",
        schedule=200,
        epochs=tuple(range(1, 201)),
        seeds=(777, 888, 999),
        source="made here",
        coverage=len(runs),
    )
    return nbs.Table("curves", space, [(column, Rows((15625, 3, 200), runs))])


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> nbs.Table:
    return read_table(save_table(curves(), tmp_path_factory.mktemp("curves") / "t.h5"))


def test_long_curves_are_cut_along_architectures_and_epochs(tmp_path: Path) -> None:
    path = save_table(curves(), tmp_path / "t.h5")
    with h5py.File(path) as file:
        chunks = file["columns/0000"].chunks
    # one epoch of all architectures and all epochs of one architecture both touch a small part
    assert chunks[1] == 3
    assert chunks[2] / 200 < 0.05
    assert chunks[0] / 15625 < 0.02
    table = read_table(path)
    assert table.query(7, "val_accuracy", dataset="cifar10", epoch=200) == 8.0
    assert table.query(7, "val_accuracy", dataset="cifar10", epoch=1, seed=888) == 7.0
    assert np.isnan(table.query(8, "val_accuracy", dataset="cifar10"))
    assert verify(table) == 1


def test_a_curve_that_was_replaced_under_an_open_table_is_an_error(tmp_path: Path) -> None:
    path = save_table(curves(), tmp_path / "t.h5")
    table = read_table(path)
    with h5py.File(path, "r+") as file:
        file["columns/0000"].attrs["sha256"] = "0" * 64
    with pytest.raises(FileFormatError, match="replaced since it was opened"):
        table.query(7, "val_accuracy", dataset="cifar10", epoch=3)


@settings(deadline=None, max_examples=30)
@given(st.lists(st.sampled_from([0, 7, 255, 256, 300, 15624]), max_size=9), st.booleans())
def test_curves_are_rows_of_the_whole(stored: nbs.Table, few: list[int], nested: bool) -> None:
    index = np.array(few, dtype=np.int64).reshape((-1, 1) if nested else -1)
    found = stored.curves(index, "val_accuracy", dataset="cifar10")
    assert found.shape == (*index.shape, 3, 200)
    rows = curves().data(0)
    for place in np.ndindex(index.shape):
        np.testing.assert_array_equal(found[place], rows[int(index[place])])


def test_curves_of_one_architecture_and_without_runs(stored: nbs.Table) -> None:
    table = stored.extended(
        [
            (nbs.Column(metric="train_time", source="here", schedule=2, epochs=(1, 2)), np.ones((15625, 2))),
            (nbs.Column(metric="params", source="here"), np.ones(15625)),
        ]
    )
    one = stored.curves(stored.space.string(7), "val_accuracy", schedule=200)
    assert one[1, 0] == stored.query(7, "val_accuracy", dataset="cifar10", epoch=1, seed=888)
    assert table.curves([4, 4], "train_time").shape == (2, 1, 2)
    with pytest.raises(RequestError, match="no curve"):
        table.curves(0, "params")
    with pytest.raises(ArchitectureError, match="15625"):
        table.curves(15625, "val_accuracy")


def test_damaged_rows_of_a_sparse_column_are_told() -> None:
    for rows in ([3, 1], [1, 1], [-1, 2], [5, 9]):
        with pytest.raises(FileFormatError, match="no increasing official indices"):
            Sparse(9, np.array(rows), np.zeros((2, 3)))[4]
