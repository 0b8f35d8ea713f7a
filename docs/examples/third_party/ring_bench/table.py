"""The table of the rings: what each costs and how well it does, computed by a rule."""

from __future__ import annotations

import numpy as np

import nasbench_sim as nbs
from nasbench_sim.tables import Metric

RING_ERROR = Metric("ring_error", unit="%", better="min", split="val", kind="other")


def ring_table() -> nbs.Table:
    """Return the table; an entry point of tables is such a function without arguments."""
    space = nbs.space("ring")
    ops = space.ops(space.all_indices())
    convolutions, pools = (ops == 1).sum(axis=-1), (ops == 2).sum(axis=-1)
    accuracy = 60.0 + 8.0 * convolutions + 3.0 * pools
    runs = np.stack([accuracy - 0.5, accuracy + 0.5], axis=-1)[:, :, None]
    trained = {
        "dataset": "rings",
        "trained_on": "train",
        "schedule": 10,
        "source": "a rule",
        "licence": "CC0-1.0",
    }
    return nbs.Table(
        "ring-table",
        space,
        [
            (nbs.Column(metric="val_accuracy", epochs=(10,), seeds=(1, 2), **trained), runs),
            (nbs.Column(metric="ring_error", dataset="rings", source="a rule"), 100.0 - accuracy),
            (nbs.Column(metric="train_time", epochs=(10,), **trained), (10.0 + 5.0 * convolutions)[:, None]),
        ],
        {"made_by": "ring_bench"},
    )
