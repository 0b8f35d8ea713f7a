"""What a table trained here is of: a search space, a problem, and how each architecture is trained on it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
import torch
from torch import nn

from nasbench_sim.errors import unknown
from nasbench_sim.live import devices
from nasbench_sim.live.curves import Curves
from nasbench_sim.live.learning import Learner
from nasbench_sim.live.problem import HELD_OUT, Measure, Problem
from nasbench_sim.live.schedule import Schedule
from nasbench_sim.live.training import reproducible
from nasbench_sim.spaces import SearchSpace
from nasbench_sim.tables import Column

_TRAINING = {"train_loss": Measure("nats", "min"), "train_time": Measure("s", "min")}


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
    prefixes
        Of the names under which `before` and `after` return the problem's own quantities.
    measures
        Unit and better direction of what else they return.
    """

    name: str
    space: SearchSpace
    problem: Problem
    seeds: tuple[int, ...] = (777, 888, 999)
    several: int = 300
    renamed: ClassVar[Mapping[str, str]] = {}
    prefixes: ClassVar[tuple[str, ...]] = ()
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

    @property
    def epochs(self) -> int:
        """Length of the trainings."""
        return self.schedule(int(self.origin().max())).epochs

    def name_of_run(self, metric: str) -> str:
        """Return what a run calls a metric of the table."""
        return {table: run for run, table in self.renamed.items()}.get(metric, metric)

    def column(self, metric: str, epochs: tuple[int, ...] = (), seeds: tuple[int, ...] = ()) -> Column:
        """Return what a metric of the trainings means, on some epochs and seeds.

        Raises
        ------
        RequestError
            For a metric that is not measured.
        """
        known = self._measured()
        name = self.name_of_run(metric)
        if name not in known:
            raise unknown(f"metric of {self.name}", metric, [self.renamed.get(one, one) for one in known])
        measure = known[name]
        return Column(
            metric=metric,
            dataset=self.problem.name,
            trained_on="train",
            schedule=self.epochs,
            epochs=epochs,
            seeds=seeds,
            unit=measure.unit,
            better=measure.better,
            source="trained by nasbench_sim",
        )

    def _measured(self) -> dict[str, Measure]:
        """Return the unit and direction of all that a run has, by its names there."""
        beginnings = ["", *(f"{prefix}_" for prefix in self.prefixes)]
        of_parts = {
            f"{beginning}{part}_{quantity}": measure
            for beginning in beginnings
            for part in HELD_OUT
            for quantity, measure in self.problem.measures.items()
        }
        return {**_TRAINING, **of_parts, **self.measures}

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
