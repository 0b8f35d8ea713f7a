"""``nasbench-sim pareto``: the best accuracy for every cost."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nasbench_sim.cli.options import add_json, add_panels, add_table, default_quality, output_folder

if TYPE_CHECKING:
    import pandas as pd

    from nasbench_sim.tables import Table

COSTS = ("latency", "energy")
_Bounds = dict[str, tuple[float | None, float | None]]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command to its parser."""
    parser.description = "Give the fronts of a quality against costs, exact over the whole table."
    parser.epilog = (
        "example: nasbench-sim pareto --datasets cifar10 --costs flops --constraint 'val_accuracy >= 80 %'"
    )
    parser.add_argument("--datasets", nargs="+", help="(default: all that the quality has)")
    parser.add_argument(
        "--quality",
        metavar="METRIC",
        help="what is traded against costs (default: test accuracy if the table has it, else val_accuracy)",
    )
    parser.add_argument(
        "--costs",
        nargs="+",
        metavar="METRIC",
        help="one front each, also metric:device (default: all latencies and energies)",
    )
    parser.add_argument(
        "--constraint",
        nargs="+",
        default=(),
        metavar="BOUND",
        help="what the points of a front must keep, such as 'latency:raspi4 <= 10 ms'",
    )
    add_table(parser)
    parser.add_argument(
        "--output", type=Path, metavar="FOLDER", help="new folder (default: results/pareto-N)"
    )
    add_panels(parser)
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print and write the fronts, and draw a figure a data set."""
    import pandas as pd

    from nasbench_sim.studies.repeats import refuse_repeats
    from nasbench_sim.tables import load_table

    output = output_folder(arguments.output, "pareto")
    refuse_repeats("data set", arguments.datasets or ())
    refuse_repeats("cost", arguments.costs or ())
    table = load_table(arguments.table)
    fronts = list(_fronts(table, arguments))
    rows = pd.concat([rows for *_, rows in fronts], ignore_index=True)
    with output:
        _write(fronts, rows, output.path, arguments)
    if arguments.json:
        print(rows.to_json(orient="records", indent=1))
        return 0
    bounds = f", {' and '.join(arguments.constraint)}" if arguments.constraint else ""
    print(f"{table.name}: the exact fronts{bounds}")
    for dataset, frame, objectives, _, front in fronts:
        cost, quality = objectives
        print(
            f"\n{dataset}, {quality} against {cost}: {len(front)} points of {front.attrs['rows']:,}", end=""
        )
        for what in ("outside", "missing"):
            if front.attrs[what]:
                said = "outside the constraints" if what == "outside" else "without a value"
                print(f", {front.attrs[what]:,} {said}", end="")
        print()
        units = frame.attrs.get("units", {})
        shown = front.drop(columns=["dataset", "cost", "quality"]).rename(
            columns={
                f"{what}_value": _headed(name, units)
                for what, name in zip(("cost", "quality"), objectives, strict=True)
            }
        )
        print(shown.to_string(index=False, float_format=lambda number: f"{number:.4g}"))
    print("written:", *output.files(), sep="\n  ")
    return 0


def _headed(name: str, units: dict[str, str]) -> str:
    """Give the name of a quantity with its unit."""
    return f"{name} ({units[name]})" if units.get(name) else name


def _fronts(
    table: Table, arguments: argparse.Namespace
) -> Iterator[tuple[str, pd.DataFrame, dict[str, str], _Bounds, pd.DataFrame]]:
    """Give data set, all values, objectives, bounds and front, one after the other."""
    from nasbench_sim.oracle.constraint import read_constraint
    from nasbench_sim.plots.pareto import pareto_frame

    for dataset in _datasets(table, arguments):
        quality = arguments.quality or default_quality(table, dataset)
        bounds: _Bounds = {}
        for text in arguments.constraint:
            found = read_constraint(table, dataset, text)
            low, high = bounds.get(found.column.label, (None, None))
            bounds[found.column.label] = (low, found.bound) if found.largest else (found.bound, high)
        for cost in arguments.costs or _costs(table, dataset):
            frame = table.frame(list(dict.fromkeys([cost, quality, *bounds])), dataset=dataset)
            ends: dict[str, str] = {
                name: table.column(name, **table.applying(name, {"dataset": dataset})).better
                for name in (cost, quality)
            }
            front = pareto_frame(frame, ends, bounds)
            attrs = front.attrs
            front = front.reset_index()
            front["architecture"] = table.space.string(front["index"].to_numpy())
            front = front.rename(columns={cost: "cost_value", quality: "quality_value"})
            front = front.assign(dataset=dataset, cost=cost, quality=quality)
            names = ["dataset", "cost", "cost_value", "quality", "quality_value", "index", "architecture"]
            front = front[[*names, "knee"]]
            front.attrs = attrs
            yield dataset, frame, ends, bounds, front


def _datasets(table: Table, arguments: argparse.Namespace) -> list[str]:
    """Give the data sets to look at: those asked for, or all of which the quality is there."""
    from nasbench_sim.errors import unknown

    metrics = (
        [arguments.quality.partition(":")[0]] if arguments.quality else ["test_accuracy", "val_accuracy"]
    )
    own = [column.dataset for column in table.schema if column.metric in metrics and column.dataset]
    known = list(dict.fromkeys(own))
    if not known:
        raise unknown("quality", metrics[-1], {column.metric for column in table.schema})
    asked: list[str] = arguments.datasets or known
    for dataset in asked:
        if dataset not in known:
            raise unknown("data set", dataset, known)
    return asked


def _costs(table: Table, dataset: str) -> list[str]:
    from nasbench_sim.errors import RequestError

    found = [
        column.label
        for column in table.schema
        if column.metric in COSTS and column.dataset in (dataset, None)
    ]
    if not found:
        raise RequestError(f"{table.name} has no latency or energy for {dataset}: name --costs")
    return found


def _write(fronts: list[Any], rows: pd.DataFrame, folder: Path, arguments: argparse.Namespace) -> None:
    from nasbench_sim.plots import pareto, style
    from nasbench_sim.plots.pages import pages, save_figure

    rows.to_csv(folder / "fronts.csv", index=False)
    kept = ", ".join(str(text) for text in arguments.constraint)
    for dataset in dict.fromkeys(front[0] for front in fronts):
        own = [front for front in fronts if front[0] == dataset][: max(arguments.panels, 0)]
        with style("paper"):
            sheets = pages(len(own))
            for number, (figure, axes) in enumerate(sheets, 1):
                for ax in axes:
                    _, frame, objectives, bounds, _ = own.pop(0)
                    pareto(frame, objectives, ax, constraints=bounds)
                figure.suptitle(f"{dataset}, {kept}" if kept else dataset)
                name = f"fronts-{dataset}-{number}" if len(sheets) > 1 else f"fronts-{dataset}"
                save_figure(figure, folder / name)
