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


def cost_study(
    table: Table,
    dataset: str,
    costs: Sequence[str],
    *,
    models: Sequence[str] = COST_MODELS,
    sources: Sequence[str] = (),
    measurements: Sequence[int] = (10, 30, 100, 300),
    test: int = 2000,
    seed: int = 0,
) -> pd.DataFrame:
    """Judge cost models on the same split.

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
    seed
        Of the order and of the models.

    Returns
    -------
    DataFrame
        ``cost``, ``unit``, ``model`` (``transfer from x`` for a transfer), ``measurements``, ``kendall``,
        ``spearman``, ``mape`` and ``median_ape`` (mean and median of the absolute error in percent of the
        value; the mean is ruled by disconnected cells where those cost next to nothing, as on raspi4),
        ``seconds`` (to learn and to predict the test set, in real time), ``test`` (how many) and ``note``:
        empty, or why the coefficients are undefined (they are NaN then). Architectures without the cost are
        left out first, and those that cost nothing out of the errors in percent.

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
    0  shared_lookup_table    1.000
    1                flops    0.829
    """
    import pandas as pd

    known_sources = {label: table.values(label, dataset=dataset) for label in sources}
    rows = []
    for label in costs:
        column = table.column(label, dataset=dataset)
        values = np.round(table.values(label, dataset=dataset), 9)  # equal costs differ in their last bits
        candidates = {name: cost_model(name, table.space, dataset, seed) for name in models}
        usable = np.isfinite(values)
        for source, numbers in known_sources.items():
            if source != label:
                usable &= np.isfinite(numbers)
        order = np.random.Generator(np.random.Philox(seed)).permutation(np.flatnonzero(usable))
        most = max(measurements)
        if most + test > len(order):
            raise RequestError(
                f"{label}: {most} measurements and {test} tests are more than its {len(order):,} values"
            )
        held = order[most : most + test]
        everything: dict[str, CostModel] = dict(candidates)
        everything |= {
            f"transfer from {source}": Transfer(table.space, numbers)
            for source, numbers in known_sources.items()
            if source != label
        }
        for name, model in everything.items():
            for number in measurements:
                began = time.perf_counter()
                model.fit(order[:number], values[order[:number]])
                predicted = np.round(model.predict(held), 9)
                seconds = time.perf_counter() - began
                rows.append(
                    {
                        "cost": label,
                        "unit": column.unit,
                        "model": name,
                        "measurements": number,
                        **_judged(predicted, values[held]),
                        "seconds": seconds,
                        "test": len(held),
                    }
                )
    frame = pd.DataFrame(rows)
    frame["note"] = frame.pop("note")  # the last
    return frame


def _judged(predicted: NDArray[np.float64], truth: NDArray[np.float64]) -> dict[str, Any]:
    """Give how well predictions rank, and how far they are off in percent."""
    from nasbench_sim.analysis import correlation_coefficient
    from nasbench_sim.analysis.inputs import pairs

    undefined = pairs(predicted, truth, names=("the prediction", "the cost")).undefined
    row: dict[str, Any] = {
        method: np.nan if undefined else correlation_coefficient(predicted, truth, method=method)
        for method in ("kendall", "spearman")
    }
    paid = truth != 0
    off = 100 * np.abs(predicted - truth)[paid] / np.abs(truth[paid])
    row["mape"], row["median_ape"] = (off.mean(), np.median(off)) if len(off) else (np.nan, np.nan)
    return row | {"note": f"undefined: {undefined}" if undefined else ""}
