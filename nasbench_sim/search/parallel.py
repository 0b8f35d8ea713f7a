"""The loop of a searcher with several simulated workers."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.oracle import Workers
from nasbench_sim.oracle.oracle import going_on
from nasbench_sim.search import exchange
from nasbench_sim.search.hooks import Rounds
from nasbench_sim.search.searcher import Searcher
from nasbench_sim.spaces.product import Array


def run_in_parallel(
    strategy: Searcher, workers: Workers, label: str, rounds: Rounds, after_each: Callable[[], None]
) -> None:
    """Keep the workers busy until every replicate has spent its budget.

    A searcher that allows it (`Searcher.overlaps`) is asked whenever a worker is free, and told of each
    evaluation when it ends. Any other is asked again only after it was told all that it proposed last, in
    that order: its workers share each batch, and those that find no work wait.

    Parameters
    ----------
    rounds
        Told of each end of an evaluation.
    after_each
        Called after each event.
    """
    oracle = workers.oracle
    batch: _Batch | None = None
    while True:
        while workers.room:
            if batch is None or not batch.left:
                if workers.busy and not (strategy.overlaps() and batch is not None and not batch.whole):
                    break
                asked = exchange.ask(strategy, oracle, label)
                oracle.running &= going_on(asked.index, asked.level)
                batch = _Batch(asked, whole=not strategy.overlaps())
            workers.begin(*batch.next())
        if not workers.goes_on():
            return
        active = rounds.active()
        done = workers.finish()
        rounds.ended(done.index[:, None], done.values[:, None], active)
        if not workers.goes_on():
            return
        after_each()
        assert batch is not None
        if batch.whole:
            batch.ended(done.slot, done.values)
            if batch.complete:
                exchange.tell(strategy, batch.asked, batch.values)
        else:
            level, configuration = (
                None if part is None else part[:, None] for part in (done.level, done.configuration)
            )
            asked = exchange.Asked(done.index[:, None], level, configuration)
            exchange.tell(strategy, asked, done.values[:, None])


class _Batch:
    """Proposals that were made together, some of them begun, some ended."""

    def __init__(self, asked: exchange.Asked, whole: bool) -> None:
        self.asked = asked
        self.whole = whole
        self.values = np.empty(0)
        self._begun = 0
        self._ended = 0

    @property
    def left(self) -> int:
        """How many are still to begin."""
        return int(self.asked.index.shape[1]) - self._begun

    @property
    def complete(self) -> bool:
        """Whether all have ended."""
        return self._ended == int(self.asked.index.shape[1])

    def next(self) -> tuple[int, Array, Array | None, Array | None]:
        """Return the place of the next to begin, and the parts of the proposal."""
        slot = self._begun
        self._begun += 1
        asked = self.asked
        level, configuration = (
            None if part is None else part[:, slot] for part in (asked.level, asked.configuration)
        )
        return slot, asked.index[:, slot], level, configuration

    def ended(self, slot: NDArray[np.int64], values: NDArray[np.float64]) -> None:
        """Keep the values of those that ended, one a replicate, in their places."""
        if not self._ended:
            self.values = np.empty((*self.asked.index.shape, *values.shape[1:]))
        self.values[np.arange(len(slot)), slot] = values
        self._ended += 1
