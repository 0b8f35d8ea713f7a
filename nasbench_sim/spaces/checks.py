"""What conformance suites fail by: exceptions of their own, which also work under ``python -O``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.errors import NasbenchSimError

_IMPROBABLE = 5.0  # standard deviations; the draws are fixed, so that a check fails always or never


def must(condition: bool, otherwise: str) -> None:
    """Raise an AssertionError that says what is otherwise."""
    if not condition:
        raise AssertionError(otherwise)


def refused(ask: Callable[[Any], Any], wrong: Any) -> None:
    """Ask, and raise an AssertionError unless that is refused by an error of the toolkit."""
    try:
        found = ask(wrong)
    except NasbenchSimError:
        return
    raise AssertionError(f"{wrong!r} is not refused: {found!r}")


def chi_squared(counts: NDArray[Any], expected: NDArray[Any], what: str) -> None:
    """Compare counts with what is expected of them; by Wilson and Hilferty's normal approximation."""
    there = expected > 0
    must(not counts[~there].any(), f"{what}: one that is impossible was drawn")
    freedom = there.sum() - 1
    if freedom < 1:
        return
    statistic = ((counts[there] - expected[there]) ** 2 / expected[there]).sum()
    scale = 2.0 / (9.0 * freedom)
    deviation = ((statistic / freedom) ** (1 / 3) - (1.0 - scale)) / np.sqrt(scale)
    must(bool(deviation < _IMPROBABLE), f"{what} are not uniform: chi-squared {statistic:.0f} of {freedom}")
