"""Columns whose numbers are computed when they are asked for, in spaces of any size."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nasbench_sim as nbs
from nasbench_sim.benchmarks.fbnet.block_costs import FILE, BlockCosts
from nasbench_sim.benchmarks.fbnet.space import FBNet
from nasbench_sim.errors import RequestError
from nasbench_sim.tables import Computed, verify

SMALL = nbs.SearchSpace("small", ["ab", "cde"])
LARGE = nbs.space("fbnet")
LAST = 9**22 - 1


def skips(index: Any) -> Any:
    return (LARGE.ops(index) == 8).sum(axis=-1)


def table_of(space: nbs.SearchSpace, numbers: Computed) -> nbs.Table:
    return nbs.Table("mine", space, [(nbs.Column(metric="score", source="here", better="max"), numbers)])


def test_a_large_space_is_asked_for_what_is_wanted() -> None:
    table = table_of(LARGE, Computed(LARGE, skips, low=0, high=22))
    assert table.query(LAST, "score") == 22.0
    assert table.query(LARGE.string(LAST - 1), "score") == 21.0
    assert table.query([[0], [LAST]], "score").tolist() == [[0.0], [22.0]]
    assert table.schema[0].coverage == LARGE.size == table.columns["coverage"][0]
    for whole in (table.values, table.runs):
        with pytest.raises(RequestError, match="too many to enumerate"):
            whole("score")
    with pytest.raises(RequestError, match="cannot be listed"):
        nbs.save_table(table, "never-written.h5")


def test_a_small_space_is_listed_like_any_other(tmp_path: Path) -> None:
    table = table_of(SMALL, Computed(SMALL, lambda index: index * 1.5))
    assert table.values("score").tolist() == [0.0, 1.5, 3.0, 4.5, 6.0, 7.5]
    assert table.query(4, "score") == 6.0
    again = nbs.load_table(nbs.save_table(table, tmp_path / "table.h5"))
    assert again.values("score").tolist() == table.values("score").tolist()
    assert verify(again) == 1
    task = nbs.Task(table, dataset="any", objective="score")
    assert task.optimum == 7.5
    assert np.asarray(table.data(0)).tolist() == table.values("score").tolist()


def test_the_hash_follows_the_numbers() -> None:
    def hash_of(numbers: Computed) -> str:
        return table_of(LARGE, numbers).hash

    plain = hash_of(Computed(LARGE, skips))
    assert plain == hash_of(Computed(LARGE, skips))
    assert plain != hash_of(Computed(LARGE, lambda index: skips(index) + 1))
    assert hash_of(Computed(LARGE, skips, digest="1")) != hash_of(Computed(LARGE, skips, digest="2"))


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (lambda index: np.full(index.shape, np.inf), "infinite"),
        (lambda index: np.zeros(3), r"shape \(3,\) for indices of shape \(2,\)"),
    ],
)
def test_functions_that_give_no_numbers(function: Any, message: str) -> None:
    with pytest.raises(RequestError, match=message):
        table_of(LARGE, Computed(LARGE, function)).query([0, 1], "score")


def test_a_list_is_refused_for_a_large_space() -> None:
    class Endless:
        shape = (LARGE.size,)

        def __getitem__(self, key: Any) -> Any:
            raise AssertionError("never read")

    with pytest.raises(RequestError, match="too many for a list"):
        nbs.Table("mine", LARGE, [(nbs.Column(metric="score", source="here", better="max"), Endless())])


def test_a_range_that_is_needed_and_not_known() -> None:
    task = nbs.Task(table_of(LARGE, Computed(LARGE, skips)), dataset="any", objective="score")
    assert np.isnan(task.optimum)
    assert nbs.run("random_search", task, budget=nbs.Budget(evaluations=5)).final()["regret"].isna().all()
    with pytest.raises(RequestError, match="range of score"):
        _ = task.objectives[0].worst


def test_fbnet_is_loaded_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NASBENCH_SIM_DATA", str(tmp_path))
    with pytest.raises(RequestError, match="data import"):
        nbs.load_table("fbnet")
    own = FBNet()
    keys = [key for row in own.layer_keys("ImageNet") for key in row] + own.fixed_keys("ImageNet")
    costs = {key: float(place) for place, key in enumerate(dict.fromkeys(keys))}
    BlockCosts({"fpga_energy": costs}, "made here").save(tmp_path / FILE)
    table = nbs.load_table("fbnet")
    expected = [
        sum(costs[row[op]] for row, op in zip(own.layer_keys("ImageNet"), ops, strict=True))
        + sum(costs[key] for key in own.fixed_keys("ImageNet"))
        for ops in own.ops([0, 12345, LAST])
    ]
    assert table.query([0, 12345, LAST], "energy:fpga", dataset="ImageNet").tolist() == expected
    bounds = table.lookup("energy:fpga", dataset="ImageNet")
    draws = table.query(own.sample(200, seed=1), "energy:fpga", dataset="ImageNet")
    assert bounds.low < draws.min() < draws.max() < bounds.high
