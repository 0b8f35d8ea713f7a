"""``nasbench-sim study``: a study from one file: new, check, run, status, report, export."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nasbench_sim.cli.options import add_json

if TYPE_CHECKING:
    from nasbench_sim.studies import Declaration, Study

_EXAMPLE = """\
# A study: what is run and what is reported. Check it with `nasbench-sim study check FILE`.
[study]
title = "Two searchers on two data sets"
seeds = 200                             # replicates, or a list of seeds
budget = { evaluations = 200 }          # or { seconds = 12000 }; a task can have its own

[[tasks]]                               # any parameter of nasbench_sim.Task
table = "nas-bench-201"
dataset = ["cifar10", "cifar100"]       # one task each
objective = "val_accuracy"

[[searchers]]
name = "random_search"

[[searchers]]
name = "regularized_evolution"
hyperparameters = { sample = 3 }
grid = { population = [10, 20] }        # one searcher for each combination

[report]
tables = ["summary", "pairwise"]
figures = ["anytime"]                   # also "ecdf" and "critical_difference"
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the commands of ``study``."""
    parser.description = "Run a study that one TOML file declares; its results are kept in a folder."
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    def command(name: str, function: Callable[[argparse.Namespace], int], help: str) -> Any:
        added = commands.add_parser(name, help=help, description=help[0].upper() + help[1:] + ".")
        added.add_argument("file", type=Path, metavar="FILE", help="the study file, TOML")
        added.set_defaults(run=function)
        return added

    command("new", _new, "write an example of a study file")
    command("check", _check, "check a study file whole, without running anything")
    running = command("run", _run, "do what is missing; stop it at any time and call it again")
    running.add_argument("--jobs", type=int, default=1, help="local processes; -1: one a core (default: 1)")
    running.add_argument("--backend", default="local", help="local, dask or ray (default: local)")
    running.add_argument("--address", help="of the Dask scheduler or the Ray cluster")
    status = command("status", _status, "say how far a study is, and whether its files are sound")
    report = command("report", _report, "print the tables of a study, and write tables and figures")
    export = command("export", _export, "write all trajectories, tables and figures to a new folder")
    for one in (running, status, report, export):
        one.add_argument(
            "--folder", type=Path, help="where the study is kept (default: results/ and the file's name)"
        )
    add_json(status)
    add_json(report)
    export.add_argument("--output", type=Path, required=True, metavar="FOLDER", help="a new folder")


def _new(arguments: argparse.Namespace) -> int:
    from nasbench_sim.errors import RequestError

    try:
        with arguments.file.open("x") as file:
            file.write(_EXAMPLE)
    except FileExistsError as error:
        raise RequestError(f"{arguments.file} exists already") from error
    print(f"written: {arguments.file}")
    return 0


def _check(arguments: argparse.Namespace) -> int:
    declared = _declared(arguments)
    print(f"{arguments.file} is sound: {declared.title}")
    if declared.study is not None:
        print(_size(declared.study))
    return 0


def _run(arguments: argparse.Namespace) -> int:
    from nasbench_sim.errors import WorkerError

    study = _study(_declared(arguments))
    folder = _folder(arguments)
    print(_size(study))
    try:
        study.run(
            folder,
            jobs=arguments.jobs,
            backend=arguments.backend,
            address=arguments.address,
            progress=True,
        )
    except (KeyboardInterrupt, OSError, WorkerError) as error:
        if (folder / "pieces").is_dir():
            error.add_note(f"what is finished is kept in {folder}, and the same command does the rest")
        raise
    print(f"finished: {folder}")
    _print_unused(study, folder)
    return 0


def _status(arguments: argparse.Namespace) -> int:
    study, folder = _study(_declared(arguments)), _folder(arguments)
    frame = study.status(folder)
    if arguments.json:
        print(frame.to_json(orient="records", indent=1))
        return 0
    print(frame.to_string(index=False))
    _print_unused(study, folder)
    return 0


def _report(arguments: argparse.Namespace) -> int:
    import json

    from nasbench_sim.studies import report

    declared = _declared(arguments)
    tables, files = report(declared.study, declared.plan, _folder(arguments))
    if arguments.json:
        rows = {name: json.loads(table.to_json(orient="records")) for name, table in tables.items()}
        print(json.dumps(rows, indent=1))
        return 0
    for name, table in tables.items():
        print(name, table.to_string(index=False, na_rep="-", float_format=lambda x: f"{x:.3f}"), "", sep="\n")
    print("written:", *files, sep="\n  ")
    return 0


def _export(arguments: argparse.Namespace) -> int:
    from nasbench_sim.files import check_new

    check_new(arguments.output)
    found = _study(_declared(arguments)).results(_folder(arguments))
    print("written:", *found.save(arguments.output), sep="\n  ")
    return 0


def _declared(arguments: argparse.Namespace) -> Declaration:
    from nasbench_sim.studies import read_study

    return read_study(arguments.file)


def _study(declared: Declaration) -> Study:
    from nasbench_sim.errors import RequestError

    if declared.study is None:
        raise RequestError("the file declares correlations only: there is nothing to run; see `report`")
    return declared.study


def _folder(arguments: argparse.Namespace) -> Path:
    return Path(arguments.folder or Path("results") / arguments.file.stem)


def _size(study: Study) -> str:
    return (
        f"{len(study.searchers)} searchers on {len(study.tasks)} tasks, {len(study.seeds)} replicates each, "
        f"in {len(study.pieces())} pieces"
    )


def _print_unused(study: Study, folder: Path) -> None:
    for words in study.unused(folder):
        print(f"kept, but not of this study: {words}")
