"""``nasbench-sim report``: one HTML file of a comparison or a study."""

from __future__ import annotations

import argparse
from pathlib import Path

from nasbench_sim.cli.options import add_table


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command to its parser."""
    parser.description = (
        "Write a report that opens in any browser without a network: summary, figures, "
        "significance, provenance, and networks to point at."
    )
    parser.epilog = "example: nasbench-sim report results/compare-1"
    parser.add_argument(
        "runs",
        type=Path,
        metavar="DIR|FILE",
        help="the folder of a comparison or of a study, or a study file",
    )
    parser.add_argument(
        "--folder", type=Path, help="where a study file's results are (default: results/ and its name)"
    )
    parser.add_argument(
        "--output", type=Path, metavar="FILE", help="a new file (default: report.html in the folder)"
    )
    parser.add_argument("--title", help="of the page")
    add_table(parser, "the installed or embedded one that the runs are of")


def run(arguments: argparse.Namespace) -> int:
    """Read the runs, write the page, and name it."""
    from nasbench_sim.errors import RequestError
    from nasbench_sim.report import read_runs, write_report
    from nasbench_sim.tables import load_table

    kept = arguments.folder or Path("results") / arguments.runs.stem
    output = arguments.output or (kept if arguments.runs.is_file() else arguments.runs) / "report.html"
    if output.exists():
        raise RequestError(f"{output} exists: name another file by --output")
    table = load_table(arguments.table) if arguments.table else None
    found = read_runs(arguments.runs, table=table, folder=arguments.folder)
    print(f"written: {write_report(found, output, title=arguments.title)}")
    return 0
