"""The conformance suite on every registered space, and on spaces of every kind that can be built."""

from __future__ import annotations

import pytest
from kinds_of_space import BUILT, made

from nasbench_sim.spaces import SearchSpace, available
from nasbench_sim.spaces.testing import SpaceConformance


class TestEverySpace(SpaceConformance):
    """All checks on all of them."""

    @pytest.fixture(autouse=True, params=[*available(), *BUILT])
    def _which(self, request: pytest.FixtureRequest) -> None:
        self._space = made(request.param)

    def space(self) -> SearchSpace:
        """Return the one of this run."""
        return self._space
