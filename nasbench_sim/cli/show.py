"""``nasbench-sim show``: all that a table knows of one network."""

from __future__ import annotations

import argparse
import json
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nasbench_sim.cli.options import add_json, add_table, whole_or_text
from nasbench_sim.cli.text import in_columns

if TYPE_CHECKING:
    from nasbench_sim.spaces import SearchSpace
    from nasbench_sim.tables import Column, Table


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command to its parser."""
    parser.description = "Print all that a table knows of one network: mean of the runs, last epoch."
    parser.epilog = "example: nasbench-sim show 6111 --dataset cifar10 --figure 6111.png"
    parser.add_argument("architecture", help="an official index or an architecture string")
    parser.add_argument("--dataset", help="only this data set (default: all)")
    parser.add_argument("--figure", type=Path, metavar="FILE", help="draw the network into a new file, too")
    add_table(parser)
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print the network's operations and its value in every column, and draw it where that is asked for."""
    from nasbench_sim.errors import RequestError, unknown
    from nasbench_sim.tables import load_table

    table = load_table(arguments.table)
    index = int(table.space.official(whole_or_text(arguments.architecture)))
    known = {column.dataset for column in table.schema if column.dataset is not None}
    if arguments.dataset is not None and arguments.dataset not in known:
        raise unknown("data set", arguments.dataset, known)
    if arguments.figure is not None and arguments.figure.exists():
        raise RequestError(f"{arguments.figure} exists: name another file")
    chosen = [one for one in table.schema if arguments.dataset is None or one.dataset == arguments.dataset]
    rows = [_row(table, column, index) for column in chosen]
    if arguments.figure is not None:
        _draw(table.space, index, arguments.figure)
    if arguments.json:
        print(json.dumps({**_network(table.space, index), "values": rows}, indent=1))
        return 0
    network = _network(table.space, index)
    print(f"network {index} of {table.space.name}: {network['architecture']}")
    if network["representative"] != index:
        print(f"computes the same as network {network['representative']}, which represents its class")
    print(*(f"  {position}: {choice}" for position, choice in network["choices"].items()), sep="\n")
    print(f"\ntable {table.name}, content {table.hash[:12]}")
    shares = [None if row["better_than"] is None else f"{row['better_than']:.1f} %" for row in rows]
    print(in_columns([{**row, "better_than": share} for row, share in zip(rows, shares, strict=True)]))
    if arguments.figure is not None:
        print(f"written: {arguments.figure}")
    return 0


def _network(space: SearchSpace, index: int) -> dict[str, Any]:
    """Tell what a network is."""
    ops = space.ops(index).tolist()
    return {
        "index": index,
        "architecture": space.string(index),
        "representative": int(space.canonical(index)),
        "choices": {
            str(position): str(names[op])
            for position, names, op in zip(space.positions, space.choices, ops, strict=True)
        },
    }


def _row(table: Table, column: Column, index: int) -> dict[str, Any]:
    """Tell a network's value in a column, and how many percent of the networks it is better than."""
    import numpy as np

    asked = {
        key: value
        for key in ("dataset", "device", "schedule", "trained_on")
        if (value := getattr(column, key)) is not None
    }
    value = float(table.query(index, column.metric, **asked))
    better = None
    if table.space.listed and not math.isnan(value):
        values = table.values(column.metric, **asked)
        worse = values < value if column.better == "max" else values > value
        better = round(100 * float(worse.sum() / np.isfinite(values).sum()), 1)
    return {
        "metric": column.metric,
        "dataset": column.dataset,
        "trained_on": column.trained_on,
        "schedule": column.schedule,
        "device": column.device,
        "value": None if math.isnan(value) else value,
        "unit": column.unit,
        "better_than": better,
    }


def _draw(space: SearchSpace, index: int, path: Path) -> None:
    from matplotlib import pyplot as plt

    from nasbench_sim import plots

    with plots.style():
        figure = plots.cell(space, index).get_figure(root=True)
        assert figure is not None
        figure.savefig(path)
        plt.close(figure)
