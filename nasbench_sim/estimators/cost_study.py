"""How well cost models predict, and how many measurements each of them needs."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.errors import RequestError
from nasbench_sim.estimators.cost_models import COST_MODELS, CostModel, cost_model
from nasbench_sim.estimators.transfer import Transfer
from nasbench_sim.tables import Table

if TYPE_CHECKING:
    import pandas as pd

_LEAST = 0.05  # of the median cost: what costs less is not what an error is measured by


def cost_study(
    table: Table,
    dataset: str,
    costs: Sequence[str],
    *,
    models: Sequence[str] = COST_MODELS,
    sources: Sequence[str] = (),
    measurements: Sequence[int] = (10, 30, 100, 300),
    test: int = 2000,
    splits: int = 3,
    seed: int = 0,
) -> pd.DataFrame:
    """Judge cost models on the same splits into what is measured and what is predicted.

    Parameters
    ----------
    table, dataset
        Where costs are looked up.
    costs
        Metrics to predict, such as ``latency:raspi4``.
    models
        Names that `cost_model` knows.
    sources
        Metrics of other devices to transfer from; the cost itself is left out.
    measurements
        How many architectures each model learns from: the first so many of one random order.
    test
        How many others, the next in that order after the largest training set, it is judged on.
    splits
        How many random orders; each model is judged on all of them.
    seed
        Of the orders and of the models.

    Returns
    -------
    DataFrame
        ``cost``, ``unit``, ``model`` (``transfer from x`` for a transfer), ``measurements``; means over the
        splits of ``kendall``, ``spearman``, ``mape`` and ``median_ape`` (mean and median of the absolute
        error in percent of the value, or of a twentieth of the median cost where the value is less: a cell of
        almost no cost does not rule the mean), each with its ``_std`` (ddof 1; NaN of one split), and
        ``seconds`` (to learn and to predict the test set, in real time); ``splits``, ``test`` (how many) and
        ``note``: empty, or why the coefficients of a split are undefined (they are NaN then). Architectures
        without the cost are left out first.

    Raises
    ------
    RequestError
        For more measurements and tests than the table has values.

    Examples
    --------
    >>> import nasbench_sim as nbs
    >>> study = cost_study(nbs.load_table("nas-bench-201"), "cifar10", ["latency:fpga"],
    ...                    models=["shared_lookup_table", "flops"], measurements=[30])
    >>> study[["model", "kendall"]].round(3)
                     model  kendall
    0  shared_lookup_table     1.00
    1                flops     0.83
    """
    import pandas as pd

    for name, least in (("test", 3), ("splits", 1)):
        given = {"test": test, "splits": splits}[name]
        if isinstance(given, bool) or not isinstance(given, (int, np.integer)) or given < least:
            raise RequestError(f"{name} is a whole number of {least} or more, not {given!r}")
    known_sources = {label: table.values(label, dataset=dataset) for label in sources}
    rows = []
    for label in costs:
        column = table.column(label, dataset=dataset)
        values = table.values(label, dataset=dataset)
        usable = np.isfinite(values)
        for source, numbers in known_sources.items():
            if source != label:
                usable &= np.isfinite(numbers)
        there, most = np.flatnonzero(usable), max(measurements)
        if most + test > len(there):
            raise RequestError(
                f"{label}: {most} measurements and test={test} are more than its {len(there):,} values; "
                f"test={max(len(there) - most, 0)} leaves enough"
            )
        for split in range(splits):
            order = np.random.Generator(np.random.Philox([seed, split] if split else seed)).permutation(there)
            held = order[most : most + test]
            models_now: dict[str, CostModel] = {
                name: cost_model(name, table.space, dataset, seed + split) for name in models
            }
            models_now |= {
                f"transfer from {source}": Transfer(table.space, numbers)
                for source, numbers in known_sources.items()
                if source != label
            }
            for name, model in models_now.items():
                for number in measurements:
                    began = time.perf_counter()
                    model.fit(order[:number], values[order[:number]])
                    predicted = model.predict(held)
                    seconds = time.perf_counter() - began
                    rows.append(
                        {
                            "cost": label,
                            "unit": column.unit,
                            "model": name,
                            "measurements": number,
                            **_judged(predicted, values[held], float(np.median(values[there]))),
                            "seconds": seconds,
                            "test": len(held),
                        }
                    )
    return _over_splits(pd.DataFrame(rows))


def _over_splits(frame: pd.DataFrame) -> pd.DataFrame:
    """Return one row a model and number of measurements: means over the splits, and their spread."""
    keys = ["cost", "unit", "model", "measurements"]
    grouped = frame.groupby(keys, sort=False, dropna=False)
    judged = ["kendall", "spearman", "mape", "median_ape"]
    out = grouped[[*judged, "seconds"]].mean()
    for name in judged:
        out.insert(out.columns.tolist().index(name) + 1, f"{name}_std", grouped[name].std())
    out["splits"] = grouped.size()
    out["test"] = grouped["test"].first()
    out["note"] = grouped["note"].agg(lambda notes: next(filter(None, notes), ""))
    return out.reset_index()


def _judged(predicted: NDArray[np.float64], truth: NDArray[np.float64], usual: float) -> dict[str, Any]:
    """Give how well predictions rank, and how far they are off in percent."""
    from nasbench_sim.analysis import correlation_coefficient
    from nasbench_sim.analysis.inputs import pairs

    undefined = pairs(predicted, truth, names=("the prediction", "the cost")).undefined
    row: dict[str, Any] = {
        method: np.nan if undefined else correlation_coefficient(predicted, truth, method=method)
        for method in ("kendall", "spearman")
    }
    off = 100 * np.abs(predicted - truth) / np.maximum(np.abs(truth), _LEAST * abs(usual))
    row["mape"], row["median_ape"] = off.mean(), np.median(off)
    return row | {"note": f"undefined: {undefined}" if undefined else ""}
