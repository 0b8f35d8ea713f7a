"""The spaces of systems keep what searchers and tables rely on."""

from __future__ import annotations

import pytest

from nasbench_sim.benchmarks.attention_placement.space import AttentionPlacement
from nasbench_sim.benchmarks.darts.space import Darts
from nasbench_sim.benchmarks.evolved_transformer.space import EvolvedTransformer
from nasbench_sim.benchmarks.hierarchical.space import Hierarchical
from nasbench_sim.benchmarks.joint_cell.space import JointCell
from nasbench_sim.benchmarks.merging_cell.space import MergingCell
from nasbench_sim.spaces import SearchSpace
from nasbench_sim.spaces.testing import SpaceConformance

SPACES = {
    "attention-placement": AttentionPlacement(),
    "darts": Darts(),
    "darts-2-nodes": Darts(2),
    "evolved-transformer": EvolvedTransformer(),
    "hierarchical": Hierarchical(),
    "joint-cell": JointCell(),
    "merging-cell": MergingCell(),
}


@pytest.mark.parametrize("name", SPACES)
class TestSystemSpaces(SpaceConformance):
    @pytest.fixture(autouse=True)
    def _named(self, name: str) -> None:
        self._name = name

    def space(self) -> SearchSpace:
        return SPACES[self._name]
