"""How good searchers are on one task: the best mean first, as rows and as a table to read."""

from __future__ import annotations

import textwrap
from collections.abc import Hashable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from nasbench_sim.studies.replicates import some_replicates

if TYPE_CHECKING:
    import pandas as pd

    from nasbench_sim.oracle import Trajectories

_CONFIDENCE = 0.95
_LONGEST_LINE = 100


def ranked_rows(several: Sequence[Trajectories]) -> pd.DataFrame:
    """Give one row a searcher, the best mean first; `Comparison.summary` says what it has.

    ``attrs`` has the ``unit`` of the metric, and as ``note`` what it is, in words.
    """
    import pandas as pd

    results = [_results(runs) for runs in several]
    frame = pd.DataFrame([_row(runs, found) for runs, found in zip(several, results, strict=True)])
    signs = [-1.0 if found.attrs["better"] == "max" else 1.0 for found in results]
    order = (frame["mean"] * signs).sort_values(kind="stable").index  # NaN last
    ranked = frame.loc[order].reset_index(drop=True)
    ranked.attrs = {"unit": results[0].attrs["unit"], "note": several[0].note}
    return ranked


def readable(name: str, several: Sequence[Trajectories]) -> str:
    """Give the rows as text of at most 100 letters a line; what all have in common is said above them."""
    rows = ranked_rows(several)
    unit = rows.attrs["unit"]
    said = f"{name}: {rows['metric'].iloc[0]}" + (f" in {unit}" if unit else "")
    dropped = ["dataset", "metric", "wall_seconds"]
    if rows["replicates"].min() == rows["replicates"].max():
        dropped.append("replicates")
        said += f", {rows['replicates'].iloc[0]:,} replicates"
    said += f"\n{textwrap.fill(several[0].note, _LONGEST_LINE)}"
    text = rows.drop(columns=dropped).to_string(
        index=False, line_width=_LONGEST_LINE, float_format=lambda number: f"{number:.3f}"
    )
    return f"{said}\n{text}"


def _results(runs: Trajectories) -> pd.Series[float]:
    """Give `Trajectories.results`; NaN for replicates that evaluated nothing."""
    some = np.flatnonzero(runs.length)
    if len(some) == len(runs) or not runs.task.several:
        return runs.results()
    import pandas as pd

    attributes: Mapping[Hashable | None, Any] = {"better": "max", "unit": "", "optimum": np.nan}
    found = pd.Series(np.nan, index=pd.Index(runs.seeds, name="seed"), name="hypervolume")
    if len(some):
        judged = some_replicates(runs, some.tolist()).results()
        found[judged.index] = judged
        attributes = judged.attrs
    found.attrs = dict(attributes)
    return found


def _row(runs: Trajectories, results: pd.Series[float]) -> dict[str, Any]:
    from scipy import stats

    reported = results.dropna()
    sign = 1.0 if results.attrs["better"] == "max" else -1.0
    n = len(reported)
    half = float("nan")
    if n > 1:
        half = float(stats.t.ppf((1 + _CONFIDENCE) / 2, n - 1) * reported.std() / np.sqrt(n))
    return {
        "dataset": runs.task.dataset,
        "searcher": runs.searcher,
        "metric": results.name,
        "mean": reported.mean(),
        "std": reported.std(),
        "low": reported.mean() - half,
        "high": reported.mean() + half,
        "regret": (sign * (results.attrs["optimum"] - reported)).mean(),
        "replicates": n,
        "evaluations": runs.evaluations.mean(),
        "simulated_hours": _seconds(runs).mean() / 3600,
        "wall_seconds": runs.wall_seconds,
    }


def _seconds(runs: Trajectories) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Give the clock of each replicate at its last evaluation: NaN if unknown, 0 if there is none."""
    if not runs.clock.shape[1]:
        return np.zeros(len(runs))
    last = np.take_along_axis(runs.clock, np.maximum(runs.length - 1, 0)[:, None], axis=1)[:, 0]
    return np.where(runs.length > 0, last, 0.0)
