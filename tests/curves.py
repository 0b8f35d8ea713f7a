"""Small tables with learning curves whose numbers can be worked out by hand."""

from __future__ import annotations

from typing import Any

import numpy as np

import nasbench_sim as nbs
from nasbench_sim.spaces import SearchSpace

EPOCHS = (1, 2, 3, 4)


def column(metric: str, **fields: Any) -> nbs.Column:
    return nbs.Column(metric=metric, source="made here", dataset="cifar10", **fields)


def curve_table(
    space: SearchSpace, curves: Any, seconds_per_epoch: Any, epochs: tuple[int, ...] = EPOCHS, **more: Any
) -> nbs.Table:
    """Curves of shape (size, epochs) or (size, runs, epochs) of one short schedule, with its times."""
    curves, seconds = np.asarray(curves, float), np.asarray(seconds_per_epoch, float)
    short = {"trained_on": "train", "schedule": epochs[-1], "epochs": epochs}
    seeds = tuple(range(curves.shape[1])) if curves.ndim == 3 else ()
    columns = [
        (column("val_accuracy", seeds=seeds, **short), curves),
        (column("train_time", **short), seconds[:, None] * np.array(epochs)),
    ]
    for metric, values in more.items():
        columns.append((column(metric), np.asarray(values, float)))
    return nbs.Table("curves", space, columns)


def with_long_schedule(table: nbs.Table, values: Any, seconds: Any) -> nbs.Table:
    long = {"trained_on": "train", "schedule": 200, "epochs": (200,)}
    return table.extended(
        [
            (column("val_accuracy", **long), np.asarray(values, float)[:, None]),
            (column("train_time", **long), np.asarray(seconds, float)[:, None]),
        ]
    )
