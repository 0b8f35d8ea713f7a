"""The embedded tables of systems: what they were built from, what is known of them."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest

import nasbench_sim as nbs
from nasbench_sim import live
from nasbench_sim.analysis.correlation import rank_correlation
from nasbench_sim.live.system_runs import SystemRuns
from nasbench_sim.live.systems import systems

RUNS = Path(__file__).parents[2] / "data" / "runs"
# Table -> median over its trainings of what searches report, and the least agreement of two seeds where it
# has several.
BUILT: dict[str, tuple[float, float | None]] = {
    "attention-placement-text": (9.31, None),
    "hierarchical-digits": (74.0, 0.92),
}


def spearman(first: np.ndarray, second: np.ndarray) -> float:
    return float(rank_correlation(first, second)["spearman"])


@pytest.mark.parametrize("name", BUILT)
def test_a_table_is_that_of_its_runs(name: str, tmp_path: Path) -> None:
    path = tmp_path / "runs.jsonl"
    path.write_bytes(gzip.decompress((RUNS / f"{name}.jsonl.gz").read_bytes()))
    runs = SystemRuns(path, systems.get(name)())
    assert {(run.architecture, run.seed) for run in runs} == set(runs.system.pairs())
    table = nbs.load_table(name)
    assert table.hash == runs.table().hash
    assert Path(nbs.tables.available()[name]).stat().st_size < 1_500_000


@pytest.mark.parametrize(("name", "median", "agreement"), [(name, *facts) for name, facts in BUILT.items()])
def test_landmarks(name: str, median: float, agreement: float | None) -> None:
    table = nbs.load_table(name)
    report, (dataset,) = table.space.benchmark.report, table.space.benchmark.datasets
    trained = np.setdiff1d(systems.get(name)().origin(), -1)
    assert np.median(table.values(report, dataset=dataset)[trained]) == pytest.approx(median, abs=0.1)
    if agreement is None:
        return
    seeds = table.column(report, dataset=dataset).seeds[:2]
    first, second = (table.values(report, dataset=dataset, seed=seed)[trained] for seed in seeds)
    both = np.isfinite(first) & np.isfinite(second)
    assert both.sum() >= 300
    assert spearman(first[both], second[both]) >= agreement


@pytest.mark.parametrize("name", BUILT)
def test_searching_is_one_line(name: str) -> None:
    table = nbs.load_table(name)
    report = table.space.benchmark.report
    objective = report.replace("test", "val")
    task = nbs.Task(table, dataset=table.space.benchmark.datasets[0], objective=objective, report=report)
    found = nbs.run("regularized_evolution", task, budget=nbs.Budget(evaluations=50), seeds=3)
    assert (found.final().regret >= 0).all()


def test_hierarchies_of_convolutions_win() -> None:
    table = nbs.load_table("hierarchical-digits")
    test = table.values("test_accuracy", dataset="digits")
    best = table.space.string(np.argsort(test)[-50:])
    assert all("conv3" in text for text in best)
    trained = np.unique(table.space.canonical(table.space.all_indices()))
    assert spearman(table.values("params")[trained], test[trained]) == pytest.approx(0.86, abs=0.005)


def test_full_attention_is_worth_more_in_some_layers_than_in_others() -> None:
    table = nbs.load_table("attention-placement-text")
    recall = table.values("test_recall", dataset="python-reference")
    index = table.space.index
    assert recall[index("full:full:full:full:full")] == pytest.approx(recall.max(), abs=3)
    one = [":".join("full" if layer == place else "linear" for layer in range(5)) for place in range(5)]
    assert recall[index("linear:linear:linear:linear:linear")] == pytest.approx(28.7, abs=0.1)
    assert recall[index(np.array(one, dtype=object))] == pytest.approx(
        [42.1, 30.8, 36.2, 28.1, 30.6], abs=0.1
    )


def test_the_same_numbers_are_trained_again(tmp_path: Path) -> None:
    found = live.check("hierarchical-digits", 1, runs=tmp_path / "again.jsonl", device="cpu")
    assert found.verdict.split()[0].rstrip(":") in ("equal", "within")
