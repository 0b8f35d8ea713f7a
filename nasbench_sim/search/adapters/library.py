"""The optional libraries, and what they share: evaluating a task, the searcher that runs a library."""

from __future__ import annotations

import importlib
from abc import abstractmethod
from collections.abc import Generator, Mapping
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.errors import MissingDependencyError
from nasbench_sim.oracle import Budget, Oracle, Task
from nasbench_sim.search.generator import GeneratorSearcher
from nasbench_sim.search.searcher import Context
from nasbench_sim.spaces import SearchSpace
from nasbench_sim.spaces.product import Array

_ENDLESS = Budget(evaluations=2**62)


def imported(module: str) -> Any:
    """Import a module of an optional library.

    Raises
    ------
    MissingDependencyError
        Where it is not installed.
    """
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        library = module.partition(".")[0]
        raise MissingDependencyError(
            f"{library} is not installed: pip install nasbench-sim[optimizers]"
        ) from error


class Evaluation:
    """A task as a plain function of ops: the noise is that of the replicate with this seed.

    Parameters
    ----------
    task
        What is optimised.
    seed
        A search seed.
    """

    def __init__(self, task: Task, seed: int) -> None:
        self.task = task
        self._oracle = Oracle(task, _ENDLESS, [seed])

    def __call__(self, ops: Array) -> NDArray[np.float64]:
        """Give what the next evaluations observe, for ops of shape (q, positions).

        Returns
        -------
        array of float64, shape (q,) or (q, objectives)
            Signed so that smaller is better; inf where the table has no value.
        """
        index = np.asarray(self.task.space.repaired(ops), dtype=self.task.space.index_dtype)
        return np.asarray(-self._oracle.evaluate(index[None])[0])


class LibrarySearcher(GeneratorSearcher):
    """Runs an optimiser of another library, one instance a replicate, under our driver.

    Subclasses write `run` as a generator, as in `nasbench_sim.search.generator`. The optimiser is seeded by
    the replicate's own seed.
    """

    library: ClassVar[str]
    """Its package."""
    portable = False
    chunk = 10  # a library keeps up to 10 MB a replicate

    def __init__(self, context: Context, hyperparameters: Mapping[str, Any]) -> None:
        super().__init__(context, hyperparameters, function=self.run, title=self.name)

    def start(self) -> None:
        """Make sure of the library before any work."""
        imported(self.library)
        super().start()

    @abstractmethod
    def run(self, space: SearchSpace, random: np.random.Generator) -> Generator[int, float, None]:
        """Yield architectures, and receive their values, signed so that larger is better."""


def seed_of(random: np.random.Generator) -> int:
    """Draw a seed that every library accepts."""
    return int(random.integers(2**31))
