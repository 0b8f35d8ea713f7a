"""``nasbench-sim compare``: run several searchers on the same tasks."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from nasbench_sim.cli.options import add_json, add_table, output_folder, whole_or_text

SEARCHERS = ("random_search", "regularized_evolution", "local_search", "reinforce")
EVALUATIONS = 200


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command to its parser."""
    parser.description = "Run several searchers on the same tasks, sum them up, draw and save everything."
    parser.epilog = (
        "example: nasbench-sim compare --searchers random_search regularized_evolution --seconds 1e6"
    )
    parser.add_argument("--searchers", nargs="+", default=SEARCHERS, help=f"(default: {' '.join(SEARCHERS)})")
    parser.add_argument("--datasets", nargs="+", help="(default: those of the table's benchmark)")
    parser.add_argument("--replicates", type=int, default=500, help="runs of each searcher (default: 500)")
    budget = parser.add_mutually_exclusive_group()
    budget.add_argument("--evaluations", type=int, help=f"budget of each run (default: {EVALUATIONS})")
    budget.add_argument("--seconds", type=float, help="budget of each run on the simulated clock")
    task = parser.add_argument_group("the task")
    add_table(parser)
    task.add_argument(
        "--objective", default="val_accuracy", help="what searchers observe (default: %(default)s)"
    )
    task.add_argument(
        "--schedule", type=int, metavar="EPOCHS", help="of the objective (default: the longest)"
    )
    task.add_argument("--report", help="what is reported (default: test accuracy if the table has it)")
    task.add_argument("--noise", default="run", help="run, mean or a training seed (default: %(default)s)")
    task.add_argument("--repeats", default="charged", help="charged or free (default: %(default)s)")
    parser.add_argument(
        "--csv", action="store_true", help="write the trajectories as CSV, too: large, and slow to write"
    )
    parser.add_argument(
        "--parquet", action="store_true", help="write the trajectories as Parquet, too (extra [parquet])"
    )
    parser.add_argument("--jobs", type=int, default=1, help="processes (default: 1)")
    parser.add_argument(
        "--output",
        type=Path,
        metavar="FOLDER",
        help="new folder for the results (default: results/compare-N)",
    )
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Run, print the summary, save, and name the files."""
    from nasbench_sim.errors import RequestError
    from nasbench_sim.oracle import Budget, Task
    from nasbench_sim.oracle.charging import shortfall
    from nasbench_sim.studies import compare
    from nasbench_sim.studies.export import write_comparison
    from nasbench_sim.studies.repeats import refuse_repeats
    from nasbench_sim.tables import load_table

    output = output_folder(arguments.output, "compare")
    refuse_repeats("data set", arguments.datasets or ())
    if arguments.replicates < 1:
        raise RequestError(f"--replicates is 1 or more, not {arguments.replicates}")
    if arguments.seconds is not None:
        budget = Budget(seconds=arguments.seconds)
    else:
        budget = Budget(evaluations=EVALUATIONS if arguments.evaluations is None else arguments.evaluations)
    table = load_table(arguments.table)
    datasets = arguments.datasets or _datasets(table)
    if not datasets:
        raise RequestError(f"no column of {table.name} is of a data set: there is nothing to compare on")
    tasks = [
        Task(
            table,
            dataset=dataset,
            objective=arguments.objective,
            schedule=arguments.schedule,
            report=arguments.report,
            noise=whole_or_text(arguments.noise),
            repeats=arguments.repeats,
        )
        for dataset in datasets
    ]
    found = compare(
        arguments.searchers,
        tasks,
        budget=budget,
        seeds=arguments.replicates,
        jobs=arguments.jobs,
        progress=not arguments.json,
    )
    if arguments.json:
        for task in tasks:
            if short := shortfall(task, budget):
                print(f"nasbench-sim: {task.dataset}: {short}", file=sys.stderr)
        print(found.summary().to_json(orient="records", indent=1))
    else:
        print(_explained(tasks, arguments.replicates, budget), found, sep="\n")
    with output:
        write_comparison(found, output.path, csv=arguments.csv, parquet=arguments.parquet)
    if not arguments.json:
        print("written:", *output.files(), sep="\n  ")
    return 0


def _datasets(table: Any) -> list[str]:
    """List the data sets of the table's benchmark that it has, or else all that it has."""
    own = list(dict.fromkeys(column.dataset for column in table.schema if column.dataset is not None))
    return [dataset for dataset in table.space.benchmark.datasets if dataset in own] or own


def _explained(tasks: list[Any], replicates: int, budget: Any) -> str:
    """Say in words what the numbers of the summary are."""
    first = tasks[0]
    trained = f"schedule {first.objective.schedule}, " if first.objective.schedule else ""
    return (
        f"{replicates} replicates a searcher, each {budget}; objective {first.objective.label} "
        f"({trained}noise {first.noise}), from table {first.table.name}"
    )
