"""Correlations of many columns at once: a square matrix, or one tidy row a pair and population."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from nasbench_sim.analysis.correlation import (
    DEFAULT_METHOD,
    REPORTED,
    Complete,
    checked_interval,
    described,
    method_named,
)
from nasbench_sim.analysis.inputs import (
    FEWEST,
    Floats,
    aligned,
    columns_of,
    frame_of,
    mask_of,
    names_of,
    one_of,
    pairs,
)
from nasbench_sim.analysis.objectives import samples_of
from nasbench_sim.analysis.ties import varies
from nasbench_sim.errors import RequestError

_Name = TypeVar("_Name", str, int)


ROWS = ("common", "own")
"""On which rows columns are correlated: those that all have, or those that each couple has."""


def correlation_matrix(
    frame: pd.DataFrame,
    method: str = DEFAULT_METHOD,
    *,
    population: ArrayLike | None = None,
    rows: str = "common",
) -> pd.DataFrame:
    """Compute the correlation of every two columns, all on the rows that all of them have.

    Parameters
    ----------
    frame
        One column a quantity, shape (n, columns); NaN is missing.
    method
        As in `correlation_coefficient`.
    population
        Mask of the rows to use, shape (n,); all by default.
    rows
        ``"common"``: those that all columns have, so that coefficients can be compared; ``"own"``: for each
        couple those that both have.

    Returns
    -------
    DataFrame, shape (columns, columns)
        Symmetric, with ones on the diagonal. ``attrs``: the ``method``, the ``rows``, and as ``n`` the number
        of rows used, column -> column -> n.

    Raises
    ------
    RequestError
        For a pair of columns of which no correlation is defined (constant, fewer than three complete rows);
        `correlation_table` flags these instead.

    Examples
    --------
    >>> frame = pd.DataFrame({"a": [1, 2, 3, 4], "b": [1, 3, 2, 4], "c": [4, 3, 2, 1]})
    >>> correlation_matrix(frame).round(3)
           a      b      c
    a  1.000  0.667 -1.000
    b  0.667  1.000 -0.667
    c -1.000 -0.667  1.000
    """
    prepare, combine = method_named(method)
    one_of(rows, "rows", ROWS)
    names = list(frame_of(frame).columns)
    aligned({"frame": frame, "population": population})
    numbers = columns_of(frame, names)[mask_of(population, len(frame))]
    if rows == "common":
        every = np.ones(len(numbers), dtype=bool)
        numbers = numbers[_common(dict(zip(names, ~np.isnan(numbers).T, strict=True)), every)]
    present = ~np.isnan(numbers)
    result = np.eye(len(names))
    couples_of = list(itertools.combinations(range(len(names)), 2))
    for used, couples in _couples_by_rows(
        couples_of, dict(enumerate(present.T)), np.ones(len(numbers), dtype=bool)
    ):
        prepared = {}
        for column in {column for couple in couples for column in couple}:
            prepared[column] = prepare(_varying(numbers[used, column], names[column], method))
        for first, second in couples:
            result[first, second] = result[second, first] = combine(prepared[first], prepared[second])
    shared = present.T.astype(np.int64) @ present.astype(np.int64)
    counts = {
        one: dict(zip(names, row, strict=True)) for one, row in zip(names, shared.tolist(), strict=True)
    }
    out = pd.DataFrame(result, index=names, columns=names)
    out.attrs = {"method": method, "rows": rows, "n": counts}
    return out


def correlation_table(
    frame: pd.DataFrame,
    against: Sequence[str] | None = None,
    *,
    populations: Mapping[str, ArrayLike] | None = None,
    rows: str = "common",
    confidence: float = 0.95,
    bootstrap: int = 0,
    seed: int = 0,
) -> pd.DataFrame:
    """Compute one row for each pair of columns and population, with what `rank_correlation` says of it.

    Parameters
    ----------
    frame
        One column a quantity; NaN is missing.
    against
        Columns that each other column is paired with; by default every pair once.
    populations
        Name -> mask of rows, such as ``{"all": ..., "unique": ...}``; everything, called ``all``, by default.
    rows
        As in `correlation_matrix`. A column that varies over none of its own rows, or over fewer than three,
        is undefined and takes none of the common rows away.
    confidence, bootstrap, seed
        Of the intervals, as in `rank_correlation`.

    Returns
    -------
    DataFrame
        ``x``, ``y``, ``population``, the fields of `rank_correlation` (``missing`` counts the rows of the
        population that were not used), and ``note``: empty, or why the coefficients of that row are undefined
        (they are NaN then). ``attrs`` says which ``rows``.

    Raises
    ------
    RequestError
        For columns that do not fit together, and where fewer than three rows are common.

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
    names = list(frame_of(frame).columns)
    one_of(rows, "rows", ROWS)
    wanted = dict(zip(names, columns_of(frame, names).T, strict=True))
    if against is None:
        couples = list(itertools.combinations(names, 2))
    else:
        against = names_of(against)
        columns_of(frame, against)
        couples = [(name, target) for target in against for name in names if name not in against]
    if not couples:
        raise RequestError("there is no pair of columns to correlate")
    if populations is None:
        populations = {"all": np.ones(len(frame), dtype=bool)}
    masks = samples_of(populations, "populations", '{"unique": mask}')
    interval = checked_interval(confidence, bootstrap, seed)
    present = {name: ~np.isnan(values) for name, values in wanted.items()}
    used = list(dict.fromkeys(name for couple in couples for name in couple))
    parts = []
    for population, mask in masks.items():
        aligned({"frame": frame, f"population {population!r}": mask})
        chosen = mask_of(mask, len(frame), f"population {population!r}")
        judged, defined = chosen, set(used)
        if rows == "common":
            defined = {name for name in used if _defined(wanted[name][chosen & present[name]])}
            judged = _common({name: present[name] for name in used if name in defined}, chosen)
        ready: dict[tuple[str, bytes], Complete] = {}
        for couple in couples:
            own = judged if defined.issuperset(couple) else chosen
            found = _row(couple, wanted, own, ready, interval)
            found["missing"] = int(chosen.sum()) - found["n"]
            parts.append(dict(zip("xy", couple, strict=True)) | {"population": population} | found)
    out = pd.DataFrame(parts)
    out.attrs = {"rows": rows}
    return out


