"""``nasbench-sim query``: look metrics of architectures up."""

from __future__ import annotations

import argparse
import json
import math

from nasbench_sim.cli.options import add_json, add_question, add_table, question, whole_or_text


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

    table = load_table(arguments.table)
    index = [table.space.official(whole_or_text(text)) for text in arguments.architectures]
    frame = table.frame(arguments.metric, index, **question(arguments))
    if arguments.json:
        rows = [
            {
                "index": place,
                "architecture": table.space.string(place),
                **{name: None if math.isnan(value) else value for name, value in row.items()},
            }
            for place, row in zip(index, frame.to_dict(orient="records"), strict=True)
        ]
        print(json.dumps(rows, indent=1))
        return 0
    frame.insert(0, "architecture", [table.space.string(place) for place in index])
    print(frame.reset_index().to_string(index=False, na_rep="missing"))
    return 0
