"""Checking a table by training networks of it again."""

from __future__ import annotations

import dataclasses
import itertools
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nasbench_sim.analysis.correlation import rank_correlation
from nasbench_sim.errors import RequestError
from nasbench_sim.live.data import Images
from nasbench_sim.live.recipe import Recipe
from nasbench_sim.live.retraining import again
from nasbench_sim.tables import Table, load_table

if TYPE_CHECKING:
    from matplotlib.axes import Axes

EQUAL = 1e-3
"""Percent points up to which two values are the same number, written in another precision."""


@dataclasses.dataclass(frozen=True)
class Check:
    """What training again found.

    Attributes
    ----------
    frame
        One row a network and seed: ``index``, ``seed``, ``table``, ``trained`` and ``difference`` (trained -
        table), and ``curve``: the largest difference of the metric at any epoch that both have.
    metric
        What was compared.
    unit
        Of it, as written on an axis.
    spread
        The table's own standard deviation between the runs of one architecture, pooled over all that have
        several; NaN where none has.
    between_runs
        The absolute differences between any two runs of one architecture in the table; empty where none has
        several.
    correlation
        The row of `nasbench_sim.analysis.rank_correlation` of table and trained, means over seeds; None for
        fewer than four networks.
    """

    frame: pd.DataFrame
    metric: str
    unit: str
    spread: float
    between_runs: NDArray[np.float64]
    correlation: pd.Series | None

    @property
    def equal(self) -> bool:
        """Whether every value at every epoch is the table's."""
        return bool((self.frame["curve"] <= EQUAL).all())

    @property
    def verdict(self) -> str:
        """One sentence: equal, within or beyond the table's own spread."""
        if self.equal:
            return f"equal: every {self.metric} at every epoch is the table's"
        differences = self.frame["difference"].to_numpy()
        distance = float(np.sqrt((differences**2).mean()))
        if not len(self.between_runs):
            return f"differs by {distance:.2f} on average; the table has no repeated runs to judge that by"
        n = len(differences)
        expected = float(np.sqrt((self.between_runs**2).mean()))
        # Each is exceeded once in some 40 checks or less, where the spread explains it all: by the mean of n
        # squares, by the mean, and by the largest of n, for which the table's own differences stand.
        judged = {
            "root mean square difference": (distance, expected * np.sqrt(1 + 2 * np.sqrt(2 / n))),
            "mean difference": (abs(float(differences.mean())), 2.24 * expected / np.sqrt(n)),
            "largest difference": (
                float(np.abs(differences).max()),
                float(np.quantile(self.between_runs, 0.975 ** (1 / n), method="higher")),
            ),
        }
        beyond = [
            f"{name} {found:.2f}, at most {limit:.2f} expected"
            for name, (found, limit) in judged.items()
            if found > limit
        ]
        if beyond:
            return f"beyond the table's own spread: {'; '.join(beyond)}"
        return (
            f"within the table's own spread: root mean square difference {distance:.2f}, "
            f"expected between two runs {expected:.2f}"
        )

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw trained against table values, with the table's own spread around the diagonal."""
        from nasbench_sim.plots.style import PALETTE, axes_or_new

        ax = axes_or_new(ax)
        both = self.frame[["table", "trained"]]
        low, high = float(both.min().min()), float(both.max().max())
        ends = np.array([low, high]) + np.array([-1, 1]) * max(0.05 * (high - low), 0.5)
        if not np.isnan(self.spread):
            band = 2 * np.sqrt(2) * self.spread
            ax.fill_between(
                ends, ends - band, ends + band, color=PALETTE[0], alpha=0.12, lw=0, label="two runs: ±2 sd"
            )
        ax.plot(ends, ends, color="0.5", lw=1, label="equal")
        ax.scatter(self.frame["table"], self.frame["trained"], s=18, color=PALETTE[1], zorder=3)
        ax.set_xlabel(f"{self.metric} in the table, {self.unit}")
        ax.set_ylabel(f"{self.metric}, trained again, {self.unit}")
        ax.legend(loc="upper left", frameon=False)
        return ax


