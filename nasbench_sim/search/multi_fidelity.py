"""The base of searchers that say at which fidelity each architecture is evaluated."""

from __future__ import annotations

import dataclasses
from abc import abstractmethod
from collections.abc import Mapping
from typing import Any

from numpy.typing import NDArray

from nasbench_sim.errors import RequestError
from nasbench_sim.search.searcher import Context, Searcher
from nasbench_sim.spaces.product import Array


@dataclasses.dataclass(frozen=True)
class Proposals:
    """Architectures, and where each is evaluated.

    Attributes
    ----------
    index
        Official indices, shape (R, q); -1 where a replicate proposes nothing.
    level
        Places in the task's fidelities, from 0, the cheapest; shape (R, q). -1 throughout where a replicate
        that proposes nothing waits for the others; it has ended otherwise.
    configuration
        Which of the replicate's configurations each is, by any numbers from 0 that tell them apart, shape
        (R, q): a dearer fidelity goes on from the training of its own configuration, though another has the
        same architecture. By default an architecture is one configuration.
    """

    index: Array
    level: Array
    configuration: Array | None = None


class MultiFidelitySearcher(Searcher):
    """A searcher that has a word in the fidelity: it implements `propose` and `learn`.

    `ask` and `tell` are these two for callers that know nothing of fidelities.

    Raises
    ------
    RequestError
        On a task without fidelities.
    """

    def __init__(self, context: Context, hyperparameters: Mapping[str, Any]) -> None:
        if not context.task.fidelities:
            raise RequestError(
                f"{self.name} needs a task with fidelities, such as Task(..., fidelities=[1, 4, 12])"
            )
        super().__init__(context, hyperparameters)

    @abstractmethod
    def propose(self) -> Proposals:
        """Propose architectures, each at a fidelity; as `Searcher.ask`."""

    @abstractmethod
    def learn(self, proposals: Proposals, values: NDArray[Any]) -> None:
        """Learn what proposals gave; as `Searcher.tell`."""

    def ask(self) -> Array:
        """Give the architectures of `propose`."""
        self._asked = self.propose()
        return self._asked.index

    def tell(self, index: Array, values: NDArray[Any]) -> None:
        """Learn what the last proposals gave."""
        self.learn(dataclasses.replace(self._asked, index=index), values)
