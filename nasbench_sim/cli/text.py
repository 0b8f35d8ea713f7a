"""Rows as text in columns, without pandas, which takes longer to import than most commands to answer."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any


def in_columns(rows: Sequence[Mapping[str, Any]], missing: str = "-", longest: int | None = None) -> str:
    """Write rows of the same keys below a line of these: numbers to the right, text to the left.

    Parameters
    ----------
    rows
        What is written.
    missing
        Stands for None, NaN and empty text.
    longest
        Longer text is cut.

    Examples
    --------
    >>> print(in_columns([{"metric": "params", "value": 0.129306}, {"metric": "latency", "value": None}]))
    metric      value
    params   0.129306
    latency         -
    """
    columns = []
    for name in rows[0] if rows else ():
        values = [row[name] for row in rows]
        texts = [name, *(_shown(value, missing, longest) for value in values)]
        width = max(map(len, texts))
        right = all(value is None or isinstance(value, (int, float)) for value in values)
        columns.append([f"{text:>{width}}" if right else f"{text:<{width}}" for text in texts])
    return "\n".join("  ".join(line).rstrip() for line in zip(*columns, strict=True))


def _shown(value: Any, missing: str, longest: int | None) -> str:
    if value is None or value == "" or (isinstance(value, float) and math.isnan(value)):
        return missing
    if isinstance(value, float):
        return f"{value:.6g}" if 0 < abs(value) < 1e-4 else f"{value:.6f}"
    text = str(value)
    return text if longest is None or len(text) <= longest else text[: longest - 3] + "..."
