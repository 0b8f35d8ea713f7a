"""What defines a task: as plain data, for provenance, and in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from nasbench_sim.oracle.task import Task


def definition(task: Task) -> dict[str, Any]:
    """Give all that defines a task, as plain JSON types: equal for tasks that are the same."""
    found: dict[str, Any] = {
        "table": task.table.name,
        "table_hash": task.table.hash,
        "space": task.space.name,
        "dataset": task.dataset,
        "objective": task.objective.label,
        "better": "max" if task.sign == 1 else "min",
        **task.question,
        "noise": task.noise,
        "cost": task.cost,
        "repeats": task.repeats,
        "report": task.report.label,
        "report_better": task.report.better,
        "report_schedule": task.report.column.schedule,
        "report_trained_on": task.report.column.trained_on,
    }
    if len(task.objectives) > 1:
        # A list: their order is that of the observed values.
        found["objectives"] = [{"objective": one.label, "better": one.better} for one in task.objectives]
    if task.scalarisation is not None:
        found["scalarisation"] = repr(task.scalarisation)
    if task.constraints:
        found["constraints"] = [str(constraint) for constraint in task.constraints]
        found["infeasible"] = task.infeasible
    if task.fidelities:
        found["fidelities"] = [{"fidelity": one.label, "cost": one.cost} for one in task.fidelities]
        found["resume"] = task.resume
    return {name: value.item() if isinstance(value, np.generic) else value for name, value in found.items()}


def in_words(task: Task) -> str:
    """Say what is optimised, where it is read, and what is reported."""
    labels = " and ".join(
        one.label if one.better == one.column.said else f"{one.label} ({one.better})"
        for one in task.objectives
    )
    if task.scalarisation is not None:
        labels = f"{task.scalarisation!r} of {labels}"
    asked = ", ".join(f"{key}={value}" for key, value in task.question.items())
    bounds = " and ".join(map(str, task.constraints))
    parts = [
        f"{labels} on {task.dataset}" + (f" ({asked})" if asked else ""),
        f"{bounds} or {task.infeasible}" if bounds else "",
        f"{len(task.fidelities)} fidelities" if task.fidelities else "",
        f"noise {task.noise!r}" + _undrawn(task),
        "free repeats" if task.repeats == "free" else "",
        f"reports {task.report}",
        f"table {task.table.name}",
    ]
    return ", ".join(filter(None, parts))


def judged(task: Task) -> str:
    """Say what each replicate is judged by at the end, in which direction, and where it is read."""
    if task.several:
        listed = " and ".join(f"{one.label} ({one.better})" for one in task.objectives)
        return f"reported of each replicate: the hypervolume of {listed}, larger is better"
    return f"reported of each final incumbent: {task.report}"


def _undrawn(task: Task) -> str:
    """Say of a task that is to draw runs why it draws none."""
    if task.noise != "run" or task.draws:
        return ""
    seeds = any(one.column.seeds for one in task.objectives)
    return f" (there {'is one run' if seeds else 'are no single runs'}: nothing is drawn)"
