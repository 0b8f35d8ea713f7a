"""Training runs on disk as they come: one JSON line a run, and a table of them all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from nasbench_sim.errors import RequestError, unknown
from nasbench_sim.live.curves import METRICS, Curves
from nasbench_sim.live.data import Images
from nasbench_sim.live.parallel import train_until
from nasbench_sim.live.recipe import Recipe, check_kinds
from nasbench_sim.live.runs import Runs
from nasbench_sim.spaces import SearchSpace
from nasbench_sim.spaces import space as named_space
from nasbench_sim.tables import Column, Table


class RunFile(Runs):
    """A file of training runs of one recipe on one data set, to which runs are appended.

    The first line says what is trained and how; a file of anything else is refused. A line that a killed
    process left half-written is dropped, so that a run is either whole or not there.

    Parameters
    ----------
    path
        The file; made when it does not exist.
    space, recipe, images
        What every run of the file has in common.

    Examples
    --------
    >>> import tempfile
    >>> import nasbench_sim as nbs
    >>> from nasbench_sim import live
    >>> path = Path(tempfile.mkdtemp()) / "runs.jsonl"
    >>> runs = RunFile(path, nbs.space(), live.Recipe(epochs=1), live.digits())
    >>> runs.append(Curves(0, 777, {name: np.array([50.0]) for name in METRICS}))
    >>> again = RunFile(path, nbs.space(), live.Recipe(epochs=1), live.digits())
    >>> again.table("mine").query(0, "val_accuracy")
    50.0
    """

    def __init__(self, path: str | Path, space: str | SearchSpace, recipe: Recipe, images: Images) -> None:
        check_kinds(images, recipe)
        self.recipe = recipe
        self.images = images
        super().__init__(path, named_space(space) if isinstance(space, str) else space, self.trained)

    resumable = True

    @property
    def dataset(self) -> str:
        """The data set in the columns of a table."""
        return self.images.name

    @property
    def epochs(self) -> int:
        """Length of the trainings."""
        return self.recipe.epochs

    @property
    def trained(self) -> dict[str, Any]:
        """What fixes the result of a training with architecture and seed, as plain JSON types."""
        return {"recipe": self.recipe.describe(), "images": self.images.describe()}

    def train(
        self, pairs: Sequence[tuple[int, int]], epoch: int, *, processes: int = 1, device: str | None = None
    ) -> list[Curves]:
        """Train up to an epoch what the file lacks; see `nasbench_sim.live.parallel.train_until`."""
        return train_until(self, pairs, epoch, processes=processes, device=device)

    def judged_by(self, objective: str) -> str:
        """Return the metric that a search for another one is judged by: the test accuracy of an accuracy."""
        return "test_accuracy" if objective.endswith("_accuracy") else objective

    def value(self, architecture: int, run: Curves, metric: str, epoch: int) -> float:
        """Return a metric of an architecture's run at an epoch."""
        return float(run.values[metric][epoch - 1])

    @property
    def begun(self) -> Path:
        """The folder beside the file that keeps trainings which have not reached their last epoch."""
        return self.path.with_name(f"{self.path.name}.begun")

    def table(self, name: str, spread: Iterable[int] | None = None) -> Table:
        """Give a table of all runs: every metric of every epoch, an axis of seeds, and NaN elsewhere.

        Parameters
        ----------
        name
            Of the table.
        spread
            For every architecture of the space, the official index of the one whose runs it is given; by
            default its own. (Cells of one isomorphism class compute the same function.)
        """
        seeds = tuple(sorted({run.seed for run in self}))
        if not seeds:
            raise RequestError(f"{self.path} has no run yet")
        size, epochs = self.space.size, self.recipe.epochs
        origin = np.arange(size) if spread is None else np.fromiter(spread, dtype=np.int64, count=size)
        columns = []
        for metric in METRICS:
            numbers = np.full((size, len(seeds), epochs), np.nan)
            for run in self:
                numbers[run.architecture, seeds.index(run.seed)] = run.values[metric]
            columns.append((self.column(metric, tuple(range(1, epochs + 1)), seeds), numbers[origin]))
        return Table(name, self.space, columns, self.provenance)

    def column(self, metric: str, epochs: tuple[int, ...], seeds: tuple[int, ...] = ()) -> Column:
        """Give what a metric of these runs means, on some epochs and seeds.

        Raises
        ------
        RequestError
            For a metric that no training measures.
        """
        if metric not in METRICS:
            raise unknown("metric of a training run", metric, METRICS)
        return Column(
            metric=metric,
            dataset=self.images.name,
            trained_on="train",
            schedule=self.recipe.epochs,
            epochs=epochs,
            seeds=seeds,
            source=f"trained live with nasbench_sim {self.provenance['machine']['nasbench_sim']}",
        )
