"""Correlations of many columns at once: a square matrix, or one tidy row a pair and population."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from nasbench_sim.analysis.correlation import REPORTED, Complete, checked_interval, described, method_named
from nasbench_sim.analysis.inputs import FEWEST, Floats, aligned, columns_of, mask_of, pairs
from nasbench_sim.errors import RequestError

_Name = TypeVar("_Name", str, int)


def correlation_matrix(
    frame: pd.DataFrame, method: str = "kendall", *, population: ArrayLike | None = None
) -> pd.DataFrame:
    """Give the correlation of every two columns, each on the rows that both have.

    Parameters
    ----------
    frame
        One column a quantity, shape (n, columns); NaN is missing.
    method
        As in `correlation_coefficient`.
    population
        Mask of the rows to use, shape (n,); all by default.

    Returns
    -------
    DataFrame, shape (columns, columns)
        Symmetric, with ones on the diagonal. ``attrs["n"]`` is a DataFrame of the pairs used.

    Raises
    ------
    RequestError
        For a pair of columns of which no correlation is defined (constant, fewer than three complete rows);
        `correlation_table` flags these instead.

    Examples
    --------
    >>> frame = pd.DataFrame({"a": [1, 2, 3, 4], "b": [1, 3, 2, 4], "c": [4, 3, 2, 1]})
    >>> correlation_matrix(frame, "kendall").round(3)
           a      b      c
    a  1.000  0.667 -1.000
    b  0.667  1.000 -0.667
    c -1.000 -0.667  1.000
    """
    prepare, combine = method_named(method)
    names = list(frame.columns)
    aligned({"frame": frame, "population": population})
    numbers = columns_of(frame, names)[mask_of(population, len(frame))]
    present = ~np.isnan(numbers)
    result = np.eye(len(names))
    every = list(itertools.combinations(range(len(names)), 2))
    for rows, couples in _couples_by_rows(
        every, dict(enumerate(present.T)), np.ones(len(numbers), dtype=bool)
    ):
        prepared = {}
        for column in {column for couple in couples for column in couple}:
            prepared[column] = prepare(_varying(numbers[rows, column], names[column]))
        for first, second in couples:
            result[first, second] = result[second, first] = combine(prepared[first], prepared[second])
    used = present.T.astype(np.int64) @ present.astype(np.int64)
    out = pd.DataFrame(result, index=names, columns=names)
    out.attrs = {"method": method, "n": pd.DataFrame(used, index=names, columns=names)}
    return out


def correlation_table(
    frame: pd.DataFrame,
    against: Sequence[str] | None = None,
    *,
    populations: Mapping[str, ArrayLike] | None = None,
    confidence: float = 0.95,
    bootstrap: int = 0,
    seed: int = 0,
) -> pd.DataFrame:
    """Give one row for each pair of columns and population, with what `rank_correlation` says of it.

    Parameters
    ----------
    frame
        One column a quantity; NaN is missing.
    against
        Columns that each other column is paired with; by default every pair once.
    populations
        Name -> mask of rows, such as ``{"all": ..., "unique": ...}``; everything, called ``all``, by default.
    confidence, bootstrap, seed
        Of the intervals, as in `rank_correlation`.

    Returns
    -------
    DataFrame
        ``x``, ``y``, ``population``, the fields of `rank_correlation`, and ``note``: empty, or why the
        coefficients of that row are undefined (they are NaN then).

    Examples
    --------
    >>> frame = pd.DataFrame({"proxy": [1, 2, 3, 4], "dull": [7, 7, 7, 7], "accuracy": [1, 3, 2, 4]})
    >>> table = correlation_table(frame, ["accuracy"])
    >>> table[["x", "y", "kendall", "n"]]
           x         y   kendall  n
    0  proxy  accuracy  0.666667  4
    1   dull  accuracy       NaN  4
    >>> table["note"][1]
    "undefined: 'dull' constant over the 4 complete pairs"
    """
    names = list(frame.columns)
    wanted = dict(zip(names, columns_of(frame, names).T, strict=True))
    if against is None:
        couples = list(itertools.combinations(names, 2))
    else:
        columns_of(frame, against)
        couples = [(name, target) for target in against for name in names if name not in against]
    if not couples:
        raise RequestError("there is no pair of columns to correlate")
    masks = {"all": np.ones(len(frame), dtype=bool)} if populations is None else populations
    interval = checked_interval(confidence, bootstrap, seed)
    present = {name: ~np.isnan(values) for name, values in wanted.items()}
    rows = []
    for population, mask in masks.items():
        aligned({"frame": frame, f"population {population!r}": mask})
        chosen = mask_of(mask, len(frame), f"population {population!r}")
        found: dict[tuple[str, str], dict[str, Any]] = {}
        for _, group in _couples_by_rows(couples, present, chosen):
            ready: dict[str, Complete] = {}
            for couple in group:
                found[couple] = _row(couple, wanted, chosen, ready, interval)
        rows += [
            dict(zip("xy", one, strict=True)) | {"population": population} | found[one] for one in couples
        ]
    return pd.DataFrame(rows)


def _row(
    couple: tuple[str, str],
    columns: Mapping[str, Floats],
    chosen: NDArray[np.bool_],
    ready: dict[str, Complete],
    interval: Mapping[str, Any],
) -> dict[str, Any]:
    """Give what is said of a couple; `ready` keeps what is done to a column once for all with its rows."""
    x, y = couple
    both = pairs(columns[x], columns[y], chosen, (repr(x), repr(y)))
    if both.undefined:
        counted = {"n": len(both.x), "missing": both.missing}
        return dict.fromkeys(_FIELDS, np.nan) | counted | {"note": f"undefined: {both.undefined}"}
    for name, values in ((x, both.x), (y, both.y)):
        if name not in ready:
            ready[name] = Complete.of(values)
    return {**described(ready[x], ready[y], both.missing, **interval), "note": ""}


_FIELDS = [*(f"{name}{end}" for name in REPORTED for end in ("", "_low", "_high"))]
_FIELDS += ["n", "missing", "ties_x", "ties_y"]


def _couples_by_rows(
    couples: Sequence[tuple[_Name, _Name]],
    present: Mapping[_Name, NDArray[np.bool_]],
    chosen: NDArray[np.bool_],
) -> list[tuple[NDArray[np.bool_], list[tuple[_Name, _Name]]]]:
    """Group couples of columns by the chosen rows that both have, so that a column is ranked once a group."""
    groups: dict[bytes, tuple[NDArray[np.bool_], list[tuple[_Name, _Name]]]] = {}
    for first, second in couples:
        rows = chosen & present[first] & present[second]
        groups.setdefault(rows.tobytes(), (rows, []))[1].append((first, second))
    return list(groups.values())


def _varying(values: Floats, name: str) -> Floats:
    if len(values) < FEWEST:
        raise RequestError(f"{name!r}: {len(values)} row(s) shared with another column; {FEWEST} are needed")
    if values.min() == values.max():
        raise RequestError(
            f"{name!r} is constant over {len(values)} rows: its correlation is undefined; leave it out, "
            "or use correlation_table, which flags it"
        )
    return values
