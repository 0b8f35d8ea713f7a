"""Estimators on the plane of what they cost against how well they rank."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import moocore
import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from nasbench_sim.analysis.agreement import best_rank_at_k, top_k_overlap
from nasbench_sim.analysis.correlation import rank_correlation
from nasbench_sim.analysis.inputs import FEWEST, Floats, Pairs, aligned, floats, mask_of, pairs
from nasbench_sim.analysis.objectives import each, named, samples_of
from nasbench_sim.arrays import real_array
from nasbench_sim.errors import RequestError, unknown


def estimator_study(
    estimates: Mapping[str, ArrayLike],
    truth: ArrayLike,
    costs: Mapping[str, ArrayLike] | Sequence[ArrayLike],
    *,
    kinds: Mapping[str, str] | Sequence[str] | None = None,
    k: int = 10,
    population: ArrayLike | None = None,
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Give one row an estimator: what it costs, and how well it orders architectures as the truth does.

    All are judged on the same architectures: those of the population of which the truth and every defined
    estimator have a value. An estimator that varies over none of its own rows, or over fewer than three, is
    not defined and takes none away.

    Parameters
    ----------
    estimates
        Estimator (a low fidelity, an extrapolation, a proxy, a predictor, a look-up table) -> its values,
        larger is better, shape (n,); NaN is missing.
    truth
        What is estimated, larger is better, shape (n,).
    costs
        Estimator -> cost of one architecture in seconds: one number, or shape (n,) of which the mean over the
        judged rows is taken. Or a list of those in the order of the estimators, and so of the kinds.
    kinds
        Estimator -> what kind it is, for a legend; empty by default.
    k
        Of the top-k overlap and the best rank.
    population
        Mask of the rows to use; all by default.
    confidence
        Of the intervals.

    Returns
    -------
    DataFrame
        ``estimator``, ``kind``, ``cost`` (s), ``coverage`` (rows of the population of which it and the truth
        have a value), the fields of `rank_correlation` (``n``, judged on, is one number for all that are
        defined), ``overlap`` and ``best_rank`` at `k`, ``efficient`` (no other is both as cheap and as good
        by Kendall's tau and better in one), and ``note``: empty, or why the coefficients are undefined (they
        are NaN then). Sorted by cost. ``attrs`` hold the common ``n``, ``k`` and ``confidence``.

    Raises
    ------
    RequestError
        For an estimator without a cost, a negative or missing cost, columns that do not fit together, and
        estimators that share too few rows.

    Examples
    --------
    >>> study = estimator_study(
    ...     {"12 epochs": [1, 3, 2, 4], "proxy": [2, 1, 3, 4], "dull": [1, 1, 1, 1]},
    ...     truth=[1, 2, 3, 4], costs={"12 epochs": 90.0, "proxy": 0.1, "dull": 0.0}, k=1)
    >>> study[["estimator", "cost", "kendall", "efficient"]]
       estimator  cost   kendall  efficient
    0       dull   0.0       NaN      False
    1      proxy   0.1  0.666667       True
    2  12 epochs  90.0  0.666667      False
    >>> study["note"][0]
    "undefined: 'dull' constant over the 4 complete pairs"
    """
    estimates = samples_of(estimates, "estimates")
    costs = _by_estimator(costs, estimates, "costs", '{"synflow": 0.2}')
    kinds = {} if kinds is None else _by_estimator(kinds, estimates, "kinds", '{"synflow": "proxy"}')
    priced = {f"cost of {name}": cost for name, cost in costs.items()}
    aligned({"truth": truth, **estimates, **priced, "population": population})
    target = floats(truth, "truth")
    mask = mask_of(population, len(target))
    columns = {name: floats(column, name) for name, column in estimates.items()}
    own = {name: pairs(column, target, mask, (repr(name), "truth")) for name, column in columns.items()}
    judged = _judged(columns, own, mask & ~np.isnan(target))
    rows = []
    for name, column in columns.items():
        row: dict[str, object] = {
            "estimator": name,
            "kind": kinds.get(name, ""),
            "cost": _cost(name, costs, judged),
            "coverage": len(own[name].x),
        }
        found = own[name]
        if not found.undefined:
            found = pairs(column, target, judged, found.names)
        if found.undefined:
            row |= {"n": len(found.x), "note": f"undefined: {found.undefined}"}
        else:
            row |= dict(rank_correlation(column, target, population=judged, confidence=confidence))
            row |= {
                "overlap": top_k_overlap(found.x, found.y, k),
                "best_rank": best_rank_at_k(found.x, found.y, k),
                "note": "",
            }
        rows.append(row | {"missing": int(mask.sum()) - len(found.x)})
    out = pd.DataFrame(rows).astype({"n": int, "missing": int})
    if "kendall" not in out:
        raise RequestError(f"no estimator is defined: {out['note'].iloc[0]}")
    defined = out["kendall"].notna().to_numpy()
    plane = np.column_stack([out["cost"], -out["kendall"]])[defined]
    efficient = np.zeros(len(out), dtype=bool)
    efficient[defined] = moocore.is_nondominated(plane, keep_weakly=True)
    out["efficient"] = efficient
    out["note"] = out.pop("note")  # the last
    out.attrs = {"n": int(judged.sum()), "k": k, "confidence": confidence}
    return out.sort_values("cost", kind="stable", ignore_index=True)


def _by_estimator(given: Any, estimates: Mapping[str, Any], what: str, example: str) -> dict[str, Any]:
    """Return what is said of the estimators by name, or of all of them in their order."""
    ordered = isinstance(given, (list, tuple, np.ndarray))
    return each(given, list(estimates), what, example) if ordered else named(given, what, example)


def _judged(
    columns: Mapping[str, Floats], own: Mapping[str, Pairs], rows: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Give those of the rows that every defined estimator has."""
    counts = {name: len(found.x) for name, found in own.items() if not found.undefined}
    if not counts:
        raise RequestError(f"no estimator is defined: {next(iter(own.values())).undefined}")
    judged = rows.copy()
    for name in counts:
        judged &= ~np.isnan(columns[name])
    if judged.sum() < FEWEST:
        thin = min(counts, key=lambda name: counts[name])
        raise RequestError(
            f"the estimators share {int(judged.sum())} row(s), {FEWEST} are needed; "
            f"{thin!r} has the fewest, {counts[thin]:,}"
        )
    return judged


def _cost(name: str, costs: Mapping[str, ArrayLike], judged: NDArray[np.bool_]) -> float:
    if name not in costs:
        raise unknown("cost of estimator", name, costs)
    given = real_array(costs[name], f"cost of {name}").astype(np.float64)
    if given.ndim:
        numbers = floats(given, f"cost of {name}")
        if numbers.shape != judged.shape:
            raise RequestError(f"cost of {name}: one number or shape {judged.shape}, not {numbers.shape}")
        given = numbers[judged].mean()
    cost = float(given)
    if not cost >= 0 or np.isinf(cost):
        raise RequestError(f"cost of {name}: seconds of 0 or more, none missing, not {cost:g}")
    return cost
