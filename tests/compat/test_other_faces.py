"""nas_201_api, HW-NAS-Bench's FBNet half, and what NASLib, syne-tune and EvoXBench users call."""

from __future__ import annotations

import itertools
import math
import pickle
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nasbench_sim as nbs
from nasbench_sim.compat import hw_nas_bench_api, nas_201_api, nats_bench
from nasbench_sim.compat.evoxbench import NASBench201Benchmark, NASBench201SearchSpace
from nasbench_sim.compat.missing import MissingNumbersWarning
from nasbench_sim.compat.naslib import get_dataset_api
from nasbench_sim.compat.syne_tune import load_blackbox
from nasbench_sim.errors import RequestError

INDICES = (0, 11, 284)


# -- nas_201_api


def api_of(generation: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("NASBENCH_SIM_COMPAT_NAS_201_API", generation)
    return nas_201_api.NASBench201API("NAS-Bench-201-v1_1-096897.pth", verbose=False)


@pytest.mark.usefixtures("installed")
def test_calls_say_their_generation(monkeypatch: pytest.MonkeyPatch) -> None:
    for generation, default in (("1", 200), ("2", 12)):
        api = api_of(generation, monkeypatch)
        told = {
            epochs: api.get_more_info(0, "cifar10", hp=epochs, is_random=False)["test-accuracy"]
            for epochs in (12, 200)
        }
        assert told[200] == pytest.approx(85.8633, abs=1e-4)
        assert told[12] == pytest.approx(69.55)
        for words, epochs in (
            ({"use_12epochs_result": True}, 12),
            ({"use_12epochs_result": False}, 200),
            ({"hp": "12"}, 12),
            ({"hp": 200}, 200),
            ({}, default),
        ):
            info = api.get_more_info(0, "cifar10", is_random=False, **words)
            assert info["test-accuracy"] == told[epochs]
            assert info["est-valid-accuracy"] == told[epochs]
            assert api.query_by_index(0, **words).get_total_epoch() == epochs
            assert api.query_meta_info_by_index(0, **words).get_total_epoch() == epochs
            assert api.get_cost_info(0, "cifar10", **words)["T-train@total"] == pytest.approx(
                epochs * 14.442186
            )
            assert api.get_latency(0, "cifar10", **words) == pytest.approx(0.0139359758611311)
            best = api.find_best("cifar10", "ori-test", FLOP_max=1000.0, Param_max=100.0, **words)
            assert best == api.find_best("cifar10", "ori-test", None, None, str(epochs))
        assert api.get_more_info(0, "cifar10", None, True, False)["test-accuracy"] == told[12]
        assert api.get_more_info(0, "cifar10", None, False, False)["test-accuracy"] == told[200]


@pytest.mark.usefixtures("installed")
def test_what_nas_201_api_has(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    api = api_of("1", monkeypatch)
    assert api.query_by_arch("unknown") is None
    assert " & " not in api.query_by_arch(0, True)
    assert "loss = " in api.query_by_arch(0)
    assert api.arch2infos_full[0].get_total_epoch() == 200
    assert api.arch2infos_less[11].get_total_epoch() == 12
    assert len(api.arch2infos_full) == len(list(api.arch2infos_less)) == 15625
    assert api.evaluated_indexes[:3] == [0, 1, 2]
    assert str(api) == "NASBench201API(15625/15625 architectures)"
    api.show(0)
    first = capsys.readouterr().out
    assert first.startswith(">" * 40 + " 200 epochs ")
    api = api_of("2", monkeypatch)
    api.show(0)
    assert capsys.readouterr().out.startswith(">" * 40 + " 012 epochs ")
    assert str(api).endswith("file=NAS-Bench-201-v1_1-096897.pth)")
    assert api.str2lists(api[0])[0] == (("avg_pool_3x3", 0),)
    accuracy, latency, cost, clock = api.simulate_train_eval(0, "cifar10", "200")
    assert cost == clock == pytest.approx(200 * 7.221092998981476 + 2.5489792369660877)
    assert latency == pytest.approx(0.0139359758611311)
    assert accuracy in {82.092, 81.616, 82.24}


# -- HW-NAS-Bench


def test_the_fbnet_half(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    space = nbs.space("fbnet")
    keys = {
        dataset: [*itertools.chain(*space.layer_keys(dataset)), *space.fixed_keys(dataset)]
        for dataset in ("cifar100", "ImageNet")
    }
    names = [f"{device}_latency" for device in ("edgegpu", "raspi4", "pixel3", "eyeriss", "fpga")]
    names += [f"{device}_energy" for device in ("edgegpu", "eyeriss", "fpga")]
    random = np.random.Generator(np.random.Philox(1))
    every = sorted({key for of in keys.values() for key in of})
    tables = {name: dict(zip(every, random.random(len(every)).tolist(), strict=True)) for name in names}
    from nasbench_sim.benchmarks.fbnet.block_costs import FILE, BlockCosts

    BlockCosts(tables, "made here").save(tmp_path / FILE)
    monkeypatch.setenv("NASBENCH_SIM_DATA", str(tmp_path))
    api = hw_nas_bench_api.HWNASBenchAPI("nowhere", search_space="fbnet")
    blocks = [place % 9 for place in range(22)]
    found = api.query_by_index(blocks, "cifar100")
    assert list(found) == [
        "edgegpu_latency",
        "edgegpu_energy",
        "raspi4_latency",
        "pixel3_latency",
        "eyeriss_latency",
        "eyeriss_energy",
        "fpga_latency",
        "fpga_energy",
        "average_hw_metric",
    ]
    layers = space.layer_keys("cifar100")
    for name in names:
        total = sum(tables[name][layers[place][block]] for place, block in enumerate(blocks))
        total += sum(tables[name][key] for key in space.fixed_keys("cifar100"))
        assert found[name] == pytest.approx(total)
    assert api.get_op_lookup_tables() == tables
    config = api.get_net_config(blocks, "ImageNet")
    assert config["num_classes"] == 1000
    assert config["arch_str"][:3] == ["k3_e1", "k3_e1_g2", "k3_e3"]
    with pytest.raises(AssertionError, match="should be 22"):
        api.query_by_index([0], "cifar100")
    with pytest.raises(AssertionError, match="should be a list"):
        api.query_by_index(7, "cifar100")
    with pytest.raises(AssertionError, match="Only cifar100 and ImageNet"):
        api.query_by_index(blocks, "cifar10")


def test_what_no_table_has_of_a_device_is_nan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NASBENCH_SIM_DATA", str(tmp_path))
    api = hw_nas_bench_api.HWNASBenchAPI(None)
    with pytest.warns(MissingNumbersWarning, match="edgegpu_latency"):
        found = api.query_by_index(np.int64(0), "cifar10")
    assert math.isnan(found["raspi4_latency"])
    assert found["fpga_energy"] == pytest.approx(7 * found["fpga_latency"])
    with pytest.raises(IndexError):
        api.query_by_index(15625, "cifar10")
    with pytest.raises(KeyError):
        api.query_by_index(0, "mnist")
    with pytest.warns(MissingNumbersWarning, match="edgegpu_latency"):
        assert math.isnan(
            hw_nas_bench_api.HWNASBenchAPI(None, "fbnet").query_by_index([0] * 22, "ImageNet")["fpga_latency"]
        )


# -- NASLib, syne-tune, EvoXBench


@pytest.mark.usefixtures("installed")
def test_naslib_dictionary() -> None:
    data = get_dataset_api("nasbench201", "cifar100")["nb201_data"]
    assert len(data) == 15625
    assert next(iter(data)) == nbs.space().string(0)
    api = nats_bench.create(None, "tss", verbose=False)
    for index in INDICES:
        found = data[nbs.space().string(index)]["cifar100"]
        run = api.query_by_index(index, "cifar100", hp=200)[888]
        assert found["eval_acc1es"] == [run.eval_acc1es[f"ori-test@{epoch}"] for epoch in range(200)]
        assert found["train_losses"] == list(run.train_losses.values())
        assert found["cost_info"]["latency"] == run.get_latency()
        assert len(found["eval_losses"]) == len(found["train_acc1es"]) == 200
    assert get_dataset_api("nasbench201", "mnist") is None
    with pytest.raises(NotImplementedError):
        get_dataset_api("nasbench101", "cifar10")


@pytest.mark.usefixtures("installed")
@pytest.mark.filterwarnings("ignore:The inplace keyword")  # syne-tune's own
def test_syne_tune_blackbox() -> None:
    pytest.importorskip("syne_tune.blackbox_repository.blackbox_tabular")
    boxes = load_blackbox("nasbench201", local_files_only=True)
    assert list(boxes) == ["cifar10", "cifar100", "ImageNet16-120"]
    api = nats_bench.create(None, "tss", verbose=False)
    box = boxes["cifar100"]
    operations = [op for node in api.str2lists(api[11]) for op, _ in node]
    config = {f"hp_x{place}": op for place, op in enumerate(operations)}
    for seed, name in enumerate((777, 888, 999)):
        run = api.query_by_index(11, "cifar100", hp=200)[name]
        found = box(config, {"hp_epoch": 7}, seed=seed)
        assert found["metric_valid_error"] == pytest.approx(1 - run.eval_acc1es["ori-test@6"] / 100, abs=1e-6)
        assert found["metric_train_error"] == pytest.approx(1 - run.train_acc1es[6] / 100, abs=1e-6)
        epoch = run.train_times[0] + run.eval_times["ori-test@0"]
        assert found["metric_runtime"] == pytest.approx(epoch, rel=1e-6)
        assert found["metric_elapsed_time"] == pytest.approx(7 * epoch, rel=1e-6)
    assert box(config, seed=0).shape == (200, 7)
    with pytest.warns(MissingNumbersWarning):
        last = box.objectives_evaluations[5, :, 199, 0]
    mean = nbs.load_table().query(5, "valtest_accuracy", dataset="cifar100")
    assert np.mean(last) == pytest.approx(1 - mean / 100, abs=1e-4)
    with pytest.raises(RequestError, match="'nasbench201', not 'lcbench'"):
        load_blackbox("lcbench")


@pytest.mark.usefixtures("installed")
def test_evoxbench_shape() -> None:
    space = nbs.space()
    benchmark = NASBench201Benchmark(
        200, "err&params&flops&eyeriss_latency", "cifar10", normalized_objectives=False
    )
    choices = benchmark.search_space.encode(space.string([0, 6111, 284]).tolist())
    assert choices.shape == (3, 6)
    assert benchmark.search_space.decode(choices) == space.string([0, 6111, 284]).tolist()
    table = nbs.load_table()
    found = benchmark.evaluate(choices, true_eval=True)
    np.testing.assert_allclose(
        found[:, 0], 100 - table.query([0, 6111, 284], "test_accuracy", dataset="cifar10")
    )
    for place, metric in enumerate(("params", "flops", "latency:eyeriss"), 1):
        np.testing.assert_allclose(found[:, place], table.query([0, 6111, 284], metric, dataset="cifar10"))
    np.random.seed(3)  # noqa: NPY002 - EvoXBench draws runs by numpy's global generator
    drawn = {float(benchmark.evaluate(choices[:1])[0, 0]) for _ in range(30)}
    assert {round(100 - value, 3) for value in drawn} == {82.092, 81.616, 82.24}
    front = benchmark.pareto_front
    assert front.shape[1] == 4
    assert len(benchmark.pareto_set) == len(front)
    best = benchmark.evaluate(benchmark.search_space.encode(benchmark.pareto_set), true_eval=True)
    np.testing.assert_allclose(best, front)
    scaled = NASBench201Benchmark(200, "err&params", "cifar10")
    values = scaled.evaluate(scaled.search_space.encode(scaled.pareto_set), true_eval=True)
    assert values.min(axis=0).tolist() == [0.0, 0.0]
    assert values.max(axis=0).tolist() == [1.0, 1.0]
    with pytest.raises(RequestError, match="12 or 200"):
        NASBench201Benchmark(90)


def test_evoxbench_encoding_is_its_own() -> None:
    ours = NASBench201SearchSpace()
    arch = "|none~0|+|avg_pool_3x3~0|nor_conv_3x3~1|+|nor_conv_1x1~0|nor_conv_3x3~1|nor_conv_1x1~2|"
    assert ours.encode([arch]).tolist() == [[0, 4, 3, 2, 3, 2]]
    assert ours.n_var == len(ours.lb) == len(ours.ub) == len(ours.categories)


def test_pickles_of_a_script_come_back(tmp_path: Path) -> None:
    from nasbench_sim.compat.nats_bench.api_utils import pickle_load, pickle_save

    pickle_save({"a": 1}, tmp_path / "x")
    assert pickle_load(tmp_path / "x") == pickle_load(tmp_path / "x.pbz2") == {"a": 1}
    assert pickle.loads(pickle.dumps(nats_bench.create)) is nats_bench.create
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert nats_bench.search_space_info("nats-bench", "sss")["num_layers"] == 5
