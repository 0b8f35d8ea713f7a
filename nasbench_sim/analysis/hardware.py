"""The hardware lottery: what it costs to choose a network on another device than it will run on."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from nasbench_sim.analysis.inputs import columns_of
from nasbench_sim.errors import RequestError


def hardware_lottery(frame: pd.DataFrame, quality: str, costs: Sequence[str], least: float) -> pd.DataFrame:
    """Give the cheapest row of sufficient quality for each cost, and what it costs by all the others.

    Parameters
    ----------
    frame
        One row an architecture, such as `Table.frame` gives of an accuracy and ``latency:device`` columns.
        Only rows that have the quality and all costs are compared.
    quality, least
        Column, larger is better, and what it must be at least.
    costs
        Columns, smaller is better. Of equally cheap rows the one of the highest quality is chosen, then the
        first.

    Returns
    -------
    DataFrame
        ``chosen_for``, ``run_on`` (two of the costs), ``row`` (index of the frame), ``quality``, ``value``
        (its cost there), ``best`` (the least cost there of sufficient quality) and ``loss`` (how much more it
        costs than that, in percent). ``attrs`` has how many rows were ``compared``, and how many of
        sufficient quality were ``missing`` a cost.

    Raises
    ------
    RequestError
        For fewer than two costs, and where no complete row is of sufficient quality.

    Examples
    --------
    >>> frame = pd.DataFrame({"accuracy": [90.0, 91.0, 70.0], "a": [1.0, 2.0, 0.5], "b": [4.0, 2.0, 0.1]})
    >>> hardware_lottery(frame, "accuracy", ["a", "b"], least=85)[["chosen_for", "run_on", "row", "loss"]]
      chosen_for run_on  row   loss
    0          a      a    0    0.0
    1          a      b    0  100.0
    2          b      a    1  100.0
    3          b      b    1    0.0
    """
    if len(set(costs)) < 2:
        raise RequestError(f"two or more costs are compared, not {list(costs)}")
    worth, prices = columns_of(frame, [quality])[:, 0], columns_of(frame, costs)
    good = worth >= least
    used = np.flatnonzero(good & ~np.isnan(prices).any(axis=1))
    if not len(used):
        raise RequestError(
            f"no row with all costs has {quality} >= {least:g}; the best has {np.nanmax(worth):g}"
        )
    worth, prices = worth[used], prices[used]
    best = prices.min(axis=0)
    rows = []
    for number, name in enumerate(costs):
        chosen = int(np.lexsort((np.arange(len(used)), -worth, prices[:, number]))[0])
        for other, there in enumerate(costs):
            value = float(prices[chosen, other])
            rows.append(
                {
                    "chosen_for": name,
                    "run_on": there,
                    "row": frame.index[used[chosen]],
                    "quality": float(worth[chosen]),
                    "value": value,
                    "best": float(best[other]),
                    "loss": 100.0 * (value / float(best[other]) - 1.0) if best[other] > 0 else np.nan,
                }
            )
    found = pd.DataFrame(rows)
    found.attrs = {"compared": len(used), "missing": int(good.sum()) - len(used)}
    return found
