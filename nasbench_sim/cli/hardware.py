"""``nasbench-sim hardware``: the best network for each device, and what it costs on the others."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from nasbench_sim.cli.options import add_json, add_panels, add_table, output_folder

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
    add_panels(parser)
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print and write the losses and the correlations with FLOPs, and draw both."""
    from nasbench_sim.plots.losses import losses_frame
    from nasbench_sim.studies.device_choice import choose_for_devices
    from nasbench_sim.tables import load_table

    output = output_folder(arguments.output, "hardware")
    table = load_table(arguments.table)
    lottery = choose_for_devices(
        table,
        arguments.dataset,
        quality=arguments.quality,
        metric=arguments.metric,
        devices=arguments.devices,
        within=arguments.within,
    )
    with output:
        _write(lottery, table, arguments.panels, output.path)
    if arguments.json:
        print(lottery.to_json(orient="records", indent=1))
        return 0
    about = lottery.attrs
    sufficient, tau = about["sufficient"], about["flops"]
    bound = f"{about['least']:.2f} {about['unit']}".rstrip()
    print(
        f"{table.name}, {arguments.dataset}: {sufficient:,} architectures have {about['quality']} >= {bound}"
    )
    print(f"of these, those of the least {arguments.metric}:")
    for row in lottery[lottery["chosen_for"] == lottery["run_on"]].to_dict("records"):
        name = row["chosen_for"]
        quality_of = f"{row['quality']:.2f} {about['unit']}".rstrip()
        lack = f", {sufficient - row['compared']:,} lack a value" if row["compared"] < sufficient else ""
        related = f", FLOPs against it: tau {tau[name]:.3f}" if tau else ""
        print(
            f"{name}: {row['row']} with {row['value']:.4g} {about['units'][name]}, "
            f"{quality_of}{related}{lack}"
        )
    print("\nloss in percent; a row is where it was chosen, a column where it runs")
    print(losses_frame(lottery).round(1).to_string())
    print("written:", *output.files(), sep="\n  ")
    return 0


def _write(lottery: pd.DataFrame, table: Table, panels: int, folder: Path) -> None:
    from nasbench_sim.plots import cloud, losses, style
    from nasbench_sim.plots.pages import pages, save_figure
    from nasbench_sim.studies.device_choice import flops_of

    lottery.to_csv(folder / "losses.csv", index=False)
    with style():
        save_figure(losses(lottery), folder / "losses")
    about = lottery.attrs
    flops = flops_of(table, about["dataset"])
    if flops is None:
        return
    costs = list(about["units"])[: max(panels, 0)]
    frame = table.frame(costs, dataset=about["dataset"]).assign(flops=flops)
    frame.attrs["units"] = {**about["units"], "flops": "M"}
    with style("paper"):
        sheets = pages(len(costs))
        for number, (figure, axes) in enumerate(sheets, 1):
            for ax in axes:
                cloud(frame, "flops", costs.pop(0), ax)
            figure.suptitle(about["dataset"])
            save_figure(figure, folder / (f"flops-{number}" if len(sheets) > 1 else "flops"))
