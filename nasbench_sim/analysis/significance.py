"""Whether searchers differ: pairwise tests with Holm's correction, Friedman, Nemenyi, critical difference."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from nasbench_sim.analysis.effect_size import a12
from nasbench_sim.analysis.inputs import (
    Floats,
    aligned,
    columns_of,
    complete,
    floats,
    frame_of,
    one_of,
    sample,
    share,
)
from nasbench_sim.analysis.objectives import samples_of
from nasbench_sim.analysis.rank_sum import rank_sum
from nasbench_sim.analysis.ties import at_most, differences, levels
from nasbench_sim.errors import RequestError

TESTS = ("mann-whitney", "wilcoxon")
"""Two-sided tests of two samples: of independent replicates, and of paired ones."""


def holm(p: ArrayLike) -> Floats:
    """Give Holm's step-down adjustment of p-values.

    Examples
    --------
    >>> holm([0.01, 0.04, 0.03])
    array([0.03, 0.06, 0.06])
    """
    values = complete(p, "p")
    if np.any((values < 0) | (values > 1)):
        raise RequestError("p: numbers from 0 to 1 are expected")
    order = np.argsort(values, kind="stable")
    stepped = np.maximum.accumulate(values[order] * np.arange(len(values), 0, -1))
    adjusted = np.empty(len(values))
    adjusted[order] = np.minimum(stepped, 1.0)
    return adjusted


def pairwise_tests(samples: Mapping[str, ArrayLike], test: str = "mann-whitney") -> pd.DataFrame:
    """Test every two samples against each other, two-sided, corrected by Holm over all couples.

    Parameters
    ----------
    samples
        Searcher -> final value of each replicate; NaN is missing.
    test
        ``mann-whitney`` for independent replicates, ``wilcoxon`` (signed ranks; zero differences left out)
        where replicate r of one belongs to replicate r of the others: same seed, or same task. Exact for
        small samples without ties, by scipy's rule.

    Returns
    -------
    DataFrame
        One row a couple: ``a``, ``b``, ``n_a``, ``n_b`` values used, ``median_difference`` (of the medians,
        a - b), ``statistic``, ``p``, ``p_holm``, ``a12``, ``cliffs_delta``. Two paired samples that are equal
        everywhere have p = 1.

    Raises
    ------
    RequestError
        For fewer than two samples, fewer than three values in one, paired samples of different lengths.

    Examples
    --------
    >>> finals = {"random": [90, 91, 92, 93], "evolution": [94, 95, 96, 97]}
    >>> pairwise_tests(finals)[["a", "b", "p", "a12"]]
            a          b         p  a12
    0  random  evolution  0.028571  0.0
    """
    one_of(test, "test", TESTS)
    given = samples_of(samples)
    if len(given) < 2:
        raise RequestError("two or more samples are needed to compare them")
    numbers = {name: floats(values, name) for name, values in given.items()}
    if test == "wilcoxon":
        aligned(given)
        rows = [_signed_ranks(*couple) for couple in itertools.combinations(numbers.items(), 2)]
    else:
        present = {name: sample(values, name, 3) for name, values in numbers.items()}
        places = levels(np.concatenate(list(present.values())))  # once for all couples
        each = np.split(places, np.cumsum([len(values) for values in present.values()])[:-1])
        ordered = dict(zip(present, map(np.sort, each), strict=True))
        middle = {name: float(np.median(values)) for name, values in present.items()}
        rows = [
            {
                "a": first,
                "b": second,
                "n_a": len(ordered[first]),
                "n_b": len(ordered[second]),
                "median_difference": middle[first] - middle[second],
                **rank_sum(ordered[first], ordered[second]),
            }
            for first, second in itertools.combinations(ordered, 2)
        ]
    out = pd.DataFrame(rows)
    out.insert(7, "p_holm", holm(out["p"]))
    out["cliffs_delta"] = 2 * out["a12"] - 1
    out.attrs = {"test": test, "correction": "holm"}
    return out


def _signed_ranks(first: tuple[str, Floats], second: tuple[str, Floats]) -> dict[str, Any]:
    """Return the row of two paired samples."""
    (a, x), (b, y) = first, second
    if len(x) != len(y):
        raise RequestError(f"{a} and {b} are not paired: {len(x)} and {len(y)} replicates")
    both = ~np.isnan(x) & ~np.isnan(y)
    x, y = sample(x[both], a, 3), sample(y[both], b, 3)
    apart = differences(x, y)
    statistic, p = stats.wilcoxon(apart) if apart.any() else (0.0, 1.0)
    return {
        "a": a,
        "b": b,
        "n_a": len(x),
        "n_b": len(y),
        "median_difference": float(np.median(x) - np.median(y)),
        "statistic": float(statistic),
        "p": float(p),
        "a12": a12(x, y),
    }


@dataclasses.dataclass(frozen=True, eq=False, repr=False)
class CriticalDifference:
    """Which searchers differ over many tasks or paired replicates (Demšar's diagram, as numbers).

    Attributes
    ----------
    ranks
        Searcher -> mean rank, best first; 1 is best.
    difference
        Mean ranks farther apart than this differ at `alpha` (Nemenyi).
    groups
        Maximal runs of searchers that do not differ, best first; a searcher alone is in none.
    p
        Of the Friedman test that all are alike; where it exceeds `alpha`, the groups say nothing.
    alpha
        The level.
    n
        Complete blocks used.
    missing
        Blocks left out since a searcher lacks a value in them.

    Examples
    --------
    >>> found = critical_difference(pd.DataFrame({"a": [1, 2, 3], "b": [2, 3, 4], "c": [3, 4, 5]}))
    >>> found.ranks.to_dict(), found.groups, found.n
    ({'c': 1.0, 'b': 2.0, 'a': 3.0}, (('c', 'b'), ('b', 'a')), 3)
    """

    ranks: pd.Series[float]
    difference: float
    groups: tuple[tuple[str, ...], ...]
    p: float
    alpha: float
    n: int
    missing: int

    def __repr__(self) -> str:
        """Ranks, best first, with what they must differ by, and the groups that do not differ."""
        width = max(map(len, self.ranks.index))
        lines = [f"  {name:<{width}}  {rank:.3f}" for name, rank in self.ranks.items()]
        alike = "; ".join(" = ".join(group) for group in self.groups) or "none"
        return "\n".join(
            [
                f"mean ranks over {self.n:,} blocks (1 is best), {self.missing} left out",
                *lines,
                f"critical difference {self.difference:.3f} at the level {self.alpha:g}; "
                f"Friedman p = {self.p:.3g}",
                f"not told apart: {alike}",
            ]
        )


def friedman(frame: pd.DataFrame) -> pd.Series[float]:
    """Test whether searchers differ at all over blocks (Friedman, corrected for ties).

    Parameters
    ----------
    frame
        One row a block (a task, or a seed shared by all), one column a searcher; larger is better. Blocks
        with a missing value are left out.

    Returns
    -------
    Series
        ``statistic`` (chi-squared), ``p``, ``n`` blocks used, ``missing`` blocks left out, ``searchers``.

    Raises
    ------
    RequestError
        For fewer than three searchers or two blocks, and where all searchers tie in every block.

    Examples
    --------
    >>> friedman(pd.DataFrame({"a": [1, 2, 3], "b": [2, 3, 4], "c": [3, 4, 5]}))[["statistic", "p"]].round(4)
    statistic    6.0000
    p            0.0498
    dtype: float64
    """
    blocks, missing = _blocks(frame)
    statistic, p = stats.friedmanchisquare(*blocks.T)
    found = {"statistic": statistic, "p": p, "n": len(blocks), "missing": missing}
    return pd.Series(found | {"searchers": blocks.shape[1]}, dtype=np.float64)


def nemenyi(frame: pd.DataFrame) -> pd.DataFrame:
    """Give the p-value of every two searchers by Nemenyi's test after Friedman's.

    Parameters
    ----------
    frame
        As in `friedman`.

    Returns
    -------
    DataFrame, shape (searchers, searchers)
        Symmetric, ones on the diagonal.

    Examples
    --------
    >>> nemenyi(pd.DataFrame({"a": [1, 2, 3], "b": [2, 3, 4], "c": [3, 4, 5]})).round(3)
           a      b      c
    a  1.000  0.438  0.038
    b  0.438  1.000  0.438
    c  0.038  0.438  1.000
    """
    blocks, _ = _blocks(frame)
    n, searchers = blocks.shape
    ranks = stats.rankdata(-blocks, axis=1).mean(axis=0)
    apart = np.abs(ranks[:, None] - ranks) / np.sqrt(searchers * (searchers + 1) / (6 * n))
    p = stats.studentized_range.sf(apart * np.sqrt(2), searchers, np.inf)
    np.fill_diagonal(p, 1.0)
    return pd.DataFrame(p, index=frame.columns, columns=frame.columns)


def critical_difference(frame: pd.DataFrame, alpha: float = 0.05) -> CriticalDifference:
    """Give mean ranks, the critical difference and the groups that do not differ.

    Parameters
    ----------
    frame
        As in `friedman`.
    alpha
        The level.

    References
    ----------
    Demšar. Statistical comparisons of classifiers over multiple data sets. JMLR 7, 2006.

    Examples
    --------
    >>> found = critical_difference(pd.DataFrame({"a": [1, 2, 3], "b": [2, 3, 4], "c": [3, 4, 5]}))
    >>> round(found.difference, 3), found.groups
    (1.914, (('c', 'b'), ('b', 'a')))
    """
    share(alpha, "alpha")
    test = friedman(frame)
    blocks, missing = _blocks(frame)
    n, searchers = blocks.shape
    names = [str(name) for name in frame.columns]
    mean_ranks = pd.Series(stats.rankdata(-blocks, axis=1).mean(axis=0), index=names, name="rank")
    ranks = mean_ranks.sort_values(kind="stable")
    quantile = stats.studentized_range.isf(alpha, searchers, np.inf) / np.sqrt(2)
    difference = float(quantile * np.sqrt(searchers * (searchers + 1) / (6 * n)))
    places = ranks.to_numpy()
    stops = at_most(places, (places + difference)[:, None]).sum(axis=1)
    groups, reached = [], 0
    for start, stop in enumerate(stops):
        if stop > max(reached, start + 1):
            groups.append(tuple(ranks.index[start:stop]))
            reached = stop
    return CriticalDifference(ranks, difference, tuple(groups), float(test["p"]), alpha, n, missing)


def _blocks(frame: pd.DataFrame) -> tuple[NDArray[np.int64], int]:
    """Return complete blocks as the levels of their values, larger is better, and how many are incomplete."""
    values = columns_of(frame, frame_of(frame).columns)
    complete = levels(values[~np.isnan(values).any(axis=1)])
    if complete.shape[1] < 3 or len(complete) < 2:
        raise RequestError(
            f"three or more searchers over two or more complete blocks are needed: {complete.shape[1]} over "
            f"{len(complete)} ({len(values) - len(complete)} incomplete); compare two by pairwise_tests"
        )
    if np.all(complete == complete[:, :1]):
        raise RequestError("undefined: all searchers tie in every block")
    return complete, len(values) - len(complete)
