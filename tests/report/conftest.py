"""One comparison, and its page, for all tests of the report."""

from __future__ import annotations

from pathlib import Path

import pytest

import nasbench_sim as nbs
from nasbench_sim.report import write_report

SEARCHERS = ("random_search", "regularized_evolution", "local_search")


@pytest.fixture(scope="session")
def comparison() -> nbs.Comparison:
    table = nbs.load_table("nas-bench-201")
    tasks = [nbs.Task(table, dataset=dataset) for dataset in ("cifar10", "ImageNet16-120")]
    return nbs.compare(SEARCHERS, tasks, budget=nbs.Budget(seconds=60_000), seeds=6)


@pytest.fixture(scope="session")
def page(comparison: nbs.Comparison, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_report(comparison, tmp_path_factory.mktemp("report") / "report.html")


@pytest.fixture(scope="session")
def two_objectives() -> nbs.Comparison:
    table = nbs.load_table("nas-bench-201")
    task = nbs.Task(table, dataset="cifar10", objective=["latency:eyeriss", "val_accuracy"])
    return nbs.compare(
        ["random_search", "multi_objective_local_search"], task, budget=nbs.Budget(evaluations=60), seeds=6
    )


@pytest.fixture(scope="session")
def page_of_two(two_objectives: nbs.Comparison, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_report(two_objectives, tmp_path_factory.mktemp("two") / "report.html")
