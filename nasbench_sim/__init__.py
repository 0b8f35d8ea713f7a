"""Simulate neural architecture search on published tables: honest queries, thousands of seeds at once."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from nasbench_sim._version import __version__

if TYPE_CHECKING:
    from nasbench_sim import analysis, plots, report, search
    from nasbench_sim.errors import NasbenchSimError
    from nasbench_sim.oracle import Budget, Task, Trajectories
    from nasbench_sim.search import run
    from nasbench_sim.spaces import SearchSpace, space
    from nasbench_sim.studies import Comparison, Study, compare
    from nasbench_sim.tables import Column, Table, load_table, save_table

# Public name -> the module that has it; imported when first used, so that importing the package is cheap.
_HOME = {
    "analysis": "nasbench_sim.analysis",
    "plots": "nasbench_sim.plots",
    "report": "nasbench_sim.report",
    "search": "nasbench_sim.search",
    "NasbenchSimError": "nasbench_sim.errors",
    "Budget": "nasbench_sim.oracle",
    "Task": "nasbench_sim.oracle",
    "Trajectories": "nasbench_sim.oracle",
    "run": "nasbench_sim.search",
    "Comparison": "nasbench_sim.studies",
    "Study": "nasbench_sim.studies",
    "compare": "nasbench_sim.studies",
    "SearchSpace": "nasbench_sim.spaces",
    "space": "nasbench_sim.spaces",
    "Column": "nasbench_sim.tables",
    "Table": "nasbench_sim.tables",
    "load_table": "nasbench_sim.tables",
    "save_table": "nasbench_sim.tables",
}

__all__ = [
    "Budget",
    "Column",
    "Comparison",
    "NasbenchSimError",
    "SearchSpace",
    "Study",
    "Table",
    "Task",
    "Trajectories",
    "__version__",
    "analysis",
    "compare",
    "load_table",
    "plots",
    "report",
    "run",
    "save_table",
    "search",
    "space",
]


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used."""
    home = _HOME.get(name)
    if home is None:
        from nasbench_sim.errors import nearest

        raise AttributeError(f"nasbench_sim has no {name!r}{nearest(name, _HOME)}")
    module = importlib.import_module(home)
    found = module if home.endswith(f".{name}") else getattr(module, name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    """List the public names."""
    return sorted(__all__)
