"""Training runs of a system on disk as they come."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.errors import RequestError, unknown
from nasbench_sim.live.curves import Curves
from nasbench_sim.live.parallel import in_order
from nasbench_sim.live.runs import Runs
from nasbench_sim.live.system import System
from nasbench_sim.tables import Column, Table


class _Axes(NamedTuple):
    seeds: tuple[int, ...]
    epochs: tuple[int, ...]


class SystemRuns(Runs):
    """A file of training runs of one system, to which runs are appended.

    Parameters
    ----------
    path
        The file; made when it does not exist. One of another system is refused.
    system
        What is trained.
    """

    resumable = False

    def __init__(self, path: str | Path, system: System) -> None:
        self.system = system
        super().__init__(path, system.space, system.describe())

    @property
    def dataset(self) -> str:
        """The data set in the columns of a table."""
        return self.system.problem.name

    @property
    def epochs(self) -> int:
        """Length of the trainings."""
        return self.system.epochs

    @property
    def trained(self) -> dict[str, Any]:
        """What fixes the result of a training with architecture and seed, as plain JSON types."""
        return {"system": self.system.name, **self.system.describe()}

    def judged_by(self, objective: str) -> str:
        """Return the metric that a search for another one is judged by: the same on the test part."""
        return objective.replace("val_", "test_", 1)

    def column(self, metric: str, epochs: tuple[int, ...] = (), seeds: tuple[int, ...] = ()) -> Column:
        """Return what a metric means; see `nasbench_sim.live.system.System.column`."""
        return self.system.column(metric, epochs, seeds)

    def value(self, architecture: int, run: Curves, metric: str, epoch: int) -> float:
        """Return a metric of an architecture at the end of the run that serves for it."""
        return float(self.values(architecture, run, metric)[-1])

    def train(
        self, pairs: Sequence[tuple[int, int]], epoch: int, *, processes: int = 1, device: str | None = None
    ) -> list[Curves]:
        """Train what the file lacks, to the end; see `train_missing`."""
        return self.train_missing(pairs, processes=processes, device=device)

    def table(self, name: str = "") -> Table:
        """Return the table of all runs, called like the system by default.

        Every metric has its seeds and epochs, NaN where nothing was trained. An architecture has the values
        of the one whose training serves for it; numbers that are known without training come from the
        system.

        Raises
        ------
        RequestError
            For a file without runs.
        """
        if not len(self):
            raise RequestError(f"{self.path} has no run yet")
        system, first = self.system, next(iter(self))
        axes = _Axes(tuple(sorted({run.seed for run in self})), system.schedule(first.architecture).measured)
        columns = []
        for found in (*first.values, *first.also):
            metric = system.renamed.get(found, found)
            epochs = axes.epochs if found in first.values else ()
            columns.append((system.column(metric, epochs, axes.seeds), self._numbers(found, axes)))
        provenance = {**self.provenance, "system": system.name}
        return Table(name or system.name, system.space, [*columns, *system.known()], provenance)

    def values(self, architecture: int, run: Curves, metric: str) -> NDArray[np.float64]:
        """Return what the run that serves for an architecture tells of a metric of the table.

        Returns
        -------
        array
            Of every measured epoch, or of the one number that there is.
        """
        name = self.system.name_of_run(metric)
        if name in run.values:
            return run.values[name]
        if name not in run.also:
            known = [self.system.renamed.get(one, one) for one in (*run.values, *run.also)]
            raise unknown(f"metric that {self.system.name} trains", metric, known)
        return run.also[name][[self.system.place()[architecture] if len(run.also[name]) > 1 else 0]]

    def train_missing(
        self,
        pairs: Iterable[tuple[Any, int]],
        *,
        processes: int = 1,
        device: str | None = None,
        progress: bool = False,
    ) -> list[Curves]:
        """Train the pairs of architecture and seed that the file lacks, and return the runs of all pairs.

        Of an architecture, official index or string, the one is trained whose training serves for it. Each
        run is on disk as soon as it is there.

        Parameters
        ----------
        processes, device, progress
            As in `nasbench_sim.live.train_missing`.

        Raises
        ------
        RequestError
            Before any training, for an architecture that the system does not train.
        """
        from joblib import delayed

        origin = self.system.origin()
        asked = [(self._trained(architecture, origin), seed) for architecture, seed in pairs]
        missing = [pair for pair in dict.fromkeys(asked) if pair not in self._runs]
        jobs = (delayed(self.system.train)(architecture, seed, device) for architecture, seed in missing)
        for run in in_order(jobs, len(missing), processes=processes, device=device, progress=progress):
            self.append(run)
        return [self._runs[pair] for pair in asked]

    def _trained(self, architecture: Any, origin: NDArray[np.int64]) -> int:
        found = int(origin[self.system.space.official(architecture)])
        if found < 0:
            name = self.system.space.string(architecture)
            raise RequestError(f"{self.system.name} does not train {name}, architecture {architecture}")
        return found

    def _numbers(self, name: str, axes: _Axes) -> NDArray[np.float32]:
        """Return a metric of all architectures, shape (size, seeds) and, of a curve, epochs."""
        system = self.system
        origin, place = system.origin(), system.place()
        row = {architecture: number for number, architecture in enumerate(np.unique(origin).tolist())}
        of_training: NDArray[np.float64] | None = None
        for run in self:
            values = run.values[name] if name in run.values else run.also[name]
            if of_training is None:
                of_training = np.full((len(row), len(axes.seeds), len(values)), np.nan)
            of_training[row[run.architecture], axes.seeds.index(run.seed)] = values
        assert of_training is not None
        of_each = of_training[np.searchsorted(np.unique(origin), origin)]
        if name in next(iter(self)).values:
            return of_each.astype(np.float32)
        return np.take_along_axis(of_each, place[:, None, None], axis=2)[..., 0].astype(np.float32)
