"""``nasbench-sim columns``: what a table serves."""

from __future__ import annotations

import argparse

from nasbench_sim.cli.options import add_json, add_table


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

    table = load_table(arguments.table)
    frame = table.columns
    for key in ("metric", "dataset"):
        asked = getattr(arguments, key)
        if asked is not None:
            known = frame[key].dropna().unique()
            if asked not in known:
                raise unknown("data set" if key == "dataset" else key, asked, known)
            frame = frame[frame[key] == asked]
    if arguments.json:
        print(frame.to_json(orient="records", indent=1))
        return 0
    if not arguments.sources:
        frame = frame.drop(columns=["source", "licence", "note", "better"])
    print(f"{table.name}: {len(frame)} columns over {table.space.name}, content {table.hash[:12]}")
    print(frame.astype(object).where(frame.notna(), "-").to_string(index=False, max_colwidth=70))
    return 0
