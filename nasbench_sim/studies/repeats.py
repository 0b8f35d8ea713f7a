"""Names that may be given once only."""

from __future__ import annotations

from collections.abc import Sequence

from nasbench_sim.errors import RequestError


def refuse_repeats(kind: str, names: Sequence[str]) -> None:
    """Raise the error for names that are there more than once."""
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise RequestError(f"each {kind} once: {', '.join(twice)} is there more than once")
