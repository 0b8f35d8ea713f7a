"""Training networks again as a table says that they were trained."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.errors import RequestError
from nasbench_sim.live.data import Images, digits
from nasbench_sim.live.parallel import train_missing
from nasbench_sim.live.recipe import Recipe
from nasbench_sim.live.run_file import RunFile
from nasbench_sim.live.system_runs import SystemRuns
from nasbench_sim.live.systems import systems
from nasbench_sim.tables import Column, Table

Pairs = Sequence[tuple[int, int]]


def again(
    table: Table, runs: str | Path, *, images: Images | None, recipe: Recipe | None
) -> OfSystem | OfImages:
    """Return what trains networks of a table again, into a file of runs.

    Parameters
    ----------
    table
        One that says how it was trained, or to which images and recipe are given.
    runs
        The file; what is there already is not trained again.

    Raises
    ------
    RequestError
        For a table that does not say it, and for images or a recipe where it says all of it.
    """
    if "system" not in table.provenance:
        return OfImages(table, runs, images or _own_images(table), recipe or _own_recipe(table))
    if images is not None or recipe is not None:
        raise RequestError(f"{table.name} says all of its training itself: leave images and recipe out")
    return OfSystem(runs, table.provenance["system"])


class OfImages:
    """Trains by `nasbench_sim.live.train`.

    Attributes
    ----------
    question
        Which columns of the table are of such trainings.
    """

    def __init__(self, table: Table, runs: str | Path, images: Images, recipe: Recipe) -> None:
        self.question: dict[str, Any] = {"dataset": images.name, "schedule": recipe.epochs}
        self._runs = runs
        self._space = table.space
        self._recipe = recipe
        self._images = images

    def train(self, pairs: Pairs, column: Column, **how: Any) -> list[NDArray[np.float64]]:
        """Train pairs of architecture and seed; return a column's metric at its epochs, pair by pair.

        Parameters
        ----------
        how
            As in `nasbench_sim.live.train_missing`.
        """
        both = column.trained_on == "train+val"
        images = self._images.trained_on_both() if both else self._images
        runs = RunFile(self._runs, self._space, self._recipe, images)
        places = [epoch - 1 for epoch in column.epochs]
        return [run.values[column.metric][places] for run in train_missing(runs, pairs, **how)]


class OfSystem:
    """Trains by `nasbench_sim.live.system.System`; the parameters are as for `OfImages`."""

    def __init__(self, runs: str | Path, name: str) -> None:
        self._runs = SystemRuns(runs, systems.get(name)())
        system = self._runs.system
        self.question = {"dataset": system.problem.name}

    def train(self, pairs: Pairs, column: Column, **how: Any) -> list[NDArray[np.float64]]:
        """Train as `OfImages.train` does; of a column without epochs each array has its one number."""
        runs = self._runs.train_missing(pairs, **how)
        return [
            self._runs.values(architecture, run, column.metric)
            for (architecture, _), run in zip(pairs, runs, strict=True)
        ]


def _own_recipe(table: Table) -> Recipe:
    stated = table.provenance.get("recipe")
    if not isinstance(stated, dict):
        raise RequestError(f"{table.name} does not say how it was trained: give images and recipe")
    return Recipe(**stated)


def _own_images(table: Table) -> Images:
    stated = table.provenance.get("images")
    if not isinstance(stated, dict) or stated.get("name") != "digits":
        raise RequestError(
            f"{table.name} does not say what it was trained on: give images and recipe, such as "
            "live.load_images('cifar10', folder) and live.Recipe(epochs=200); in the shell, --data FOLDER"
        )
    found = digits(parts=(stated["train"], stated["val"], stated["test"]))
    if found.describe() != stated:
        raise RequestError(
            f"the digits of this scikit-learn are not those that {table.name} was trained on: "
            f"{found.describe()['sha256'][:12]} instead of {stated['sha256'][:12]}"
        )
    return found
