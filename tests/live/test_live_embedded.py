from __future__ import annotations

import importlib.util
import tarfile
from pathlib import Path

import numpy as np
import pytest

import nasbench_sim as nbs
from nasbench_sim import live
from nasbench_sim.live.proxies.registry import find_proxy
from nasbench_sim.tables.merge import merge

BUILD = Path(__file__).parents[2] / "data" / "build_proxies.py"
CELLS = [0, 9, 1462]
NAMES = [name for name in nbs.load_table("nas-bench-201-proxies").columns["metric"] if "_time" not in name]


@pytest.fixture(scope="module")
def table() -> nbs.Table:
    return nbs.load_table("nas-bench-201-proxies")


@pytest.fixture(scope="module")
def options() -> dict[str, dict[str, int]]:
    spec = importlib.util.spec_from_file_location("build_proxies", BUILD)
    assert spec is not None
    assert spec.loader is not None
    build = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(build)
    return {name: options for names, options in build.PASSES for name in names}


@pytest.fixture(scope="module")
def images(published: Path, tmp_path_factory: pytest.TempPathFactory) -> live.Images:
    folder = tmp_path_factory.mktemp("images")
    with tarfile.open(published / "cifar10-sample" / "cifar10_jpeg_100train_20test_per_class.tar") as archive:
        archive.extractall(folder, filter="data")
    return live.load_image_folder(folder, "cifar10", val=0.2, seed=0)


@pytest.mark.parametrize("name", [name for name in NAMES if not find_proxy(name).needs_images])
def test_what_needs_no_images_is_computed_again(
    table: nbs.Table, options: dict[str, dict[str, int]], name: str
) -> None:
    assert table.space.canonical(CELLS).tolist() == CELLS
    stored = table.query(CELLS, name, dataset="cifar10")
    assert live.proxy(name, CELLS, seed=777, **options[name]) == pytest.approx(stored, rel=1e-3)


@pytest.mark.parametrize("name", [name for name in NAMES if find_proxy(name).needs_images])
def test_what_looks_at_images_is_computed_again(
    table: nbs.Table, images: live.Images, options: dict[str, dict[str, int]], name: str
) -> None:
    stored = table.query(CELLS, name, dataset="cifar10")
    found = live.proxy(name, CELLS, images, seed=777, **options[name])
    assert found == pytest.approx(stored, rel=1e-2, nan_ok=True)


def test_the_table_of_proxies_is_whole(table: nbs.Table) -> None:
    origin = table.space.canonical(table.space.all_indices())
    assert {"synflow", "logsynflow", "meco", "snip", "grad_norm", "fisher", "zico"} <= set(NAMES)
    for metric in table.columns["metric"]:
        values = table.values(metric, dataset="cifar10")
        assert np.array_equal(values, values[origin], equal_nan=True)
        # epsilon has no value where every path has a convolution
        assert np.isfinite(values).mean() > (0.5 if metric == "epsilon" else 0.9), metric


def test_a_search_is_guided_by_it(table: nbs.Table) -> None:
    both = merge("with proxies", [nbs.load_table("nas-bench-201"), table])
    task = nbs.Task(both, dataset="cifar10")
    budget = nbs.Budget(evaluations=60)
    plain = nbs.run("regularized_evolution", task, budget=budget, seeds=100)
    guided = nbs.run("zero_cost_evolution", task, budget=budget, seeds=100, hyperparameters={"proxy": "meco"})
    assert guided.final().regret.mean() < 0.7 * plain.final().regret.mean()
