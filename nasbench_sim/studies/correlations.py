"""Rank correlations of a table's columns, to be set beside those that a paper reports."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from nasbench_sim.errors import unknown
from nasbench_sim.tables import Table

if TYPE_CHECKING:
    import pandas as pd


@dataclasses.dataclass(frozen=True, kw_only=True)
class Correlations:
    """How some metrics correlate with one.

    Attributes
    ----------
    name
        What the study calls it.
    table, dataset
        Where the metrics are looked up.
    of
        Metrics such as ``synflow`` or ``latency:raspi4``.
    against
        The one that all are correlated with.
    method
        As in `nasbench_sim.analysis.correlation_coefficient`.
    published
        Metric -> the published coefficient.
    source
        Paper and table of the published ones.
    """

    name: str
    table: Table
    dataset: str
    of: Sequence[str]
    against: str
    method: str
    published: Mapping[str, float] = dataclasses.field(default_factory=dict)
    source: str = ""

    def __post_init__(self) -> None:
        """Check that the table has all of it, and that there is such a method."""
        from nasbench_sim.analysis.correlation import method_named

        method_named(self.method)
        for metric in (self.against, *self.of):
            self.table.column(metric, dataset=self._dataset_of(metric))
        for metric in self.published:
            if metric not in self.of:
                raise unknown("metric with a published correlation", metric, self.of)

    def frame(self) -> pd.DataFrame:
        """Give the coefficients.

        Returns
        -------
        DataFrame
            One row a metric: ``name``, ``dataset``, ``metric``, ``against``, ``method``, ``correlation``
            over ``n`` architectures that have both, ``published`` (missing where it is not) and
            ``difference``.
        """
        import pandas as pd

        from nasbench_sim.analysis.correlation import correlation_coefficient

        y = self._values(self.against)
        rows = []
        for metric in self.of:
            x = self._values(metric)
            own = correlation_coefficient(x, y, self.method)
            published = self.published.get(metric, np.nan)
            rows.append(
                {
                    "name": self.name,
                    "dataset": self.dataset,
                    "metric": metric,
                    "against": self.against,
                    "method": self.method,
                    "correlation": own,
                    "n": int((~np.isnan(x) & ~np.isnan(y)).sum()),
                    "published": published,
                    "difference": own - published,
                }
            )
        return pd.DataFrame(rows)

    def _values(self, metric: str) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
        return self.table.values(metric, dataset=self._dataset_of(metric))

    def _dataset_of(self, metric: str) -> str | None:
        """Give the data set, unless the metric has none, as the parameters of some tables."""
        own = [column for column in self.table.schema if column.metric == metric.partition(":")[0]]
        return None if own and all(column.dataset is None for column in own) else self.dataset
