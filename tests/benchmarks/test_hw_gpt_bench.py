"""HW-GPT-Bench: models whose layers are conditional, costs in units that are read, a surrogate over all."""

from __future__ import annotations

import copy
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nasbench_sim as nbs
from nasbench_sim.errors import FileFormatError
from nasbench_sim.spaces import SampledSpace
from nasbench_sim.tables.importers import detect, import_file

SPACE = nbs.space("hw-gpt-bench-s")


def model(depth: int, seed: int, bias: bool = True) -> dict[str, Any]:
    draw = np.random.default_rng(seed)
    return {
        "sample_embed_dim": 384,
        "sample_n_layer": depth,
        "sample_n_head": draw.choice([4, 8, 12], 12).tolist(),
        "sample_mlp_ratio": draw.choice([2, 3, 4], 12).tolist(),
        "sample_bias": bias,
    }


def folder_of(root: Path, **changes: Any) -> Path:
    """A small folder of the published layout: six models, one device."""
    models = [model(10 + number % 3, number) for number in range(6)]
    quality = [
        {"arch": one, "perplexity": 30.0 + number, "accuracy": 0.4} for number, one in enumerate(models)
    ]
    costs = [
        {
            "arch": copy.deepcopy(one),
            "times_profiler_cpu": [1.5, 900.0, 1.2],
            "unit_cpu": ["s", "ms", "s"],
            "times_profiler_gpu": [],
            "unit_gpu": [],
            "mean_energy_gpu": None,
            "mean_energy_cpu": 0.02,
            "unit_energy": "Wh",
            "params": 80_000_000,
            "macs": 0,
        }
        for one in models[::-1]
    ]
    for one in costs:
        one["arch"]["sample_n_head"][one["arch"]["sample_n_layer"] :] = []  # what does not count
        one.update(changes)
    for part, name, rows in (
        ("arch_ppl_bench_s", "ppl.pkl", quality),
        ("latency_board", "efficiency_observations_0_6.pkl", costs),
        (
            "mem_board",
            "efficiency_observations_0_6.pkl",
            [{"arch": one, "mean_mem": 512.0} for one in models],
        ),
    ):
        (root / part).mkdir(parents=True, exist_ok=True)
        (root / part / name).write_bytes(pickle.dumps(rows))
    return root


def test_layers_beyond_the_depth_mean_nothing() -> None:
    assert SPACE.size == 6 * (9**10 + 9**11 + 9**12)
    shallow = SPACE.ops(SPACE.sample(2000, seed=0))
    dead = shallow[shallow[:, 1] == 0][:, 22:26]
    assert not dead.any()
    share = (shallow[:, 1] == 2).mean()  # the deepest are 81 of 91
    assert share == pytest.approx(81 / 91, abs=0.03)


def test_a_folder_is_read_in_the_units_that_it_says(tmp_path: Path) -> None:
    root = folder_of(tmp_path / "hw-gpt-bench")
    assert detect(root).name == "hw-gpt-bench"
    table = import_file(root)
    assert isinstance(table.space, SampledSpace)
    assert table.space.parent is SPACE
    assert table.values("perplexity").tolist() == [30.0, 31.0, 32.0, 33.0, 34.0, 35.0]
    assert table.values("latency", device="board") == pytest.approx(np.full(6, 1200.0))
    assert table.values("energy", device="board") == pytest.approx(np.full(6, 72_000.0))
    assert table.values("params") == pytest.approx(np.full(6, 80.0))
    assert np.isnan(table.values("flops")).all()  # published as 0
    assert table.values("memory", device="board").tolist() == [512.0] * 6
    assert table.column("perplexity").better == "min"


def test_kilowatt_hours_that_no_device_draws_are_watt_hours(tmp_path: Path) -> None:
    table = import_file(folder_of(tmp_path / "hw-gpt-bench", unit_energy="KWh"))
    assert table.values("energy", device="board") == pytest.approx(np.full(6, 72_000.0))
    assert "taken as Wh" in table.column("energy", device="board").note


@pytest.mark.parametrize(
    "changes",
    [
        {"unit_cpu": ["s", "ms", "hours"]},
        {"unit_cpu": ["s"]},
        {"unit_energy": "kcal"},
        {"mean_energy_cpu": 20_000.0},
        {"params": "many"},
        {"arch": model(10, 99)},
        {"arch": {"sample_n_layer": 99}},
        {"arch": None},
    ],
)
def test_strange_records_are_refused(changes: dict[str, Any], tmp_path: Path) -> None:
    root = folder_of(tmp_path / "hw-gpt-bench", **changes)
    with pytest.raises(FileFormatError):
        import_file(root)


class Exploit:
    """What a hostile pickle does: it names a function to call."""

    def __reduce__(self) -> tuple[Any, ...]:
        import os

        return (os.system, ("echo this must never run",))


def test_a_hostile_file_is_refused(tmp_path: Path) -> None:
    root = folder_of(tmp_path / "hw-gpt-bench")
    (root / "mem_board" / "efficiency_observations_0_6.pkl").write_bytes(pickle.dumps([Exploit()]))
    with pytest.raises(FileFormatError, match="system"):
        import_file(root)


def test_published_models_by_landmarks(published: Path) -> None:
    root = published / "hw-gpt-bench"
    table = import_file(root / "latency_cpu_meta")
    with (root / "latency_cpu_meta" / "efficiency_observations_5000_7500.pkl").open("rb") as file:
        row = pickle.load(file)[123]
    scale = {"s": 1000.0, "ms": 1.0}
    times = [
        time * scale[unit] for time, unit in zip(row["times_profiler_cpu"], row["unit_cpu"], strict=True)
    ]
    one = row["arch"]
    depth = one["sample_n_layer"]
    layers = [
        f"{head}:{ratio}" for head, ratio in zip(one["sample_n_head"], one["sample_mlp_ratio"], strict=True)
    ][:depth] + ["4:2"] * (12 - depth)
    text = ":".join([str(one["sample_embed_dim"]), str(depth), *layers, str(one["sample_bias"])])
    assert table.query(text, "latency", device="cpu_meta") == pytest.approx(np.mean(times))
    assert table.query(text, "params") == pytest.approx(row["params"] / 1e6)
    latency = table.values("latency", device="cpu_meta")
    assert 700 < latency.min() < latency.max() < 5000  # in ms throughout


def test_a_surrogate_reaches_the_published_agreement(published: Path) -> None:
    table = import_file(published / "hw-gpt-bench" / "arch_ppl_bench_s")
    assert table.space.size == 10_000
    assert table.values("perplexity").min() == pytest.approx(22.16, abs=0.005)
    assert table.values("perplexity").max() == pytest.approx(41.92, abs=0.005)
    like = nbs.surrogate(table, "perplexity")
    assert like.space is SPACE
    assert like.provenance["surrogate"]["quality"]["perplexity"]["kendall"] > 0.96  # published: .97
    task = nbs.Task(like, dataset="openwebtext", objective="perplexity", report="perplexity", noise="mean")
    runs = nbs.run("regularized_evolution", task, budget=nbs.Budget(evaluations=60), seeds=2)
    assert (runs.observed > 20).all()
