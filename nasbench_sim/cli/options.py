"""Options that several commands share."""

from __future__ import annotations

import argparse
import itertools
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nasbench_sim.files import NewFolder
    from nasbench_sim.tables import Table


def add_table(parser: argparse.ArgumentParser, default: str = "the richest") -> None:
    """Add ``--table``; `default` says which table is meant without it."""
    parser.add_argument(
        "--table",
        metavar="NAME|PATH",
        help=f"an installed or embedded table, or a file (default: {default})",
    )


def add_question(parser: argparse.ArgumentParser) -> None:
    """Add what distinguishes one column from another."""
    group = parser.add_argument_group("which value (what is left out is filled in as `query` documents)")
    group.add_argument("--dataset", help="cifar10, cifar100 or ImageNet16-120")
    group.add_argument("--device", help="of a latency or an energy, such as eyeriss or raspi4")
    group.add_argument("--schedule", type=int, metavar="EPOCHS", help="the planned length of the training")
    group.add_argument("--epoch", type=int, help="where the value is read (default: the last)")
    group.add_argument("--seed", type=int, help="of the training run (default: the mean over the runs)")
    group.add_argument("--trained-on", help="train or train+val")


def question(arguments: argparse.Namespace) -> dict[str, Any]:
    """Give the question that `add_question` parsed."""
    return {
        name: getattr(arguments, name)
        for name in ("dataset", "device", "schedule", "epoch", "seed", "trained_on")
    }


def whole_or_text(text: str) -> Any:
    """Give the whole number that a text is, else the text."""
    return int(text) if re.fullmatch(r"-?[0-9]{1,99}", text) else text


PANELS = 6
"""How many panels of a kind a command draws unless it is asked for more."""


def add_panels(parser: argparse.ArgumentParser) -> None:
    """Add ``--panels``."""
    parser.add_argument(
        "--panels",
        type=int,
        default=PANELS,
        metavar="N",
        help="draw the first N of a kind, on pages of twelve; the tables have all (default: %(default)s)",
    )


def add_json(parser: argparse.ArgumentParser) -> None:
    """Add ``--json``."""
    parser.add_argument("--json", action="store_true", help="print JSON, for a program to read")


def output_folder(asked: Path | None, command: str) -> NewFolder:
    """Give the folder of the results, after a check, before any work, that it can be written.

    That is the one asked for, else the first of ``results/command-1``, ``results/command-2``, ... that does
    not exist when everything is there: two commands at the same time never share one.
    """
    from nasbench_sim.files import NewFolder, check_new

    if asked is not None:
        check_new(asked)
        return NewFolder([asked])
    numbered = (Path("results") / f"{command}-{number}" for number in itertools.count(1))
    first = next(folder for folder in numbered if not folder.exists())
    check_new(first)
    return NewFolder(itertools.chain([first], numbered))


def default_quality(table: Table, dataset: str) -> str:
    """Give what architectures are judged by on a data set if nobody says: test accuracy where it is there."""
    own = {column.metric for column in table.schema if column.dataset == dataset}
    return "test_accuracy" if "test_accuracy" in own else "val_accuracy"
