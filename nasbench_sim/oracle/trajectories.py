"""The record of the runs of one searcher on one task, replicate by replicate."""

from __future__ import annotations

import dataclasses
import html
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from nasbench_sim.errors import RequestError, unknown
from nasbench_sim.oracle.charging import shortfall
from nasbench_sim.oracle.criterion import read_criterion
from nasbench_sim.oracle.frames import frames_of
from nasbench_sim.oracle.fronts import final_fronts, final_hypervolume, hypervolume_of
from nasbench_sim.oracle.runs import Runs
from nasbench_sim.oracle.target import good_enough
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
    attributes
        What the person who ran it wants to be known of it, as plain JSON types.

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
        """Return one row a replicate.

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
        """Compute the volume that several objectives dominate over time; see `hypervolume_of`."""
        return hypervolume_of(self, grid, reference=reference, x=x)

    def results(self) -> pd.Series[float]:
        """Return the one number that each replicate is judged by at the end of its budget.

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

    def to_target(
        self, target: float | None = None, *, of: Literal["reported", "observed"] = "reported"
    ) -> pd.DataFrame:
        """Count what each replicate spends until its incumbent is as good as a target.

        Parameters
        ----------
        target
            In the unit of what is compared; by default that of the budget, and of what it is there.
        of
            ``"reported"``: what is reported of the incumbent; ``"observed"``: what it observed.

        Returns
        -------
        DataFrame
            ``seed``, ``reached``, and the ``evaluations`` and simulated ``seconds`` up to and with the one
            that reaches it; missing where none does.

        Raises
        ------
        RequestError
            For several objectives, and where neither a target is given nor the budget has one.

        Examples
        --------
        >>> import nasbench_sim as nbs
        >>> task = nbs.Task(nbs.load_table("nas-bench-201"), dataset="cifar100", noise="mean")
        >>> budget = nbs.Budget(evaluations=2_000, target=task.optimum)
        >>> runs = nbs.run("regularized_evolution", task, budget=budget, seeds=50)
        >>> found = runs.to_target()
        >>> bool((found["evaluations"] == runs.evaluations)[found["reached"]].all())
        True
        """
        import pandas as pd

        if target is None:
            target, of = self.budget.target, self.budget.target_of
        if target is None:
            raise RequestError("no target: give one, here or as Budget(..., target=...)")
        if of not in ("reported", "observed"):
            raise unknown("what a target is of", of, ("reported", "observed"))
        values, sign = self.incumbent_reported(), self.task.report.sign
        if of == "observed":
            sign, best = self.task.sign, np.take_along_axis(self.observed, np.maximum(self.incumbent, 0), 1)
            values = np.where(self.incumbent < 0, np.nan, best)
        met = good_enough(values, target, sign)
        rows = np.flatnonzero(met.any(axis=1))
        found = pd.DataFrame({"seed": self.seed_array, "reached": met.any(axis=1)})
        for name, spent in (("evaluations", self.counted), ("seconds", self.clock)):
            numbers = np.full(len(self), np.nan)
            if len(rows):
                numbers[rows] = spent[rows, met[rows].argmax(axis=1)]
            found[name] = numbers
        return found

    def final_on(self, datasets: Sequence[str], metric: str | None = None) -> pd.DataFrame:
        """Report the final incumbents on several data sets at once, whatever was searched on.

        Parameters
        ----------
        datasets
            Of the task's table.
        metric
            What is reported of each, as `Table.values` reads it: the mean of its runs after the longest
            training; by default the task's own.

        Returns
        -------
        DataFrame
            One row for each replicate and data set: ``seed``, ``index``, ``dataset``, ``metric``, its
            ``value`` (NaN without an incumbent), and ``regret``: how much worse it is than the table's best.

        Raises
        ------
        RequestError
            For several objectives, and what the table does not have.

        Examples
        --------
        >>> import nasbench_sim as nbs
        >>> task = nbs.Task(nbs.load_table("nas-bench-201"), dataset="cifar10")
        >>> runs = nbs.run("random_search", task, budget=nbs.Budget(evaluations=50), seeds=3)
        >>> runs.final_on(["cifar10", "cifar100"])["dataset"].tolist()
        ['cifar10', 'cifar100', 'cifar10', 'cifar100', 'cifar10', 'cifar100']
        """
        import pandas as pd

        if self.task.several:
            raise RequestError("several objectives have no incumbent: final() gives what is not dominated")
        named = [datasets] if isinstance(datasets, str) else list(datasets)
        label = self.task.report.label if metric is None else metric
        read = [
            read_criterion(self.task.table, dataset, self.task.objectives, None, label) for dataset in named
        ]
        final = self.final()
        index = final["index"].to_numpy(dtype=object, na_value=-1).astype(self.task.space.index_dtype)
        frames = []
        for dataset, one in zip(named, read, strict=True):
            value = np.where(index < 0, np.nan, one.values[np.maximum(index, 0)])
            frames.append(
                pd.DataFrame(
                    {
                        "seed": final["seed"],
                        "index": final["index"],
                        "dataset": dataset,
                        "metric": one.label,
                        "value": value,
                        "regret": one.sign * (one.best() - value) + 0.0,
                    }
                )
            )
        return pd.concat(frames).sort_index(kind="stable").reset_index(drop=True)

    def to_frame(self) -> pd.DataFrame:
        """Return one row an evaluation.

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
        """Yield `to_frame` in pieces of some 200,000 rows, to write long records in little memory."""
        return frames_of(self)

    @property
    def note(self) -> str:
        """What the replicates are judged by, in words, and whether the budget is too small for a search."""
        return "; ".join(filter(None, (self.task.judged, shortfall(self.task, self.budget))))

    def describe(self) -> dict[str, Any]:
        """Return the provenance: version, task and table hash, searcher, hyperparameters, seeds."""
        from nasbench_sim._version import __version__

        return {
            "nasbench_sim": __version__,
            "task": self.task.describe(),
            "searcher": self.searcher,
            "hyperparameters": self.hyperparameters,
            "budget": dataclasses.asdict(self.budget),
            "seeds": spans(self.seeds),
            **({"attributes": self.attributes} if self.attributes else {}),
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
