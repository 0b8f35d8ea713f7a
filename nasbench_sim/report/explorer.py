"""What the page knows of every network, so that one can point at it: numbers, operations, runs."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nasbench_sim.analysis import curves
from nasbench_sim.errors import RequestError
from nasbench_sim.plots import anytime_frame
from nasbench_sim.plots.labels import words
from nasbench_sim.plots.progress import axis_of, clock_of, reading
from nasbench_sim.plots.style import PALETTE

if TYPE_CHECKING:
    import pandas as pd

    from nasbench_sim.oracle import Task, Trajectories
    from nasbench_sim.studies import Comparison

LARGEST = 2**16
"""Spaces with more architectures are not shown: the page would be too large."""

_SHOWN = ("val_accuracy", "test_accuracy", "latency", "energy", "params", "flops", "train_time")


def explorer_data(found: Comparison) -> dict[str, Any]:
    """Give what the page's script draws, as plain JSON types; long arrays as base64 of little-endian numbers.

    Returns
    -------
    dict
        ``spaces``: ``name``, ``size``, ``positions``, ``choices``, ``ops`` (uint8, one row an architecture).
        ``tasks``: ``name``, ``space`` (its place in the former), ``report`` and ``columns`` (label, name,
        unit, better, float32 in official order), the label of the ``axis`` of the search, and the
        ``searchers``: name, colour, ``finals`` (the final incumbents, each once), and the curve: ``x``,
        ``median``, ``low``, ``high``, and ``network``, the incumbent of the replicate in the middle.
    """
    names = list(dict.fromkeys(one.searcher for one in found.runs))
    colors = {name: PALETTE[place % len(PALETTE)] for place, name in enumerate(names)}
    spaces: dict[str, dict[str, Any]] = {}
    tasks = []
    for task in found.tasks():
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
                "name": task.dataset,
                "space": list(spaces).index(task.space.name),
                "report": task.report.label,
                "columns": _columns(task),
                **_searchers(found.on(task), colors),
            }
        )
    return {"spaces": list(spaces.values()), "tasks": tasks}


def _columns(task: Task) -> list[dict[str, Any]]:
    """Give the reported metric, then everything that is measured of a network on this data set."""
    table, question = task.table, {"dataset": task.dataset}
    labels = [task.report.label]
    labels += [column.label for column in table.schema if column.metric in _SHOWN]
    found = []
    for label in dict.fromkeys(labels):
        try:
            column = table.column(label, **table.applying(label, question))
        except RequestError:  # of another data set, or more than one answer fits
            continue
        values = table.values(label, **table.applying(label, question))
        if label == task.report.label:
            column, values = task.report, task.reported
        found.append(
            {
                "label": label,
                "name": words(label),
                "unit": column.unit,
                "better": column.better,
                "values": _packed(values, "<f4"),
            }
        )
    return found


def _searchers(several: list[Trajectories], colors: dict[str, str]) -> dict[str, Any]:
    frame = anytime_frame(several)
    unit, label = reading(axis_of(several[0], None), frame["x"])
    curves_of = dict(iter(frame.groupby("searcher", sort=False)))
    found = [_searcher(one, curves_of[one.searcher], unit) for one in several]
    return {"axis": label, "searchers": [{**one, "color": colors[one["name"]]} for one in found]}


def _searcher(runs: Trajectories, frame: pd.DataFrame, unit: float) -> dict[str, Any]:
    axis = axis_of(runs, None)
    shown = frame["n"] >= frame["missing"]  # as the figure
    clock, grid, end = clock_of(runs, axis)
    heights = curves(clock, runs.incumbent_reported(), grid, end=end)
    position = runs.incumbent
    index = np.take_along_axis(runs.index, np.maximum(position, 0), axis=1)
    known = np.where((position < 0) | np.isnan(clock), np.nan, index)
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
