"""Surrogates: models fitted to a table's members that serve as a table over the whole space."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.errors import RequestError, unknown
from nasbench_sim.estimators.boosting import MODELS, fitted
from nasbench_sim.spaces import SampledSpace, SearchSpace
from nasbench_sim.spaces.product import Array
from nasbench_sim.tables import Column, Computed, Table
from nasbench_sim.tables.quality import summary
from nasbench_sim.tables.sample_distance import SampleDistance
from nasbench_sim.tables.trees import Trees, choice_features

_FEWEST = 20
_NEAR = 0.95


def surrogate(
    table: Table,
    metrics: str | Sequence[str],
    *,
    model: str = "histogram_boosting",
    seed: int = 0,
    held_out: float = 0.1,
    name: str | None = None,
    **question: Any,
) -> Table:
    """Fit a model to each metric of a table, and return a table of what it predicts for the whole space.

    A part of the members is held out: the model never sees them, and they say what it is worth. That is in
    the note of each column, in the table's ``repr``, and in ``provenance["surrogate"]``: the members, R2,
    Kendall's tau and root mean squared error of those held out. An evaluation in a search observes the
    prediction with normal noise, of the size of the table's runs where it has several, else of the
    held-out residuals. The column ``sample_distance`` says in how many positions an architecture differs
    from the nearest member that was fitted; beyond what 95% of those held out had, the quality says nothing.

    Parameters
    ----------
    table
        Over a `SampledSpace`: then the surrogate is one over its parent. Or over any space, with members that
        have values.
    metrics
        Which, each also as ``metric:device``.
    model
        ``histogram_boosting`` (scikit-learn), ``lightgbm`` or ``xgboost``.
    seed
        Chooses the members that are held out, and is the model's.
    held_out
        The part of the members that is held out.
    name
        What the table is called.
    **question
        Data set, schedule and so on, as in `Table.query`; each applies to the metrics that have it.

    Returns
    -------
    Table
        Of `Computed` columns: nothing is listed. `save_table` keeps the trees as plain arrays.

    Raises
    ------
    RequestError
        For a model or metric that does not exist, or fewer than 20 members with a value.
    MissingDependencyError
        Without the library of the model.

    Examples
    --------
    >>> import nasbench_sim as nbs
    >>> table = nbs.load_table("nas-bench-201")
    >>> few = table.sampled(range(0, 15625, 40), "few")
    >>> like = nbs.surrogate(few, "val_accuracy", dataset="cifar10")
    >>> like.space.size, like.provenance["surrogate"]["quality"]["val_accuracy"]["kendall"] > 0.5
    (15625, True)
    """
    asked = [metrics] if isinstance(metrics, str) else list(metrics)
    if model not in MODELS:
        raise unknown("model of surrogates", model, MODELS)
    if not isinstance(held_out, float) or not 0 < held_out < 1:
        raise RequestError(f"held_out is a part between 0 and 1, not {held_out!r}")
    if not asked or len(set(asked)) != len(asked):
        raise RequestError(f"a surrogate is of one metric or several different ones, not of {asked!r}")
    given = [_members(table, label, question) for label in asked]  # every error before any work
    space = table.space.parent if isinstance(table.space, SampledSpace) else table.space
    columns: list[tuple[Column, Any]] = []
    quality = {}
    everyone = np.unique(np.concatenate([index for _, index, _, _ in given]))
    kept, out = _split(len(everyone), held_out, seed)
    ops = np.asarray(table.space.ops(everyone))
    for label, (column, index, values, noise) in zip(asked, given, strict=True):
        place = np.searchsorted(everyone, index)
        fit = np.isin(place, kept)
        there = _whole(table.space, index)
        features = choice_features(space, there)
        trees = fitted(space, features[fit], values[fit], model, seed)
        facts = _judged(trees, there[~fit], values[~fit])
        facts.update(members=int(fit.sum()), unit=column.unit)
        facts["noise"] = float(noise if noise is not None else facts["error"])
        quality[label] = facts
        columns.append(
            (
                column.with_fields(
                    seeds=(),
                    epochs=(),
                    derived=True,
                    source=f"{model} fitted to {facts['members']:,} members of {table.name}; {column.source}",
                    note="; ".join(part for part in (summary(facts), column.note) if part),
                ),
                Computed(space, trees, deviation=facts["noise"]),
            )
        )
    near = SampleDistance(space, ops[kept])
    distances = near(_whole(table.space, everyone[out]))
    far = float(np.quantile(distances, _NEAR))
    note = f"{_NEAR:.0%} of the held-out members are within {far:g} positions; beyond that is far"
    facts = {"metric": "sample_distance", "better": "min", "source": "Hamming distance to the fitted members"}
    columns.append((Column(**facts, derived=True, note=note), Computed(space, near)))
    provenance = {
        "of": table.name,
        "table_hash": table.hash,
        "model": model,
        "seed": seed,
        "held_out": held_out,
        "quality": quality,
        "near": far,
    }
    return Table(name or f"{table.name}-surrogate", space, columns, {"surrogate": provenance})


def is_far(table: Table, architectures: Any) -> Any:
    """Tell which architectures are farther from a surrogate's members than those that it was judged on.

    Returns
    -------
    bool or array of bool, the shape of `architectures`

    Raises
    ------
    RequestError
        For a table that is no surrogate.
    """
    if "surrogate" not in table.provenance:
        raise RequestError(f"{table.name} is no surrogate: nothing is far from its members")
    distance = table.query(architectures, "sample_distance")
    return distance > table.provenance["surrogate"]["near"]


def _members(
    table: Table, label: str, question: dict[str, Any]
) -> tuple[Column, Array, NDArray[np.float64], float | None]:
    """Read a metric: its column, who has a value, the values, and the deviation of single runs."""
    parts = table.applying(label, question)
    values = table.values(label, **parts)
    runs = table.runs(label, **{key: part for key, part in parts.items() if key != "seed"})
    column = table.column(label, **{key: part for key, part in parts.items() if key not in ("seed", "epoch")})
    index = np.flatnonzero(np.isfinite(values))
    if len(index) < _FEWEST:
        raise RequestError(
            f"{column.describe()}: {len(index)} members of {table.name} have a value; a surrogate is fitted "
            f"to {_FEWEST} or more"
        )
    several = runs[np.isfinite(runs).sum(axis=1) > 1]
    count = np.isfinite(several).sum(axis=1)
    if not len(several):
        return column, index, values[index], None
    pooled = np.nansum((several - np.nanmean(several, axis=1, keepdims=True)) ** 2) / (count - 1).sum()
    return column, index, values[index], float(np.sqrt(pooled))


def _split(members: int, held_out: float, seed: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    order = np.random.Generator(np.random.Philox(seed)).permutation(members)
    count = min(max(2, round(held_out * members)), members - 2)
    return np.sort(order[count:]), np.sort(order[:count])


def _whole(space: SearchSpace, index: Array) -> Array:
    """Compute the indices of the surrogate's space."""
    return np.asarray(space.to_parent(index)) if isinstance(space, SampledSpace) else index


def _judged(trees: Trees, index: Array, values: NDArray[np.float64]) -> dict[str, Any]:
    """Compare predictions with the values of members that were held out."""
    from scipy.stats import kendalltau

    predicted = trees(index)
    residual = predicted - values
    spread = float(((values - values.mean()) ** 2).mean())
    tau = float(kendalltau(predicted, values)[0])
    return {
        "held_out": len(values),
        "r2": 1.0 - float((residual**2).mean()) / spread if spread else None,
        "kendall": None if np.isnan(tau) else tau,
        "error": float(np.sqrt((residual**2).mean())),
    }
