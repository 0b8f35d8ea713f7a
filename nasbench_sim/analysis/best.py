"""Which of several samples is best, which are not significantly worse, and who wins how often."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from nasbench_sim.analysis.inputs import columns_of, deviation, floats, frame_of, one_of, share
from nasbench_sim.analysis.objectives import samples_of
from nasbench_sim.analysis.significance import TESTS, holm, pairwise_tests
from nasbench_sim.analysis.ties import at_least
from nasbench_sim.errors import RequestError

BETTER = ("max", "min")
"""Which end of a metric is good."""


def compare_with_best(
    samples: Mapping[str, ArrayLike], *, better: str = "max", test: str = "mann-whitney", alpha: float = 0.05
) -> pd.DataFrame:
    """Compute mean and spread of each sample, and test each against the one of the best mean.

    Parameters
    ----------
    samples
        Searcher -> final value of each replicate; NaN is missing.
    better
        ``"max"`` or ``"min"``.
    test
        As in `pairwise_tests`, two-sided; corrected by Holm over the comparisons with the best.
    alpha
        The level.

    Returns
    -------
    DataFrame
        One row a sample in the given order: ``searcher``, ``n`` values, ``mean``, ``std`` (ddof 1), ``sem``
        (standard error of the mean), ``best``, ``p`` and ``p_holm`` against the best (NaN for itself and for
        fewer than three values), and ``not_worse``: the best, and what does not differ from it significantly.

    Raises
    ------
    RequestError
        Where no sample has a value.

    Examples
    --------
    >>> found = compare_with_best({"a": [5, 6, 7, 8, 9], "b": [5, 6, 8, 9, 9], "c": [0, 1, 2, 3, 4]})
    >>> found[["searcher", "mean", "best", "not_worse"]]
      searcher  mean   best  not_worse
    0        a   7.0  False       True
    1        b   7.4   True       True
    2        c   2.0  False      False
    """
    given = samples_of(samples)
    sign = 1.0 if one_of(better, "better", BETTER) == "max" else -1.0
    one_of(test, "test", TESTS)
    level = share(alpha, "alpha")
    present = {name: floats(values, name) for name, values in given.items()}
    known = {name: values[~np.isnan(values)] for name, values in present.items()}
    means = {name: float(values.mean()) if len(values) else np.nan for name, values in known.items()}
    if all(np.isnan(mean) for mean in means.values()):
        raise RequestError("samples: none of them has a value")
    first = max(means, key=lambda name: -np.inf if np.isnan(means[name]) else sign * means[name])
    best = [name for name in means if at_least(sign * means[name], sign * means[first])]
    rivals = [name for name in present if name not in best and min(len(known[name]), len(known[first])) > 2]
    p = [float(pairwise_tests({"a": given[first], "b": given[name]}, test)["p"].iloc[0]) for name in rivals]
    raw = dict(zip(rivals, p, strict=True))
    adjusted = dict(zip(rivals, holm(p).tolist() if p else [], strict=True))
    rows = [
        {
            "searcher": name,
            "n": len(values),
            "mean": means[name],
            "std": deviation(values) if len(values) else np.nan,
            "sem": deviation(values) / np.sqrt(len(values)) if len(values) else np.nan,
            "best": name in best,
            "p": raw.get(name, np.nan),
            "p_holm": adjusted.get(name, np.nan),
            "not_worse": name in best or adjusted.get(name, 0.0) >= level,
        }
        for name, values in known.items()
    ]
    out = pd.DataFrame(rows)
    out.attrs = {"test": test, "correction": "holm", "alpha": level, "better": better}
    return out


def win_tie_loss(tests: pd.DataFrame, alpha: float = 0.05) -> pd.DataFrame:
    """Count how often each searcher wins, ties and loses against the others.

    Parameters
    ----------
    tests
        As `pairwise_tests` gives (larger is better), of one task or of several one after the other: ``a``,
        ``b``, ``p_holm``, ``a12``.
    alpha
        A couple differs where the corrected p is below it; it is a tie otherwise.

    Returns
    -------
    DataFrame
        One row a searcher, the one of most wins less losses first: ``searcher``, ``win``, ``tie``, ``loss``
        and ``n``, the tests it was in.

    Examples
    --------
    >>> win_tie_loss(pairwise_tests({"a": [1, 2, 3, 4], "b": [11, 12, 13, 14], "c": [10, 12, 13, 15]}), 0.1)
      searcher  win  tie  loss  n
    0        b    1    1     0  2
    1        c    1    1     0  2
    2        a    0    0     2  2
    """
    level = share(alpha, "alpha")
    lacking = [name for name in ("a", "b", "p_holm", "a12") if name not in frame_of(tests).columns]
    if lacking:
        raise RequestError(f"tests as pairwise_tests gives are expected; they lack {', '.join(lacking)}")
    p, a12 = columns_of(tests, ["p_holm", "a12"]).T
    verdicts = verdicts_of(p, a12, level)
    names = list(dict.fromkeys([*tests["a"], *tests["b"]]))
    counts: dict[Any, dict[str, int]] = {name: dict.fromkeys(("win", "tie", "loss"), 0) for name in names}
    turned = {"win": "loss", "tie": "tie", "loss": "win"}
    for a, b, verdict in zip(tests["a"], tests["b"], verdicts, strict=True):
        counts[a][verdict] += 1
        counts[b][turned[verdict]] += 1
    out = pd.DataFrame([{"searcher": name, **row} for name, row in counts.items()])
    out["n"] = out[["win", "tie", "loss"]].sum(axis=1)
    order = (out["loss"] - out["win"]).sort_values(kind="stable").index
    return out.loc[order].reset_index(drop=True)


def verdicts_of(p: ArrayLike, a12: ArrayLike, alpha: float) -> list[str]:
    """Say of each couple whether its first wins, ties or loses."""
    shares = zip(np.asarray(p), np.asarray(a12), strict=True)
    return [
        "tie" if not one < alpha or half == 0.5 else "win" if half > 0.5 else "loss" for one, half in shares
    ]
