"""What is published of NAS-Bench-201, and has to be true of any table of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.errors import RequestError
from nasbench_sim.tables.invariants import Finding
from nasbench_sim.tables.table import Table

_BEST = {"cifar10": (6111, 94.3733), "cifar100": (9930, 73.5133), "ImageNet16-120": (857, 47.3111)}
_KNOWN: list[tuple[int, float, str, dict[str, Any]]] = [
    (0, 82.092, "val_accuracy", {"dataset": "cifar10", "schedule": 200, "seed": 777}),
    (0, 81.616, "val_accuracy", {"dataset": "cifar10", "schedule": 200, "seed": 888}),
    (0, 82.24, "val_accuracy", {"dataset": "cifar10", "schedule": 200, "seed": 999}),
    (0, 85.86333, "test_accuracy", {"dataset": "cifar10", "schedule": 200}),
    (0, 0.129306, "params", {"dataset": "cifar10"}),
    (0, 15.64737, "flops", {"dataset": "cifar10"}),
]
_EDGETPU_MISSING = 4699


def facts(table: Table) -> Iterator[Finding]:
    """Check published values, the best architectures and the gaps of edgetpu, where a table has them."""
    for index, value, metric, question in _KNOWN:
        yield from _fact(table, index, value, metric, question)
    for dataset, (index, value) in _BEST.items():
        yield from _best(table, dataset, index, value)
    for column in table.schema:
        if column.metric == "latency" and column.device == "edgetpu":
            missing = table.space.size - column.coverage
            yield Finding(
                f"{column.describe()} is missing for {_EDGETPU_MISSING:,}",
                missing == _EDGETPU_MISSING,
                f"missing for {missing:,}",
            )


def _fact(table: Table, index: int, value: float, metric: str, question: dict[str, Any]) -> Iterator[Finding]:
    try:
        found = table.query(index, metric, **question)
    except RequestError:
        return  # this table does not have it
    asked = ", ".join(f"{key}={part!r}" for key, part in question.items())
    yield Finding(f"{metric}({asked}) of {index} is {value}", bool(abs(found - value) < 6e-5), f"{found:.6f}")


def _best(table: Table, dataset: str, index: int, value: float) -> Iterator[Finding]:
    try:
        numbers: NDArray[np.float64] = table.values("test_accuracy", dataset=dataset, schedule=200)
    except RequestError:
        return
    if np.isnan(numbers).any():
        return  # a part of the architectures has no known best
    best = float(numbers.max())
    good = abs(best - value) < 6e-5 and bool(np.isclose(numbers[index], best, atol=1e-9))
    yield Finding(
        f"the best test accuracy on {dataset} is {value}, of {index}",
        good,
        f"{best:.4f} of {int(np.argmax(numbers))}",
    )
