"""The record of the runs of one searcher on one task, replicate by replicate."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.oracle.budget import Budget
from nasbench_sim.oracle.task import Task
from nasbench_sim.spaces.base import Array
from nasbench_sim.tables.question import spans

if TYPE_CHECKING:
    import pandas as pd

_FRAME_ROWS = 200_000


@dataclasses.dataclass(frozen=True)
class Record:
    """Evaluations of R replicates in order of their end; what lies beyond `length` is not part of a run."""

    index: Array
    """Official indices, shape (R, n)."""
    observed: NDArray[np.float64]
    """The objective as observed, in its own unit and direction, shape (R, n); NaN where missing."""
    cost: NDArray[np.float64]
    """Seconds charged, shape (R, n)."""
    clock: NDArray[np.float64]
    """Simulated seconds at the end of each evaluation, shape (R, n)."""
    length: NDArray[np.int64]
    """Evaluations of each replicate, shape (R,)."""


def joined(records: Sequence[Record]) -> Record:
    """Give the records of several chunks of replicates as one; shorter ones are filled up."""
    if len(records) == 1:
        return records[0]
    longest = max(record.index.shape[1] for record in records)

    def stacked(field: str) -> Array:
        parts = [getattr(record, field) for record in records]
        return np.concatenate([np.pad(part, ((0, 0), (0, longest - part.shape[1]))) for part in parts])

    length = np.concatenate([record.length for record in records])
    return Record(stacked("index"), stacked("observed"), stacked("cost"), stacked("clock"), length)


class Trajectories:
    """What R replicates of one searcher did on one task.

    Parameters
    ----------
    record
        The evaluations.
    task, budget
        What was optimised and what could be spent.
    searcher
        Name of the searcher.
    hyperparameters
        All of them, as plain JSON types.
    seeds
        The search seeds.
    wall_seconds
        How long the simulation took, in real time.

    Examples
    --------
    >>> import nasbench_sim as nbs
    >>> task = nbs.Task(nbs.load_table("nas-bench-201"), dataset="cifar10")
    >>> runs = nbs.run("random_search", task, budget=nbs.Budget(evaluations=50), seeds=3)
    >>> runs.final().columns.tolist()
    ['seed', 'evaluations', 'seconds', 'index', 'observed', 'val_accuracy', 'regret']
    >>> len(runs.to_frame())
    150
    """

    def __init__(
        self,
        record: Record,
        *,
        task: Task,
        budget: Budget,
        searcher: str,
        hyperparameters: Mapping[str, Any],
        seeds: Sequence[int],
        wall_seconds: float,
    ) -> None:
        longest = int(record.length.max(initial=0))
        beyond = np.arange(longest) >= record.length[:, None]
        compact = np.int32 if task.space.size < 2**31 else task.space.index_dtype
        self.index = np.where(beyond, -1, record.index[:, :longest]).astype(compact)
        self.observed = np.where(beyond, np.nan, record.observed[:, :longest])
        self.cost = np.where(beyond, np.nan, record.cost[:, :longest])
        self.clock = np.where(beyond, np.nan, record.clock[:, :longest])
        self.length = record.length
        self.task = task
        self.budget = budget
        self.searcher = searcher
        self.hyperparameters = dict(hyperparameters)
        self.seeds = tuple(seeds)
        self.wall_seconds = wall_seconds
        self._beyond = beyond

    def __len__(self) -> int:
        """Give the number of replicates."""
        return len(self.seeds)

    @property
    def reported(self) -> NDArray[np.float64]:
        """The reported metric of every evaluated architecture, shape (R, n); NaN past the end."""
        return np.where(self._beyond, np.nan, self.task.reported[np.where(self._beyond, 0, self.index)])

    @property
    def incumbent(self) -> NDArray[np.int64]:
        """Position of the best so far by the observed objective, shape (R, n); the first one of ties.

        -1 before the first value; past the end of a run, its last incumbent.
        """
        from nasbench_sim.analysis.incumbent import incumbents

        return incumbents(self.task.sign * self.observed)

    def incumbent_reported(self) -> NDArray[np.float64]:
        """Give the reported metric of the incumbent after each evaluation, shape (R, n); NaN where none."""
        position = self.incumbent
        found = np.take_along_axis(self.reported, np.maximum(position, 0), axis=1)
        return np.where(self._beyond | (position < 0), np.nan, found)

    def final(self) -> pd.DataFrame:
        """Give one row a replicate.

        Returns
        -------
        DataFrame
            ``seed``, ``evaluations``, ``seconds`` (simulated), ``index`` (official index of the final
            incumbent; missing where a replicate saw no value), ``observed`` (its observed objective), the
            reported metric under its own name, and ``regret``: its distance to the table's optimum.
        """
        import pandas as pd

        rows = np.arange(len(self))
        last = np.maximum(self.length - 1, 0)
        if self.index.shape[1]:
            position = self.incumbent[rows, last]
            best = self.index[rows, np.maximum(position, 0)]
            observed = self.observed[rows, np.maximum(position, 0)]
            seconds = self.clock[rows, last]
        else:
            position = np.full(len(self), -1)
            best, observed, seconds = position, np.full(len(self), np.nan), np.zeros(len(self))
        reported = np.where(position >= 0, self.task.reported[np.maximum(best, 0)], np.nan)
        frame = pd.DataFrame(
            {
                "seed": np.array(self.seeds, dtype=np.uint64).astype(np.int64)
                if max(self.seeds) < 2**63
                else np.array(self.seeds, dtype=np.uint64),
                "evaluations": self.length,
                "seconds": seconds,
                "index": pd.array(best, dtype="Int64"),
                "observed": np.where(position >= 0, observed, np.nan),
                self.task.report.label: reported,
                "regret": np.abs(self.task.optimum - reported),
            }
        )
        frame.loc[position < 0, "index"] = pd.NA
        return frame

    def to_frame(self) -> pd.DataFrame:
        """Give one row an evaluation.

        Returns
        -------
        DataFrame
            ``seed``, ``evaluation`` (from 1), ``index``, ``observed``, ``cost`` and ``clock`` (seconds),
            ``incumbent`` (official index of the best so far by the observed objective) and the reported
            metric of the incumbent under its own name.
        """
        import pandas as pd

        return pd.concat(self.frames(), ignore_index=True)

    def frames(self) -> Iterator[pd.DataFrame]:
        """Give `to_frame` in pieces of some 200,000 rows, to write long records in little memory."""
        import pandas as pd

        present = ~self._beyond
        position = self.incumbent
        best = np.take_along_axis(self.index, np.maximum(position, 0), axis=1)
        step = max(1, _FRAME_ROWS // max(1, self.index.shape[1]))
        reported = self.incumbent_reported()
        for start in range(0, len(self), step):
            rows = slice(start, start + step)
            kept = present[rows]
            replicate, evaluation = np.nonzero(kept)
            frame = pd.DataFrame(
                {
                    "seed": np.array(self.seeds[rows])[replicate],
                    "evaluation": evaluation + 1,
                    "index": self.index[rows][kept],
                    "observed": self.observed[rows][kept],
                    "cost": self.cost[rows][kept],
                    "clock": self.clock[rows][kept],
                    "incumbent": pd.array(best[rows][kept], dtype="Int64"),
                    self.task.report.label: reported[rows][kept],
                }
            )
            frame.loc[position[rows][kept] < 0, "incumbent"] = pd.NA
            yield frame

    def describe(self) -> dict[str, Any]:
        """Give the provenance: version, task and table hash, searcher, hyperparameters, seeds."""
        from nasbench_sim._version import __version__

        return {
            "nasbench_sim": __version__,
            "task": self.task.describe(),
            "searcher": self.searcher,
            "hyperparameters": self.hyperparameters,
            "budget": dataclasses.asdict(self.budget),
            "seeds": spans(self.seeds),
        }

    def __repr__(self) -> str:
        """Who ran on what, and how far."""
        return (
            f"<Trajectories of {self.searcher}: {len(self)} replicates, "
            f"{int(self.length.sum()):,} evaluations, on {self.task!r}>"
        )
