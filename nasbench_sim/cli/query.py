"""``nasbench-sim query``: look metrics of architectures up."""

from __future__ import annotations

import argparse
import json
import math

from nasbench_sim.cli.options import add_json, add_question, add_table, question, whole_or_text
from nasbench_sim.cli.text import in_columns


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command to its parser."""
    parser.description = "Look metrics of architectures up."
    parser.epilog = (
        "example: nasbench-sim query 6111 0 --metric val_accuracy latency:eyeriss --dataset cifar10"
    )
    parser.add_argument("architectures", nargs="+", help="official indices or architecture strings")
    parser.add_argument("--metric", nargs="+", required=True, help="such as val_accuracy or latency:eyeriss")
    add_question(parser)
    add_table(parser)
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print one row an architecture."""
    from nasbench_sim.tables import load_table
    from nasbench_sim.tables.frame import side_by_side

    table = load_table(arguments.table)
    asked = [table.space.official(whole_or_text(text)) for text in arguments.architectures]
    index, values, units = side_by_side(table, arguments.metric, asked, question(arguments))
    rows = [
        {
            "index": int(place),
            "architecture": table.space.string(place),
            **{
                metric: None if math.isnan(found[row]) else float(found[row])
                for metric, found in values.items()
            },
        }
        for row, place in enumerate(index)
    ]
    if arguments.json:
        print(json.dumps(rows, indent=1))
        return 0
    headed = {metric: f"{metric} ({unit})" if unit else metric for metric, unit in units.items()}
    print(
        in_columns(
            [{headed.get(name, name): value for name, value in row.items()} for row in rows], "missing"
        )
    )
    return 0
