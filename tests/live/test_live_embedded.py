from __future__ import annotations

import tarfile
from pathlib import Path

import numpy as np
import pytest

import nasbench_sim as nbs
from nasbench_sim import live
from nasbench_sim.live.proxies.registry import find_proxy
from nasbench_sim.tables.merge import merge

CELLS = [0, 9, 1462]
NAMES = [name for name in nbs.load_table("nas-bench-201-proxies").columns["metric"] if "_time" not in name]


@pytest.fixture(scope="module")
def table() -> nbs.Table:
    return nbs.load_table("nas-bench-201-proxies")


@pytest.fixture(scope="module")
def images(published: Path, tmp_path_factory: pytest.TempPathFactory) -> live.Images:
    folder = tmp_path_factory.mktemp("images")
    with tarfile.open(published / "cifar10-sample" / "cifar10_jpeg_100train_20test_per_class.tar") as archive:
        archive.extractall(folder, filter="data")
    return live.load_image_folder(folder, "cifar10", val=0.2, seed=0)


@pytest.mark.parametrize("name", [name for name in NAMES if not find_proxy(name).needs_images])
def test_what_needs_no_images_is_computed_again(table: nbs.Table, name: str) -> None:
    assert table.space.canonical(CELLS).tolist() == CELLS
    stored = table.query(CELLS, name, dataset="cifar10")
    assert live.proxy(name, CELLS, batch=2, seed=777) == pytest.approx(stored, rel=1e-3)


def test_what_looks_at_images_is_computed_again(table: nbs.Table, images: live.Images) -> None:
    names = [name for name in NAMES if find_proxy(name).needs_images]
    assert {"snip", "grad_norm", "fisher"} <= set(names)
    frame = live.proxy_frame(names, CELLS, images, batch=16, seed=777)
    for name, own in frame.groupby("proxy"):
        stored = table.query(CELLS, str(name), dataset="cifar10")
        assert own["value"].to_numpy() == pytest.approx(stored, rel=1e-2), name


def test_the_table_of_proxies_is_whole(table: nbs.Table) -> None:
    origin = table.space.canonical(table.space.all_indices())
    assert {"synflow", "logsynflow", "meco", "snip", "grad_norm", "fisher"} <= set(NAMES)
    for metric in table.columns["metric"]:
        values = table.values(metric, dataset="cifar10")
        assert np.array_equal(values, values[origin], equal_nan=True)
        assert np.isfinite(values).mean() > 0.9, metric


def test_a_search_is_guided_by_it(table: nbs.Table) -> None:
    both = merge("with proxies", [nbs.load_table("nas-bench-201"), table])
    task = nbs.Task(both, dataset="cifar10")
    budget = nbs.Budget(evaluations=60)
    plain = nbs.run("regularized_evolution", task, budget=budget, seeds=100)
    guided = nbs.run("zero_cost_evolution", task, budget=budget, seeds=100, hyperparameters={"proxy": "meco"})
    assert guided.final().regret.mean() < 0.7 * plain.final().regret.mean()
