"""``nasbench-sim columns``: what a table serves."""

from __future__ import annotations

import argparse
import json

from nasbench_sim.cli.options import add_json, add_table
from nasbench_sim.cli.text import in_columns

_LONGEST = 70  # letters of a note


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command to its parser."""
    parser.description = "List the columns of a table."
    add_table(parser)
    parser.add_argument("--metric", help="only this metric")
    parser.add_argument("--dataset", help="only this data set")
    parser.add_argument("--sources", action="store_true", help="show source, licence and notes too")
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print the columns."""
    from nasbench_sim.errors import unknown
    from nasbench_sim.tables import load_table
    from nasbench_sim.tables.column import facts

    table = load_table(arguments.table)
    rows = facts(table.schema)
    for key in ("metric", "dataset"):
        asked = getattr(arguments, key)
        if asked is not None:
            known = {row[key] for row in rows if row[key] is not None}
            if asked not in known:
                raise unknown("data set" if key == "dataset" else key, asked, known)
            rows = [row for row in rows if row[key] == asked]
    if arguments.json:
        print(json.dumps(rows, indent=1))
        return 0
    hidden = () if arguments.sources else ("source", "licence", "note", "better")
    print(f"{table.name}: {len(rows)} columns over {table.space.name}, content {table.hash[:12]}")
    shown = [{name: value for name, value in row.items() if name not in hidden} for row in rows]
    print(in_columns(shown, longest=_LONGEST))
    return 0
