"""HW-GPT-Bench: perplexity of 10,000 language models, and latency, energy and memory on devices."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.benchmarks.hw_gpt_bench.space import LAYERS
from nasbench_sim.errors import ArchitectureError, FileFormatError
from nasbench_sim.spaces import SampledSpace, SearchSpace, space
from nasbench_sim.tables.importers.declared import Declared
from nasbench_sim.tables.merge import Entry, merge
from nasbench_sim.tables.restricted import NUMPY, PLAIN, read_pickle
from nasbench_sim.tables.table import Table

NAME = "hw-gpt-bench"
CONTENT = "perplexity, accuracy; latency, energy, memory, params, flops of 10,000 GPT-like models (scale s)"
PATTERN = "hw-gpt-bench/{arch_ppl_bench_s,latency_<device>,mem_<device>}/*.pkl"
LICENCE = "Apache-2.0"

_MODELS = "arch_ppl_bench_s"
_DATASET = "openwebtext"
_SUPERNET = "of the sub-network of one trained supernet"
_QUALITY = (
    Declared("perplexity", "perplexity", better="min", note=_SUPERNET),
    Declared("accuracy", "val_accuracy", scale=100.0, note=_SUPERNET),
)
_SIZE = (
    Declared("params", "params", scale=1e-6),
    Declared("macs", "flops", scale=1e-6, missing=0.0, note="multiply-adds"),
)
_TRACKER = "efficiency_energy_observations_tracker_*.pkl"
_SECONDS = {"s": 1.0, "ms": 1e-3, "us": 1e-6}
_JOULES = {"Wh": 3.6e3, "KWh": 3.6e6}
_WATTS = (1.0, 2000.0)  # what a device may draw, by median: of another number the unit is not what it says


def recognises(path: Path) -> bool:
    """Tell the folder of all, or one of its folders beside that of the models."""
    if not path.is_dir():
        return False
    part = path.name == _MODELS or path.name.startswith(("latency_", "mem_"))
    models = path.parent / _MODELS if part else path / _MODELS
    return (models / "ppl.pkl").is_file()


def read(path: Path) -> Table:
    """Read one of the folders, or all of them: a table over the models in their published order."""
    if (path / _MODELS).is_dir():
        parts = [one for one in sorted(path.iterdir()) if recognises(one)]
        return merge(NAME, [read(part) for part in parts])
    models = _records(path.parent / _MODELS / "ppl.pkl")
    parent = space("hw-gpt-bench-s")
    of = SampledSpace(parent, _members(path, parent, models), parent.name)
    if path.name == _MODELS:
        entries = _columns(path, of, models, _QUALITY, dataset=_DATASET)
    elif path.name.startswith("mem_"):
        memory = Declared("mean_mem", "memory", device=_device(path), unit="MB", better="min")
        entries = _columns(path, of, _joined(path, "efficiency_observations_*.pkl"), (memory,))
    else:
        entries = _costs(path, of)
    provenance = {"made_by": f"importer {NAME}", "from": [path.name]}
    return Table(f"{NAME} {path.name}", of, entries, provenance)


def _records(path: Path) -> list[Any]:
    content = read_pickle(path, {**PLAIN, **NUMPY})
    if not isinstance(content, list) or not content or not all(isinstance(row, dict) for row in content):
        raise FileFormatError(f"{path} is no list of models")
    return content


def _joined(path: Path, pattern: str) -> list[Any]:
    rows = [row for file in sorted(path.glob(pattern)) for row in _records(file)]
    if not rows:
        raise FileFormatError(f"{path} has no files {pattern}")
    return rows


def _members(path: Path, parent: SearchSpace, rows: Sequence[Any]) -> Any:
    """Compute the official indices, in the whole space, of the models that rows are about."""
    ops = np.zeros((len(rows), len(parent.positions)), dtype=np.int64)
    for number, row in enumerate(rows):
        model = row.get("arch")
        try:
            depth = model["sample_n_layer"]
            heads, ratios = model["sample_n_head"][:depth], model["sample_mlp_ratio"][:depth]
            layers = [part for pair in zip(heads, ratios, strict=True) for part in pair]
            if len(layers) != 2 * depth or depth > LAYERS:
                raise ValueError(f"a model of {depth} layers with {len(layers)} numbers of layers")
            front = [model["sample_embed_dim"], depth, *layers]
            chosen = enumerate([*front, *([None] * (2 * (LAYERS - depth))), model["sample_bias"]])
            ops[number] = [
                0 if value is None else parent.choices[place].index(str(value)) for place, value in chosen
            ]
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise FileFormatError(f"{path}: model {number} is none of {parent.name}: {error}") from error
    return parent.from_ops(ops)


def _columns(
    path: Path,
    of: SampledSpace,
    rows: Sequence[Any],
    declared: Sequence[Declared],
    dataset: str | None = None,
) -> list[Entry]:
    index = _placed(path, of, rows)
    entries: list[Entry] = []
    for one in declared:
        values = np.full(of.size, np.nan)
        values[index] = one.numbers(path, rows)
        column = one.column(dataset=dataset, source=f"HW-GPT-Bench, {path.name}", licence=LICENCE)
        entries.append((column, values))
    return entries


def _costs(path: Path, of: SampledSpace) -> list[Entry]:
    """Read latency from its repetitions, each in its own unit, and energy, by a tracker where it has one."""
    rows = _joined(path, "efficiency_observations_*.pkl")
    tracked = sorted(path.glob(_TRACKER))
    energies = _joined(path, _TRACKER) if tracked else rows
    latency, energy = np.full(of.size, np.nan), np.full(of.size, np.nan)
    latency[_placed(path, of, rows)] = [np.mean(_milliseconds(path, row)) for row in rows]
    energy[_placed(path, of, energies)] = [_millijoules(path, row) for row in energies]
    energy, note = _plausible(path, energy, latency)
    source = f"HW-GPT-Bench, {path.name}"
    entries = _columns(path, of, rows, _SIZE)
    for key, metric, values, said in (
        ("times_profiler", "latency", latency, "the mean of its repetitions"),
        ("mean_energy", "energy", energy, note),
    ):
        one = Declared(key, metric, device=_device(path), note=said)
        entries.append((one.column(dataset=None, source=source, licence=LICENCE), values))
    return entries


def _plausible(
    path: Path, energy: NDArray[np.float64], latency: NDArray[np.float64]
) -> tuple[NDArray[np.float64], str]:
    """Hold energies against what a device can draw: the trackers' are Wh, though they say kWh."""
    watts = energy / latency
    known = watts[np.isfinite(watts)]
    drawn = float(np.median(known)) if len(known) else _WATTS[0]
    for scale, note in ((1.0, ""), (1e-3, "published as kWh, which would be {:,.0f} W: taken as Wh")):
        if _WATTS[0] <= scale * drawn <= _WATTS[1]:
            return energy * scale, note.format(drawn)
    raise FileFormatError(f"{path}: {drawn:.3g} W by energy and latency: one is in another unit")


