"""Names of quantities as a reader of a figure wants them: words, device, unit."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from nasbench_sim.oracle import Task

_LONGEST = 300  # letters of a name
_WORDS = {"flops": "FLOPs", "params": "parameters"}


def words(label: str) -> str:
    """Give a metric's name in words, with its device.

    Examples
    --------
    >>> words("val_accuracy")
    'validation accuracy'
    >>> words("latency:raspi4")
    'latency on raspi4'
    """
    metric, _, device = label.partition(":")
    named = _WORDS.get(metric) or metric.replace("_", " ").replace("val ", "validation ")
    return f"{named} on {device}" if device else named


def labelled(label: str, unit: str = "") -> str:
    """Give the label of an axis: a metric in words, and its unit where it has one.

    Examples
    --------
    >>> labelled("flops", "M")
    'FLOPs (M)'
    """
    return f"{words(label)} ({unit})" if unit else words(label)


def column_label(frame: pd.DataFrame, name: str) -> str:
    """Give the label of an axis for a column of a frame; `Table.frame` says what its units are."""
    return labelled(name, frame.attrs.get("units", {}).get(name, ""))


def folded(name: str, letters: int) -> str:
    """Break a long name between its words, or within one that is longer than a line.

    Of a very long one the middle is left out, and what cannot be printed is a space.

    Examples
    --------
    >>> print(folded("regularized_evolution(population=10, sample=3)", 15))
    regularized_
    evolution
    (population=10,
    sample=3)
    """
    text = "".join(letter if letter.isprintable() else " " for letter in name)
    if len(text) > _LONGEST:
        text = f"{text[: _LONGEST // 2]}…{text[-_LONGEST // 2 :]}"
    lines = [""]
    for word in re.split(r"(?<=_)|(?=\()|(?<=, )|(?<= )", text):
        if lines[-1] and len(lines[-1] + word.rstrip()) > letters:
            lines.append("")
        while len(lines[-1] + word.rstrip()) > letters:
            cut = letters - len(lines[-1])
            lines[-1] += word[:cut]
            word = word[cut:]
            lines.append("")
        lines[-1] += word
    return "\n".join(line.rstrip() for line in lines)


def task_names(tasks: Sequence[Task]) -> list[str]:
    """Give the data set of each task, numbered where two share one."""
    names = [task.dataset for task in tasks]
    if len(set(names)) == len(names):
        return names
    return [f"{name} ({place})" for place, name in enumerate(names, 1)]
