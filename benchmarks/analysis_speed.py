"""Speed of the analyses over a whole space, beside a plain loop over scipy.

Run ``OMP_NUM_THREADS=1 python benchmarks/analysis_speed.py``. Numbers are seconds of processor time, the best
of three.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from nasbench_sim import analysis

ROWS, COLUMNS = 15_625, 30
RESAMPLES = 1_000
REPLICATES, EVALUATIONS, POINTS = 500, 1_000, 200


def seconds(work: Callable[[], Any], times: int = 3) -> float:
    taken = []
    for _ in range(times):
        start = time.process_time()
        work()
        taken.append(time.process_time() - start)
    return min(taken)


def columns(decimals: int | None) -> pd.DataFrame:
    """Give columns that agree more or less; rounded ones have ties, as accuracies and latencies do."""
    random = np.random.Generator(np.random.Philox(0))
    common = random.normal(size=ROWS)
    made = {f"c{k}": common + random.normal(size=ROWS) * (k + 1) / 5 for k in range(COLUMNS)}
    frame = pd.DataFrame(made)
    return frame if decimals is None else frame.round(decimals)


def scipy_loop(frame: pd.DataFrame, coefficient: Callable[[Any, Any], Any]) -> dict[tuple[str, str], float]:
    couples = itertools.combinations(frame.columns, 2)
    return {(a, b): coefficient(frame[a].to_numpy(), frame[b].to_numpy()).statistic for a, b in couples}


def correlations() -> None:
    print(f"{COLUMNS} columns x {ROWS:,} rows, {COLUMNS * (COLUMNS - 1) // 2} pairs")
    print(f"{'method':<10}{'values':<12}{'ours':>8}{'scipy loop':>12}{'ratio':>8}{'largest difference':>22}")
    for method, coefficient in (("kendall", stats.kendalltau), ("spearman", stats.spearmanr)):
        for label, decimals in (("distinct", None), ("ties", 1)):
            frame = columns(decimals)
            ours = seconds(lambda frame=frame, method=method: analysis.correlation_matrix(frame, method))
            loop = seconds(lambda frame=frame, run=coefficient: scipy_loop(frame, run), times=1)
            matrix = analysis.correlation_matrix(frame, method)
            expected = scipy_loop(frame, coefficient)
            apart = max(abs(matrix.loc[a, b] - value) for (a, b), value in expected.items())
            print(f"{method:<10}{label:<12}{ours:>8.2f}{loop:>12.2f}{loop / ours:>8.1f}{apart:>22.1e}")
    frame = columns(1)
    votes, truth = frame.iloc[:, :3].to_numpy(), frame["c9"]
    table = seconds(lambda: analysis.correlation_table(frame), 1)
    vote = seconds(lambda: analysis.vote_concordance(votes, truth), 1)
    print(f"correlation_table, three coefficients with intervals: {table:.2f}")
    print(f"vote_concordance, 3 estimators, {ROWS:,} rows: {vote:.2f}")


def bootstrap() -> None:
    print(f"\nBootstrap of Kendall, Spearman and Pearson, {RESAMPLES:,} resamples")
    print(f"{'rows':>8}{'ours':>10}{'scipy loop':>12}{'ratio':>8}")
    for rows in (50, 1_000, ROWS):
        x, y = columns(None).iloc[:rows, :2].to_numpy().T
        ours = seconds(lambda x=x, y=y: analysis.rank_correlation(x, y, bootstrap=RESAMPLES))
        loop = seconds(lambda x=x, y=y: scipy_bootstrap(x, y, 20), 1) * RESAMPLES / 20
        print(f"{rows:>8,}{ours:>10.3f}{loop:>12.2f}{loop / ours:>8.1f}")


def scipy_bootstrap(x: Any, y: Any, resamples: int) -> None:
    random = np.random.Generator(np.random.Philox(0))
    for _ in range(resamples):
        rows = random.integers(0, len(x), len(x))
        for coefficient in (stats.kendalltau, stats.spearmanr, stats.pearsonr):
            coefficient(x[rows], y[rows])


def anytime() -> None:
    random = np.random.Generator(np.random.Philox(1))
    values = random.normal(size=(REPLICATES, EVALUATIONS))
    clock = np.cumsum(random.exponential(size=(REPLICATES, EVALUATIONS)), axis=1)
    grid = np.linspace(10, clock[:, -1].min(), POINTS)
    held = analysis.at_incumbents(values, values)
    on_grid = analysis.curves(clock, held, grid)
    targets = np.linspace(0, 3, 50)
    front = {"accuracy": values, "latency": random.random(values.shape)}
    objectives, worst = {"accuracy": "max", "latency": "min"}, {"accuracy": -3.0, "latency": 1.0}
    print(f"\n{REPLICATES} replicates x {EVALUATIONS:,} evaluations, {POINTS} grid points")
    works: dict[str, Callable[[], Any]] = {
        "at_incumbents": lambda: analysis.at_incumbents(values, values),
        "curves": lambda: analysis.curves(clock, held, grid),
        "curves, nats-bench": lambda: analysis.curves(clock, held, grid, interpolation="nats-bench"),
        "summarize": lambda: analysis.summarize(on_grid, grid),
        "summarize, band of the mean": lambda: analysis.summarize(on_grid, grid, band="mean"),
        "summarize, band of the median": lambda: analysis.summarize(on_grid, grid, band="median"),
        "summarize, band of the iqm": lambda: analysis.summarize(on_grid, grid, band="iqm"),
        "area_under_curve": lambda: analysis.area_under_curve(clock, held, 10, grid[-1]),
        "target_ecdf, 50 targets": lambda: analysis.target_ecdf(clock, held, targets, grid),
        "hypervolume_over_time": lambda: analysis.hypervolume_over_time(
            clock, front, objectives, worst, grid
        ),
    }
    for name, work in works.items():
        print(f"{name:<32}{seconds(work, 2):>8.3f}")


if __name__ == "__main__":
    correlations()
    bootstrap()
    anytime()
