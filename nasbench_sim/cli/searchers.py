"""``nasbench-sim searchers``: list the search strategies, or describe one."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from nasbench_sim.cli.options import add_json

if TYPE_CHECKING:
    import pandas as pd


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command to its parser."""
    parser.description = (
        "List the searchers and what each can do, or describe those that are named: hyperparameters, ranges, "
        "published defaults, source."
    )
    parser.epilog = "example: nasbench-sim searchers regularized_evolution"
    parser.add_argument("names", nargs="*", metavar="NAME", help="searchers to describe (default: list all)")
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print the list or the descriptions."""
    import inspect
    import json

    from nasbench_sim.search.abilities import capabilities
    from nasbench_sim.search.registry import searcher_class

    can = capabilities(*arguments.names)
    if arguments.json:
        listed = json.loads(can.reset_index().to_json(orient="records"))
        for one in listed:
            if not one["refusal"]:
                declared = searcher_class(one["searcher"]).declared().items()
                one["hyperparameters"] = {
                    name: {"default": spec.default, "allowed": spec.allowed(), "help": spec.help}
                    for name, spec in declared
                }
        print(json.dumps(listed, indent=1))
        return 0
    if not arguments.names:
        print(_table(can))
        return 0
    for name in arguments.names:
        own = searcher_class(name)
        print(name, "-" * len(name), inspect.getdoc(own) or "", sep="\n")
        print("\nHyperparameters" if own.declared() else "\nIt has no hyperparameters.")
        for parameter, spec in own.declared().items():
            print(f"  {parameter} = {spec.default!r}: {spec.help}; {spec.allowed()}")
        print(f"\nIt runs on {_where(can.loc[name])}.\n")
    return 0


def _table(can: pd.DataFrame) -> str:
    """Lay out one line a searcher: its name, what it does, and what it is only for."""
    from nasbench_sim.search.registry import searcher_class

    width = max(len(name) for name in can.index)
    lines = []
    for name, row in can.iterrows():
        said = row["refusal"]
        if not said:
            only = _where(row)
            purpose = (searcher_class(str(name)).__doc__ or "").partition("\n")[0]
            said = purpose + ("" if only == "one objective" else f" [{only}]")
        lines.append(f"{name:{width}}  {said}")
    return "\n".join([*lines, "", "nasbench-sim searchers NAME describes one, with its hyperparameters"])


def _where(row: pd.Series) -> str:
    """Say in words what a searcher runs on."""
    objectives = {"one": "one objective", "several": "several objectives", "any": "any number of objectives"}
    words = [objectives[row["objectives"]]]
    if row["fidelities"]:
        words.append("tasks with fidelities")
    if isinstance(row["largest"], int):
        words.append(f"spaces of at most {row['largest']:,} architectures")
    if row["resamples"]:
        words.append("tasks that resample, too")
    if row["library"]:
        words.append(f"needs {row['library']}" + ("" if row["installed"] else ", which is not installed"))
    return ", ".join(words)
