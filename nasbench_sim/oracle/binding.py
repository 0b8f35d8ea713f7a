"""What a source and what was asked make together: the arrays that answer evaluations, read-only."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.errors import RequestError
from nasbench_sim.oracle.asked import Asked
from nasbench_sim.oracle.clock import evaluation_seconds
from nasbench_sim.oracle.constraint import Constraint, read_constraint, total_violation
from nasbench_sim.oracle.criterion import Criterion, read_criterion, scalarised
from nasbench_sim.oracle.fidelity import Fidelity, check_resume, read_fidelities
from nasbench_sim.oracle.frozen import frozen
from nasbench_sim.oracle.objective import Objective, directions, read_objective
from nasbench_sim.oracle.penalty import Penalty
from nasbench_sim.oracle.scalarisation import Scalarisation
from nasbench_sim.spaces import SearchSpace
from nasbench_sim.tables import Column, Computed, Table


@dataclasses.dataclass(frozen=True, eq=False)
class Binding:
    """Answers what one task asks of a source.

    Attributes
    ----------
    space
        The architectures.
    objectives
        What is observed, one or several.
    scalarisation
        What makes one number of several.
    fidelities
        Ways to observe, from the cheapest up; empty where the task has none.
    resume
        Whether a training that was stopped at an earlier fidelity is continued.
    seconds_of
        What each evaluation costs, shape (size,); Computed where it is not listed.
    charges
        What the seconds are made of; empty where they are not known.
    constraints, penalty
        What must be kept, and what becomes of proposals that do not; None where there are none.
    report
        What a search is judged by.
    """

    space: SearchSpace
    objectives: tuple[Objective, ...]
    scalarisation: Scalarisation | None
    fidelities: tuple[Fidelity, ...]
    resume: bool
    seconds_of: Any
    charges: str
    constraints: tuple[Constraint, ...]
    penalty: Penalty | None
    report: Criterion

    @property
    def several(self) -> bool:
        """Whether a searcher is told several values an evaluation."""
        return len(self.objectives) > 1 and self.scalarisation is None

    @property
    def sign(self) -> int:
        """1 where a larger objective (the first of several) is better, otherwise -1."""
        return 1 if self.scalarisation is not None else self.objectives[0].sign

    @functools.cached_property
    def signs(self) -> NDArray[np.float64]:
        """1.0 for each objective of which larger is better, otherwise -1.0."""
        return frozen(np.array([float(objective.sign) for objective in self.objectives]))

    @functools.cached_property
    def draws(self) -> bool:
        """Whether an evaluation draws one of several runs at random."""
        levels = [one.objective for one in self.fidelities] or self.objectives
        return any(objective.draws for objective in levels)

    @functools.cached_property
    def objective(self) -> Column:
        """What is observed: the first objective, or what a scalarisation makes of several."""
        if self.scalarisation is None:
            return self.objectives[0].column
        return scalarised(self.objectives, self.scalarisation)

    @property
    def costs(self) -> Any:
        """Seconds of every architecture; see `Task.costs`."""
        return self.seconds_of

    @property
    def optimum(self) -> float:
        """The best reported value of all that keep the constraints; NaN where a column does not tell it."""
        return self.report.best(None if self.penalty is None else self.penalty.feasible)

    def proxy(self, metric: str) -> tuple[Computed, Computed] | None:
        """Return values and seconds of a proxy, computed when asked for; None for what a table has."""
        return None

    def observe(
        self, index: NDArray[Any], uniform: NDArray[np.float64] | None, level: NDArray[Any] | None = None
    ) -> NDArray[np.float64]:
        """Look up what evaluating architectures observes; see `Task.observe`."""
        if len(self.objectives) == 1:
            if level is None:
                return self.objectives[0].observe(index, uniform)
            observed = np.empty(index.shape)
            for place in np.unique(level):
                at = level == place
                drawn = None if uniform is None else uniform[at]
                observed[at] = self.fidelities[place].objective.observe(index[at], drawn)
            return observed
        each = np.stack([objective.observe(index, uniform) for objective in self.objectives], axis=-1)
        if self.scalarisation is None:
            return each
        return self.scalarisation.value(each, self.objectives)

    def seconds(self, index: NDArray[Any], level: NDArray[Any] | None = None) -> NDArray[np.float64]:
        """Look up the seconds of evaluations from scratch; see `Task.seconds`."""
        if level is None:
            return np.asarray(self.seconds_of.take(index))
        each = np.stack([one.costs.take(index) for one in self.fidelities])
        return np.asarray(np.take_along_axis(each, level[None], axis=0)[0])

    def signed(self, observed: NDArray[np.float64]) -> NDArray[np.float64]:
        """Sign observed values so that larger is better; NaN stays."""
        if self.several:
            return observed * self.signs
        return observed if self.sign == 1 else -observed


def bind_table(table: Table, asked: Asked) -> Binding:
    """Look up in a table whatever a task asks for.

    Raises
    ------
    RequestError
        For anything that the table does not have or that contradicts itself.
    """
    fidelities = _fidelities(table, asked)
    objectives = _objectives(table, asked, fidelities)
    if asked.scalarisation is not None:
        asked.scalarisation.check(objectives)
    seconds, charges = _seconds(table, asked, objectives, fidelities)
    constraints = tuple(read_constraint(table, asked.dataset, text) for text in asked.constraints)
    violation = total_violation(constraints, table)
    found = Binding(
        table.space,
        objectives,
        asked.scalarisation,
        fidelities,
        _resumes(asked, fidelities),
        seconds,
        charges,
        constraints,
        None,
        read_criterion(table, asked.dataset, objectives, asked.scalarisation, _mapping(asked.report)),
    )
    if violation is None:
        return found
    told = _range(found) if asked.infeasible == "dominance" else None
    return dataclasses.replace(found, penalty=Penalty(violation, asked.infeasible, told))


def _mapping(metrics: Any) -> Any:
    """Return metrics with directions as the mapping that they were given as."""
    pairs = isinstance(metrics, tuple) and not isinstance(metrics[0], str)
    return dict(metrics) if pairs else metrics


def _fidelities(table: Table, asked: Asked) -> tuple[Fidelity, ...]:
    if asked.fidelities is None:
        return ()
    labels = directions(_mapping(asked.objective))
    if len(labels) > 1 or asked.epoch is not None:
        raise RequestError("fidelities are of one objective, and say its epochs themselves")
    return read_fidelities(
        table,
        next(iter(labels)),
        asked.fidelities,
        dataset=asked.dataset,
        schedule=asked.schedule,
        trained_on=asked.trained_on,
        noise=asked.noise,
        cost=asked.cost,
    )


def _objectives(table: Table, asked: Asked, fidelities: Sequence[Fidelity]) -> tuple[Objective, ...]:
    """Look the objectives up; of several, each takes the parts of the question that apply to it."""
    labels = directions(_mapping(asked.objective))
    if fidelities:
        own, direction = fidelities[-1].objective, next(iter(labels.values()))
        return (dataclasses.replace(own, better=direction or own.better),)
    question: dict[str, Any] = {
        name: getattr(asked, name) for name in ("dataset", "schedule", "epoch", "trained_on")
    }
    found = []
    for label, better in labels.items():
        fitting, noise = dict(question), asked.noise
        if len(labels) > 1:
            parts = table.applying(label, {**question, "seed": noise})
            noise = parts.pop("seed", "mean")
            fitting = dict.fromkeys(question) | parts
        found.append(read_objective(table, label, noise=noise, better=better, **fitting))
    if table.space.listed and not np.all([one.run_count > 0 for one in found], axis=0).any():
        raise RequestError(f"no architecture has a value of all of {', '.join(labels)}")
    return tuple(found)


def _seconds(
    table: Table, asked: Asked, objectives: Sequence[Objective], fidelities: Sequence[Fidelity]
) -> tuple[Any, str]:
    """Compute the seconds of one evaluation of every architecture, and what they are made of."""
    if fidelities:
        return fidelities[-1].costs, fidelities[-1].cost
    trained = [one for one in objectives if one.column.schedule is not None]
    clocked = trained[0] if trained else objectives[0]
    return evaluation_seconds(table, asked.dataset, clocked, asked.cost)


def _resumes(asked: Asked, fidelities: Sequence[Fidelity]) -> bool:
    if asked.resume is not None and not fidelities:
        raise RequestError("resume is about fidelities, and the task has none")
    if asked.resume:
        check_resume(fidelities)
    return bool(fidelities) and asked.resume is not False


def _range(binding: Binding) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Compute the lowest and the highest value that a searcher can be told, shape (objectives,) or ()."""
    if not binding.space.listed:
        raise RequestError(
            "infeasible='dominance' needs the range of all that can be observed, and "
            f"{binding.space.name} cannot be listed: give 'death' or 'resample'"
        )
    everything = np.arange(binding.space.size)[:, None]
    counts = {int(n) for one in binding.objectives for n in np.unique(one.run_count)} - {0}
    # Each number in [0, 1) at which one of the objectives goes on to its next run, and a little more.
    uniform = np.array(sorted({i / n + 1e-9 for n in counts for i in range(n)}))
    index = np.broadcast_to(everything, (binding.space.size, len(uniform)))
    signed = binding.signed(binding.observe(index, np.broadcast_to(uniform, index.shape)))
    return np.nanmin(signed, axis=(0, 1)), np.nanmax(signed, axis=(0, 1))
