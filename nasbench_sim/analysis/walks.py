"""How fast a landscape forgets along a random walk: autocorrelation and correlation length."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from nasbench_sim.analysis.inputs import Floats, aligned, floats, generator, number, whole
from nasbench_sim.analysis.landscape import neighborhood
from nasbench_sim.analysis.ties import varies
from nasbench_sim.errors import RequestError


def autocorrelation(values: ArrayLike, neighbors: ArrayLike, lags: int = 6) -> pd.DataFrame:
    """Give the autocorrelation of an endless random walk over the whole space, without walking it.

    On a space where every architecture has equally many neighbours a walk visits all equally often, so that
    the correlation at a lag is that of a value with its mean over the walks of that many steps.

    Parameters
    ----------
    values
        Shape (size,), none missing.
    neighbors
        Positions of the neighbours, mutual, shape (size, neighbours).
    lags
        The largest lag.

    Returns
    -------
    DataFrame
        ``lag`` from 0 and ``autocorrelation``.

    Raises
    ------
    RequestError
        For missing or constant values, and neighbours that are not mutual.

    References
    ----------
    Weinberger. Correlated and uncorrelated fitness landscapes and how to tell the difference. Biological
    Cybernetics 63, 1990.

    Examples
    --------
    >>> autocorrelation([0, 1, 2, 1], [[1, 3], [0, 2], [1, 3], [2, 0]], lags=2)
       lag  autocorrelation
    0    0              1.0
    1    1              0.0
    2    2              0.0
    """
    numbers, around = _complete(values, neighbors)
    if np.any(np.bincount(around.ravel(), minlength=len(numbers)) != around.shape[1]):
        raise RequestError("neighbors are not mutual: a walk would not visit all equally often")
    centred = numbers - numbers.mean()
    ahead, found = centred, []
    for _ in range(whole(lags, "lags", 1) + 1):
        found.append(float((centred * ahead).mean() / (centred * centred).mean()))
        ahead = ahead[around].mean(axis=1)
    return pd.DataFrame({"lag": np.arange(lags + 1), "autocorrelation": found})


def random_walk_autocorrelation(
    values: ArrayLike, neighbors: ArrayLike, *, steps: int, walks: int = 1, lags: int = 6, seed: int = 0
) -> pd.DataFrame:
    """Give the autocorrelation along sampled random walks, as the literature estimates it.

    Parameters
    ----------
    values, neighbors, lags
        As in `autocorrelation`; neighbours need not be mutual.
    steps, walks, seed
        Steps of each walk, number of walks from uniformly drawn starts, seed.

    Returns
    -------
    DataFrame
        ``lag``, ``autocorrelation`` (mean over walks, each about its own mean) and ``std`` over walks (NaN
        for one walk).

    Examples
    --------
    >>> around = [[1, 3], [0, 2], [1, 3], [2, 0]]
    >>> found = random_walk_autocorrelation([0, 1, 2, 1], around, steps=10_000, lags=1)
    >>> round(abs(float(found["autocorrelation"][1])), 1)
    0.0
    """
    numbers, around = _complete(values, neighbors)
    whole(walks, "walks", 1)
    if whole(steps, "steps", 3) <= whole(lags, "lags", 1) + 1:
        raise RequestError(f"a walk of {steps} steps is too short for a lag of {lags}")
    random = generator(seed)
    place = random.integers(0, len(numbers), walks)
    seen = np.empty((walks, steps))
    for step in range(steps):
        seen[:, step] = numbers[place]
        place = around[place, random.integers(0, around.shape[1], walks)]
    centred = seen - seen.mean(axis=1, keepdims=True)
    scale = (centred * centred).sum(axis=1)
    if np.any(scale == 0):
        raise RequestError("undefined: a walk met one value only; walk farther")
    each = [(centred[:, : steps - lag] * centred[:, lag:]).sum(axis=1) / scale for lag in range(lags + 1)]
    std = np.std(each, axis=1, ddof=1) if walks > 1 else np.full(lags + 1, np.nan)
    return pd.DataFrame({"lag": np.arange(lags + 1), "autocorrelation": np.mean(each, axis=1), "std": std})


def correlation_length(lag_one: float) -> float:
    """Give the correlation length of a landscape, ``-1 / ln|r(1)|`` steps, from its autocorrelation at lag 1.

    Examples
    --------
    >>> round(correlation_length(0.5), 4)
    1.4427
    """
    if not 0 < abs(number(lag_one, "lag_one")) < 1:
        raise RequestError(f"undefined for an autocorrelation of {lag_one:g}")
    return float(-1 / np.log(abs(lag_one)))


def _complete(values: ArrayLike, neighbors: ArrayLike) -> tuple[Floats, NDArray[np.int64]]:
    aligned({"values": values, "neighbors": neighbors})
    numbers = floats(values, "values")
    if np.isnan(numbers).any():
        raise RequestError(f"{np.isnan(numbers).sum()} values are missing: a walk cannot cross them")
    if not len(numbers) or not varies(numbers):
        raise RequestError("undefined: values are constant")
    return numbers, neighborhood(neighbors, len(numbers))
