"""What follows from the definition of a task: as plain data for provenance, and in words."""

from __future__ import annotations

from typing import Any

import numpy as np

from nasbench_sim.oracle.asked import Asked
from nasbench_sim.oracle.binding import Binding


def follows(binding: Binding) -> dict[str, Any]:
    """Say how a source reads what was asked, with all that was left open filled in, as plain JSON types.

    Returns
    -------
    dict
        ``observed``, a list: each objective with its direction and where it is read; ``reported``: the same
        of what a search is judged by; ``charges``: what the seconds of an evaluation are made of; and where
        there are some, ``fidelities`` with their ``charges``, and whether trainings ``resume``.
    """
    observed = [{"metric": one.label, "better": one.better, **one.question} for one in binding.objectives]
    report = binding.report
    found: dict[str, Any] = {
        "observed": [_plain(one) for one in observed],
        "reported": _plain({"metric": report.label, "better": report.better, **report.question}),
        "charges": binding.charges,
    }
    if binding.fidelities:
        found["fidelities"] = [{"fidelity": one.label, "charges": one.cost} for one in binding.fidelities]
        found["resume"] = binding.resume
    return found


def _plain(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value.item() if isinstance(value, np.generic) else value for name, value in fields.items()}


def in_words(asked: Asked, binding: Binding, table: str) -> str:
    """Say what is optimised, where it is read, and what is reported."""
    labels = " and ".join(
        one.label if one.better == one.column.better else f"{one.label} ({one.better})"
        for one in binding.objectives
    )
    if asked.scalarisation is not None:
        labels = f"{asked.scalarisation!r} of {labels}"
    question = {name: value for one in reversed(binding.objectives) for name, value in one.question.items()}
    read = ", ".join(f"{name}={value}" for name, value in question.items())
    bounds = " and ".join(map(str, binding.constraints))
    parts = [
        f"{labels} on {asked.dataset}" + (f" ({read})" if read else ""),
        f"{bounds} or {asked.infeasible}" if bounds else "",
        f"{len(binding.fidelities)} fidelities" if binding.fidelities else "",
        f"noise {asked.noise!r}" + _undrawn(asked, binding),
        "free repeats" if asked.repeats == "free" else "",
        f"reports {binding.report}",
        f"table {table}",
    ]
    return ", ".join(filter(None, parts))


def judged(binding: Binding) -> str:
    """Say what each replicate is judged by at the end, in which direction, and where it is read."""
    if binding.several:
        listed = " and ".join(f"{one.label} ({one.better})" for one in binding.objectives)
        return f"reported of each replicate: the hypervolume of {listed}, larger is better"
    return f"reported of each final incumbent: {binding.report}"


def _undrawn(asked: Asked, binding: Binding) -> str:
    """Say of a task that is to draw runs why it draws none."""
    if asked.noise != "run" or binding.draws:
        return ""
    seeds = any(one.column.seeds for one in binding.objectives)
    return f" (there {'is one run' if seeds else 'are no single runs'}: nothing is drawn)"
