"""The record of the runs of one searcher on one task, replicate by replicate."""

from __future__ import annotations

import dataclasses
import html
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from nasbench_sim.oracle.charging import shortfall
from nasbench_sim.oracle.frames import frames_of
from nasbench_sim.oracle.fronts import final_fronts, final_hypervolume, hypervolume_of
from nasbench_sim.oracle.runs import Runs
from nasbench_sim.tables.column import spans

if TYPE_CHECKING:
    import pandas as pd


class Trajectories(Runs):
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

    def final(self) -> pd.DataFrame:
        """Give one row a replicate.

        Returns
        -------
        DataFrame
            ``seed``, ``evaluations``, ``seconds`` (simulated), ``index`` (official index of the final
            incumbent; missing where a replicate saw no value), ``observed`` (its observed objective), the
            reported metric under its own name, and ``regret``: how much worse it is than the optimum. Of
            several objectives the rows of `nasbench_sim.oracle.fronts.final_fronts`.
        """
        import pandas as pd

        from nasbench_sim.analysis.incumbent import final_incumbents

        if self.task.several:
            return final_fronts(self)
        rows = np.arange(len(self))
        if self.index.shape[1]:
            position = self.best(final_incumbents)
            best = self.index[rows, np.maximum(position, 0)]
            observed = self.observed[rows, np.maximum(position, 0)]
            seconds = self.clock[rows, np.maximum(self.length - 1, 0)]
        else:
            position = np.full(len(self), -1)
            best, observed, seconds = position, np.full(len(self), np.nan), np.zeros(len(self))
        reported = np.where(position >= 0, self.task.reported[np.maximum(best, 0)], np.nan)
        frame = pd.DataFrame(
            {
                "seed": self.seed_array,
                "evaluations": self.evaluations,
                "seconds": seconds,
                "index": pd.Series(best, dtype="Int64" if best.dtype.kind == "i" else "object"),
                "observed": np.where(position >= 0, observed, np.nan),
                self.task.report.label: reported,
                "regret": self.task.report.sign * (self.task.optimum - reported) + 0.0,
            }
        )
        frame.loc[position < 0, "index"] = pd.NA
        return frame

    def hypervolume(
        self,
        grid: ArrayLike | None = None,
        *,
        reference: Mapping[str, float] | None = None,
        x: str = "evaluations",
    ) -> pd.DataFrame:
        """Give the volume that several objectives dominate over time; see `hypervolume_of`."""
        return hypervolume_of(self, grid, reference=reference, x=x)

    def results(self) -> pd.Series[float]:
        """Give the one number that each replicate is judged by at the end of its budget.

        Returns
        -------
        Series
            Indexed by ``seed``: the reported metric of the final incumbent (NaN without one), or, of several
            objectives, the hypervolume. Its name says which; ``attrs`` holds which end is ``better``, the
            ``unit`` and the ``optimum``, what the table has at best.
        """
        if self.task.several:
            return final_hypervolume(self)
        report = self.task.report
        found = self.final().set_index("seed")[report.label]
        found.attrs = {"better": report.better, "unit": report.unit, "optimum": self.task.optimum}
        return found

    def to_frame(self) -> pd.DataFrame:
        """Give one row an evaluation.

        Returns
        -------
        DataFrame
            ``seed``, ``evaluation`` (from 1), ``index``, ``observed``, ``cost`` and ``clock`` (seconds),
            ``incumbent`` (official index of the best so far by the observed objective) and the reported
            metric of the incumbent under its own name. Several objectives are observed under their own names
            and have no incumbent. Where they can differ: ``start`` (seconds) and ``worker``, ``fidelity`` (by
            name), ``feasible``, ``counts`` (False for a repeat that is free).
        """
        import pandas as pd

        return pd.concat(self.frames(), ignore_index=True)

    def frames(self) -> Iterator[pd.DataFrame]:
        """Give `to_frame` in pieces of some 200,000 rows, to write long records in little memory."""
        return frames_of(self)

    @property
    def note(self) -> str:
        """What the replicates are judged by, in words, and whether the budget is too small for a search."""
        return ". ".join(filter(None, (self.task.judged, shortfall(self.task, self.budget))))

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
            f"{int(self.evaluations.sum()):,} evaluations, on {self.task!r}"
            + (f"; {short}>" if (short := shortfall(self.task, self.budget)) else ">")
        )

    def _repr_html_(self) -> str:
        """Who ran on what, and how the final results spread over the replicates, for Jupyter."""
        spread = self.final().drop(columns=["seed", "index"]).agg(["mean", "std", "min", "median", "max"])
        shown = spread.to_html(border=0, na_rep="", float_format=lambda number: f"{number:.4g}")
        return (
            f"<b>{html.escape(self.searcher)}</b>: {len(self)} replicates, "
            f"{int(self.evaluations.sum()):,} evaluations, budget {self.budget}<br>"
            f"{html.escape(repr(self.task))}<br>{html.escape(self.note)}{shown}"
        )
