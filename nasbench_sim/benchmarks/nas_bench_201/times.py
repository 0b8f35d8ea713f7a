"""Training times that follow from published ones, since the published times are constant per epoch."""

from __future__ import annotations

import dataclasses

import numpy as np

from nasbench_sim.tables.merge import Entry
from nasbench_sim.tables.numbers import mean_of_runs
from nasbench_sim.tables.table import Table

_SHORT = 12


def derived_times(table: Table) -> list[Entry]:
    """Give the NAS-Bench-201 training times that are not published apart from others, marked as derived.

    The 12-epoch schedule takes the time of 12 epochs of the 200-epoch one, and networks of cifar10 that are
    trained on train+val take twice the time of those trained on train: both hold exactly for every record
    of NATS-Bench, whose times are averages that were written into all records.

    Returns
    -------
    list of (Column, array)
        ``train_time`` in seconds for every data set that has a 200-epoch one: schedule 12, epochs 1 to 12;
        and for cifar10 both schedules with ``trained_on="train+val"``.
    """
    found: list[Entry] = []
    for position, column in enumerate(table.schema):
        if column.metric != "train_time" or (column.schedule, column.trained_on) != (200, "train"):
            continue
        whole = np.asarray(table.data(position)[..., -1])
        if column.seeds:  # a source whose runs differ: their mean, as whatever asks for no run has it
            whole, column = mean_of_runs(whole), dataclasses.replace(column, seeds=())
        one = whole / 200
        epochs = tuple(range(1, _SHORT + 1))
        source = f"from the 200-epoch time of {column.source}"
        short = dataclasses.replace(
            column,
            schedule=_SHORT,
            epochs=epochs,
            derived=True,
            source=source,
            note="times are constant per epoch: 12/200 of the 200-epoch time",
        )
        found.append((short, one[:, None] * np.array(epochs)))
        if column.dataset == "cifar10":
            both = "twice the time of training on train: train+val has twice the images"
            for base, numbers in ((column, whole[:, None]), found[-1]):
                doubled = dataclasses.replace(
                    base,
                    epochs=base.epochs[-1:] if base.schedule == 200 else base.epochs,
                    trained_on="train+val",
                    derived=True,
                    source=source,
                    note=both,
                )
                found.append((doubled, 2 * np.asarray(numbers)))
    return found
