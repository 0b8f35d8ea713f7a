"""What each operation is worth at each position: marginal means over a whole space or a sample."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from nasbench_sim.analysis.inputs import aligned, deviation, floats, mask_of, names_of
from nasbench_sim.errors import RequestError


def marginal_effects(
    values: ArrayLike,
    ops: ArrayLike,
    *,
    positions: Sequence[str] | None = None,
    operations: Sequence[str] | None = None,
    population: ArrayLike | None = None,
) -> pd.DataFrame:
    """Give the mean value of the architectures that have each operation at each position.

    Parameters
    ----------
    values
        Shape (size,); missing are left out.
    ops
        Operations as small integers, shape (size, positions).
    positions, operations
        Names for them; numbers by default.
    population
        Mask of the architectures to use, shape (size,); all by default.

    Returns
    -------
    DataFrame
        ``position``, ``operation``, ``n``, ``mean``, ``std`` (ddof 1), ``median`` and ``effect``, the mean
        minus the mean of all; NaN where no architecture has it (n is 0), ``std`` also where one has.

    Examples
    --------
    >>> found = marginal_effects([1, 3, 5, 7], [[0, 0], [0, 1], [1, 0], [1, 1]], operations=["skip", "conv"])
    >>> found[["position", "operation", "n", "mean", "effect"]]
       position operation  n  mean  effect
    0         0      skip  2   2.0    -2.0
    1         0      conv  2   6.0     2.0
    2         1      skip  2   3.0    -1.0
    3         1      conv  2   5.0     1.0
    """
    aligned({"values": values, "ops": ops, "population": population})
    numbers = floats(values, "values")
    try:
        choices = np.asarray(ops)
    except (TypeError, ValueError, RuntimeError):
        raise RequestError(f"ops: integers of shape ({len(numbers)}, positions) are expected") from None
    if (
        choices.ndim != 2
        or len(choices) != len(numbers)
        or not choices.size
        or choices.dtype.kind not in "iu"
    ):
        raise RequestError(
            f"ops: integers of shape ({len(numbers)}, positions) are expected, not {choices.dtype.name} "
            f"of {choices.shape}"
        )
    used = mask_of(population, len(numbers)) & ~np.isnan(numbers)
    if not used.any():
        raise RequestError("values: all missing")
    places = list(range(choices.shape[1])) if positions is None else names_of(positions)
    names = list(range(int(choices.max()) + 1)) if operations is None else names_of(operations)
    if len(places) != choices.shape[1] or choices.min() < 0 or choices.max() >= len(names):
        raise RequestError(
            f"{len(places)} positions and {len(names)} operations do not name ops of {choices.shape[1]} "
            f"positions and operations {choices.min()} to {choices.max()}"
        )
    overall = float(numbers[used].mean())
    rows = []
    for column, place in enumerate(places):
        for code, name in enumerate(names):
            having = numbers[used & (choices[:, column] == code)]
            row: dict[str, object] = {"position": place, "operation": name, "n": len(having)}
            if len(having):
                row |= {"mean": having.mean(), "std": deviation(having), "median": np.median(having)}
                row |= {"effect": having.mean() - overall}
            else:
                row |= dict.fromkeys(("mean", "std", "median", "effect"), np.nan)
            rows.append(row)
    return pd.DataFrame(rows)
