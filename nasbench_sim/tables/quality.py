"""What a surrogate is worth, in words, from the provenance of its table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def summary(facts: Mapping[str, Any]) -> str:
    """Write the quality of one metric in a line.

    Parameters
    ----------
    facts
        Of ``provenance["surrogate"]["quality"]``.

    Examples
    --------
    >>> summary({"held_out": 100, "r2": 0.9, "kendall": 0.81, "error": 1.25, "unit": "ms"})
    "on 100 members held out: R2 0.900, Kendall's tau 0.810, error 1.25 ms"
    """
    said = {"R2": facts["r2"], "Kendall's tau": facts["kendall"]}
    parts = [f"{what} {number:.3f}" for what, number in said.items() if number is not None]
    unit = f" {facts['unit']}" if facts["unit"] else ""
    parts.append(f"error {facts['error']:.3g}{unit}")
    return f"on {facts['held_out']:,} members held out: {', '.join(parts)}"


def worth(provenance: Mapping[str, Any]) -> str:
    """Write a line for each metric of a surrogate; nothing for other tables."""
    if "surrogate" not in provenance:
        return ""
    made = provenance["surrogate"]
    lines = [f"{label} {summary(facts)}" for label, facts in sorted(made["quality"].items())]
    return "".join(f"\n {line}" for line in [f"surrogate of {made['of']} by {made['model']}", *lines])
