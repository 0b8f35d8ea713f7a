"""What a table trained here is of: a search space, a problem, and how each architecture is trained on it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import torch
from torch import nn

from nasbench_sim.errors import RequestError, unknown
from nasbench_sim.live import devices
from nasbench_sim.live.curves import Curves
from nasbench_sim.live.journal import Journal
from nasbench_sim.live.learning import Learner
from nasbench_sim.live.parallel import in_order
from nasbench_sim.live.problem import Measure, Problem
from nasbench_sim.live.run_file import machine
from nasbench_sim.live.schedule import Schedule
from nasbench_sim.live.training import reproducible
from nasbench_sim.spaces import SearchSpace
from nasbench_sim.tables import Column


class System(ABC):
    """A search space whose architectures are trained on one problem.

    Attributes
    ----------
    name
        Of the table.
    space, problem
        What is searched, and what is learned.
    seeds, several
        So many of the different trainings are run with every seed, the others with the first.
    renamed
        What `Learner` or `after` call it -> metric of the table, where that differs.
    measures
        Unit and better direction of what `before` and `after` measure besides the problem's own.
    """

    name: str
    space: SearchSpace
    problem: Problem
    seeds: tuple[int, ...] = (777, 888, 999)
    several: int = 300
    renamed: ClassVar[Mapping[str, str]] = {}
    measures: ClassVar[Mapping[str, Measure]] = {}

    @abstractmethod
    def network(self, architecture: int) -> nn.Module:
        """Build the network of an official index, initialised by PyTorch's own generator."""

    @abstractmethod
    def schedule(self, architecture: int) -> Schedule:
        """Return how an official index is trained."""

    def origin(self) -> np.ndarray[Any, np.dtype[np.int64]]:
        """Return, for every official index, that of the architecture whose training serves for it; or -1."""
        return np.asarray(self.space.canonical(self.space.all_indices()), dtype=np.int64)

    def place(self) -> np.ndarray[Any, np.dtype[np.int64]]:
        """Return, for every official index, which of the numbers of `before` and `after` is its own."""
        return np.zeros(self.space.size, dtype=np.int64)

    def known(self) -> list[tuple[Column, Any]]:
        """Return columns of numbers that follow from the architecture alone: parameters and multiply-adds."""
        every = self.space.all_indices()
        sizes = [(metric, getattr(self.space, metric)(every)) for metric in ("params", "flops")]
        return [known_column(metric, numbers, "M") for metric, numbers in sizes]

    def pairs(self) -> list[tuple[int, int]]:
        """Return architectures and seeds in the order in which they are trained: a seed after the other.

        The architectures come in a fixed random order, so that what is there at any time is a random sample.
        """
        order = np.random.default_rng(201).permutation(np.setdiff1d(self.origin(), -1)).tolist()
        again = [(index, seed) for seed in self.seeds[1:] for index in order[: self.several]]
        return [(index, self.seeds[0]) for index in order] + again

    def before(self, learner: Learner) -> dict[str, list[float]]:
        """Measure what is to be known of a network before it is trained; nothing, unless overridden."""
        return {}

    def after(self, learner: Learner) -> dict[str, list[float]]:
        """Measure what else is to be known of a trained network; nothing, unless overridden."""
        return {}

    @abstractmethod
    def recipe(self) -> dict[str, Any]:
        """Return what the trainings have in common, as plain JSON types."""

    def describe(self) -> dict[str, Any]:
        """Return what fixes the result of a training, with architecture and seed, as plain JSON types."""
        return {"space": self.space.name, "recipe": self.recipe(), "problem": self.problem.describe()}

    def train(self, architecture: int, seed: int, device: str | None = None) -> Curves:
        """Train an architecture and measure it.

        The same seed gives the same values on the same type of machine and version of PyTorch.

        Parameters
        ----------
        architecture
            Official index.
        seed
            Of initial weights and batches.
        device
            A PyTorch device; by default a GPU where there is one.

        Raises
        ------
        TrainingError
            When the loss is not finite.
        """
        place = devices.device(device)
        with reproducible(seed):
            model = self.network(architecture).to(place)
            learner = Learner(model, self.problem.to(place), self.schedule(architecture), seed=seed)
            with torch.no_grad():
                also = self.before(learner)
            values = learner.run()
            with torch.no_grad():
                also |= self.after(learner)
        arrays = {name: np.array(curve) for name, curve in values.items()}
        return Curves(architecture, seed, arrays, {name: np.array(once) for name, once in also.items()})


def known_column(metric: str, numbers: Any, unit: str = "") -> tuple[Column, Any]:
    """Return a column of numbers that follow from the architecture alone, of which less is better."""
    column = Column(metric=metric, unit=unit, better="min", source="closed form")
    return column, np.asarray(numbers, dtype=np.float64)


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

    def __len__(self) -> int:
        """Return the number of runs."""
        return len(self._runs)

    def __iter__(self) -> Iterator[Curves]:
        """Go through the runs in the order in which they came."""
        return iter(self._runs.values())

    def values(self, architecture: int, run: Curves, metric: str) -> np.ndarray[Any, np.dtype[np.float64]]:
        """Return what the run that serves for an architecture tells of a metric of the table.

        Returns
        -------
        array
            Of every measured epoch, or of the one number that there is.
        """
        original = {name: found for found, name in self.system.renamed.items()}
        name = original.get(metric, metric)
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

    def _trained(self, architecture: Any, origin: np.ndarray[Any, np.dtype[np.int64]]) -> int:
        found = int(origin[self.system.space.official(architecture)])
        if found < 0:
            name = self.system.space.string(architecture)
            raise RequestError(f"{self.system.name} does not train {name}, architecture {architecture}")
        return found
