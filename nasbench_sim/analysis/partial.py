"""Correlation of two columns given others, such as a proxy with accuracy given the number of params."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from nasbench_sim.analysis.correlation import DEFAULT_METHOD, method_named
from nasbench_sim.analysis.inputs import aligned, floats, mask_of, share
from nasbench_sim.analysis.interval import fisher_interval
from nasbench_sim.analysis.ties import varies
from nasbench_sim.arrays import real_array
from nasbench_sim.errors import RequestError


def partial_correlation(
    x: ArrayLike,
    y: ArrayLike,
    given: ArrayLike,
    *,
    method: str = DEFAULT_METHOD,
    population: ArrayLike | None = None,
    confidence: float = 0.95,
) -> pd.Series[float]:
    """Give the correlation of two columns once what other columns explain of both is taken out.

    Parameters
    ----------
    x, y
        Columns, shape (n,); NaN is missing.
    given
        What is held fixed, shape (n,) or (n, columns).
    method
        As in `correlation_coefficient`; the partial one comes from the inverse of their matrix.
    population
        Mask of the rows to use, shape (n,); all by default.
    confidence
        Of the interval on Fisher's z scale, standard error ``1 / sqrt(n - 3 - columns)``.

    Returns
    -------
    Series
        ``partial``, ``low``, ``high``, the ``plain`` coefficient beside it, ``n`` complete rows, ``missing``.

    Raises
    ------
    RequestError
        For a constant column, fewer complete rows than columns in all + 2, or columns that determine one
        another.

    Examples
    --------
    >>> partial_correlation([1, 2, 3, 4, 5, 6], [2, 1, 4, 3, 6, 5], [1, 1, 2, 2, 3, 3])[["partial", "plain"]]
    partial   -1.0
    plain      0.6
    dtype: float64
    """
    prepare, combine = method_named(method)
    share(confidence, "confidence")
    aligned({"x": x, "y": y, "given": given, "population": population})
    rows = real_array(given, "given")
    held = floats(rows, "given", 1 if rows.ndim == 1 else 2)
    if not held.size:
        raise RequestError("given: one or more columns are expected")
    columns = [floats(x, "x"), floats(y, "y"), *np.atleast_2d(held.T)]
    if len({len(column) for column in columns}) > 1:
        raise RequestError(f"x, y and given differ in length: {[len(column) for column in columns]}")
    rows = np.column_stack(columns)
    within = mask_of(population, len(rows))
    complete = rows[within & ~np.isnan(rows).any(axis=1)]
    n, width = complete.shape
    if n < width + 2:
        raise RequestError(f"{width + 2} complete rows are needed, there are {n}")
    for name, column in zip(["x", "y"] + ["given"] * (width - 2), complete.T, strict=True):
        if not (column.min() < column.max() if method == "pearson" else varies(column)):
            raise RequestError(f"undefined: {name} is constant over the {n} complete rows")
    prepared = [prepare(column) for column in complete.T]
    matrix = np.array([[combine(first, second) for second in prepared] for first in prepared])
    if np.linalg.eigvalsh(matrix[2:, 2:])[0] < 1e-10:
        raise RequestError("undefined: the columns of given determine one another")
    # What is left of x and y: the Schur complement of the given block.
    left = matrix[:2, :2] - matrix[:2, 2:] @ np.linalg.solve(matrix[2:, 2:], matrix[2:, :2])
    if min(left[0, 0], left[1, 1]) < 1e-10:
        raise RequestError("undefined: given determines x or y")
    partial = float(np.clip(left[0, 1] / np.sqrt(left[0, 0] * left[1, 1]), -1, 1))
    spare = n - 3 - (width - 2)
    low, high = fisher_interval(partial, 1.0, spare, confidence)
    found = {"partial": partial, "low": low, "high": high, "plain": matrix[0, 1]}
    return pd.Series(found | {"n": n, "missing": int(within.sum()) - n}, dtype=np.float64)
