"""Everything public shows how it is used."""

from __future__ import annotations

import pytest

import nasbench_sim as nbs
from nasbench_sim import analysis, plots


@pytest.mark.parametrize("room", [nbs, analysis, plots], ids=lambda room: room.__name__)
def test_public_names_have_an_example_that_runs(room) -> None:
    shown = [getattr(room, name) for name in room.__all__ if name != "__version__"]
    made = [
        one for one in shown if callable(one) and not (isinstance(one, type) and issubclass(one, Exception))
    ]
    assert len(made) > 10
    assert not [one.__name__ for one in made if ">>> " not in (one.__doc__ or "")]


@pytest.mark.parametrize(
    "name", ["columns", "column", "values", "query", "runs", "curves", "frame", "extended"]
)
def test_what_a_table_is_asked_has_an_example(name: str) -> None:
    assert ">>> " in getattr(nbs.Table, name).__doc__
