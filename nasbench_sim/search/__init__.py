"""Search strategies by name, one driver, and what a person's own searcher needs."""

from typing import TYPE_CHECKING

from nasbench_sim.lazy import lazily
from nasbench_sim.search.ask_tell import from_ask_tell
from nasbench_sim.search.configured import Configured, searcher
from nasbench_sim.search.driver import run
from nasbench_sim.search.hyperparameter import Architectures, Choice, Flag, Real, Whole
from nasbench_sim.search.multi_fidelity import MultiFidelitySearcher, Proposals
from nasbench_sim.search.parts.proxy import Proxy
from nasbench_sim.search.registry import register, searchers
from nasbench_sim.search.searcher import Context, Searcher

if TYPE_CHECKING:
    from nasbench_sim.search.abilities import capabilities
    from nasbench_sim.search.strategies.multi_fidelity.brackets import brackets

__getattr__, _names = lazily(
    __name__, {"brackets": "strategies.multi_fidelity.brackets", "capabilities": "abilities"}
)

__all__ = [
    "Architectures",
    "Choice",
    "Configured",
    "Context",
    "Flag",
    "MultiFidelitySearcher",
    "Proposals",
    "Proxy",
    "Real",
    "Searcher",
    "Whole",
    "brackets",
    "capabilities",
    "from_ask_tell",
    "register",
    "run",
    "searcher",
    "searchers",
]
