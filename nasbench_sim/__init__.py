"""Simulate neural architecture search on published tables: honest queries, thousands of seeds at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nasbench_sim._version import __version__
from nasbench_sim.lazy import lazily

if TYPE_CHECKING:
    from nasbench_sim import analysis, plots, report, search
    from nasbench_sim.errors import NasbenchSimError
    from nasbench_sim.estimators import surrogate
    from nasbench_sim.oracle import Budget, Task, Trajectories
    from nasbench_sim.search import run
    from nasbench_sim.spaces import SearchSpace, space
    from nasbench_sim.studies import Comparison, Study, compare
    from nasbench_sim.tables import Column, Table, load_table, save_table

# Public name -> the module that has it; imported when first used, so that importing the package is cheap.
_HOME = {
    "analysis": "analysis",
    "plots": "plots",
    "report": "report",
    "search": "search",
    "NasbenchSimError": "errors",
    "surrogate": "estimators",
    "Budget": "oracle",
    "Task": "oracle",
    "Trajectories": "oracle",
    "run": "search",
    "Comparison": "studies",
    "Study": "studies",
    "compare": "studies",
    "SearchSpace": "spaces",
    "space": "spaces",
    "Column": "tables",
    "Table": "tables",
    "load_table": "tables",
    "save_table": "tables",
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
    "surrogate",
]

# The other rooms are attributes too, whatever ran before; their names are no promise of what is in them.
_ROOMS = ("errors", "estimators", "live", "oracle", "spaces", "studies", "tables")

__getattr__, __dir__ = lazily(__name__, _HOME | {room: room for room in _ROOMS})
