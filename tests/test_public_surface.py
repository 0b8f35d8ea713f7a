"""What users rely on: the public names, used together as the README and the design show them."""

from __future__ import annotations

import re
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

import nasbench_sim as nbs

ROOT = Path(__file__).parents[1]
BLOCKS = re.findall(r"^```python\n(.*?)^```", (ROOT / "README.md").read_text(), re.MULTILINE | re.DOTALL)


def test_the_python_of_the_readme_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert len(BLOCKS) == 3
    known: dict = {}
    for block in BLOCKS:
        if "import live" in block:
            pytest.importorskip("torch")
        exec(compile(block, "README.md", "exec"), known)
    assert known["found"].summary().shape[0] == 3
    assert len(known["trained"]) > 10
    plt.close("all")


def test_the_readme_names_every_searcher_once() -> None:
    text = (ROOT / "README.md").read_text()
    table = re.search(r"^\| family \|.*?\n\n", text, re.MULTILINE | re.DOTALL)
    assert table is not None
    families = [line.split("|")[2] for line in table.group().splitlines()[2:] if line]
    own = [name for name, one in nbs.search.searchers().items() if "search.strategies" in one.__module__]
    assert sorted(re.findall(r"`([a-z_]+)`", " ".join(families))) == sorted(own)


def test_a_space_names_architectures_in_every_way() -> None:
    space = nbs.space("nas-bench-201")
    assert space.size == 15625
    text = space.string(6111)
    assert space.index(text) == 6111
    np.testing.assert_array_equal(space.index(space.ops([0, 1])), [0, 1])
    assert space.neighbors(0).shape == (24,)
    assert len(np.unique(space.canonical(space.all_indices()))) == 6466
    assert space.params(0, dataset="cifar10") == 0.129306
    assert space.flops(0, dataset="cifar10") == 15.64737


def test_scalars_give_scalars_and_arrays_give_arrays_of_the_same_shape() -> None:
    table = nbs.load_table("nas-bench-201")
    text = table.space.string(6111)
    one = table.query(text, "val_accuracy", dataset="cifar10", schedule=200, epoch=200, seed=777)
    assert isinstance(one, float)
    many = table.query(np.full((2, 3), 6111), "val_accuracy", dataset="cifar10", seed=777)
    assert many.shape == (2, 3)
    assert (many == one).all()
    assert table.values("val_accuracy", dataset="cifar10").shape == (15625,)
    frame = table.frame(["val_accuracy", "flops"], dataset="cifar10")
    assert frame.columns.tolist() == ["val_accuracy", "flops"]
    assert frame.shape == (15625, 2)
    assert {"metric", "dataset", "unit", "source"} <= set(table.columns.columns)


def test_runs_analysis_and_plots_work_together() -> None:
    task = nbs.Task(
        nbs.load_table("nas-bench-201"), dataset="cifar10", objective="val_accuracy", schedule=200
    )
    runs = nbs.run("regularized_evolution", task, budget=nbs.Budget(seconds=30_000), seeds=5)
    assert len(runs.final()) == 5
    assert len(runs.to_frame()) == runs.length.sum()
    found = nbs.compare(["random_search"], task, budget=nbs.Budget(evaluations=20), seeds=5)
    assert len(found.summary()) == 1
    frame = task.table.frame(["val_accuracy", "latency:eyeriss"], dataset="cifar10")
    row = nbs.analysis.rank_correlation(frame["latency:eyeriss"], frame["val_accuracy"])
    assert isinstance(row, pd.Series)
    assert {"spearman", "kendall", "pearson", "n"} <= set(row.index)
    objectives = {"latency:eyeriss": "min", "val_accuracy": "max"}
    front = nbs.analysis.pareto_front(frame, objectives=objectives)
    assert 1 < len(front) < 200
    for axes in (
        nbs.plots.anytime(runs),
        nbs.plots.pareto(frame, objectives=objectives),
        nbs.plots.correlation(frame),
    ):
        assert axes.get_xlabel() or axes.get_xticklabels()
    plt.close("all")


def test_the_public_names_are_there_and_no_other_is_offered() -> None:
    for name in nbs.__all__:
        assert getattr(nbs, name) is not None
    with pytest.raises(AttributeError, match="did you mean 'compare'"):
        _ = nbs.compar
