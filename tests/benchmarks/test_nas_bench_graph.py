"""NAS-Bench-Graph against its own package and numbers worked out another way."""

from __future__ import annotations

import importlib.util
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nasbench_sim as nbs
from nasbench_sim.benchmarks.nas_bench_graph.space import OPERATIONS, SHAPES, canonical_form
from nasbench_sim.errors import ArchitectureError, FileFormatError
from nasbench_sim.tables.importers import detect, import_file

SPACE: Any = nbs.space("nas-bench-graph")
PACKAGE = importlib.util.find_spec("nas_bench_graph")


def test_the_space_has_the_published_counts() -> None:
    assert SPACE.size == 9 * 9**4 - 9
    every = SPACE.canonical(SPACE.all_indices())
    assert len(np.unique(every)) == 26_206
    assert (every[every] == every).all()
    with pytest.raises(ArchitectureError, match="rule"):
        SPACE.index("0123:skip:skip:skip:skip")


def as_graph(ops: list[int]) -> tuple[Any, ...]:
    """The network that a cell is, whatever its nodes are called: skips pass on what they get.

    Of the input itself at the output the published program takes no notice.
    """
    shape, chosen = SHAPES[ops[0]], ops[1:]
    skip = OPERATIONS.index("skip")

    def value(node: int) -> Any:
        if node == 0:
            return "input"
        before = value(int(shape[node - 1]))
        return before if chosen[node - 1] == skip else (chosen[node - 1], before)

    used = {int(digit) for digit in shape}
    ends = [value(node) for node in range(1, 5) if node not in used]
    return tuple(sorted(repr(end) for end in ends if end != "input"))


def test_cells_of_a_class_are_the_same_network() -> None:
    index = SPACE.sample(3000, seed=1)
    ops, forms = SPACE.ops(index), SPACE.ops(SPACE.canonical(index))
    for one, form in zip(ops.tolist(), forms.tolist(), strict=True):
        assert as_graph(one) == as_graph(form)


def test_keys_round_trip() -> None:
    classes = np.unique(SPACE.canonical(SPACE.all_indices()))
    keys = SPACE.key(classes)
    assert len(np.unique(keys)) == len(classes)
    np.testing.assert_array_equal(SPACE.from_key(keys), classes)
    assert SPACE.key("0000:gat:gat:gat:gcn") == 1
    with pytest.raises(ArchitectureError):
        SPACE.from_key(99_999)
    with pytest.raises(ArchitectureError):
        SPACE.from_key(10)  # gat gat gcn gat in another order


@pytest.mark.skipif(PACKAGE is None, reason="nas-bench-graph is not installed")
def test_the_form_is_that_of_the_published_program() -> None:
    from nas_bench_graph import Arch

    index = SPACE.all_indices()[::29]
    for ops, key in zip(SPACE.ops(index).tolist(), SPACE.key(index).tolist(), strict=True):
        theirs = Arch([int(digit) for digit in SHAPES[ops[0]]], [OPERATIONS[op] for op in ops[1:]])
        assert theirs.valid_hash() == key


def test_the_embedded_table_by_landmarks() -> None:
    table = nbs.load_table("nas-bench-graph")
    assert table.hash == "4e3e58f4c84a9aa019e6082f2aa0487757d36c3670f3d92ee9536d4381fba8d2"
    assert table.query("0000:gat:gat:gat:gat", "val_accuracy", dataset="cora") == pytest.approx(77 + 1 / 3)
    assert table.query("0000:gat:gat:gat:gat", "test_accuracy", dataset="cora") == pytest.approx(79.7)
    assert table.query("0000:gat:gat:gat:gat", "latency", dataset="cora") == pytest.approx(5.922238032023112)
    assert table.query("0000:gat:gat:gat:gat", "params", dataset="cora") == pytest.approx(1.736711)
    assert table.query("0123:gat:skip:skip:skip", "params", dataset="cora") == table.query(
        "0123:skip:skip:skip:gat", "params", dataset="cora"
    )
    for dataset in SPACE.benchmark.datasets[:-1]:
        values = table.values("val_accuracy", dataset=dataset)
        assert np.isfinite(values).all()
        assert 0 < values.min() < values.max() < 100
    proteins = table.columns.query("dataset == 'proteins'")
    assert set(proteins["metric"]) == {"val_roc_auc", "test_roc_auc", "latency", "params"}
    assert (proteins["coverage"] == np.isfinite(table.values("val_roc_auc", dataset="proteins")).sum()).all()


def test_graphs_rank_networks_differently() -> None:
    from scipy.stats import spearmanr

    table = nbs.load_table("nas-bench-graph")
    classes = np.unique(SPACE.canonical(SPACE.all_indices()))
    accuracy = [
        table.values("test_accuracy", dataset=dataset)[classes] for dataset in ("cora", "physics", "arxiv")
    ]
    assert abs(spearmanr(accuracy[0], accuracy[1])[0]) < 0.6
    assert abs(spearmanr(accuracy[0], accuracy[2])[0]) < 0.6


def test_it_is_searched_with_networks_as_they_are() -> None:
    table = nbs.load_table("nas-bench-graph")
    task = nbs.Task(table, dataset="arxiv", objective="val_accuracy", report="test_accuracy")
    budget = nbs.Budget(evaluations=150)
    evolved = nbs.run("regularized_evolution", task, budget=budget, seeds=20).final()["observed"].mean()
    assert evolved > nbs.run("random_search", task, budget=budget, seeds=20).final()["observed"].mean()


def written(path: Path, content: Any) -> Path:
    path.write_bytes(pickle.dumps(content))
    return path


def test_files_are_read_and_strange_ones_refused(tmp_path: Path) -> None:
    row = {"valid_perf": 0.5, "perf": 0.25, "latency": 0.001, "para": 1.5}
    good = written(tmp_path / "cora.bench", {0: row, 1: {**row, "perf": 0.5}})
    assert detect(good).name == "nas-bench-graph"
    table = import_file(good)
    assert table.query("0000:gcn:gat:gat:gat", "test_accuracy", dataset="cora") == 50.0
    assert np.isnan(table.query("0123:gcn:gat:gat:gat", "test_accuracy", dataset="cora"))
    assert table.column("latency", dataset="cora").coverage == 5  # all orders of the same four nodes
    for content in (
        [],
        {},
        {"a": row},
        {10: row},
        {0: {**row, "perf": "high"}},
        {0: {**row, "perf": float("inf")}},
    ):
        with pytest.raises(FileFormatError):
            import_file(written(tmp_path / "cora.bench", content))
    with pytest.raises(FileFormatError, match="only its name says the graph"):
        import_file(written(tmp_path / "graph.bench", {0: row}))
    (tmp_path / "cora.bench").write_bytes(pickle.dumps(Exploit()))
    with pytest.raises(FileFormatError, match="system"):
        import_file(tmp_path / "cora.bench")


class Exploit:
    """What a hostile pickle does: it names a function to call."""

    def __reduce__(self) -> tuple[Any, ...]:
        import os

        return (os.system, ("echo this must never run",))


def test_forms_are_computed_for_arrays() -> None:
    ops = SPACE.ops(SPACE.sample(50, seed=2))
    np.testing.assert_array_equal(canonical_form(ops), SPACE.ops(SPACE.canonical(SPACE.index(ops))))
