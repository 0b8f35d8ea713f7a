"""What a terminal and Jupyter show: everything that matters, in few lines, and no markup from names."""

from __future__ import annotations

import re

import pytest

import nasbench_sim as nbs

TABLE = nbs.load_table("nas-bench-201")
TASK = nbs.Task(TABLE, dataset="cifar10")
RUNS = nbs.run("random_search", TASK, budget=nbs.Budget(evaluations=20), seeds=5)
FOUND = nbs.Comparison([RUNS])


def cells(text: str) -> list[str]:
    return re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", text)


@pytest.mark.parametrize("shown", [TABLE, TABLE.space, TASK, RUNS, FOUND], ids=lambda one: type(one).__name__)
def test_a_terminal_shows_a_few_lines(shown) -> None:
    assert 0 < len(repr(shown).splitlines()) <= 5
    assert max(map(len, repr(shown).splitlines())) < 300


def test_trajectories_in_jupyter() -> None:
    text = RUNS._repr_html_()
    assert "<b>random_search</b>: 5 replicates, 100 evaluations, budget 20 evaluations" in text
    assert {"mean", "std", "min", "median", "max", "val_accuracy", "regret"} <= set(cells(text))
    assert f"{RUNS.final()['val_accuracy'].median():.4g}" in cells(text)
    runs = nbs.run("random_search", TASK, budget=nbs.Budget(evaluations=2))
    runs.searcher = "<i>"
    assert "<i>" not in runs._repr_html_()


def test_several_objectives_in_jupyter() -> None:
    task = nbs.Task(TABLE, dataset="cifar10", objective=["val_accuracy", "latency:eyeriss"], noise="mean")
    text = nbs.run("random_search", task, budget=nbs.Budget(evaluations=9), seeds=2)._repr_html_()
    assert {"val_accuracy", "latency:eyeriss"} <= set(cells(text))


def test_a_column_in_jupyter_shows_the_fields_that_it_has() -> None:
    column = TABLE.column("latency", dataset="cifar10", device="eyeriss")
    shown = cells(column._repr_html_())
    assert shown[shown.index("device") + 1] == "eyeriss"
    assert shown[shown.index("unit") + 1] == "ms"
    assert "seeds" not in shown
    assert "schedule" not in shown


def test_a_table_and_a_comparison_in_jupyter() -> None:
    text = nbs.Table("<b>mine", TABLE.space, [])._repr_html_()
    assert "<b>mine" not in text
    assert "val_accuracy" in TABLE._repr_html_()
    assert "random_search" in cells(FOUND._repr_html_())
