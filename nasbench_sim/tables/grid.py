"""Published accuracies on their grid: n correct of N images, without the noise of averaged batches.

An accuracy is n correct of N images, but published doubles are averages over batches: 91.68399998291015 is
22,921 of 25,000, which is 91.684. Wherever a published accuracy enters, in an importer or a builder, it
becomes ``100 n / N`` for the nearest whole n, so that equal accuracies are equal and thresholds hold. A mean
over r runs lies on the grid of ``r N`` images. The largest move over all that the importers have been given
(the files that ``nasbench-sim data install`` fetches, and the records of NATS-Bench) is 1.7e-7; what lies
farther than `TOLERANCE` from the grid is no such count, and stays as it is. How many images a part of a data
set has is declared by the benchmark (`nasbench_sim.spaces.benchmark.Benchmark.images`).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.spaces.benchmark import Benchmark

TOLERANCE = 1e-6
"""Percent: six times the largest noise, and a 30th of the finest grid."""

UNKNOWN_RUNS = 6
"""The runs of a mean over one, two or three, it is not published how many: each grid is part of this one."""


def images(benchmark: Benchmark, dataset: str, metric: str, trained_on: str = "train") -> int | None:
    """Return how many images a published accuracy counts; None where the benchmark declares none.

    Examples
    --------
    >>> import nasbench_sim as nbs
    >>> declared = nbs.space("nas-bench-201").benchmark
    >>> images(declared, "cifar10", "val_accuracy"), images(declared, "cifar10", "val_loss")
    (25000, None)
    """
    split, _, what = metric.partition("_")
    part = trained_on if split == "train" else split
    return benchmark.images.get(dataset, {}).get(part) if what == "accuracy" else None


def on_grid(accuracy: NDArray[np.float64], images: int | None, runs: int = 1) -> NDArray[np.float64]:
    """Return accuracies (%) as n correct of N images; NaN, and what is not on the grid, stays.

    Parameters
    ----------
    accuracy
        Of any shape.
    images
        N; None for values that count nothing, which stay.
    runs
        Of how many runs each is the mean.

    Examples
    --------
    >>> on_grid(np.array([91.68399998291015, 91.68435, np.nan]), 25_000)
    array([91.684  , 91.68435,      nan])
    """
    if images is None:
        return accuracy
    counts = images * runs
    nearest = 100.0 * np.round(accuracy * (counts / 100.0)) / counts
    return np.where(np.abs(nearest - accuracy) <= TOLERANCE, nearest, accuracy)