def _placed(path: Path, of: SampledSpace, rows: Sequence[Any]) -> NDArray[np.int64]:
    try:
        index = np.asarray(of.from_parent(_members(path, of.parent, rows)))
    except ArchitectureError as error:
        raise FileFormatError(f"{path}: {error}") from error
    if len(np.unique(index)) != len(index):
        raise FileFormatError(f"{path}: a model is there twice")
    return index


def _milliseconds(path: Path, row: Any) -> list[float]:
    for kind in ("gpu", "cpu"):
        times, units = row.get(f"times_profiler_{kind}"), row.get(f"unit_{kind}")
        if times:
            if (
                not isinstance(units, list)
                or len(units) != len(times)
                or not set(map(str, units)) <= set(_SECONDS)
            ):
                raise FileFormatError(f"{path}: repetitions in units that are none of {', '.join(_SECONDS)}")
            return [1e3 * float(time) * _SECONDS[unit] for time, unit in zip(times, units, strict=True)]
    return [np.nan]


def _millijoules(path: Path, row: Any) -> float:
    for kind in ("gpu", "cpu"):
        energy = row.get(f"mean_energy_{kind}")
        if energy is not None:
            unit = row.get("unit_energy")
            if not isinstance(unit, str) or unit not in _JOULES:
                raise FileFormatError(f"{path}: energy in the unit {unit!r}, none of {', '.join(_JOULES)}")
            return 1e3 * float(energy) * _JOULES[unit]
    return np.nan


def _device(path: Path) -> str:
    return path.name.partition("_")[2]
