"""What several modules of live tests train on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from nasbench_sim import live


@pytest.fixture(scope="session")
def images() -> live.Images:
    """Few digits; a module that needs others has a fixture of this name of its own."""
    from nasbench_sim import live

    return live.digits(parts=(100, 50, 50))