def check(
    table: str | Table,
    architectures: Any = 10,
    *,
    images: Images | None = None,
    recipe: Recipe | None = None,
    metric: str | None = None,
    seeds: tuple[int, ...] = (777,),
    runs: str | Path,
    sample_seed: int = 0,
    processes: int = 1,
    device: str | None = None,
    progress: bool = False,
) -> Check:
    """Train networks of a table again, and compare.

    Parameters
    ----------
    table
        A table, or its name.
    architectures
        How many to draw among those with a value, or which: official indices or strings in a list. (The
        embedded table of digits trained the smallest index of each isomorphism class; only these, which are
        what is drawn, are equal when they are trained again.)
    images, recipe
        What to train on and how; by default what the table says of itself, which tables do that this package
        trained. A recipe of another length than the table's longest schedule is compared to the schedule of
        that length. Networks that the table trained on train and val together are trained on both.
    metric
        What is compared; by default what searches on the table report, such as ``test_accuracy``.
    seeds
        Training seeds. Where the table has a run of that seed it is compared to, otherwise the mean of its
        runs.
    runs
        File of the runs; a check that was killed goes on there.
    sample_seed
        Of the draw of architectures.
    processes, device, progress
        As in `nasbench_sim.live.train_missing`.

    Raises
    ------
    RequestError
        For a table that does not say how it was trained, where `images` or `recipe` is missing, and for a
        metric that it does not have.
    """
    table = load_table(table) if isinstance(table, str) else table
    seeds = tuple(dict.fromkeys(seeds))
    metric = table.space.benchmark.report if metric is None else metric
    training = again(table, runs, images=images, recipe=recipe)
    column = table.column(metric, **training.question)
    chosen = _chosen(table, table.values(metric, **training.question), architectures, sample_seed)
    pairs = [(index, seed) for index in chosen for seed in seeds]
    curves = training.train(pairs, column, processes=processes, device=device, progress=progress)
    rows = []
    for (index, seed), trained in zip(pairs, curves, strict=True):
        own = seed if seed in column.seeds else None
        moments: list[dict[str, Any]] = [{"epoch": epoch} for epoch in column.epochs] or [{}]
        known = [table.query(index, metric, seed=own, **moment, **training.question) for moment in moments]
        difference = trained - np.array(known)
        rows.append((index, seed, known[-1], trained[-1], difference[-1], np.abs(difference).max()))
    frame = pd.DataFrame(rows, columns=["index", "seed", "table", "trained", "difference", "curve"])
    means = frame.groupby("index")[["table", "trained"]].mean()
    several = len(means) >= 4 and bool((np.ptp(means.to_numpy(), axis=0) > 0).all())
    correlation = rank_correlation(means["table"], means["trained"]) if several else None
    repeated = table.runs(metric, **training.question)
    return Check(frame, metric, column.unit, _spread(repeated), _between(repeated), correlation)


def _chosen(table: Table, values: Any, architectures: Any, seed: int) -> list[int]:
    if isinstance(architectures, int):
        there = np.flatnonzero(np.isfinite(values))
        if not 1 <= architectures <= len(there):
            raise RequestError(f"1 to {len(there):,} architectures can be drawn, not {architectures}")
        drawn = np.random.default_rng(seed).choice(there, architectures, replace=False)
        return sorted({int(index) for index in table.space.canonical(drawn)})
    chosen = [int(table.space.official(one)) for one in architectures]
    missing = [index for index in chosen if not np.isfinite(values[index])]
    if missing or not chosen:
        raise RequestError(f"{table.name} has no value of architecture {missing[0] if missing else '(none)'}")
    return chosen


def _spread(runs: Any) -> float:
    """Give the pooled standard deviation between the runs of one architecture."""
    several = np.isfinite(runs).sum(axis=1) > 1
    if not several.any():
        return float("nan")
    rows = runs[several]
    count = np.isfinite(rows).sum(axis=1)
    return float(np.sqrt((np.nanvar(rows, axis=1, ddof=1) * (count - 1)).sum() / (count - 1).sum()))


def _between(runs: NDArray[np.float64]) -> NDArray[np.float64]:
    """Compute the absolute differences between any two runs of one architecture, of runs (size, seeds)."""
    pairs = itertools.combinations(range(runs.shape[1]), 2)
    each = [np.abs(runs[:, one] - runs[:, other]) for one, other in pairs]
    found = np.concatenate([*each, np.empty(0)])
    return np.asarray(found[np.isfinite(found)])
