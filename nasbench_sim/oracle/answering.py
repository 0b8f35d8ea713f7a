"""What can be asked of a task: what was asked of it, where it is answered, and what follows from both."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.oracle.asked import Asked, Repeats
from nasbench_sim.oracle.binding import Binding
from nasbench_sim.oracle.constraint import Constraint, Handling
from nasbench_sim.oracle.criterion import Criterion
from nasbench_sim.oracle.definition import judged
from nasbench_sim.oracle.fidelity import Fidelity
from nasbench_sim.oracle.objective import Noise, Objective
from nasbench_sim.oracle.penalty import Penalty
from nasbench_sim.oracle.scalarisation import Scalarisation
from nasbench_sim.oracle.source import Source
from nasbench_sim.spaces import SearchSpace
from nasbench_sim.tables import Column, Computed, Table


class Answering:
    """A source and what was asked of it, bound once.

    Attributes
    ----------
    source
        What answers.
    asked
        What was asked for, as it was given.
    """

    source: Source
    asked: Asked
    _binding: Binding

    def __init__(self, source: Source, asked: Asked) -> None:
        for name, value in (("source", source), ("asked", asked), ("_binding", source.bind(asked))):
            object.__setattr__(self, name, value)

    def __setattr__(self, name: str, value: Any) -> None:
        """Refuse any change: results are said to be of what was asked."""
        raise dataclasses.FrozenInstanceError(f"a task never changes: cannot assign to {name!r}")

    def __delattr__(self, name: str) -> None:
        """Refuse any change."""
        raise dataclasses.FrozenInstanceError(f"a task never changes: cannot delete {name!r}")

    @property
    def judged(self) -> str:
        """What a search is judged by, in words."""
        return judged(self._binding)

    # -- what was asked

    @property
    def dataset(self) -> str:
        """Data set that is searched on and reported on."""
        return self.asked.dataset

    @property
    def noise(self) -> Noise:
        """What an evaluation draws."""
        return self.asked.noise

    @property
    def repeats(self) -> Repeats:
        """Whether an architecture that is evaluated again is charged again."""
        return self.asked.repeats

    @property
    def infeasible(self) -> Handling:
        """What becomes of proposals that violate constraints."""
        return self.asked.infeasible

    @property
    def scalarisation(self) -> Scalarisation | None:
        """What makes one number of several objectives."""
        return self.asked.scalarisation

    # -- where it is answered

    @property
    def space(self) -> SearchSpace:
        """The architectures."""
        return self.source.space

    @property
    def table(self) -> Table:
        """What is known of them beside the objectives."""
        return self.source.known

    @property
    def trains(self) -> bool:
        """Whether observing takes real work; then -1 observes nothing, and nothing beyond the budget is."""
        return self.source.trains

    # -- what follows

    @property
    def objectives(self) -> tuple[Objective, ...]:
        """What is observed, one or several."""
        return self._binding.objectives

    @property
    def fidelities(self) -> tuple[Fidelity, ...]:
        """The ways to observe the objective, from the cheapest up; empty where there is one."""
        return self._binding.fidelities

    @property
    def resume(self) -> bool:
        """Whether a training that was stopped at an earlier fidelity is continued."""
        return self._binding.resume

    @property
    def constraints(self) -> tuple[Constraint, ...]:
        """The bounds that the result must keep."""
        return self._binding.constraints

    @property
    def penalty(self) -> Penalty | None:
        """What becomes of the infeasible; None where nothing is constrained."""
        return self._binding.penalty

    @property
    def costs(self) -> Any:
        """Seconds of every architecture, shape (size,); Computed in a space too large to list.

        NaN where unknown: of a task that trains, before it was trained. Reading them trains nothing.
        """
        return self._binding.costs

    @property
    def charges(self) -> str:
        """What the seconds of an evaluation are made of; empty where they are not known."""
        return self._binding.charges

    @property
    def report(self) -> Criterion:
        """What a search is judged by: metric, direction, where it is read."""
        return self._binding.report

    @property
    def reported(self) -> Any:
        """The reported metric of every architecture, shape (size,); Computed where it is not listed."""
        return self._binding.report.values

    @property
    def objective(self) -> Column:
        """The column that is observed: the first of several, or what a scalarisation makes of them."""
        return self._binding.objective

    @property
    def question(self) -> dict[str, Any]:
        """The training that the first of the objectives that are trained is read from."""
        return {key: value for one in reversed(self.objectives) for key, value in one.question.items()}

    @property
    def several(self) -> bool:
        """Whether a searcher is told several values an evaluation."""
        return self._binding.several

    @property
    def sign(self) -> int:
        """1 where a larger objective (the first of several) is better, otherwise -1."""
        return self._binding.sign

    @property
    def signs(self) -> NDArray[np.float64]:
        """1.0 for each objective of which larger is better, otherwise -1.0."""
        return self._binding.signs

    @property
    def draws(self) -> bool:
        """Whether an evaluation draws one of several runs at random."""
        return self._binding.draws

    @property
    def optimum(self) -> float:
        """The best reported value of all that keep the constraints; NaN where a column does not tell it."""
        return self._binding.optimum

    # -- its answers

    def proxy(self, metric: str) -> tuple[Computed, Computed] | None:
        """Return values and seconds of a proxy, computed when asked for; None for what a table has."""
        return self._binding.proxy(metric)

    def observe(
        self, index: NDArray[Any], uniform: NDArray[np.float64] | None, level: NDArray[Any] | None = None
    ) -> NDArray[np.float64]:
        """Look up what evaluating valid architectures observes; NaN where the table has no value.

        Parameters
        ----------
        index
            Official indices of any shape and integer type.
        uniform
            Numbers in [0, 1) of the same shape that choose the run, where `draws`.
        level
            Places in `fidelities`, of the same shape; the highest by default.

        Returns
        -------
        array of float64
            In the objectives' own units: the shape of `index`, with an axis of objectives where `several`.
        """
        return self._binding.observe(np.asarray(index, dtype=self.space.index_dtype), uniform, level)

    def seconds(self, index: NDArray[Any], level: NDArray[Any] | None = None) -> NDArray[np.float64]:
        """Compute the seconds of evaluations from scratch, of the same shape; NaN where unknown.

        Parameters
        ----------
        index, level
            As in `observe`. Nothing is trained: of a task that trains, they are known once it was observed.
        """
        return self._binding.seconds(np.asarray(index, dtype=self.space.index_dtype), level)

    def signed(self, observed: NDArray[np.float64]) -> NDArray[np.float64]:
        """Sign observed values so that larger is better; NaN stays."""
        return self._binding.signed(observed)
