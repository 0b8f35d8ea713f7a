"""What the page knows of every network, so that one can point at it: numbers, operations, runs."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nasbench_sim.analysis import curves, summarize
from nasbench_sim.analysis.progress import axis_of, clock_of, reached, reading
from nasbench_sim.errors import RequestError
from nasbench_sim.plots.labels import labelled, words
from nasbench_sim.plots.style import PALETTE

if TYPE_CHECKING:
    from nasbench_sim.oracle import Task, Trajectories
    from nasbench_sim.studies import Comparison
    from nasbench_sim.tables import Column
    from nasbench_sim.tables.metrics import Better

LARGEST = 2**16
"""Spaces with more architectures are not shown: the page would be too large."""

_SHOWN = ("val_accuracy", "test_accuracy", "latency", "energy", "params", "flops", "train_time")


def explorer_data(found: Comparison) -> dict[str, Any]:
    """Give what the page's script draws, as plain JSON types; long arrays as base64 of little-endian numbers.

    Returns
    -------
    dict
        ``spaces``: ``name``, ``size``, ``positions``, ``choices``, ``ops`` (uint8, one row an architecture).
        ``tasks``: ``name``, ``space`` (its place in the former), ``columns`` (label, name, unit, better,
        float32 in official order), of which the first ``judged`` are what networks are judged by (the second
        of several objectives first: it is drawn upwards), the labels of the ``axis`` of the search and of its
        ``result``, and the ``searchers``: name, colour, ``turn`` (how often the palette was gone through
        before), ``finals`` (the final incumbents or fronts, each network once), and the curve: ``x``,
        ``median``, ``low``, ``high``, and ``network``, in the replicate in the middle: its incumbent, or what
        joined its front last.
    """
    names = list(dict.fromkeys(one.searcher for one in found.runs))
    looks: dict[str, dict[str, Any]] = {
        name: {"color": PALETTE[place % len(PALETTE)], "turn": place // len(PALETTE)}
        for place, name in enumerate(names)
    }
    spaces: dict[str, dict[str, Any]] = {}
    tasks = []
    for name, runs in found.by_task().items():
        task = runs[0].task
        if task.space.size > LARGEST:
            continue
        ops = task.space.ops(task.space.all_indices())
        spaces.setdefault(
            task.space.name,
            {
                "name": task.space.name,
                "size": task.space.size,
                "positions": list(task.space.positions),
                "choices": [list(names) for names in task.space.choices],
                "ops": _packed(ops, "u1"),
            },
        )
        tasks.append(
            {
                "name": name,
                "space": list(spaces).index(task.space.name),
                "judged": len(_judged(task)),
                "columns": _columns(task),
                **_searchers(runs, looks),
            }
        )
    return {"spaces": list(spaces.values()), "tasks": tasks}


def _judged(task: Task) -> list[tuple[Column, Better, NDArray[np.float64]]]:
    """Give what networks are judged by: column, which end is good, values; the one drawn upwards first."""
    if not task.several:
        return [(task.report.column, task.report.better, task.reported)]
    across, up, *rest = task.objectives
    return [(one.column, one.better, one.mean) for one in (up, across, *rest)]


def _columns(task: Task) -> list[dict[str, Any]]:
    """Give what networks are judged by, then everything else that is measured of one on this data set."""
    table, question = task.table, {"dataset": task.dataset}
    found = _judged(task)
    known = {column.label for column, _, _ in found}
    metrics = {column.metric for column in table.schema}
    shown = {metric if metric in metrics else f"{metric}_published" for metric in _SHOWN}
    for label in dict.fromkeys(column.label for column in table.schema if column.metric in shown):
        if label in known:
            continue
        try:
            asked = table.applying(label, question)
            column = table.column(label, **asked)
        except RequestError:  # of another data set, or more than one answer fits
            continue
        found.append((column, column.better, table.values(label, **asked)))
    return [
        {
            "label": column.label,
            "name": words(column.label),
            "unit": column.unit,
            "better": better,
            "values": _packed(values, "<f4"),
        }
        for column, better, values in found
    ]


def _searchers(several: list[Trajectories], looks: dict[str, dict[str, Any]]) -> dict[str, Any]:
    axis = axis_of(several[0], None)
    longest = max(clock_of(one, axis)[1][-1] for one in several)
    unit, label = reading(axis, longest)
    found = [{**_searcher(one, axis, unit), **looks[one.searcher]} for one in several]
    results = several[0].results()
    return {
        "axis": label,
        "result": labelled(str(results.name), results.attrs["unit"]),
        "searchers": found,
    }


def _searcher(runs: Trajectories, axis: str, unit: float) -> dict[str, Any]:
    clock, grid, end = clock_of(runs, axis)
    height = reached(runs)
    position = _improved_last(height) if runs.task.several else runs.incumbent
    index = np.take_along_axis(runs.index, np.maximum(position, 0), axis=1)
    known = np.where((position < 0) | np.isnan(clock), np.nan, index)
    heights = curves(clock, height, grid, end=end)
    frame = summarize(heights, grid)
    shown = frame["n"] >= frame["missing"]  # as the figure
    networks = curves(clock, known, grid, end=end)
    last = runs.final()["index"].dropna()
    return {
        "name": runs.searcher,
        "finals": sorted({int(one) for one in last}),
        "x": _short(frame["x"] / unit),
        "median": _short(frame["median"].where(shown)),
        "low": _short(frame["q25"].where(shown)),
        "high": _short(frame["q75"].where(shown)),
        "network": _in_the_middle(heights, networks),
    }


def _improved_last(volume: NDArray[np.float64]) -> NDArray[np.int64]:
    """Give the position of the last evaluation that added volume, -1 before the first."""
    added = np.diff(volume, axis=1, prepend=0.0) > 0  # false for NaN
    return np.maximum.accumulate(np.where(added, np.arange(volume.shape[1]), -1), axis=1)


def _in_the_middle(heights: NDArray[np.float64], networks: NDArray[np.float64]) -> list[int | None]:
    """Give, for each point, the network of the replicate whose height is the (lower) median."""
    order = np.argsort(heights, axis=0)  # NaN last
    counts = (~np.isnan(heights)).sum(axis=0)
    points = np.arange(heights.shape[1])
    found = networks[order[np.maximum(counts - 1, 0) // 2, points], points]
    return [None if np.isnan(one) else int(one) for one in found]


def _short(values: ArrayLike) -> list[float | None]:
    return [
        None if np.isnan(value) else float(f"{value:.6g}") for value in np.asarray(values, dtype=np.float64)
    ]


def _packed(values: NDArray[Any], dtype: str) -> str:
    return base64.b64encode(np.ascontiguousarray(values, dtype=dtype).tobytes()).decode("ascii")
