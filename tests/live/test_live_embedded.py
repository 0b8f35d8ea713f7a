from __future__ import annotations

import numpy as np
import pytest

import nasbench_sim as nbs
from nasbench_sim import live


@pytest.mark.parametrize("name", ["synflow", "logsynflow", "meco"])
def test_the_table_of_proxies_is_computed_again(name: str) -> None:
    table = nbs.load_table("nas-bench-201-proxies")
    cells = [0, 9, 1462]
    assert cells == table.space.canonical(cells).tolist()
    stored = table.query(cells, name, dataset="cifar10")
    assert live.proxy(name, cells, seed=777) == pytest.approx(stored, rel=1e-3)


def test_the_table_of_proxies_is_whole() -> None:
    table = nbs.load_table("nas-bench-201-proxies")
    origin = table.space.canonical(table.space.all_indices())
    for metric in ("synflow", "logsynflow", "meco", "synflow_seconds"):
        values = table.values(metric, dataset="cifar10")
        assert np.isfinite(values).all()
        assert np.array_equal(values, values[origin])
