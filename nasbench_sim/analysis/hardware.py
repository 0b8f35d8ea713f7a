"""The hardware lottery: what it costs to choose a network on another device than it will run on."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nasbench_sim.analysis.inputs import Floats, columns_of, names_of, number
from nasbench_sim.analysis.ties import at_least, levels
from nasbench_sim.errors import RequestError


def hardware_lottery(frame: pd.DataFrame, quality: str, costs: Sequence[str], least: float) -> pd.DataFrame:
    """Give the cheapest row of sufficient quality for each cost, and what it costs by all the others.

    Parameters
    ----------
    frame
        One row an architecture, such as `Table.frame` gives of an accuracy and ``latency:device`` columns.
        For each cost all rows are compared that have the quality and that cost.
    quality, least
        Column, larger is better, and what it must be at least.
    costs
        Columns, smaller is better. Of equally cheap rows the one of the highest quality is chosen, then the
        first.

    Returns
    -------
    DataFrame
        ``chosen_for``, ``run_on`` (two of the costs), ``row`` (index of the frame), ``quality``, ``value``
        (its cost there; NaN where that is missing), ``best`` (the least cost there of sufficient quality),
        ``loss`` (how much more it costs than that, in percent) and ``compared`` (rows of sufficient quality
        that have the cost it was chosen for). ``attrs`` has the rows of ``sufficient`` quality.

    Raises
    ------
    RequestError
        For fewer than two costs, and where no row that has a cost is of sufficient quality.

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
    costs, least = names_of(costs), number(least, "least")
    if len(set(costs)) < 2 or len(set(costs)) < len(costs):
        raise RequestError(f"two or more costs are compared, each once, not {costs}")
    worth, prices = columns_of(frame, [quality])[:, 0], columns_of(frame, costs)
    good = np.flatnonzero(at_least(worth, least))
    if not len(good):
        best = np.fmax.reduce(worth, initial=np.nan)
        raise RequestError(f"no row has {quality} >= {least:g}; the best has {best:g}")
    chosen = {
        name: _cheapest(good, prices[:, number], worth, name, f"{quality} >= {least:g}")
        for number, name in enumerate(costs)
    }
    best = [prices[chosen[name], number] for number, name in enumerate(costs)]
    rows = [
        {
            "chosen_for": name,
            "run_on": there,
            "row": frame.index[chosen[name]],
            "quality": worth[chosen[name]],
            "value": prices[chosen[name], other],
            "best": best[other],
            "loss": 100.0 * (prices[chosen[name], other] / best[other] - 1.0) if best[other] > 0 else np.nan,
            "compared": int(np.isfinite(prices[good, number]).sum()),
        }
        for number, name in enumerate(costs)
        for other, there in enumerate(costs)
    ]
    found = pd.DataFrame(rows)
    found.attrs = {"sufficient": len(good)}
    return found


def _cheapest(good: NDArray[np.intp], price: Floats, worth: Floats, name: str, sufficient: str) -> int:
    """Give the row of the least price among good ones: of equals the worthiest, then the first."""
    priced = good[~np.isnan(price[good])]
    if not len(priced):
        raise RequestError(f"no row with {sufficient} has a value of {name}")
    return int(priced[np.lexsort((priced, -levels(worth[priced]), levels(price[priced])))[0]])
