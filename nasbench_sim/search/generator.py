"""A person's own algorithm as a plain generator function, run once a replicate."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.errors import ArchitectureError, RequestError
from nasbench_sim.oracle.streams import counter_based
from nasbench_sim.search.ask_tell import asks_and_tells, conversation
from nasbench_sim.search.searcher import Context, Searcher
from nasbench_sim.spaces.product import Array

_PURPOSE = 2  # a stream of random numbers of its own, beside those of the built-in searchers and the noise


class GeneratorSearcher(Searcher):
    """Runs ``function(space, random)`` once a replicate.

    The function is a generator that yields an architecture (an official index or a string) and receives
    its observed value, signed so that larger is better (-inf where the table has none), or it makes an object
    that is asked and told (`nasbench_sim.search.ask_tell`). `random` is a `numpy.random.Generator` keyed by
    the replicate's seed. A replicate whose generator returns has ended.

    Raises
    ------
    RequestError
        Where the function is not a generator function or yields something that is not an architecture.
    """

    name = "generator"

    def __init__(
        self,
        context: Context,
        hyperparameters: Mapping[str, Any],
        function: Callable[..., Any],
        title: str,
    ) -> None:
        self._function = function
        self._title = title
        super().__init__(context, hyperparameters)

    def start(self) -> None:
        """Start one generator a replicate."""
        self._running: list[Generator[Any, float, None] | None] = []
        for seed in self.streams.seeds:
            random = np.random.Generator(counter_based(seed, _PURPOSE))
            made = self._function(self.space, random)
            if asks_and_tells(made):
                made = conversation(made, self.space)
            if not isinstance(made, Generator):
                raise RequestError(
                    f"{self._title} is not a generator function: it must yield architectures, or make an "
                    f"object with ask and tell, but it returned {type(made).__name__}"
                )
            self._running.append(made)
        self._proposals: list[int] | None = None

    def ask(self) -> Array:
        """Take the next architecture of each generator."""
        if self._proposals is None:
            self._proposals = [self._advance(row, None) for row in range(self.replicates)]
        return np.array(self._proposals, dtype=self.space.index_dtype)[:, None]

    def tell(self, index: Array, values: NDArray[np.float64]) -> None:
        """Send each generator its value."""
        self._proposals = [self._advance(row, float(values[row, 0])) for row in range(self.replicates)]

    def _advance(self, row: int, value: float | None) -> int:
        generator = self._running[row]
        if generator is None:
            return -1
        inner = getattr(generator, "gi_yieldfrom", None)  # what a list or the like yields takes no values
        takes = inner is None or hasattr(inner, "send")
        try:
            yielded = generator.send(value) if value is not None and takes else next(generator)
        except StopIteration:
            self._running[row] = None
            return -1
        try:
            index = self.space.official(yielded)
        except (ArchitectureError, ValueError, TypeError) as error:
            raise RequestError(
                f"{self._title} yielded {yielded!r} in replicate {row}, not one architecture: {error}"
            ) from error
        if isinstance(index, np.ndarray):
            raise RequestError(f"{self._title} yielded an array of {index.shape}; yield one at a time")
        return int(index)
