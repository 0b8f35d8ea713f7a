"""Training runs of a system on disk as they come."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.errors import RequestError, unknown
from nasbench_sim.live.curves import Curves
from nasbench_sim.live.journal import Journal
from nasbench_sim.live.parallel import in_order
from nasbench_sim.live.run_file import machine
from nasbench_sim.live.system import System
from nasbench_sim.spaces import SearchSpace
from nasbench_sim.tables import Column


class SystemRuns:
    """A file of training runs of one system, to which runs are appended.

    Parameters
    ----------
    path
        The file; made when it does not exist. One of another system is refused.
    system
        What is trained.
    """

    def __init__(self, path: str | Path, system: System) -> None:
        self.path = Path(path)
        self.system = system
        self._journal = Journal(self.path, "training runs", system.describe(), {"machine": machine()})
        self.provenance = self._journal.head
        found = (Curves.from_json(entry) for entry in self._journal.entries)
        self._runs = {(run.architecture, run.seed): run for run in found}

    @property
    def space(self) -> SearchSpace:
        """The architectures."""
        return self.system.space

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

    def __len__(self) -> int:
        """Return the number of runs."""
        return len(self._runs)

    def __iter__(self) -> Iterator[Curves]:
        """Go through the runs in the order in which they came."""
        return iter(self._runs.values())

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
            self._journal.append(run.to_json())
            self._runs[run.architecture, run.seed] = run
        return [self._runs[pair] for pair in asked]

    def _trained(self, architecture: Any, origin: NDArray[np.int64]) -> int:
        found = int(origin[self.system.space.official(architecture)])
        if found < 0:
            name = self.system.space.string(architecture)
            raise RequestError(f"{self.system.name} does not train {name}, architecture {architecture}")
        return found
