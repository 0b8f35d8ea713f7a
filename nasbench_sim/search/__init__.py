"""One module a search strategy, one registry, one driver."""

from nasbench_sim.search.brackets import brackets
from nasbench_sim.search.driver import run
from nasbench_sim.search.hyperparameter import Choice, Flag, Real, Whole
from nasbench_sim.search.multi_fidelity import MultiFidelitySearcher, Proposals
from nasbench_sim.search.registry import register, searcher, searchers
from nasbench_sim.search.searcher import Context, Searcher

__all__ = [
    "Choice",
    "Context",
    "Flag",
    "MultiFidelitySearcher",
    "Proposals",
    "Real",
    "Searcher",
    "Whole",
    "brackets",
    "register",
    "run",
    "searcher",
    "searchers",
]
