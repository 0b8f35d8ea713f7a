"""What cost models learn from: measured architectures, those without a measurement left out."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nasbench_sim.errors import RequestError
from nasbench_sim.spaces.product import Array


def measured(index: Any, values: ArrayLike, model: str, least: int = 1) -> tuple[Array, NDArray[np.float64]]:
    """Give the indices and costs of the architectures that were measured.

    Parameters
    ----------
    index, values
        Official indices and their costs, shape (n,); NaN where there is no measurement.
    model
        What learns from them, for the message.
    least
        How many it needs.

    Raises
    ------
    RequestError
        For fewer of them, and shapes that do not fit together.

    Examples
    --------
    >>> measured([3, 900, 77], [1.5, float("nan"), 2.0], "look-up table")
    (array([ 3, 77]), array([1.5, 2. ]))
    """
    chosen, costs = np.asarray(index), np.asarray(values, dtype=np.float64)
    if chosen.ndim != 1 or chosen.shape != costs.shape:
        raise RequestError(
            f"a {model} learns from indices and costs of one shape (n,): {chosen.shape}, {costs.shape}"
        )
    known = np.isfinite(costs)
    if known.sum() < least:
        raise RequestError(
            f"a {model} needs {least} or more measured architectures: {int(known.sum())} of {len(costs)} are"
        )
    return chosen[known], costs[known]


def unlearned(model: str) -> RequestError:
    """Build the error for a prediction before anything was learned.

    Examples
    --------
    >>> print(unlearned("look-up table"))
    this look-up table has learned nothing yet: fit it first
    """
    return RequestError(f"this {model} has learned nothing yet: fit it first")
