"""``nasbench-sim hardware``: the best network for each device, and what it costs on the others."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nasbench_sim.cli.figures import panels, save_figure
from nasbench_sim.cli.options import add_json, add_table, default_quality, output_folder

if TYPE_CHECKING:
    import pandas as pd

    from nasbench_sim.tables import Table

WITHIN = 1.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command to its parser."""
    parser.description = (
        "Choose the fastest network of sufficient accuracy for each device and run it on all."
    )
    parser.epilog = "example: nasbench-sim hardware --dataset cifar100 --within 0.5"
    parser.add_argument("--dataset", default="cifar10", help="(default: %(default)s)")
    parser.add_argument(
        "--quality",
        metavar="METRIC",
        help="larger is better (default: test accuracy if the table has it, else val_accuracy)",
    )
    parser.add_argument(
        "--metric", default="latency", help="the cost, of every device (default: %(default)s)"
    )
    parser.add_argument("--devices", nargs="+", metavar="DEVICE", help="(default: all that have the cost)")
    parser.add_argument(
        "--within",
        type=float,
        default=WITHIN,
        metavar="POINTS",
        help="quality, in its unit, that may be lost against the best of the table (default: %(default)s)",
    )
    add_table(parser)
    parser.add_argument(
        "--output", type=Path, metavar="FOLDER", help="new folder (default: results/hardware-N)"
    )
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print and write the losses and the correlations with FLOPs, and draw both."""
    import numpy as np

    from nasbench_sim.analysis import correlation_coefficient, hardware_lottery
    from nasbench_sim.errors import RequestError, unknown
    from nasbench_sim.tables import load_table

    output = output_folder(arguments.output, "hardware")
    if not arguments.within >= 0:
        raise RequestError(f"--within is 0 or more, not {arguments.within}")
    table = load_table(arguments.table)
    own = [column for column in table.schema if column.dataset == arguments.dataset]
    if not own:
        raise unknown("data set", arguments.dataset, {one.dataset for one in table.schema if one.dataset})
    quality = arguments.quality or default_quality(table, arguments.dataset)
    asked = table.applying(quality, {"dataset": arguments.dataset})
    judged = table.column(quality, **asked)
    if judged.better == "min":
        raise RequestError(f"the quality is a metric of which more is better, and of {quality} less is")
    known = {column.metric for column in own if column.device}
    if arguments.metric not in known:
        raise unknown("cost of devices", arguments.metric, known)
    with_cost = {column.device: column.label for column in own if column.metric == arguments.metric}
    for device in arguments.devices or ():
        if device not in with_cost:
            raise unknown(f"device with {arguments.metric}", device, filter(None, with_cost))
    costs = [with_cost[device] for device in dict.fromkeys(arguments.devices or filter(None, with_cost))]
    if len(costs) < 2:
        raise RequestError(
            f"{table.name} has {arguments.metric} of {len(costs)} devices on {arguments.dataset}: two or "
            "more are compared"
        )
    frame = table.frame([quality, *costs], dataset=arguments.dataset).round(9)
    least = float(np.nanmax(frame[quality])) - arguments.within
    lottery = hardware_lottery(frame, quality, costs, least)
    lottery["architecture"] = table.space.string(lottery["row"].to_numpy())
    flops = _flops(table, arguments.dataset)
    tau = {} if flops is None else {cost: correlation_coefficient(flops, frame[cost]) for cost in costs}
    bound = f"{least:.2f} {judged.unit}".rstrip()
    with output:
        _write(lottery, output.path, f"{arguments.dataset}: {quality} ≥ {bound}")
        if flops is not None:
            _draw_flops(frame.assign(flops=flops), costs, arguments.dataset, output.path)
    if arguments.json:
        print(lottery.to_json(orient="records", indent=1))
        return 0
    sufficient = lottery.attrs["sufficient"]
    print(f"{table.name}, {arguments.dataset}: {sufficient:,} architectures have {quality} >= {bound}")
    print(f"of these, those of the least {arguments.metric}:")
    for name, part in lottery[lottery["chosen_for"] == lottery["run_on"]].groupby("chosen_for", sort=False):
        row = part.iloc[0]
        unit = table.column(str(name), **table.applying(str(name), {"dataset": arguments.dataset})).unit
        quality_of = f"{row['quality']:.2f} {judged.unit}".rstrip()
        lack = f", {sufficient - row['compared']:,} lack a value" if row["compared"] < sufficient else ""
        related = f", FLOPs against it: tau {tau[str(name)]:.3f}" if tau else ""
        print(f"{name}: {row['row']} with {row['value']:.4g} {unit}, {quality_of}{related}{lack}")
    print("\nloss in percent; a row is where it was chosen, a column where it runs")
    print(_matrix(lottery).round(1).to_string())
    print("written:", *output.files(), sep="\n  ")
    return 0


def _flops(table: Table, dataset: str) -> Any:
    if any(column.metric == "flops" and column.dataset == dataset for column in table.schema):
        return table.values("flops", dataset=dataset)
    counted = getattr(table.space, "flops", None)
    return None if counted is None else counted(table.space.all_indices(), dataset=dataset)


def _matrix(lottery: pd.DataFrame) -> pd.DataFrame:
    """Give the losses with what was chosen for down and what it runs on across, by device."""
    order = list(dict.fromkeys(lottery["chosen_for"]))
    matrix = lottery.pivot_table(index="chosen_for", columns="run_on", values="loss").loc[order, order]
    names = [name.partition(":")[2] for name in order]
    return matrix.set_axis(names, axis=0).set_axis(names, axis=1)


def _write(lottery: pd.DataFrame, folder: Path, title: str) -> None:
    from nasbench_sim.plots import style
    from nasbench_sim.plots.heatmap import axes_for, heatmap

    lottery.to_csv(folder / "losses.csv", index=False)
    matrix = _matrix(lottery)
    with style():
        ax = axes_for(matrix, None)
        heatmap(ax, matrix, title="loss (%)", limits=(0.0, float(matrix.max().max()) or 1.0), digits=0)
        ax.set_xlabel("runs on")
        ax.set_ylabel("chosen for")
        ax.set_title(title)
        save_figure(ax, folder / "losses")


def _draw_flops(frame: pd.DataFrame, costs: list[str], dataset: str, folder: Path) -> None:
    from nasbench_sim.plots import cloud, style

    frame.attrs["units"] = {**frame.attrs.get("units", {}), "flops": "M"}
    with style():
        figure, axes = panels(len(costs))
        for cost, ax in zip(costs, axes, strict=True):
            cloud(frame, "flops", cost, ax)
        figure.suptitle(dataset)
        save_figure(figure, folder / "flops")
