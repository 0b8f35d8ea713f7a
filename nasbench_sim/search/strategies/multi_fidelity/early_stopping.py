"""Stopping trainings early whose extrapolated end is not good enough, for any searcher."""

from __future__ import annotations

from collections.abc import Mapping
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.errors import RequestError, unknown
from nasbench_sim.search.hyperparameter import Choice, Hyperparameter, Real
from nasbench_sim.search.multi_fidelity import MultiFidelitySearcher, Proposals
from nasbench_sim.search.registry import searcher_class, searchers
from nasbench_sim.search.searcher import Searcher
from nasbench_sim.search.strategies.multi_fidelity.foretelling import EXTRAPOLATIONS, Foretelling
from nasbench_sim.spaces.product import Array


class Registered(Choice):
    """The name of a registered searcher."""

    def __init__(self, default: str, help: str) -> None:
        super().__init__(default, help, options=())

    def check(self, value: Any) -> str:
        """Accept the name of any searcher that says nothing of fidelities itself."""
        if value not in searchers():
            raise unknown("searcher to be stopped early", value, list(searchers()))
        if issubclass(searcher_class(value), MultiFidelitySearcher):
            raise RequestError(f"{value} says itself at which fidelity it evaluates: nothing is left to stop")
        return str(value)

    def allowed(self) -> str:
        """Say which."""
        return "the name of a registered searcher"


class EarlyStopping(MultiFidelitySearcher):
    """Lets another searcher search, and stops each training that is unlikely to become the best.

    What the other searcher proposes is trained from fidelity to fidelity, which are epochs of one training,
    and read at each. Its end is foretold by extrapolation, corrected by the mean error that this made at the
    same epoch of the whole trainings of its replicate. Where the chance that it becomes the best so far, with
    errors as spread as those, is too small, it is stopped: it costs the epochs that were seen, and the
    searcher is told the end that was foretold. The first five trainings are whole; with the regressor, which
    learns from five before it can be wrong about five more, the first ten. Every reading is an
    evaluation of the record. Hyperparameters that are not this searcher's own are the other's. Simulated
    workers share what the other proposes at once. A regressor is ten times slower than the other ways, since
    each replicate has its own.

    Raises
    ------
    RequestError
        On a task whose fidelities are not epochs of one training that can be continued.

    References
    ----------
    Domhan, Springenberg, Hutter. Speeding up automatic hyperparameter optimization of deep neural networks by
    extrapolation of learning curves. IJCAI 2015: stops at a chance of 5 %, by sampling many families there.

    Examples
    --------
    >>> import nasbench_sim as nbs
    >>> task = nbs.Task(nbs.load_table("nas-bench-201-digits"), dataset="digits", fidelities=range(1, 7))
    >>> which = nbs.search.searcher("early_stopping", searcher="regularized_evolution", population=20)
    >>> runs = nbs.run(which, task, budget=nbs.Budget(evaluations=200), seeds=3)
    >>> bool((runs.level < 5).any())
    True
    """

    name = "early_stopping"
    portable = False
    chunk = 200

    searcher = Registered("random_search", "who proposes")
    extrapolation = Choice(
        "parametric",
        "how the end is foretold: by families of curves, as the last value, or learned from whole curves",
        options=EXTRAPOLATIONS,
    )
    chance = Real(0.05, "of becoming the best, below which a training is stopped", least=1e-9, most=0.5)

    @classmethod
    def declared_for(cls, given: Mapping[str, Any]) -> dict[str, Hyperparameter[Any]]:
        """Return its own hyperparameters and those of the other searcher."""
        own = cls.declared()
        other = own["searcher"].check(given.get("searcher", cls.searcher))
        others = searcher_class(other).declared().items()
        return own | {name: spec for name, spec in others if name not in own}

    @classmethod
    def together(cls, hyperparameters: Mapping[str, Any]) -> int:
        """Return what the other searcher allows too."""
        return min(cls.chunk, searcher_class(hyperparameters["searcher"]).together(hyperparameters))

    def start(self) -> None:
        """Start the other searcher, before the first training."""
        fidelities = self.context.task.fidelities
        if len({one.training for one in fidelities}) > 1 or fidelities[0].epoch is None:
            listed = ", ".join(one.label for one in fidelities)
            raise RequestError(f"{self.name} reads one training at several epochs, and these are: {listed}")
        if not self.context.task.resume:
            raise RequestError(f"{self.name} continues trainings, and the task says resume=False")
        self._epochs = [one.epoch for one in fidelities if one.epoch is not None]
        which = searcher_class(self.searcher)
        own = {name: self.hyperparameters[name] for name in which.declared()}
        self._other: Searcher = which(self.context, own)
        self._rows = np.arange(self.replicates)[:, None]
        self._best = np.full(self.replicates, -np.inf)
        self._foretelling = Foretelling(self.replicates, self._epochs, self.extrapolation)
        self._spread = NormalDist().inv_cdf(1.0 - self.chance)
        self._batch: Array = np.zeros((self.replicates, 0), dtype=self.space.index_dtype)
        self._next = np.zeros(self.replicates, dtype=np.int64)
        self._begun = 0  # trainings of the batches before

    def propose(self) -> Proposals:
        """Continue the trainings that go on, in the replicates where some do; the others wait."""
        if (self._next >= self._batch.shape[1]).all():
            self._begun += self._batch.shape[1]
            self._batch = self._other.ask()
            self._told = np.full(self._batch.shape, -np.inf)
            self._next[:] = 0
            self._begin()
        index = np.where(self._on, self._batch[self._rows, self._slot], -1)
        waits = ~self._on.any(axis=1) & (self._batch >= 0).any(axis=1)
        level = np.where(waits[:, None], -1, np.full(index.shape, self._at))
        return Proposals(index, level, self._begun + self._slot)

    def learn(self, proposals: Proposals, values: NDArray[np.float64]) -> None:
        """Stop what is not good enough; tell the other searcher once all have ended."""
        row, column = np.nonzero(self._on)
        value = values[row, column]
        self._curves[row, column, self._at] = np.where(np.isfinite(value), value, np.nan)
        if self._at + 1 == len(self._epochs):
            self._told[row, self._slot[row, column]] = value
            np.maximum.at(self._best, row, value)
            self._foretelling.learn(row, self._curves[row, column])
            self._on[:] = False
        else:
            end, deviation = self._foretelling.ends(row, self._curves[row, column, : self._at + 1])
            stop = end + self._spread * deviation < self._best[row]
            self._told[row[stop], self._slot[row[stop], column[stop]]] = end[stop]
            stop |= ~np.isfinite(value)
            self._on[row[stop], column[stop]] = False
            self._at += 1
        if not self._on.any():
            self._next += self._taken
            if (self._next >= self._batch.shape[1]).all():
                self._other.tell(self._batch, self._told)
            else:
                self._begin()

    def _begin(self) -> None:
        """Begin the next trainings, as many at once as there are workers."""
        n = self._batch.shape[1]
        place = self._next[:, None] + np.arange(min(self.context.budget.workers, n))
        self._slot = np.minimum(place, n - 1)
        chosen = self._batch[self._rows, self._slot]
        taken = place < n
        self._taken = taken.sum(axis=1)
        self._on = taken & (chosen >= 0)
        self._at = 0
        self._curves = np.full((*chosen.shape, len(self._epochs)), np.nan)
