"""The table of a system's runs."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.errors import RequestError
from nasbench_sim.live.system_runs import SystemRuns
from nasbench_sim.tables import Table


class _Axes(NamedTuple):
    seeds: tuple[int, ...]
    epochs: tuple[int, ...]


def tabulated(runs: SystemRuns, name: str | None = None) -> Table:
    """Return the table of a file of runs: every metric with seeds and epochs, NaN where nothing was trained.

    An architecture has the values of the one whose training serves for it; numbers that are known without
    training come from the system.

    Parameters
    ----------
    name
        Of the table; by default the system's.

    Raises
    ------
    RequestError
        For a file without runs.
    """
    system = runs.system
    if not len(runs):
        raise RequestError(f"{runs.path} has no run yet")
    seeds = tuple(sorted({run.seed for run in runs}))
    first = next(iter(runs))
    axes = _Axes(seeds, system.schedule(first.architecture).measured)
    columns = []
    for name in (*first.values, *first.also):
        metric = system.renamed.get(name, name)
        epochs = axes.epochs if name in first.values else ()
        columns.append((system.column(metric, epochs, seeds), _numbers(runs, name, axes)))
    provenance = {**runs.provenance, "system": system.name}
    return Table(name or system.name, system.space, [*columns, *system.known()], provenance)


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
