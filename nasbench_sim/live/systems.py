"""The systems by the names of their tables."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from nasbench_sim.registry import Registry

if TYPE_CHECKING:
    from nasbench_sim.live.system import System

_BENCHMARKS = "nasbench_sim.benchmarks"

systems: Registry[Callable[[], System]] = Registry(
    "systems",
    {
        "attention-placement-text": f"{_BENCHMARKS}.attention_placement.system:AttentionPlacementText",
        "evolved-transformer-text": f"{_BENCHMARKS}.evolved_transformer.system:EvolvedTransformerText",
        "hierarchical-digits": f"{_BENCHMARKS}.hierarchical.system:HierarchicalDigits",
        "joint-cell-digits": f"{_BENCHMARKS}.joint_cell.system:JointCellDigits",
        "merging-cell-digits": f"{_BENCHMARKS}.merging_cell.system:MergingCellDigits",
    },
)
"""Name of a table -> what makes its `nasbench_sim.live.system.System`; `register` adds one."""
