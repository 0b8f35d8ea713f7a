"""The moving average of the reward that a policy gradient is measured against."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


class Baseline:
    """An exponential moving average a replicate, corrected for its start.

    Parameters
    ----------
    replicates
        Number of replicates R.
    momentum
        Weight of the past, from 0 to 1.

    Examples
    --------
    >>> baseline = Baseline(replicates=1, momentum=0.5)
    >>> baseline.advantage(np.array([[90.0]]))
    array([[0.]])
    >>> baseline.advantage(np.array([[96.0, -np.inf]]))
    array([[ 4., -2.]])
    """

    def __init__(self, replicates: int, momentum: float) -> None:
        self._momentum = momentum
        self._average = np.zeros((replicates, 1))
        self._weight = np.zeros((replicates, 1))
        self._worst = np.full((replicates, 1), np.inf)

    def advantage(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Take the mean of rewards of shape (R, q) into the average, then return their distance from it.

        A reward of -inf is that of a failed evaluation: it counts as the worst that the replicate has got;
        while it has got none, it does not count.
        """
        got = np.isfinite(values)
        worst = np.where(got, values, np.inf).min(axis=1, keepdims=True)
        self._worst = np.minimum(self._worst, worst)
        reward = np.where(got, values, self._worst)
        known = np.isfinite(reward)
        reward = np.where(known, reward, 0.0)
        count = known.sum(axis=1, keepdims=True)
        momentum = np.where(count > 0, self._momentum, 1.0)
        mean = reward.sum(axis=1, keepdims=True) / np.maximum(count, 1)
        self._average = momentum * self._average + (1 - momentum) * mean
        self._weight = momentum * self._weight + (1 - momentum)
        average = np.divide(self._average, self._weight, out=mean, where=self._weight > 0)
        return np.where(known, reward - average, 0.0)
