from __future__ import annotations

import dataclasses
import sys
from typing import Any

import numpy as np
import pytest
import torch

import nasbench_sim as nbs
from nasbench_sim import live
from nasbench_sim.live.onnx_runtime import exported

SPACE = nbs.space("nas-bench-201")
SMALL = live.Stopwatch(channels=4, cells=1, side=16, warmup=1, repeats=5)


def test_the_median_lies_between_the_quarters() -> None:
    threads = torch.get_num_threads()
    frame = SMALL.frame(["|none~0|+|none~0|none~1|+|none~0|none~1|none~2|", SPACE.string(1462)])
    assert frame["index"].tolist() == [1651, 1462]
    assert (frame["q25"] <= frame["latency"]).all()
    assert (frame["latency"] <= frame["q75"]).all()
    assert (frame["fastest"] <= frame["q25"]).all()
    assert torch.get_num_threads() == threads


def test_a_network_without_operations_takes_less() -> None:
    empty, full = SMALL.frame([1651, 1462])["latency"]
    assert 0 < empty < full


def test_the_operator_table_adds_up() -> None:
    table = SMALL.operators()
    assert table.fixed > 0
    assert table.edge[0] == 0
    assert (table.edge[1:] > 0).all()
    predicted = table.predict(SPACE.all_indices())
    assert predicted.argmin() == 1651
    counts = np.array([SPACE.count(7, op) for op in SPACE.choices[0]])
    assert table.predict(7) == pytest.approx(table.fixed + counts @ table.edge)


def test_wrong_requests() -> None:
    with pytest.raises(nbs.NasbenchSimError, match="backend"):
        live.Stopwatch(backend="onyx")
    with pytest.raises(nbs.NasbenchSimError, match="repeats"):
        live.Stopwatch(repeats=0)


def test_every_network_is_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    graphs: list[object] = []

    def backend(graph: Any, inputs: object) -> object:
        graphs.append(graph)
        return graph.forward

    compiled = torch.compile
    monkeypatch.setattr(torch, "compile", lambda model: compiled(model, backend=backend))
    # By itself PyTorch compiles a function for so many networks, 8 by default, and leaves the next as is.
    monkeypatch.setattr(torch._dynamo.config, "recompile_limit", 1)
    dataclasses.replace(SMALL, backend="compile", warmup=1, repeats=1).frame([0, 7, 9])
    assert len(graphs) == 3


def test_onnx_runtime_computes_the_same() -> None:
    for name in ("onnx", "onnxruntime", "onnxscript"):
        pytest.importorskip(name)
    model = live.network(7, channels=4, cells=1).eval()
    images = torch.randn(2, 3, 16, 16, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        assert exported(model, images)(images) == pytest.approx(model(images).numpy(), abs=1e-5)
    frame = dataclasses.replace(SMALL, backend="onnx").frame([7])
    assert 0 < frame["fastest"][0] <= frame["latency"][0]
    with pytest.raises(nbs.NasbenchSimError, match="processor"):
        live.Stopwatch(backend="onnx", device="cuda")


def test_without_onnx_runtime(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(nbs.errors.MissingDependencyError, match=r"nasbench-sim\[live,onnx\]"):
        live.Stopwatch(backend="onnx")


def test_the_embedded_table_of_latencies() -> None:
    table = nbs.load_table("nas-bench-201-latency")
    measured = table.values("latency:cpu")
    assert np.isfinite(measured).all()
    assert measured.min() > 0
    fastest = np.argsort(measured)[:20]
    assert SPACE.count(fastest, "nor_conv_3x3").max() == 0
    summed = table.values("latency:cpu-operators")
    assert np.isfinite(summed).all()
    stored = live.OperatorTable(
        np.array(table.provenance["operators"]["edge"]), table.provenance["operators"]["fixed"]
    )
    assert summed == pytest.approx(stored.predict(SPACE.all_indices()))
    assert nbs.analysis.rank_correlation(summed, measured)["spearman"] > 0.97  # as README.md states
    assert {"processor", "torch"} <= set(table.provenance["machine"])
