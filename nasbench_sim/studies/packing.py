"""What was evaluated, without what the task knows: values of runs, costs and clocks follow from it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.oracle import Task, Trajectories
from nasbench_sim.oracle.record import Record
from nasbench_sim.spaces.product import Array
from nasbench_sim.studies.arrays import as_bytes, as_integers

_MOST_RUNS = 16  # of an objective, among which what was observed is looked for
_AS_BYTES = 2  # axes of official indices that do not fit 64 bits


def packed(runs: Trajectories) -> dict[str, NDArray[Any]]:
    """Pack the evaluations of all replicates, one after the other.

    Returns
    -------
    dict of arrays
        ``length``, shape (replicates,); of every evaluation, shape (evaluations,), ``index``, and whatever of
        the `Record` does not follow from it and the task, bit for bit. In the place of ``observed`` may be
        ``run``: which of its runs was observed, with an axis of objectives where there are several.
    """
    record, task = runs.record, runs.task
    width = record.index.shape[1]
    present = np.arange(width) < record.length[:, None]

    def each(field: str) -> Any:
        array = getattr(record, field)
        return None if array is None else array[present]

    index, level = each("index"), each("level")
    arrays = {"length": _small(record.length), "index": _small(index)}
    for name in ("start", "worker", "level", "counts"):
        if (values := each(name)) is not None:
            arrays[name] = values if values.dtype.kind == "f" else _small(values)
    run = None if level is not None else _which_run(task, index, each("observed"))
    arrays |= {"observed": each("observed")} if run is None else {"run": run}
    cost, clock = each("cost"), each("clock")
    if not _same(cost, _costs(task, index, level)):
        arrays["cost"] = cost
    if record.worker is not None or not _same(clock, _clock(record.cost, present)[present]):
        arrays["clock"] = clock
    return arrays


def unpacked(arrays: Mapping[str, NDArray[Any]], task: Task) -> Record:
    """Restore the record that `packed` packed; what lies beyond the runs is zero."""
    length = arrays["length"].astype(np.int64)
    present = np.arange(int(length.max(initial=0))) < length[:, None]
    index = arrays["index"]
    index = as_integers(index) if index.ndim == _AS_BYTES else index.astype(task.space.index_dtype)
    level = arrays["level"].astype(np.int64) if "level" in arrays else None

    def spread(values: Array | None) -> Any:
        if values is None:
            return None
        array = np.zeros((*present.shape, *values.shape[1:]), dtype=values.dtype)
        array[present] = values
        return array

    cost = spread(arrays["cost"] if "cost" in arrays else _costs(task, index, level))
    return Record(
        index=spread(index),
        observed=spread(
            arrays["observed"] if "observed" in arrays else _values_of(task, index, arrays["run"])
        ),
        cost=cost,
        clock=spread(arrays["clock"]) if "clock" in arrays else _clock(cost, present),
        length=length,
        start=spread(arrays.get("start")),
        worker=spread(arrays["worker"].astype(np.int64)) if "worker" in arrays else None,
        level=spread(level),
        counts=spread(arrays["counts"].astype(np.bool_)) if "counts" in arrays else None,
    )


def _small(values: Array) -> NDArray[Any]:
    """Return whole numbers in the smallest type that holds them all."""
    if values.dtype.kind == "O":
        return as_bytes(values)
    if values.dtype.kind == "b" or not values.size:
        return values.astype(np.uint8)
    return values.astype(np.promote_types(np.min_scalar_type(values.min()), np.min_scalar_type(values.max())))


def _which_run(task: Task, index: Array, observed: NDArray[np.float64]) -> NDArray[np.uint8] | None:
    """Find which run of each objective was observed; None where a value is none of them."""
    if task.trains or task.scalarisation is not None or index.dtype.kind == "O":
        return None
    found = []
    for place, objective in enumerate(task.objectives):
        runs = getattr(objective, "runs", None)
        if not isinstance(runs, np.ndarray) or runs.shape[1] > _MOST_RUNS:
            return None
        values = observed[:, place] if task.several else observed
        code = np.full(len(index), _MOST_RUNS, dtype=np.uint8)
        for run in range(runs.shape[1] - 1, -1, -1):
            code[_equal(runs[:, run].take(index), values)] = run
        if (code == _MOST_RUNS).any():
            return None
        found.append(code)
    return np.stack(found, axis=-1) if task.several else found[0]


def _values_of(task: Task, index: Array, run: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Look up what the runs of `_which_run` have."""
    each = [
        objective.runs[index, run[:, place] if task.several else run]
        for place, objective in enumerate(task.objectives)
    ]
    return np.stack(each, axis=-1) if task.several else each[0]


def _costs(task: Task, index: Array, level: NDArray[np.int64] | None) -> NDArray[np.float64]:
    """Look up what every evaluation costs that is charged in full."""
    return np.asarray(task.seconds(index, level))


def _clock(cost: NDArray[np.float64], present: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Add the costs up as one worker's clock does, shape (R, n)."""
    return np.cumsum(np.where(present, cost, 0.0), axis=1)


def _equal(one: Array, other: Array) -> NDArray[np.bool_]:
    """Tell which numbers are the same; a missing one is the same as another missing one."""
    return np.asarray((one == other) | (np.isnan(one) & np.isnan(other)))


def _same(one: Array, other: Array) -> bool:
    return one.shape == other.shape and bool(_equal(one, other).all())