def _defined(values: Floats) -> bool:
    return len(values) >= FEWEST and bool(values.min() < values.max())


def _common(present: Mapping[str, NDArray[np.bool_]], chosen: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return those of the chosen rows that all columns have, or say which one has the fewest."""
    judged = chosen.copy()
    for own in present.values():
        judged &= own
    if present and judged.sum() < FEWEST:
        counts = {name: int((own & chosen).sum()) for name, own in present.items()}
        thin = min(counts, key=lambda name: counts[name])
        raise RequestError(
            f"the columns share {int(judged.sum())} row(s), {FEWEST} are needed; {thin!r} has the fewest, "
            f"{counts[thin]:,}: leave it out, or compare on rows='own'"
        )
    return judged


def _row(
    couple: tuple[str, str],
    columns: Mapping[str, Floats],
    chosen: NDArray[np.bool_],
    ready: dict[tuple[str, bytes], Complete],
    interval: Mapping[str, Any],
) -> dict[str, Any]:
    """Return what is said of a couple; `ready` keeps what is done to a column once for all with its rows."""
    x, y = couple
    both = pairs(columns[x], columns[y], chosen, (repr(x), repr(y)))
    if both.undefined_exactly:
        note = f"undefined: {both.undefined_exactly}"
        return dict.fromkeys(_FIELDS, np.nan) | {"n": len(both.x), "note": note}
    rows = (chosen & ~np.isnan(columns[x]) & ~np.isnan(columns[y])).tobytes()
    for name, values in ((x, both.x), (y, both.y)):
        if (name, rows) not in ready:
            ready[name, rows] = Complete.of(values)
    return {**described(ready[x, rows], ready[y, rows], both.missing, **interval), "note": ""}


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


def _varying(values: Floats, name: str, method: str) -> Floats:
    if len(values) < FEWEST:
        raise RequestError(f"{name!r}: {len(values)} row(s) shared with another column; {FEWEST} are needed")
    if not (values.min() < values.max() if method == "pearson" else varies(values)):
        raise RequestError(
            f"{name!r} is constant over {len(values)} rows: its correlation is undefined; leave it out, "
            "or use correlation_table, which flags it"
        )
    return values
