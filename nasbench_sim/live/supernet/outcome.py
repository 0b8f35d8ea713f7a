"""What a weight-sharing search found, and how it got there."""

from __future__ import annotations

import dataclasses
from typing import Any

import pandas as pd

from nasbench_sim.tables import Table


@dataclasses.dataclass(frozen=True)
class Outcome:
    """The end and the trajectory of a weight-sharing search.

    Attributes
    ----------
    method
        Its name.
    architecture
        Official index of what it ends with.
    trajectory
        One row an epoch: ``epoch``, ``index`` (what it would end with), ``skips`` (skip connections among the
        six edges of that), ``train_loss`` and ``val_loss`` of the supernet, ``seconds`` so far, and
        ``eigenvalue``, the largest of the Hessian of the validation loss by the logits, where it is watched.
    stopped
        Why the search ended before its last epoch; empty where it did not.

    Examples
    --------
    >>> frame = pd.DataFrame({"epoch": [1, 2], "index": [6111, 1835], "seconds": [1.0, 2.0]})
    >>> import nasbench_sim as nbs
    >>> table = nbs.load_table("nas-bench-201")
    >>> Outcome("darts", 1835, frame).looked_up(table, "val_accuracy", dataset="cifar10").round(2).tolist()
    [91.61, 39.77]
    """

    method: str
    architecture: int
    trajectory: pd.DataFrame
    stopped: str = ""

    def looked_up(self, table: Table, metric: str, **question: Any) -> pd.Series:
        """Give the table's value of what the search would end with after each epoch: its anytime curve.

        Parameters
        ----------
        table, metric, question
            As in `nasbench_sim.Table.query`.

        Returns
        -------
        Series
            Indexed by epoch, named by the metric.
        """
        values = table.query(self.trajectory["index"].to_numpy(), metric, **question)
        return pd.Series(values, index=pd.Index(self.trajectory["epoch"], name="epoch"), name=metric)
