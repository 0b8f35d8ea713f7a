"""The command line: thin; parses, calls the package, prints. One module a command, imported when asked."""

from __future__ import annotations

import argparse
import contextlib
import importlib
import os
import signal
import sys
from collections.abc import Collection, Sequence
from types import ModuleType

from nasbench_sim._version import __version__
from nasbench_sim.errors import NasbenchSimError, unknown
from nasbench_sim.interrupts import stopping

COMMANDS = {
    "compare": "compare search algorithms, from a table to figures",
    "correlate": "correlate all proxies, costs and cheap trainings with accuracy",
    "pareto": "trade accuracy against latency, energy, params or FLOPs",
    "hardware": "the fastest network of the same accuracy for each device, and what it loses on the others",
    "query": "look metrics of architectures up",
    "show": "all that a table knows of one network, and its picture",
    "searchers": "list the search strategies and what each can do, or describe one",
    "columns": "list what a table serves: metrics, data sets, devices, epochs, runs, units, sources",
    "data": "install, import and check published tables",
    "report": "write one HTML file of a finished comparison or study",
    "study": "declare, run, resume and report many searchers on many tasks from one file",
    "compat": "run a script for nats_bench, nas_201_api or hw_nas_bench_api, unchanged, on our tables",
    "live": "train networks of a table again and compare (extra [live])",
    "completion": "print what a shell needs to complete commands and options",
}
"""Each command, and what it is for: `nasbench_sim.cli` has a module of the same name."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code.

    0: done; 2: a wrong request, one line says why; 1: the system refused something; 128 and the number of the
    signal, as 130 of Ctrl-C: stopped, one line says how to go on.
    """
    given = sys.argv[1:] if arguments is None else list(arguments)
    try:
        with stopping():
            asked = _asked(given)
            parsed = parser([] if asked is None else [asked]).parse_args(given)
            code: int = parsed.run(parsed)
            print(end="", flush=True)  # also where there is no standard output at all
            return code
    except NasbenchSimError as error:
        _say(str(error), error)
        return 2
    except OSError as error:
        if isinstance(error, BrokenPipeError):  # the reader of a pipe went away: nothing more to say
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 0
        _say(str(error), error)
        return 1
    except KeyboardInterrupt as stop:
        number = signal.Signals(getattr(stop, "number", signal.SIGINT))
        if not hasattr(stop, "__notes__"):
            stop.add_note("nothing was written, and the same command starts anew")
        _say(f"stopped by {number.name}", stop)
        return 128 + number


def _say(message: str, error: BaseException) -> None:
    """Print what went wrong and what can be done about it in one line; a closed terminal hears nothing."""
    with contextlib.suppress(OSError):
        print(f"nasbench-sim: {'; '.join([message, *getattr(error, '__notes__', [])])}", file=sys.stderr)


def parser(commands: Collection[str] = tuple(COMMANDS)) -> argparse.ArgumentParser:
    """Build the parser of all commands, with the options of some of them.

    Parameters
    ----------
    commands
        Whose options are added, which imports their modules; by default those of all.
    """
    top = argparse.ArgumentParser(
        prog="nasbench-sim",
        description="Simulate neural architecture search on published tables.",
        epilog="Each command has its own --help.",
    )
    top.add_argument("--version", action="version", version=f"nasbench-sim {__version__}")
    subparsers = top.add_subparsers(title="commands", required=True, metavar="COMMAND")
    for name, purpose in COMMANDS.items():
        added = subparsers.add_parser(name, help=purpose)
        if name in commands:
            command = _module(name)
            command.add_arguments(added)
            added.set_defaults(run=getattr(command, "run", None))  # commands of a command set their own
    return top


def _asked(arguments: Sequence[str]) -> str | None:
    """Find the command among the arguments; None where there is none, as beside ``--help``."""
    if not arguments or arguments[0].startswith("-"):
        return None
    if arguments[0] not in COMMANDS:
        raise unknown("command", arguments[0], COMMANDS)
    return arguments[0]


def _module(command: str) -> ModuleType:
    return importlib.import_module(f"{__name__}.{command}")
