"""A small table whose numbers can be worked out by hand."""

from __future__ import annotations

import numpy as np

import nasbench_sim as nbs

SPACE = nbs.SearchSpace("toy", ["abc", "de"])
NAN = np.nan
RUNS = np.array([[10, 12, 14], [NAN, 20, 22], [30, NAN, NAN], [NAN, NAN, NAN], [5, 6, 7], [1, 1, 1.0]])
SECONDS = np.array([4.0, 3.0, 2.0, 1.0, 1.0, 2.0])
TEST = np.array([50, 70, 60, 65, 40, 30.0])


def column(metric: str, **fields: object) -> nbs.Column:
    return nbs.Column(metric=metric, source="made here", dataset="cifar10", **fields)


def table(**also: np.ndarray) -> nbs.Table:
    training = {"trained_on": "train", "schedule": 12, "epochs": (12,)}
    columns = [
        (column("val_accuracy", seeds=(1, 2, 3), **training), RUNS[:, :, None]),
        (column("train_time", **training), SECONDS[:, None]),
        (column("test_accuracy", trained_on="train+val", schedule=200), TEST),
        (column("latency", device="fpga"), np.array([3.0, NAN, 1.0, 2.0, 5.0, 4.0])),
    ]
    training.pop("epochs")
    more = [(column(name, **training), values) for name, values in also.items()]
    return nbs.Table("toy", SPACE, [*columns, *more])
