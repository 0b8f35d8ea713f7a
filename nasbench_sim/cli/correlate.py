"""``nasbench-sim correlate``: how all proxies rank architectures beside what they are to predict."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from nasbench_sim.cli.options import add_json, add_table, output_folder

if TYPE_CHECKING:
    import pandas as pd

TARGETS = ("val_accuracy", "test_accuracy")
POPULATIONS = ("all", "unique", "connected", "no-dead-edge")
METHODS = ("kendall", "spearman", "pearson")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command to its parser."""
    parser.description = "Correlate columns of a table with others, over a stated population."
    parser.epilog = (
        "example: nasbench-sim correlate --of flops params --against val_accuracy --population unique"
    )
    parser.add_argument("--datasets", nargs="+", help="(default: all of the table)")
    parser.add_argument(
        "--of", nargs="+", metavar="METRIC", help="metrics, also metric:device (default: all)"
    )
    parser.add_argument(
        "--against",
        nargs="+",
        metavar="METRIC",
        help=f"what they are to predict (default: {' '.join(TARGETS)})",
    )
    parser.add_argument(
        "--given",
        nargs="+",
        metavar="METRIC",
        default=(),
        help="also the partial correlation, once what these explain is taken out, such as params or flops",
    )
    parser.add_argument(
        "--population",
        choices=POPULATIONS,
        default="all",
        help="all architectures, one of each isomorphism class, those whose input reaches the output, those "
        "without an edge that leads nowhere (default: %(default)s)",
    )
    parser.add_argument(
        "--rows",
        choices=("common", "own"),
        default="common",
        help="correlate on the rows that all columns have, or each on its own (default: %(default)s)",
    )
    parser.add_argument("--sample", type=int, metavar="N", help="only N of them, drawn at random")
    parser.add_argument(
        "--bootstrap",
        type=int,
        default=0,
        metavar="N",
        help="resamples for the intervals (default: intervals on Fisher's z scale)",
    )
    parser.add_argument(
        "--seed", type=int, default=0, help="of the sample and of the bootstrap (default: %(default)s)"
    )
    parser.add_argument(
        "--method",
        choices=METHODS,
        default="kendall",
        help="drawn, and sorted by; the CSV has all (default: %(default)s)",
    )
    add_table(parser)
    parser.add_argument(
        "--output", type=Path, metavar="FOLDER", help="new folder (default: results/correlate-N)"
    )
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print and write the correlations, and draw a heat map a data set."""
    from nasbench_sim.studies.column_correlations import FEWEST, correlate
    from nasbench_sim.tables import load_table

    output = output_folder(arguments.output, "correlate")
    table = load_table(arguments.table)
    rows = correlate(
        table,
        datasets=arguments.datasets,
        of=arguments.of,
        against=arguments.against,
        given=arguments.given,
        population=arguments.population,
        sample=arguments.sample,
        rows=arguments.rows,
        method=arguments.method,
        bootstrap=arguments.bootstrap,
        seed=arguments.seed,
    )
    with output:
        _write(rows, output.path)
    if arguments.json:
        print(rows.to_json(orient="records", indent=1))
        return 0
    size, few = rows.attrs["size"], rows.attrs["left_out"]
    name = rows["population"].iloc[0]
    print(f"{table.name}: {size:,} architectures ({name}); a sign says which way a metric runs")
    partial = ["partial"] if arguments.given else []
    shown = ["dataset", "against", "metric", *METHODS, *partial, "n", "missing"]
    printed = rows[shown].astype({"n": int, "missing": int})
    print(printed.to_string(index=False, na_rep="-", float_format=lambda number: f"{number:.4g}"))
    if arguments.rows == "own" and (printed["n"] < size).any():
        print("each on the rows that it and its target have: only rows of one n can be ranked")
    if arguments.given:
        print(f"partial: {arguments.method} given {' and '.join(arguments.given)}")
    if few:
        print(f"left out: {few} columns that fewer than {FEWEST} architectures have (--of names them)")
    for note in sorted(set(rows["note"]) - {""}):
        print(note)
    print("written:", *output.files(), sep="\n  ")
    return 0


def _write(rows: pd.DataFrame, folder: Path) -> None:
    from nasbench_sim.plots import correlations, style
    from nasbench_sim.plots.pages import save_figure

    rows.to_csv(folder / "correlations.csv", index=False)
    for dataset in rows["dataset"].unique():
        with style():
            ax = correlations(rows[rows["dataset"] == dataset], method=rows.attrs["method"])
            save_figure(ax, folder / f"correlations-{dataset}")
