"""The end of a learning curve from its beginning."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nasbench_sim.errors import RequestError
from nasbench_sim.estimators.predictors import predictor

_RATES = (0.25, 0.5, 0.75, 1.0, 1.5, 2.0)
_PENALTY = 1e-3
_LEAST = 2

_Family = Callable[[NDArray[np.float64], float, float], NDArray[np.float64]]


def _power(t: NDArray[np.float64], rate: float, last: float) -> NDArray[np.float64]:
    return np.asarray(t**-rate)


def _exponential(t: NDArray[np.float64], rate: float, last: float) -> NDArray[np.float64]:
    return np.asarray(np.exp(-3.0 * rate * t / last))


def _logarithm(t: NDArray[np.float64], rate: float, last: float) -> NDArray[np.float64]:
    return np.asarray(1.0 / np.log1p(rate * t))


_FAMILIES: tuple[_Family, ...] = (_power, _exponential, _logarithm)


def last_value(curves: ArrayLike, epochs: Sequence[int], target: int) -> NDArray[np.float64]:
    """Give the last observed value: the baseline of all extrapolations.

    Parameters
    ----------
    curves
        Values at the epochs, shape (n, epochs); NaN is missing.
    epochs, target
        Those observed, increasing, and the one that is wanted.

    Returns
    -------
    array of float64, shape (n,)
        NaN where the last value is missing.

    Examples
    --------
    >>> last_value([[50.0, 60.0]], [1, 2], 12)
    array([60.])
    """
    return _checked(curves, epochs, target)[:, -1]


def parametric(curves: ArrayLike, epochs: Sequence[int], target: int) -> NDArray[np.float64]:
    """Give the extrapolation by an ensemble of saturating curves.

    The members are ``a + b * t**-r`` (powers), ``a + b * exp(-3 r t / last)`` (exponentials) and
    ``a + b / log(1 + r t)`` (logarithms), each at six rates r. For a rate a and b follow by least squares,
    with a small ridge penalty on b; the members are averaged with the weights of their Bayesian information
    criterion. No member is fitted iteratively, so that all curves are extrapolated at once.

    The result knows no bounds of the metric: a curve that still rises steeply is carried past 100 %. That
    keeps its rank; whoever needs the value itself cuts it, as in the second example.

    Parameters
    ----------
    curves, epochs, target
        As in `last_value`; two epochs or more.

    Returns
    -------
    array of float64, shape (n,)
        NaN where a value is missing.

    References
    ----------
    Domhan, Springenberg, Hutter. Speeding up automatic hyperparameter optimization of deep neural networks by
    extrapolation of learning curves. IJCAI 2015: an ensemble of such families, weighted by sampling there.

    Examples
    --------
    >>> t = np.arange(1, 7)
    >>> round(float(parametric([90.0 - 40.0 / t], t.tolist(), 12)[0]), 1)  # the curve ends at 86.67
    86.7
    >>> steep = parametric([[10.0, 50.0, 95.0]], [1, 2, 3], 200)
    >>> steep.round(1), np.clip(steep, 0.0, 100.0)
    (array([184.8]), array([100.]))
    """
    observed = _checked(curves, epochs, target)
    if observed.shape[1] < _LEAST:
        raise RequestError(f"a curve is extrapolated from {_LEAST} epochs or more, not {observed.shape[1]}")
    times, end = np.asarray(epochs, dtype=np.float64), float(target)
    members = [(family, rate) for family in _FAMILIES for rate in _RATES]
    shapes = np.array([family(times, rate, times[-1]) for family, rate in members])
    ends = np.array([family(np.array(end), rate, times[-1]) for family, rate in members])
    level = observed.mean(axis=1, keepdims=True)
    center = shapes.mean(axis=1, keepdims=True)
    rise = np.zeros((len(observed), len(members)))
    for value, shape in zip((observed - level).T, (shapes - center).T, strict=True):
        rise += value[:, None] * shape  # in this order, so that a curve is the same alone and among others
    power = ((shapes - center) ** 2).sum(axis=1)
    slope = rise / (power * (1 + _PENALTY))
    left = ((observed - level) ** 2).mean(axis=1, keepdims=True)
    error = np.maximum(left - slope * (2 * rise - slope * power) / len(times), 0.0) + 1e-6
    score = -0.5 * len(times) * np.log(error)  # as many parameters in each: their penalty cancels
    weight = np.exp(score - score.max(axis=1, keepdims=True))
    found = level + slope * (ends - center[:, 0])
    return np.asarray((weight * found).sum(axis=1) / weight.sum(axis=1))


class CurveRegressor:
    """Learns the end of curves from whole ones: a regressor on what was observed of them.

    Features are the values, their last differences, and the rise from the first to the last.

    Parameters
    ----------
    epochs, target
        Observed and wanted.
    model
        A name that `predictor` knows.
    seed
        Of the regressor.

    References
    ----------
    Baker, Gupta, Raskar, Naik. Accelerating neural architecture search using performance prediction. ICLR
    workshop 2018.

    Examples
    --------
    >>> whole = 80 + np.arange(30.0)[:, None] * (1 - 0.5 ** np.arange(1, 6))
    >>> learned = CurveRegressor([1, 2, 3], 5).fit(whole[:20, :3], whole[:20, 4])
    >>> bool(abs(learned.predict(whole[20:, :3]) - whole[20:, 4]).max() < 0.5)
    True
    """

    def __init__(self, epochs: Sequence[int], target: int, model: str = "ridge", seed: int = 0) -> None:
        self.epochs = tuple(epochs)
        self.target = target
        self._regressor = predictor(model, seed)
        self._center = 0.0

    def fit(self, curves: ArrayLike, ends: ArrayLike) -> CurveRegressor:
        """Learn from observed parts, shape (n, epochs), and ends, shape (n,); the incomplete are left out."""
        observed, wanted = _checked(curves, self.epochs, self.target), np.asarray(ends, dtype=np.float64)
        known = np.isfinite(observed).all(axis=1) & np.isfinite(wanted)
        if known.sum() < _LEAST:
            raise RequestError(f"{int(known.sum())} whole curves are too few to learn from")
        self._center = float(wanted[known].mean())
        self._regressor.fit(self._features(observed[known]), wanted[known] - observed[known, -1])
        return self

    def predict(self, curves: ArrayLike) -> NDArray[np.float64]:
        """Give the ends, shape (n,); NaN where a value is missing."""
        observed = _checked(curves, self.epochs, self.target)
        known = np.isfinite(observed).all(axis=1)
        found = np.full(len(observed), np.nan)
        if known.any():
            found[known] = observed[known, -1] + self._regressor.predict(self._features(observed[known]))
        return found

    def _features(self, observed: NDArray[np.float64]) -> NDArray[np.float64]:
        rise = observed[:, -1:] - observed[:, :1]
        return np.concatenate([observed - self._center, np.diff(observed, axis=1)[:, -3:], rise], axis=1)


def _checked(curves: ArrayLike, epochs: Sequence[int], target: int) -> NDArray[np.float64]:
    observed = np.asarray(curves, dtype=np.float64)
    if observed.ndim != 2 or observed.shape[1] != len(epochs) or not len(epochs):
        raise RequestError(
            f"curves have shape (n, epochs) with {len(epochs)} epochs, one or more: {observed.shape}"
        )
    if list(epochs) != sorted(set(epochs)) or epochs[0] < 1 or target <= epochs[-1]:
        raise RequestError(
            f"epochs increase from 1 or more and end before the target {target}: {list(epochs)}"
        )
    return observed
