"""From a device that is known to one of which few architectures were measured."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.errors import RequestError
from nasbench_sim.estimators.measurements import measured, unlearned
from nasbench_sim.spaces import SearchSpace
from nasbench_sim.spaces.product import Array

_PENALTY = 1.0


class Transfer:
    """Scales the costs on another device, and corrects them operation by operation.

    ``cost = a + b * source + sum over the positions of a correction``: a and b by least squares, then the
    corrections by ridge regression of what is left, so that with few measurements they stay small.

    Parameters
    ----------
    space
        The architectures.
    source
        Cost of every architecture on the known device, shape (size,).

    References
    ----------
    Lee, Lee, Hong, Hwang. HELP: hardware-adaptive efficient latency prediction for NAS. NeurIPS 2021, poses
    the problem; its meta-learned network is not this model.

    Examples
    --------
    >>> import nasbench_sim as nbs
    >>> table = nbs.load_table("nas-bench-201")
    >>> known, wanted = (table.values(f"latency:{name}", dataset="cifar10") for name in ("gpu", "fpga"))
    >>> few = table.space.sample(20, seed=1)
    >>> found = Transfer(table.space, known).fit(few, wanted[few]).predict(np.arange(15625))
    >>> bool(np.corrcoef(found, wanted)[0, 1] > np.corrcoef(known, wanted)[0, 1])
    True
    """

    def __init__(self, space: SearchSpace, source: NDArray[np.float64]) -> None:
        if source.shape != (space.size,):
            raise RequestError(f"the source has a cost of each of {space.size} architectures: {source.shape}")
        self._space = space
        self._source = source
        self._line = np.full(2, np.nan)
        self._correction = np.zeros(int(space.cardinalities.sum()))

    def fit(self, index: Array, values: NDArray[np.float64]) -> Transfer:
        """Learn from architectures that were measured on the new device, shape (n,); two or more."""
        index, values = measured(index, values, "transfer", 2)
        known = np.isfinite(self._source[index])
        if known.sum() < 2:
            raise RequestError("a transfer needs two or more architectures with a cost on both devices")
        index, values = index[known], values[known]
        design = np.stack([np.ones(len(index)), self._source[index]], axis=1)
        self._line = np.linalg.lstsq(design, values, rcond=None)[0]
        features = self._space.encode(index).astype(np.float64)
        left = values - design @ self._line
        gram = features.T @ features + _PENALTY * np.eye(features.shape[1])
        self._correction = np.linalg.solve(gram, features.T @ left)
        return self

    def predict(self, index: Array) -> NDArray[np.float64]:
        """Give the costs on the new device, shape (n,); NaN where the source has none."""
        if np.isnan(self._line).any():
            raise unlearned("transfer")
        features = self._space.encode(index).astype(np.float64)
        return np.asarray(self._line[0] + self._line[1] * self._source[index] + features @ self._correction)
