"""The cheapest network of sufficient quality for each device of a table, and what it costs on the others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.errors import RequestError, unknown
from nasbench_sim.tables import Table

if TYPE_CHECKING:
    import pandas as pd


def choose_for_devices(
    table: Table,
    dataset: str,
    *,
    quality: str | None = None,
    metric: str = "latency",
    devices: Sequence[str] | None = None,
    within: float = 1.0,
) -> pd.DataFrame:
    """Choose the cheapest network of sufficient quality for each device, and run it on all.

    Parameters
    ----------
    table, dataset
        Where the metrics are looked up.
    quality
        Larger is better; by default test accuracy where the table has it, else validation accuracy.
    metric
        The cost, such as ``latency`` or ``energy``, of which less is better.
    devices
        All that have the cost by default.
    within
        Quality, in its unit, that may be lost against the best of the table.

    Returns
    -------
    DataFrame
        As `nasbench_sim.analysis.hardware_lottery` gives, with ``architecture`` (its string). ``attrs``: the
        ``dataset``, the ``quality``, its ``unit`` and the ``least`` of it, how many rows are ``sufficient``,
        the ``units`` of the costs, and as ``flops`` Kendall's tau of the FLOPs with each cost, where they are
        known.

    Raises
    ------
    RequestError
        For what the table does not have, and fewer than two devices.

    Examples
    --------
    >>> import nasbench_sim as nbs
    >>> found = choose_for_devices(nbs.load_table("nas-bench-201"), "cifar10", devices=["gpu", "fpga"])
    >>> found[["chosen_for", "run_on", "loss"]].round(1).to_numpy().tolist()[1]
    ['latency:gpu', 'latency:fpga', 39.6]
    """
    from nasbench_sim.analysis import correlation_coefficient, hardware_lottery
    from nasbench_sim.analysis.inputs import number

    if number(within, "within") < 0:
        raise RequestError(f"within is 0 or more, not {within}")
    own = [column for column in table.schema if column.dataset == dataset]
    if not own:
        raise unknown("data set", dataset, {one.dataset for one in table.schema if one.dataset})
    if quality is None:
        quality = "test_accuracy" if "test_accuracy" in {one.metric for one in own} else "val_accuracy"
    judged = table.column(quality, **table.applying(quality, {"dataset": dataset}))
    if judged.better == "min":
        raise RequestError(f"the quality is a metric of which more is better, and of {quality} less is")
    costs = costs_of_devices(table, dataset, metric, devices)
    frame = table.frame([quality, *costs], dataset=dataset)
    least = float(np.nanmax(frame[quality])) - within
    lottery = hardware_lottery(frame, quality, costs, least)
    lottery["architecture"] = table.space.string(lottery["row"].to_numpy())
    flops = flops_of(table, dataset)
    tau = (
        {}
        if flops is None
        else {cost: correlation_coefficient(flops, frame[cost].to_numpy()) for cost in costs}
    )
    lottery.attrs |= {
        "dataset": dataset,
        "quality": quality,
        "unit": judged.unit,
        "least": least,
        "units": {cost: frame.attrs["units"][cost] for cost in costs},
        "flops": tau,
    }
    return lottery


def costs_of_devices(
    table: Table, dataset: str, metric: str, devices: Sequence[str] | None = None
) -> list[str]:
    """Return the names of a cost on each device, such as ``latency:raspi4``."""
    own = [column for column in table.schema if column.dataset == dataset]
    known = {column.metric for column in own if column.device}
    if metric not in known:
        raise unknown("cost of devices", metric, known)
    with_cost = {column.device: column.label for column in own if column.metric == metric and column.device}
    for device in devices or ():
        if device not in with_cost:
            raise unknown(f"device with {metric}", device, with_cost)
    costs = [with_cost[device] for device in dict.fromkeys(devices or with_cost)]
    if len(costs) < 2:
        raise RequestError(
            f"{table.name} has {metric} of {len(costs)} devices on {dataset}: two or more are compared"
        )
    return costs


def flops_of(table: Table, dataset: str) -> NDArray[np.float64] | None:
    """Return the FLOPs of all architectures, in millions; None where neither table nor space knows them."""
    if any(column.metric == "flops" and column.dataset == dataset for column in table.schema):
        return table.values("flops", dataset=dataset)
    counted = getattr(table.space, "flops", None)
    return None if counted is None else np.asarray(counted(table.space.all_indices(), dataset=dataset))
