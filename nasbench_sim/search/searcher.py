"""The base of every search strategy: ask and tell, for all replicates at once."""

from __future__ import annotations

import dataclasses
import functools
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.errors import RequestError, nearest
from nasbench_sim.oracle import Budget, Streams, Task
from nasbench_sim.search.bill import Bill
from nasbench_sim.search.hyperparameter import Hyperparameter
from nasbench_sim.spaces import SearchSpace
from nasbench_sim.spaces.product import Array


@dataclasses.dataclass(frozen=True)
class Context:
    """What a searcher is given to work with.

    Attributes
    ----------
    space
        Where it searches.
    streams
        Its random numbers, of shape (R, k) for R replicates.
    task
        The task, for searchers that look more than the objective up (a proxy column, say).
    budget
        What each replicate may spend.
    """

    space: SearchSpace
    streams: Streams
    task: Task
    budget: Budget

    @property
    def replicates(self) -> int:
        """Number of replicates R."""
        return len(self.streams)

    @functools.cached_property
    def bill(self) -> Bill:
        """What the searcher's own work costs: charged with what each replicate evaluates next."""
        return Bill(self.replicates)

    def require(self, evaluations: int, what: str) -> None:
        """Refuse a budget that ends before the searcher has learned anything.

        Raises
        ------
        RequestError
            Where the budget has fewer evaluations than `what` needs.
        """
        if self.budget.evaluations is not None and self.budget.evaluations < evaluations:
            raise RequestError(
                f"a budget of {self.budget.evaluations} evaluations ends within {what} of {evaluations}, "
                "before anything is learned: give more evaluations or a smaller one"
            )


class Searcher(ABC):
    """A search strategy that advances R replicates in lockstep.

    The driver calls `start` once, then `ask` and `tell` in turn until every replicate has spent its budget.
    A replicate whose budget is spent is still asked and told along with the others, but nothing of it is
    recorded any more; what one replicate does must never depend on another one.

    Subclasses declare hyperparameters as class attributes (`Whole`, `Real`, `Flag`, `Choice`) and read
    them as plain values.

    Attributes
    ----------
    name
        The name it is registered under.
    portable
        Whether a seed fixes the trajectory bit for bit on every machine: true of a searcher that uses no
        elementary function (exp, log) of floats.
    chunk
        How many replicates are advanced together at most; smaller where a replicate needs much memory.
    objectives
        What tasks it runs on: of ``"one"`` objective (also several under a scalarisation), of
        ``"several"``, or of ``"any"`` number.
    largest
        The most architectures of a space that it searches; None for spaces of any size.
    repairable
        Whether it learns from what was evaluated in the place of its proposals, as ``tell`` gives it: needed
        where the task resamples what violates its constraints.

    Raises
    ------
    RequestError
        On a task of another number of objectives, one whose space is too large for it, and one that resamples
        what it cannot learn from.
    """

    name: ClassVar[str]
    portable: ClassVar[bool] = True
    chunk: ClassVar[int] = 1000
    objectives: ClassVar[Literal["one", "several", "any"]] = "one"
    largest: ClassVar[int | None] = None
    repairable: ClassVar[bool] = False

    def __init__(self, context: Context, hyperparameters: Mapping[str, Any]) -> None:
        has = len(context.task.objectives) if context.task.several else 1
        if self.objectives == "one" and has > 1:
            raise RequestError(
                f"{self.name} searches for one objective, and the task has {has}: give the task a "
                "scalarisation, such as nasbench_sim.oracle.WeightedSum"
            )
        if self.objectives == "several" and has == 1:
            raise RequestError(
                f"{self.name} searches for several objectives, such as "
                "Task(objective=['val_accuracy', 'latency:eyeriss'])"
            )
        if self.largest is not None and context.space.size > self.largest:
            raise RequestError(
                f"{context.space.name} has {context.space.size:,} architectures, and {self.name} searches "
                f"spaces of at most {self.largest:,}; tpe, bananas, regularized_evolution and others that "
                "`nasbench-sim searchers` lists search spaces of any size"
            )
        if context.task.penalty is not None and context.task.infeasible == "resample" and not self.repairable:
            raise RequestError(
                f"{self.name} learns from its own proposals only, not from what is resampled in their place: "
                "give the task infeasible='death' or 'dominance'"
            )
        self.context = context
        self.space = context.space
        self.streams = context.streams
        self.replicates = context.replicates
        self.hyperparameters = dict(hyperparameters)
        self.start()

    def start(self) -> None:  # noqa: B027 - optional
        """Prepare the state of all replicates, and refuse hyperparameters that contradict. Called once."""

    @abstractmethod
    def ask(self) -> Array:
        """Propose architectures to evaluate.

        Returns
        -------
        array of int64, shape (R, q)
            Official indices, evaluated from left to right; q may change from call to call. -1 where a
            replicate proposes nothing in this place; one that proposes nothing at all has ended.
        """

    def overlaps(self) -> bool:
        """Tell whether `ask` may be called now although earlier proposals still are being evaluated.

        Where it may, free simulated workers are given work at once; each evaluation is told by itself when
        it ends, with q = 1, in the order of the ends. Where it may not (the default), the next `ask` comes
        after `tell` of the whole last batch.
        """
        return False

    @abstractmethod
    def tell(self, index: Array, values: NDArray[np.float64]) -> None:
        """Learn what the last proposals gave.

        Parameters
        ----------
        index
            The proposals, shape (R, q); what was evaluated in their place where the task repairs them.
        values
            What was observed, shape (R, q) or, of several objectives, (R, q, objectives), signed so that
            larger is better; -inf where the table has no value or nothing was proposed.
        """

    @classmethod
    def together(cls, hyperparameters: Mapping[str, Any]) -> int:
        """Give how many replicates are advanced together at most, with these hyperparameters."""
        return cls.chunk

    @classmethod
    def declared(cls) -> dict[str, Hyperparameter[Any]]:
        """Give the hyperparameters that the class declares."""
        found: dict[str, Hyperparameter[Any]] = {}
        for base in reversed(cls.__mro__):
            found.update({k: v for k, v in vars(base).items() if isinstance(v, Hyperparameter)})
        return found

    @classmethod
    def declared_for(cls, given: Mapping[str, Any]) -> dict[str, Hyperparameter[Any]]:
        """Return the hyperparameters there are where these are given: those that the class declares."""
        return cls.declared()

    @classmethod
    def configured(cls, given: Mapping[str, Any]) -> dict[str, Any]:
        """Give all hyperparameters: those given, checked by name, type and range, and the defaults."""
        declared = cls.declared_for(given)
        for name in given:
            if name not in declared:
                has = ", ".join(declared) or "none"
                raise RequestError(
                    f"{cls.name} has no hyperparameter {name!r}{nearest(name, declared)}; it has {has}"
                )
        return {
            name: spec.check(given[name]) if name in given else spec.default
            for name, spec in declared.items()
        }
