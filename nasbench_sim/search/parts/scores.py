"""Observed values as normal scores: what a model of values in any unit, with any outliers, is fitted to."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def normal_scores(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give the normal quantiles of the mean ranks: ``ppf((rank - 1/2) / n)``.

    Parameters
    ----------
    values
        Shape (n,), larger is better. -inf, a failed evaluation, is worse than any value: a model that learns
        its score avoids what is like it.

    Returns
    -------
    array of float64, shape (n,)
        The same for every increasing transformation of the values; equal for equal values.

    Examples
    --------
    >>> normal_scores(np.array([93.0, 10.0, 94.0])).round(3)
    array([ 0.   , -0.967,  0.967])
    """
    from scipy.special import ndtri

    ordered = np.sort(values)
    below, up_to = (np.searchsorted(ordered, values, side) for side in ("left", "right"))
    return np.asarray(ndtri((below + up_to) / (2 * len(values))))
