"""The table of a system's runs."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.errors import RequestError
from nasbench_sim.live.problem import HELD_OUT, Measure
from nasbench_sim.live.system import System, SystemRuns
from nasbench_sim.tables import Column, Table

_TRAINING = {"train_loss": Measure("nats", "min"), "train_time": Measure("s", "min")}


class _Axes(NamedTuple):
    seeds: tuple[int, ...]
    epochs: tuple[int, ...]


def tabulated(runs: SystemRuns) -> Table:
    """Return the table of a file of runs: every metric with seeds and epochs, NaN where nothing was trained.

    An architecture has the values of the one whose training serves for it; numbers that are known without
    training come from the system.

    Raises
    ------
    RequestError
        For a file without runs.
    """
    system = runs.system
    if not len(runs):
        raise RequestError(f"{runs.path} has no run yet")
    seeds = tuple(sorted({run.seed for run in runs}))
    schedule = system.schedule(next(iter(runs)).architecture)
    axes = _Axes(seeds, schedule.measured)
    first = next(iter(runs))
    names = [*first.values, *first.also]
    columns = [
        (_column(system, name, axes if name in first.values else _Axes(seeds, ()), schedule.epochs), numbers)
        for name in names
        for numbers in [_numbers(runs, name, axes)]
    ]
    provenance = {**runs.provenance, "system": system.name}
    return Table(system.name, system.space, [*columns, *system.known()], provenance)


def _numbers(runs: SystemRuns, name: str, axes: _Axes) -> NDArray[np.float32]:
    """Return a metric of all architectures, shape (size, seeds) and, of a curve, epochs."""
    system = runs.system
    origin, place = system.origin(), system.place()
    row = {architecture: number for number, architecture in enumerate(np.unique(origin).tolist())}
    of_training: NDArray[np.float64] | None = None
    for run in runs:
        values = run.values[name] if name in run.values else run.also[name]
        if of_training is None:
            of_training = np.full((len(row), len(axes.seeds), len(values)), np.nan)
        of_training[row[run.architecture], axes.seeds.index(run.seed)] = values
    assert of_training is not None
    of_each = of_training[np.searchsorted(np.unique(origin), origin)]
    if name in next(iter(runs)).values:
        return of_each.astype(np.float32)
    return np.take_along_axis(of_each, place[:, None, None], axis=2)[..., 0].astype(np.float32)


def _column(system: System, name: str, axes: _Axes, schedule: int) -> Column:
    measure = _TRAINING.get(name) or _measure(system, name)
    return Column(
        metric=system.renamed.get(name, name),
        dataset=system.problem.name,
        trained_on="train",
        schedule=schedule,
        epochs=axes.epochs,
        seeds=axes.seeds,
        unit=measure.unit,
        better=measure.better,
        source="trained by nasbench_sim",
    )


def _measure(system: System, name: str) -> Measure:
    """Return the unit and direction of a measured name, such as ``val_loss`` or ``compressed_val_loss``."""
    for part in HELD_OUT:
        _, found, quantity = name.rpartition(f"{part}_")
        if found:
            return system.problem.measures[quantity]
    return system.measures[name]
