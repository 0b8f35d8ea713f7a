"""The landscape that a metric forms over a search space: optima, basins, neutrality, distance to the best."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from nasbench_sim.analysis.correlation import rank_correlation
from nasbench_sim.analysis.inputs import aligned, floats, number
from nasbench_sim.analysis.objectives import samples_of
from nasbench_sim.analysis.ties import at_most, levels
from nasbench_sim.errors import RequestError


def local_optima(values: ArrayLike, neighbors: ArrayLike) -> NDArray[np.bool_]:
    """Say of each architecture whether none of its neighbours is better.

    Parameters
    ----------
    values
        Larger is better, shape (size,). An architecture whose value is missing is no optimum, and not better
        than any.
    neighbors
        Positions of the neighbours of each, such as ``space.neighbors(space.all_indices())``, shape
        (size, neighbours).

    Returns
    -------
    array of bool, shape (size,)
        On a plateau of equal values every architecture without a better neighbour is one.

    Examples
    --------
    >>> local_optima([1, 3, 2, 5], [[1, 3], [0, 2], [1, 3], [2, 0]])
    array([False,  True, False,  True])
    """
    heights, around = _landscape(values, neighbors)
    return np.asarray((heights >= 0) & (heights >= heights[around].max(axis=1)))


def basins(values: ArrayLike, neighbors: ArrayLike) -> pd.DataFrame:
    """Give where hill climbing from each architecture ends: to the best neighbour while it is better.

    Parameters
    ----------
    values, neighbors
        As in `local_optima`; of equally good neighbours the one with the lowest position is taken.

    Returns
    -------
    DataFrame
        One row an architecture that has a value, indexed by its position (``index``): ``optimum`` where the
        climb ends, ``steps`` it takes.

    Examples
    --------
    >>> basins([1, 3, 2, 5], [[1, 3], [0, 2], [1, 3], [2, 0]])
           optimum  steps
    index
    0            3      1
    1            1      0
    2            3      1
    3            3      0
    """
    heights, around = _landscape(values, neighbors)
    ordered = np.sort(around, axis=1)
    best = ordered[np.arange(len(ordered)), np.argmax(heights[ordered], axis=1)]
    own = np.arange(len(heights))
    uphill = np.where(heights[best] > heights, best, own)
    steps = (uphill != own).astype(np.int64)
    while np.any(uphill[uphill] != uphill):  # doubling: from one step to two, four, ...
        steps, uphill = steps + steps[uphill], uphill[uphill]
    present = heights >= 0
    index = pd.Index(own[present], name="index")
    return pd.DataFrame({"optimum": uphill[present], "steps": steps[present]}, index=index)


def optima(values: ArrayLike, neighbors: ArrayLike) -> pd.DataFrame:
    """Give the local optima with their values and basins, best first.

    Returns
    -------
    DataFrame
        Indexed by position (``index``): ``value``, ``basin`` architectures from which hill climbing ends
        there (itself included), ``basin_share`` of all that have a value, ``mean_steps`` of those climbs.

    Examples
    --------
    >>> optima([1, 3, 2, 5], [[1, 3], [0, 2], [1, 3], [2, 0]])
           value  basin  basin_share  mean_steps
    index
    3        5.0      3         0.75    0.666667
    1        3.0      1         0.25    0.000000
    """
    climbs = basins(values, neighbors)
    found = climbs.groupby("optimum")["steps"].agg(["size", "mean"])
    out = pd.DataFrame(
        {
            "value": floats(values, "values")[found.index],
            "basin": found["size"],
            "basin_share": found["size"] / len(climbs),
            "mean_steps": found["mean"],
        }
    )
    out.index.name = "index"
    return out.sort_values("value", ascending=False, kind="stable")


def shared_optima(by_name: Mapping[str, ArrayLike], neighbors: ArrayLike) -> pd.DataFrame:
    """Give how many local optima every two landscapes over one space have in common.

    Parameters
    ----------
    by_name
        Name (a data set, a device) -> values, larger is better, shape (size,).
    neighbors
        As in `local_optima`.

    Returns
    -------
    DataFrame
        ``a``, ``b``, ``optima_a``, ``optima_b``, ``shared``, ``jaccard`` (shared / in either).

    Examples
    --------
    >>> around = [[1, 3], [0, 2], [1, 3], [2, 0]]
    >>> shared_optima({"x": [1, 3, 2, 5], "y": [4, 1, 2, 5]}, around)
       a  b  optima_a  optima_b  shared  jaccard
    0  x  y         2         1       1      0.5
    """
    given = samples_of(by_name, "by_name")
    aligned(given)
    masks = {name: local_optima(values, neighbors) for name, values in given.items()}
    names = list(masks)
    rows = []
    for position, first in enumerate(names):
        for second in names[position + 1 :]:
            both, either = (
                int((masks[first] & masks[second]).sum()),
                int((masks[first] | masks[second]).sum()),
            )
            counts = {"optima_a": int(masks[first].sum()), "optima_b": int(masks[second].sum())}
            rows.append({"a": first, "b": second, **counts, "shared": both, "jaccard": both / either})
    if not rows:
        raise RequestError("two or more landscapes are needed to share optima")
    return pd.DataFrame(rows)


def fitness_distance_correlation(values: ArrayLike, distances: ArrayLike) -> pd.Series[float]:
    """Give the correlation of the value with the distance to the best; -1 is the easiest to climb.

    Parameters
    ----------
    values
        Larger is better, shape (size,).
    distances
        Of each to the nearest global optimum, such as the number of differing positions, shape (size,).

    Returns
    -------
    Series
        As `rank_correlation`: ``pearson`` is the fitness distance correlation of the literature.

    References
    ----------
    Jones, Forrest. Fitness distance correlation as a measure of problem difficulty. ICGA 1995.

    Examples
    --------
    >>> round(float(fitness_distance_correlation([4, 3, 2, 2], [0, 1, 2, 2])["pearson"]), 6)
    -1.0
    """
    return rank_correlation(values, distances)


def neutrality(values: ArrayLike, neighbors: ArrayLike, tolerance: float = 0.0) -> pd.DataFrame:
    """Give how many neighbours of each architecture are as good, and the size of its neutral network.

    Parameters
    ----------
    values, neighbors
        As in `local_optima`; neighbourhood is mutual.
    tolerance
        Neighbours whose values differ by no more count as equally good.

    Returns
    -------
    DataFrame
        One row an architecture that has a value, indexed by its position (``index``): ``neutral`` neighbours,
        ``neutral_share`` of its neighbours, ``network`` (a number), ``network_size`` architectures connected
        by neutral steps.

    Examples
    --------
    >>> neutrality([1, 1, 2, 3], [[1, 3], [0, 2], [1, 3], [2, 0]])["network_size"].tolist()
    [2, 2, 1, 1]
    """
    if not number(tolerance, "tolerance") >= 0:
        raise RequestError(f"tolerance is 0 or more, not {tolerance}")
    heights, around = _landscape(values, neighbors)
    present = heights >= 0
    neutral = (heights[around] == heights[:, None]) & present[:, None]
    if tolerance:
        numbers = floats(values, "values")
        neutral |= at_most(np.abs(numbers[around] - numbers[:, None]), tolerance)
    rows, columns = np.nonzero(neutral)
    edges = np.ones(len(rows), dtype=bool), (rows, around[rows, columns])
    _, network = connected_components(coo_array(edges, shape=(len(heights), len(heights))), directed=False)
    sizes = np.bincount(network)
    count = neutral.sum(axis=1)
    out = pd.DataFrame(
        {
            "neutral": count,
            "neutral_share": count / around.shape[1],
            "network": network,
            "network_size": sizes[network],
        },
        index=pd.RangeIndex(len(heights), name="index"),
    )
    return out[present]


def neighborhood(neighbors: ArrayLike, size: int) -> NDArray[np.int64]:
    """Give checked positions of neighbours, shape (size, neighbours)."""
    try:
        around = np.asarray(neighbors)
    except (TypeError, ValueError, RuntimeError):
        raise RequestError(f"neighbors: integers of shape ({size}, neighbours) are expected") from None
    if around.ndim != 2 or len(around) != size or around.dtype.kind not in "iu" or not around.shape[1]:
        found = f"{around.dtype.name} of {around.shape}"
        raise RequestError(f"neighbors: integers of shape ({size}, neighbours) are expected, not {found}")
    if around.min() < 0 or around.max() >= size:
        raise RequestError(f"neighbors: positions run from 0 to {size - 1}")
    return around.astype(np.int64)


def _landscape(values: ArrayLike, neighbors: ArrayLike) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the levels of the values, equal ones alike and missing as -1, and checked neighbours."""
    aligned({"values": values, "neighbors": neighbors})
    numbers = floats(values, "values")
    if np.isnan(numbers).all():
        raise RequestError("values: all missing")
    return levels(numbers), neighborhood(neighbors, len(numbers))
