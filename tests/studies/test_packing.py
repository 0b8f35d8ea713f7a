"""Trajectories in a few bytes an evaluation come back bit for bit."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import nasbench_sim as nbs
from nasbench_sim.errors import FileFormatError
from nasbench_sim.studies.packing import packed, unpacked
from nasbench_sim.studies.trajectories_file import read_trajectories, save_trajectories

TABLE = nbs.load_table("nas-bench-201")
DIGITS = nbs.load_table("nas-bench-201-digits")
BUDGET = nbs.Budget(evaluations=30)


def task(**asked: object) -> nbs.Task:
    return nbs.Task(TABLE, **{"dataset": "cifar10", **asked})


RUNS = {
    "plain": ("regularized_evolution", task(), BUDGET),
    "mean": ("local_search", task(noise="mean"), BUDGET),
    "seed": ("random_search", task(noise=777), BUDGET),
    "seconds": ("random_search", task(), nbs.Budget(seconds=40_000)),
    "workers": ("regularized_evolution", task(), nbs.Budget(evaluations=30, workers=4)),
    "free": ("simulated_annealing", task(repeats="free"), BUDGET),
    "two": ("nsga_ii", task(objective=["val_accuracy", "latency:eyeriss"]), nbs.Budget(evaluations=150)),
    "bound": ("random_search", task(constraints="latency:eyeriss <= 3 ms"), BUDGET),
    "own costs": ("random_search", task(cost=np.arange(15_625) / 7), BUDGET),
    "fidelities": ("hyperband", nbs.Task(DIGITS, dataset="digits", fidelities=[1, 6]), BUDGET),
    "ended": ("random_search", task(), nbs.Budget(seconds=850, overshoot="drop")),
}


@pytest.mark.parametrize("name", RUNS)
def test_everything_comes_back_bit_for_bit(name: str, tmp_path: Path) -> None:
    which, of, budget = RUNS[name]
    runs = nbs.run(which, of, budget=budget, seeds=[0, 1, 2, 9])
    save_trajectories([runs, runs], tmp_path / "t.h5")
    about = {**runs.describe(), "wall_seconds": 1.5}
    for found in read_trajectories(tmp_path / "t.h5", [about, about], [of, of]):
        assert found.seeds == runs.seeds
        assert found.wall_seconds == 1.5
        present = np.arange(runs.record.index.shape[1]) < runs.record.length[:, None]
        width = int(runs.record.length.max(initial=0))
        for field in ("index", "observed", "cost", "clock", "length", "start", "worker", "level", "counts"):
            own, other = getattr(runs.record, field), getattr(found.record, field)
            if own is None:
                assert other is None
            elif field == "length":
                np.testing.assert_array_equal(other, own)
            else:
                assert other.dtype == own.dtype
                np.testing.assert_array_equal(other[present[:, :width]], own[present])
        assert found.final().equals(runs.final())


def test_what_the_table_knows_is_not_written() -> None:
    runs = nbs.run("random_search", task(), budget=nbs.Budget(evaluations=100), seeds=20)
    assert sorted(packed(runs)) == ["index", "length", "run"]
    assert packed(runs)["index"].dtype == np.uint16
    assert sum(array.nbytes for array in packed(runs).values()) <= 3 * 20 * 100 + 20


def test_missing_values_and_indices_of_more_than_64_bits() -> None:
    gaps = TABLE.extended(
        [
            (
                nbs.Column(metric="mine", source="x", better="max"),
                np.where(np.arange(15_625) % 3 == 0, np.nan, np.arange(15_625.0)),
            )
        ]
    )
    with_gaps = nbs.Task(gaps, dataset="cifar10", objective="mine", cost="train_time")
    runs = nbs.run("random_search", with_gaps, budget=BUDGET, seeds=3)
    assert np.isnan(runs.observed).any()
    again = unpacked(packed(runs), with_gaps)
    np.testing.assert_array_equal(again.observed, runs.record.observed)
    big = [[2**70 + 3, -(2**80)], [5, 0]]
    from nasbench_sim.studies.arrays import as_bytes, as_integers

    assert as_integers(as_bytes(np.array(big, dtype=object))).tolist() == big


def test_damaged_and_foreign_files(tmp_path: Path) -> None:
    runs = nbs.run("random_search", task(), budget=BUDGET, seeds=2)
    path = tmp_path / "t.h5"
    save_trajectories([runs], path)
    about = {**runs.describe(), "wall_seconds": 0.0}
    with pytest.raises(FileFormatError, match="has 1 runs, and the manifest 2"):
        list(read_trajectories(path, [about, about], [task(), task()]))
    content = bytearray(path.read_bytes())
    for place in range(600, len(content), 97):
        damaged = content.copy()
        damaged[place] ^= 0xFF
        path.write_bytes(damaged)
        try:
            (found,) = read_trajectories(path, [about], [task()])
        except FileFormatError:
            continue
        np.testing.assert_array_equal(found.index, runs.index)  # what is not read may be damaged
