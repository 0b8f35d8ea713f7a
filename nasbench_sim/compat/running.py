"""Running a script unchanged, with our modules for the published packages."""

from __future__ import annotations

import argparse
import os
import runpy
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path

from nasbench_sim.compat import finder
from nasbench_sim.compat.archive import MEANS
from nasbench_sim.compat.nas_201_api.api_201 import GENERATION
from nasbench_sim.errors import RequestError
from nasbench_sim.tables import load_table


def run_script(script: str | Path, arguments: Sequence[str] = ()) -> None:
    """Run a script as ``python SCRIPT ARGUMENTS`` does, and say on standard error which table answers.

    Parameters
    ----------
    script
        A file of Python, or a folder with a ``__main__.py``.
    arguments
        What the script finds in ``sys.argv[1:]``.

    Raises
    ------
    RequestError
        For a script that is not there.
    """
    path = Path(script)
    if not path.exists():
        raise RequestError(f"no script {path}")
    folder = str(path.resolve() if path.is_dir() else path.resolve().parent)
    kept = sys.argv, sys.path[:]
    sys.argv = [str(script), *arguments]
    sys.path[0] = folder
    try:
        with finder.installed():
            print(told(), file=sys.stderr)
            runpy.run_path(str(path), run_name="__main__")
    finally:
        sys.argv, sys.path[:] = kept


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command to a parser."""
    parser.description = (
        "Run a script that was written for nats_bench, nas_201_api or hw_nas_bench_api as it is: it gets our "
        "modules of these names, and numbers of the installed tables."
    )
    parser.add_argument(
        "--generation",
        choices=("1", "2"),
        help="of nas_201_api: 1 means 200 epochs where a call names none, 2 means 12; by default told by the "
        "copy beside the script, else 2",
    )
    parser.add_argument(
        "--means",
        action="store_true",
        help="where a run is drawn of which a table has the mean alone, answer with the mean rather than NaN",
    )
    parser.add_argument("script", metavar="SCRIPT.py")
    parser.add_argument("arguments", nargs=argparse.REMAINDER, help="what the script is given")


def run(arguments: argparse.Namespace) -> int:
    """Run the script that a command names; 1 where it fails, after its own traceback."""
    if arguments.generation is not None:
        os.environ[GENERATION] = arguments.generation
    if arguments.means:
        os.environ[MEANS] = "1"
    path = Path(arguments.script)
    if not path.exists():
        raise RequestError(f"no script {path}")
    try:
        run_script(path, arguments.arguments)
    except Exception:
        traceback.print_exc()
        return 1
    return 0


def told() -> str:
    """Say in one line which table answers, and what it has of few architectures only.

    Examples
    --------
    >>> told().startswith("nasbench-sim: ")
    True
    """
    table = load_table()
    size = table.space.size
    trained = [column for column in table.schema if column.split and column.metric.endswith("accuracy")]
    whole = {(column.split, column.schedule) for column in trained if column.coverage == size}
    few = {(split, schedule) for split in ("train", "val", "test") for schedule in (12, 200)} - whole
    lacks = (
        ", ".join(f"{split} accuracy at {schedule} epochs" for split, schedule in sorted(few)) or "nothing"
    )
    return (
        f"nasbench-sim: nats_bench, nas_201_api and hw_nas_bench_api are answered by table {table.name!r} "
        f"({table.hash[:12]}); of all {size:,} cells it lacks: {lacks}, losses, validation times"
    )
