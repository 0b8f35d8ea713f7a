"""Small files in the exact layouts of formats of which only official downloads hold real ones."""

from __future__ import annotations

import bz2
import collections
import pickle
from typing import Any

import numpy as np

import nasbench_sim as nbs

SPACE = nbs.space()
STRINGS = SPACE.string(SPACE.all_indices()).tolist()
PARTS = {
    "cifar10-valid": {"x-valid": "all", "ori-test": "last"},
    "cifar10": {"ori-test": "all"},
    "cifar100": {"x-valid": "last", "x-test": "last", "ori-test": "all"},
    "ImageNet16-120": {"x-valid": "last", "x-test": "last", "ori-test": "all"},
}


def trial(dataset: str, seed: int, schedule: int, start: float) -> dict[str, Any]:
    """A trial whose numbers tell where they are from: start + epoch / 1000, shifted by the part."""
    epochs = range(schedule)

    def curve(shift: float) -> dict[int, float]:
        return {epoch: start + shift + epoch / 1000 for epoch in epochs}

    accuracies, losses, times = {}, {}, {}
    for at, (part, extent) in enumerate(PARTS[dataset].items()):
        for epoch in epochs if extent == "all" or schedule == 12 else [schedule - 1]:
            accuracies[f"{part}@{epoch}"] = start + 10 * (at + 1) + epoch / 1000
            losses[f"{part}@{epoch}"] = 0.5 + epoch / 1000
        for epoch in epochs:
            times[f"{part}@{epoch}"] = 2.0 + at
    return {
        "name": dataset,
        "net_state_dict": None,
        "train_acc1es": curve(0),
        "train_acc5es": None,
        "train_losses": curve(1),
        "train_times": collections.OrderedDict((epoch, 3.0) for epoch in epochs),
        "arch_config": {"channel": 16, "num_cells": 5, "class_num": 10},
        "params": np.float64(1.25),
        "flop": 99.5,
        "seed": f"0{seed}",
        "epochs": schedule,
        "latency": [np.float64(0.0125)],
        "eval_names": list(PARTS[dataset]),
        "eval_acc1es": accuracies,
        "eval_losses": losses,
        "eval_times": times,
    }


def record(index: int, schedule: int, seeds: tuple[int, ...]) -> dict[str, Any]:
    results = {
        (dataset, seed): trial(dataset, seed, schedule, index % 7 + seed / 1000)
        for dataset in PARTS
        for seed in seeds
    }
    return {
        "arch_index": index,
        "arch_str": STRINGS[index],
        "all_results": results,
        "dataset_seed": {dataset: list(seeds) for dataset in PARTS},
        "clear_net_done": True,
    }


def archive(
    names: tuple[str, str] = ("12", "200"), indices: tuple[int, ...] = (0, 11, 15624)
) -> dict[str, Any]:
    """The one-file dictionary, with one run missing for the last architecture."""
    short, long = names
    infos = {
        index: collections.OrderedDict(
            [
                (short, record(index, 12, (111,))),
                (long, record(index, 200, (777, 888) if index == indices[-1] else (777, 888, 999))),
            ]
        )
        for index in indices
    }
    return {
        "meta_archs": list(STRINGS),
        "total_archs": len(STRINGS),
        "arch2infos": infos,
        "evaluated_indexes": set(indices),
    }


def packed(value: Any) -> bytes:
    return bz2.compress(pickle.dumps(value, 4))


def hw_nas_bench() -> dict[str, Any]:
    """HW-NAS-Bench's pickle: latency of architecture i is i + 1 on every device but edgetpu."""
    latencies = [float(i + 1) for i in range(15625)]
    edgetpu = [-1.0 if i % 5 == 0 else 2.0 for i in range(15625)]
    keys = {key for row in nbs.space("fbnet").layer_keys("cifar100") for key in row}
    keys |= set(nbs.space("fbnet").fixed_keys("cifar100"))
    return {
        "nasbench201": {
            dataset: {
                "config": [{"name": "infer.tiny", "C": 16, "N": 5, "arch_str": text} for text in STRINGS],
                "edgegpu_latency": latencies,
                "edgegpu_energy": [2 * value for value in latencies],
                "edgetpu_latency": edgetpu,
                "eyeriss_latency": [value + 1e-13 for value in latencies],
                "eyeriss_arithmetic_intensity": latencies,
            }
            for dataset in ("cifar10", "cifar100", "ImageNet16-120")
        },
        "fbnet": {
            "raspi4_latency": {key: 1.0 + ("exp6" in key) for key in sorted(keys)},
            "eyeriss_energy": dict.fromkeys(sorted(keys), 0.25),
        },
    }
