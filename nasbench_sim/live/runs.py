"""What every file of training runs is: one JSON line a run, on disk as they come."""

from __future__ import annotations

import platform
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

import torch

from nasbench_sim._version import __version__
from nasbench_sim.errors import FileFormatError, RequestError
from nasbench_sim.live.curves import Curves
from nasbench_sim.live.journal import Journal
from nasbench_sim.spaces import SearchSpace
from nasbench_sim.tables import Column, Table


class Runs(ABC):
    """A file of training runs, of what has all of training in common but architecture and seed.

    The first line says what is trained and how; a file of anything else is refused. A line that a killed
    process left half-written is dropped, so that a run is either whole or not there.

    Parameters
    ----------
    path
        The file; made when it does not exist.
    space
        The architectures.
    trained
        What fixes the result of a training with architecture and seed, as plain JSON types.

    Attributes
    ----------
    resumable
        Whether a training may be stopped after an epoch, and be continued later.
    provenance
        The first line, which also tells of the machine.
    """

    resumable: ClassVar[bool]

    def __init__(self, path: str | Path, space: SearchSpace, trained: Mapping[str, Any]) -> None:
        self.path = Path(path)
        self.space = space
        self._runs: dict[tuple[int, int], Curves] = {}
        identity = {"space": space.name, **trained}
        self._journal = Journal(self.path, "training runs", identity, {"machine": machine()})
        self.provenance = self._journal.head
        try:
            for entry in self._journal.entries:
                run = Curves.from_json(entry)
                self._runs[run.architecture, run.seed] = run
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise FileFormatError(f"{self.path} is not a file of training runs: {error}") from error

    def __len__(self) -> int:
        """Give the number of runs."""
        return len(self._runs)

    def __contains__(self, run: tuple[int, int]) -> bool:
        """Tell whether the run of an architecture and a seed is there."""
        return run in self._runs

    def __iter__(self) -> Iterator[Curves]:
        """Go through the runs in the order in which they came."""
        return iter(self._runs.values())

    def __getitem__(self, run: tuple[int, int]) -> Curves:
        """Give the run of an architecture and a seed."""
        if run not in self._runs:
            raise RequestError(f"{self.path} has no run of architecture {run[0]} with seed {run[1]}")
        return self._runs[run]

    def append(self, run: Curves) -> None:
        """Add a run, on disk before this returns."""
        self._journal.append(run.to_json())
        self._runs[run.architecture, run.seed] = run

    @property
    @abstractmethod
    def dataset(self) -> str:
        """The data set in the columns of a table."""

    @property
    @abstractmethod
    def epochs(self) -> int:
        """Length of the trainings."""

    @property
    @abstractmethod
    def trained(self) -> dict[str, Any]:
        """What fixes the result of a training with architecture and seed, as plain JSON types."""

    @abstractmethod
    def train(
        self, pairs: Sequence[tuple[int, int]], epoch: int, *, processes: int = 1, device: str | None = None
    ) -> list[Curves]:
        """Train pairs of architecture and seed up to an epoch where the file lacks it.

        Returns
        -------
        list of Curves
            Of every pair, in the order of the pairs.
        """

    @abstractmethod
    def judged_by(self, objective: str) -> str:
        """Return the metric that a search for another one is judged by where none is said."""

    @abstractmethod
    def value(self, architecture: int, run: Curves, metric: str, epoch: int) -> float:
        """Return a metric of an architecture at an epoch of its run."""

    @abstractmethod
    def column(self, metric: str, epochs: tuple[int, ...], seeds: tuple[int, ...] = ()) -> Column:
        """Return what a metric of these runs means, on some epochs and seeds.

        Raises
        ------
        RequestError
            For a metric that no training measures.
        """

    @abstractmethod
    def table(self, name: str) -> Table:
        """Return a table of all runs."""


def machine() -> dict[str, str]:
    """Give what results and times depend on besides the request, as plain JSON types."""
    gpu = torch.cuda.get_device_name() if torch.cuda.is_available() else ""
    return {
        "nasbench_sim": __version__,
        "torch": torch.__version__,
        "processor": _processor(),
        "capability": torch.backends.cpu.get_cpu_capability(),
        "gpu": gpu,
        "system": f"{platform.system()} {platform.machine()}",
    }


def _processor() -> str:
    """Give the processor's name where the system tells."""
    information = Path("/proc/cpuinfo")
    if information.is_file():
        for line in information.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor()
