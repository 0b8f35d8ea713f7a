"""The spaces of systems keep what searchers and tables rely on."""

from __future__ import annotations

import pytest

import nasbench_sim as nbs
from nasbench_sim.spaces import SearchSpace
from nasbench_sim.spaces.testing import SpaceConformance

SPACES = (
    "attention-placement",
    "darts",
    "darts-2-nodes",
    "evolved-transformer",
    "hierarchical",
    "joint-cell",
    "merging-cell",
    "nasnet",
)


@pytest.mark.parametrize("name", SPACES)
class TestSystemSpaces(SpaceConformance):
    @pytest.fixture(autouse=True)
    def _named(self, name: str) -> None:
        self._name = name

    def space(self) -> SearchSpace:
        return nbs.space(self._name)
