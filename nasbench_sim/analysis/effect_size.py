"""How much better one sample is than another, whatever its unit."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from nasbench_sim.analysis.inputs import generator, sample, share, whole
from nasbench_sim.analysis.interval import percentile_interval
from nasbench_sim.analysis.objectives import samples_of
from nasbench_sim.analysis.ties import levels
from nasbench_sim.errors import RequestError


def a12(x: ArrayLike, y: ArrayLike) -> float:
    """Give the chance that a value of x exceeds one of y, ties counting one half (Vargha and Delaney's A).

    Parameters
    ----------
    x, y
        Samples of any lengths; NaN is missing.

    Returns
    -------
    float in [0, 1]
        0.5 where neither tends to be larger.

    References
    ----------
    Vargha, Delaney. A critique and improvement of the CL common language effect size statistics. JEBS 2000.

    Examples
    --------
    >>> a12([2, 3], [1, 2])  # larger, larger, tied, larger
    0.875
    """
    first, second = sample(x, "x"), sample(y, "y")
    places = levels(np.concatenate([first, second]))
    return a12_of_levels(np.sort(places[: len(first)]), np.sort(places[len(first) :]))


def a12_of_levels(first: NDArray[np.int64], second: NDArray[np.int64]) -> float:
    """Compute `a12` of two samples as `ties.levels` of both together, each in increasing order."""
    below = np.searchsorted(second, first, side="left").sum()
    upto = np.searchsorted(second, first, side="right").sum()
    return float((below + upto) / 2 / (len(first) * len(second)))


def cliffs_delta(x: ArrayLike, y: ArrayLike) -> float:
    """Give the chance that x exceeds y minus the chance that y exceeds x: ``2 * a12(x, y) - 1``.

    Examples
    --------
    >>> cliffs_delta([2, 3], [1, 2])
    0.75
    """
    return 2 * a12(x, y) - 1


def probability_of_improvement(
    x: Mapping[str, ArrayLike],
    y: Mapping[str, ArrayLike],
    *,
    confidence: float = 0.95,
    resamples: int = 1000,
    seed: int = 0,
) -> pd.Series[float]:
    """Give the chance that a replicate of x beats one of y on a task drawn at random.

    It is the mean of `a12` over tasks.

    Parameters
    ----------
    x, y
        Task -> final values of the replicates, larger is better; the same tasks in both.
    confidence, resamples, seed
        Of the percentile bootstrap, which draws replicates within each task.

    Returns
    -------
    Series
        ``probability``, ``low``, ``high``, ``tasks``.

    References
    ----------
    Agarwal et al. Deep reinforcement learning at the edge of the statistical precipice. NeurIPS 2021.

    Examples
    --------
    >>> found = probability_of_improvement({"a": [2, 3], "b": [5, 6]}, {"a": [1, 2], "b": [7, 8]})
    >>> float(found["probability"])
    0.4375
    """
    x, y = samples_of(x, "x"), samples_of(y, "y")
    if set(x) != set(y) or not x:
        raise RequestError(f"x and y need the same tasks: {sorted(x)} and {sorted(y)}")
    share(confidence, "confidence")
    whole(resamples, "resamples", 2)
    couples = [(sample(x[task], f"x on {task}", 2), sample(y[task], f"y on {task}", 2)) for task in sorted(x)]
    random = generator(seed)
    drawn = []
    for _ in range(resamples):
        parts = [[part[random.integers(0, len(part), len(part))] for part in couple] for couple in couples]
        drawn.append(np.mean([a12(first, second) for first, second in parts]))
    low, high = percentile_interval(drawn, confidence)
    probability = np.mean([a12(first, second) for first, second in couples])
    found = {"probability": probability, "low": low, "high": high, "tasks": len(couples)}
    return pd.Series(found, dtype=np.float64)
