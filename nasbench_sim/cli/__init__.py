"""The command line: thin; parses, calls the package, prints. One module a command."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from nasbench_sim._version import __version__
from nasbench_sim.cli import columns, compare, correlate, data, hardware, live, pareto, query, report, study
from nasbench_sim.errors import NasbenchSimError

_COMMANDS = (compare, correlate, pareto, hardware, query, columns, data, report, study, live)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and give its exit code: 0 done, 2 a wrong request (one line says why), 130 stopped."""
    parsed = parser().parse_args(arguments)
    try:
        code: int = parsed.run(parsed)
        print(end="", flush=True)  # also where there is no standard output at all
        return code
    except NasbenchSimError as error:
        print(f"nasbench-sim: {error}", file=sys.stderr)
        return 2
    except OSError as error:
        if isinstance(error, BrokenPipeError):  # the reader of a pipe went away: nothing more to say
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 0
        print(f"nasbench-sim: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("nasbench-sim: stopped", file=sys.stderr)
        return 130


def parser() -> argparse.ArgumentParser:
    """Give the parser of all commands."""
    top = argparse.ArgumentParser(
        prog="nasbench-sim",
        description="Simulate neural architecture search on published tables.",
        epilog="Each command has its own --help.",
    )
    top.add_argument("--version", action="version", version=f"nasbench-sim {__version__}")
    subparsers = top.add_subparsers(title="commands", required=True, metavar="COMMAND")
    for command in _COMMANDS:
        command.add_parser(subparsers)
    return top
