"""What a paper reports of its searchers, to be set beside a study's own results."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from nasbench_sim.errors import RequestError, unknown

if TYPE_CHECKING:
    import pandas as pd

    from nasbench_sim.oracle import Task, Trajectories


@dataclasses.dataclass(frozen=True, kw_only=True)
class Published:
    """Means and standard deviations of one metric of the final incumbents on one task.

    Attributes
    ----------
    source
        Paper and table.
    task
        Name of the task that was searched on.
    metric, dataset
        What is reported of the architectures found, of whichever data set, as in `Table.values`.
    mean, std
        Label of a searcher -> published number.
    replicates
        Number of runs behind each, where it is published.
    """

    source: str
    task: str
    metric: str
    dataset: str
    mean: Mapping[str, float]
    std: Mapping[str, float]
    replicates: int | None = None

    def check(self, task: Task, searchers: Sequence[str]) -> None:
        """Raise the error for a searcher that is not in the study, or a metric that is not in the table."""
        for label in (*self.mean, *self.std):
            if label not in searchers:
                raise unknown("searcher", label, searchers)
        if not self.mean:
            raise RequestError("mean is empty: no published value")
        spreads = [*self.std.values()]
        if not np.isfinite([*self.mean.values(), *spreads]).all() or min(spreads, default=0) < 0:
            raise RequestError("mean and std are finite numbers, and no std is negative")
        if self.replicates is not None and self.replicates < 1:
            raise RequestError(f"replicates is a number of runs of 1 or more, not {self.replicates}")
        task.table.column(self.metric, dataset=self.dataset)

    def beside(self, runs: Sequence[Trajectories]) -> pd.DataFrame:
        """Give the published values beside those of the final incumbents of some runs.

        Returns
        -------
        DataFrame
            One row a searcher: ``task``, ``searcher``, ``dataset``, ``metric``, ``published`` and
            ``published_std``, the own ``mean`` and ``std`` (ddof 1) over ``replicates``, ``difference`` of
            the means, and ``z``: that difference in standard errors of itself, where the paper says how
            many runs it made.
        """
        import pandas as pd

        rows = [self._row(one) for one in runs if one.searcher in self.mean]
        return pd.DataFrame(rows)

    def _row(self, runs: Trajectories) -> dict[str, Any]:
        found = runs.final()["index"].dropna().to_numpy(np.int64)
        values = runs.task.table.values(self.metric, dataset=self.dataset)[found]
        values = values[~np.isnan(values)]
        published, published_std = self.mean[runs.searcher], self.std.get(runs.searcher, np.nan)
        difference = values.mean() - published
        error = np.sqrt(values.var(ddof=1) / len(values) + published_std**2 / (self.replicates or np.nan))
        return {
            "task": self.task,
            "searcher": runs.searcher,
            "dataset": self.dataset,
            "metric": self.metric,
            "published": published,
            "published_std": published_std,
            "mean": values.mean(),
            "std": values.std(ddof=1),
            "replicates": len(values),
            "difference": difference,
            "z": difference / error,
        }
