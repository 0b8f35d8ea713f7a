"""What `verify` checks fails where it has to."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import nasbench_sim as nbs
from nasbench_sim.tables.invariants import check

SPACE = nbs.space()


def table(values: np.ndarray, **fields: Any) -> nbs.Table:
    column = nbs.Column(**{"dataset": "cifar10", "source": "made here", **fields})
    return nbs.Table("t", SPACE, [(column, values)])


def wrong(made: nbs.Table) -> list[str]:
    return [f"{finding.what}: {finding.detail}" for finding in check(made) if not finding.good]


def test_the_embedded_table_is_good() -> None:
    findings = list(check(nbs.load_table("nas-bench-201")))
    assert [finding for finding in findings if not finding.good] == []
    assert len([finding for finding in findings if "val_accuracy" in finding.what]) == 6  # 3 ranges, 3 facts


@pytest.mark.parametrize(
    ("value", "fields"),
    [
        (-1.0, {"metric": "latency", "device": "edgegpu"}),
        (-0.5, {"metric": "train_time"}),
        (100.5, {"metric": "val_loss", "unit": "nats"}),
        (101.0, {"metric": "some_accuracy", "unit": "%"}),
    ],
)
def test_values_out_of_range(value: float, fields: dict[str, Any]) -> None:
    values = np.full(SPACE.size, 1.0)
    values[9] = value
    expected = 0 if fields["metric"] == "val_loss" else 1  # a loss has no upper bound
    assert len(wrong(table(values, **fields))) == expected


def test_a_changed_best_or_value_or_count_is_told() -> None:
    test = {"metric": "test_accuracy", "trained_on": "train+val", "schedule": 200, "epochs": (200,)}
    values = np.full((SPACE.size, 1), 50.0)
    values[6111], values[0] = 94.3733, 85.86333
    assert wrong(table(values, **test)) == []
    values[5] = 95.0
    assert "94.3733, of 6111: 95.0000 of 5" in wrong(table(values, **test))[0]
    edgetpu = np.ones(SPACE.size)
    edgetpu[:4698] = np.nan
    assert "missing for 4,698" in wrong(table(edgetpu, metric="latency", device="edgetpu"))[0]
