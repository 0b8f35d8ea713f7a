"""What passes between a searcher and the driver, checked: a searcher of one's own may have a slip."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.errors import ArchitectureError, RequestError
from nasbench_sim.oracle import Oracle
from nasbench_sim.search.multi_fidelity import MultiFidelitySearcher, Proposals
from nasbench_sim.search.searcher import Searcher
from nasbench_sim.spaces import SearchSpace
from nasbench_sim.spaces.product import Array


@dataclasses.dataclass(frozen=True)
class Asked:
    """Proposals as the oracle takes them, all of shape (R, q)."""

    index: Array
    level: Array | None
    """Places in the task's fidelities, where the searcher names them."""
    configuration: Array | None
    """As of `Proposals`."""


def ask(strategy: Searcher, oracle: Oracle, label: str) -> Asked:
    """Return the next proposals of a searcher. What its own work cost is charged.

    Raises
    ------
    RequestError, ArchitectureError
        For anything that is not a proposal.
    """
    bill = strategy.context.bill
    bill.running = oracle.running
    asked = _proposed(strategy, label)
    if bill.due:
        oracle.charge(bill.taken())
    return dataclasses.replace(asked, index=oracle.repaired(asked.index))


def _proposed(strategy: Searcher, label: str) -> Asked:
    if not isinstance(strategy, MultiFidelitySearcher):
        return Asked(checked(strategy.ask(), strategy.space, strategy.replicates, label), None, None)
    proposals = strategy.propose()
    index = checked(proposals.index, strategy.space, strategy.replicates, label)
    level, levels = np.asarray(proposals.level), len(strategy.context.task.fidelities)
    if level.dtype.kind in "iu":
        level = level.astype(np.int64, copy=False)
    if level.shape != index.shape or (level[index >= 0] < 0).any() or level.max() >= levels:
        raise RequestError(
            f"{label}: a place in the task's fidelities, 0 to {levels - 1}, is needed for each proposal"
        )
    configuration = proposals.configuration
    if configuration is not None and np.shape(configuration) != index.shape:
        raise RequestError(f"{label}: a number of the configuration is needed for each proposal, or for none")
    return Asked(index, level, configuration)


def tell(strategy: Searcher, asked: Asked, values: NDArray[np.float64]) -> None:
    """Tell a searcher what proposals gave."""
    if isinstance(strategy, MultiFidelitySearcher) and asked.level is not None:
        strategy.learn(Proposals(asked.index, asked.level, asked.configuration), values)
    else:
        strategy.tell(asked.index, values)


def checked(index: Any, space: SearchSpace, replicates: int, label: str) -> Array:
    """Widen proposals of any integer type to the space's own; refuse what is no architecture."""
    if not isinstance(index, np.ndarray) or index.ndim != 2 or len(index) != replicates or not index.size:
        shape = getattr(index, "shape", type(index).__name__)
        raise RequestError(f"{label}: ask gives an integer array of shape ({replicates}, q), not {shape}")
    if index.dtype.kind not in ("iu" if space.index_dtype.kind == "i" else "iuO"):
        raise RequestError(f"{label}: ask gives official indices, not {index.dtype.name} values")
    if index.min() < -1 or index.max() >= space.size:
        raise ArchitectureError(
            f"{label} proposed an index out of range: {index.min()} to {index.max()} "
            f"in a space of {space.size:,} architectures"
        )
    return index.astype(space.index_dtype, copy=False)
