"""The ends of trainings as each replicate can foretell them, and how far off it has been."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.estimators.learning_curves import CurveRegressor, last_value, parametric

LEAST = 5
"""Whole trainings of a replicate before it foretells anything: its errors are known by then."""

_FUNCTIONS: dict[str, Callable[..., NDArray[np.float64]]] = {
    "last_value": last_value,
    "parametric": parametric,
}
EXTRAPOLATIONS = (*_FUNCTIONS, "regressor")


class Foretelling:
    """Extrapolations of learning curves, corrected by the mean error that they made in each replicate.

    Parameters
    ----------
    replicates
        Number of replicates R.
    epochs
        Of the curves; the last is the end.
    extrapolation
        One of `EXTRAPOLATIONS`. A regressor learns from the whole curves of its replicate, again whenever
        they have doubled; the errors are of what it foretold before.

    Examples
    --------
    >>> foretelling = Foretelling(1, [1, 2, 3], "last_value")
    >>> for end in (60.0, 61.0, 62.0, 63.0, 64.0):  # 20 more than at epoch 2, give or take
    ...     foretelling.learn(np.array([0]), np.array([[10.0, 42.0, end]]))
    >>> foretelling.ends(np.array([0]), np.array([[30.0, 50.0]]))
    (array([70.]), array([1.58113883]))
    """

    def __init__(self, replicates: int, epochs: Sequence[int], extrapolation: str) -> None:
        self._epochs = list(epochs)
        self._extrapolation = extrapolation
        self._moments = np.zeros((replicates, len(epochs) - 1, 3))  # how many errors, their sum, of squares
        self._whole: list[list[NDArray[np.float64]]] = [[] for _ in range(replicates)]
        self._learned: dict[int, list[CurveRegressor]] = {}

    def learn(self, row: NDArray[np.intp], curves: NDArray[np.float64]) -> None:
        """Learn from whole curves, shape (n, epochs), one of each of these replicates, shape (n,)."""
        for seen in range(1, len(self._epochs)):
            error = curves[:, -1] - self._extrapolated(row, curves[:, :seen])
            known = np.isfinite(error)
            for one, off in zip(row[known].tolist(), error[known].tolist(), strict=True):
                self._moments[one, seen - 1] += (1.0, off, off**2)
        if self._extrapolation == "regressor":
            for one, curve in zip(row.tolist(), curves, strict=True):
                self._add(one, curve)

    def ends(
        self, row: NDArray[np.intp], curves: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Give the likely ends of curves, and the standard deviations of the errors.

        Parameters
        ----------
        row
            Replicates, shape (n,).
        curves
            Up to any epoch before the end, shape (n, epochs seen).

        Returns
        -------
        ends, deviations
            Shape (n,); NaN where nothing can be foretold yet.
        """
        count, total, squares = self._moments[row, curves.shape[1] - 1].T
        count = np.where(count < LEAST, np.nan, count)
        mean = total / count
        variance = np.maximum(squares - count * mean**2, 0.0) / (count - 1)
        return self._extrapolated(row, curves) + mean, np.sqrt(variance)

    def _extrapolated(self, row: NDArray[np.intp], curves: NDArray[np.float64]) -> NDArray[np.float64]:
        epochs, end = self._epochs[: curves.shape[1]], self._epochs[-1]
        found = np.full(len(row), np.nan)
        if self._extrapolation == "regressor":
            for place, one in enumerate(row.tolist()):
                if one in self._learned:
                    found[place] = self._learned[one][len(epochs) - 1].predict(curves[place : place + 1])[0]
        elif self._extrapolation == "last_value" or len(epochs) > 1:
            found = _FUNCTIONS[self._extrapolation](curves, epochs, end)
        return found

    def _add(self, row: int, curve: NDArray[np.float64]) -> None:
        """Keep a whole curve, and learn anew once there are enough."""
        whole = self._whole[row]
        if np.isfinite(curve).all():
            whole.append(curve)
            if len(whole) % LEAST == 0 and (len(whole) // LEAST).bit_count() == 1:
                curves = np.array(whole)
                self._learned[row] = [
                    CurveRegressor(self._epochs[:seen], self._epochs[-1]).fit(curves[:, :seen], curves[:, -1])
                    for seen in range(1, len(self._epochs))
                ]
