"""What a search optimises: the objectives, their noise and cost, and what is reported at the end."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.errors import RequestError, unknown
from nasbench_sim.oracle.clock import evaluation_seconds
from nasbench_sim.oracle.constraint import HANDLINGS, Handling, read_constraint, total_violation
from nasbench_sim.oracle.criterion import read_criterion
from nasbench_sim.oracle.definition import definition, in_words
from nasbench_sim.oracle.fidelity import Fidelity, Level, check_resume, read_fidelities
from nasbench_sim.oracle.objective import Noise, Objective, directions, read_objective
from nasbench_sim.oracle.penalty import Penalty
from nasbench_sim.oracle.scalarisation import Scalarisation
from nasbench_sim.tables import Column, Computed, Table
from nasbench_sim.tables.metrics import Better


class Task:
    """One optimisation problem over a table.

    Parameters
    ----------
    table
        Where values and costs are looked up.
    dataset
        Data set that is searched on and reported on.
    objective
        The metric that the searcher observes, also as ``metric:device``; a list of several, or a mapping of
        each to ``"max"`` or ``"min"`` (by default the direction of its column).
    schedule, epoch, trained_on
        Which training and which of its epochs the objective is read from; by default as in `Table.query`. Of
        several objectives those that are trained are read there.
    noise
        ``"run"``: each evaluation observes one of the published runs, drawn at random, as in the published
        protocols; one draw serves all objectives. Where the table has no single runs nothing is drawn, and
        ``repr`` says so. ``"mean"``: always the mean of the runs. A training seed: always that run.
    report
        The metric that a search is judged by: the mean of its runs at its longest schedule; or a mapping of
        it to ``"max"`` or ``"min"``. By default, an accuracy of the table's own networks is judged by their
        ``test_accuracy``, where the table has it for the data set; every other objective (also what a
        scalarisation makes of several; otherwise the first) by itself, as it is read, the mean of its runs.
        The direction that was given to an objective counts for what is reported of the same quantity, too.
    cost
        What one evaluation costs in seconds: metrics whose sum is charged (each converted to seconds), or
        an array of seconds, one an architecture. By default the published clock: the training time of the
        objective's epochs, and one validation pass where the table has its time. Of several objectives the
        first that is trained sets the clock.
    repeats
        ``"charged"``: evaluating an architecture again costs again, and draws a run again, as in the
        published protocols. ``"free"``: it costs nothing, counts for no evaluation, and gives the value
        that it had; a replicate ends after 1,000 of them in a row.
    scalarisation
        A rule that makes one number of several objectives, for searchers of one objective.
    constraints
        Such as ``"latency:raspi4 <= 10 ms"``; see `nasbench_sim.oracle.constraint`. They are judged on the
        table's values, which cost nothing.
    infeasible
        What becomes of proposals that violate them. ``"death"``: a searcher is told -inf. ``"resample"``:
        another one is evaluated in their place, reached by a random walk of mutations from the proposal.
        ``"dominance"``: a searcher is told values that are worse than all feasible ones, the more so the
        larger the violation (Deb's rule).
    fidelities
        Cheaper ways to observe the objective, from the cheapest to the one that counts: epochs of its
        schedule, pairs of a schedule and an epoch, or metrics (a proxy); for searchers that ask for them.
        `cost` is then None or an array of seconds of shape (fidelities, size).
    resume
        Whether an architecture that was trained to an earlier epoch is continued, for the difference of the
        costs, or trained again. By default it is wherever both are moments of one training; the 12- and the
        200-epoch schedule are different trainings, which nothing continues into each other.

    Raises
    ------
    RequestError
        For anything that the table does not have or that contradicts itself.

    Examples
    --------
    >>> import nasbench_sim as nbs
    >>> task = nbs.Task(nbs.load_table("nas-bench-201"), dataset="cifar10")
    >>> round(task.optimum, 3)
    91.607
    >>> two = nbs.Task(task.table, dataset="cifar10", objective=["val_accuracy", "latency:eyeriss"])
    >>> [(objective.label, objective.better) for objective in two.objectives]
    [('val_accuracy', 'max'), ('latency:eyeriss', 'min')]
    """

    trains = False
    """Whether observing takes real work, so that nothing beyond the budget may be; -1 observes nothing."""

    def __init__(
        self,
        table: Table,
        *,
        dataset: str,
        objective: str | Sequence[str] | Mapping[str, Better] = "val_accuracy",
        schedule: int | None = None,
        epoch: int | None = None,
        trained_on: str | None = None,
        noise: Noise = "run",
        report: str | Mapping[str, Better] | None = None,
        cost: str | Sequence[str] | NDArray[np.float64] | None = None,
        repeats: Literal["charged", "free"] = "charged",
        scalarisation: Scalarisation | None = None,
        constraints: str | Sequence[str] = (),
        infeasible: Handling = "death",
        fidelities: Sequence[Level] | None = None,
        resume: bool | None = None,
    ) -> None:
        for name, given, kinds in (
            ("table", table, Table),
            ("dataset", dataset, str),
            ("report", report, str | Mapping | None),
            ("scalarisation", scalarisation, Scalarisation | None),
            ("constraints", constraints, str | Sequence),
        ):
            if not isinstance(given, kinds):
                raise RequestError(f"{name} of a task is no {type(given).__name__}: {given!r}")
        if repeats not in ("charged", "free"):
            raise RequestError(f"repeats is 'charged' or 'free', not {repeats!r}")
        if infeasible not in HANDLINGS:
            raise unknown("handling of the infeasible", infeasible, HANDLINGS)
        self.table = table
        self.space = table.space
        self.dataset = dataset
        self.noise = noise
        self.repeats = repeats
        self.infeasible = infeasible
        self.scalarisation = scalarisation
        question = {"dataset": dataset, "schedule": schedule, "epoch": epoch, "trained_on": trained_on}
        self.fidelities = self._fidelities(objective, fidelities, cost, question)
        self.objectives = self._objectives(objective, question)
        self.resume = self._resumes(resume)
        if scalarisation is not None:
            scalarisation.check(self.objectives)
        self.costs, self.cost = self._costs(cost)
        named = [constraints] if isinstance(constraints, str) else list(constraints)
        self.constraints = tuple(read_constraint(table, dataset, text) for text in named)
        violation = total_violation(self.constraints, table)
        self.penalty = None if violation is None else Penalty(violation, infeasible, self._range())
        self.report = read_criterion(table, dataset, self.objectives, scalarisation, report)

    def _fidelities(
        self, objective: Any, levels: Sequence[Level] | None, cost: Any, question: dict[str, Any]
    ) -> tuple[Fidelity, ...]:
        if levels is None:
            return ()
        asked = directions(objective)
        if len(asked) > 1 or question["epoch"] is not None:
            raise RequestError("fidelities are of one objective, and say its epochs themselves")
        rest = {key: value for key, value in question.items() if key != "epoch"}
        return read_fidelities(self.table, next(iter(asked)), levels, noise=self.noise, cost=cost, **rest)

    def _objectives(self, objective: Any, question: dict[str, Any]) -> tuple[Objective, ...]:
        """Look the objectives up; of several, each takes the parts of the question that apply to it."""
        asked = directions(objective)
        if self.fidelities:
            own, better = self.fidelities[-1].objective, next(iter(asked.values()))
            return (dataclasses.replace(own, better=better or own.better),)
        found = []
        for label, better in asked.items():
            fitting, noise = dict(question), self.noise
            if len(asked) > 1:
                parts = self.table.applying(label, {**question, "seed": noise})
                noise = parts.pop("seed", "mean")
                fitting = dict.fromkeys(question) | parts
            found.append(read_objective(self.table, label, noise=noise, better=better, **fitting))
        if self.space.listed and not np.all([one.run_count > 0 for one in found], axis=0).any():
            raise RequestError(f"no architecture has a value of all of {', '.join(asked)}")
        return tuple(found)

    def _resumes(self, resume: bool | None) -> bool:
        if resume is not None and not self.fidelities:
            raise RequestError("resume is about fidelities, and the task has none")
        if resume:
            check_resume(self.fidelities)
        return bool(self.fidelities) and resume is not False

    def _costs(self, cost: Any) -> tuple[NDArray[np.float64], str]:
        """Give the seconds of one evaluation of every architecture, and what they are made of."""
        if self.fidelities:
            return self.fidelities[-1].costs, self.fidelities[-1].cost
        trained = [one for one in self.objectives if one.column.schedule is not None]
        clocked = trained[0] if trained else self.objectives[0]
        return evaluation_seconds(self.table, self.dataset, clocked, cost)

    def _range(self) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
        """Give the lowest and the highest value that a searcher can be told, shape (objectives,) or ()."""
        if self.infeasible != "dominance":
            return None
        if not self.space.listed:
            raise RequestError(
                "infeasible='dominance' needs the range of all that can be observed, and "
                f"{self.space.name} cannot be listed: give 'death' or 'resample'"
            )
        everything = np.arange(self.space.size)[:, None]
        counts = {int(n) for one in self.objectives for n in np.unique(one.run_count)} - {0}
        # Each number in [0, 1) at which one of the objectives goes on to its next run, and a little more.
        uniform = np.array(sorted({i / n + 1e-9 for n in counts for i in range(n)}))
        index = np.broadcast_to(everything, (self.space.size, len(uniform)))
        signed = self.signed(self.observe(index, np.broadcast_to(uniform, index.shape)))
        return np.nanmin(signed, axis=(0, 1)), np.nanmax(signed, axis=(0, 1))

    @functools.cached_property
    def objective(self) -> Column:
        """The column that is observed: the first of several, or what a scalarisation makes of them."""
        if self.scalarisation is None:
            return self.objectives[0].column
        listed = ", ".join(one.label for one in self.objectives)
        source = f"{self.scalarisation!r} of {listed}"
        return Column(metric=self.scalarisation.name, source=source, better="max")

    @property
    def several(self) -> bool:
        """Whether a searcher is told several values an evaluation."""
        return len(self.objectives) > 1 and self.scalarisation is None

    @property
    def sign(self) -> int:
        """1 where a larger objective (the first of several) is better, otherwise -1."""
        return 1 if self.scalarisation is not None else self.objectives[0].sign

    @property
    def question(self) -> dict[str, Any]:
        """The training that the first of the objectives that are trained is read from."""
        return {key: value for one in reversed(self.objectives) for key, value in one.question.items()}

    @functools.cached_property
    def signs(self) -> NDArray[np.float64]:
        """1.0 for each objective of which larger is better, otherwise -1.0."""
        return np.array([float(objective.sign) for objective in self.objectives])

    @property
    def reported(self) -> Any:
        """The reported metric of every architecture, shape (size,); Computed in a space too large to list."""
        return self.report.values

    @functools.cached_property
    def optimum(self) -> float:
        """The best reported value of all that keep the constraints; NaN where a column does not tell it."""
        return self.report.best(None if self.penalty is None else self.penalty.feasible)

    @property
    def draws(self) -> bool:
        """Whether an evaluation draws one of several runs at random."""
        levels = [one.objective for one in self.fidelities] or self.objectives
        return any(objective.draws for objective in levels)

    def proxy(self, metric: str) -> tuple[Computed, Computed] | None:
        """Give values and seconds of a proxy that is computed when asked for; None for what a table has."""
        return None

    def observe(
        self, index: NDArray[Any], uniform: NDArray[np.float64] | None, level: NDArray[Any] | None = None
    ) -> NDArray[np.float64]:
        """Give what evaluating valid architectures observes; NaN where the table has no value.

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
        index = np.asarray(index, dtype=self.space.index_dtype)
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

    def signed(self, observed: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give observed values signed so that larger is better; NaN stays."""
        if self.several:
            return observed * self.signs
        return observed if self.sign == 1 else -observed

    def level_costs(self, index: NDArray[Any], level: NDArray[Any]) -> NDArray[np.float64]:
        """Give the seconds of evaluations from scratch at places in `fidelities`."""
        each = np.stack([one.costs.take(np.asarray(index)) for one in self.fidelities])
        return np.asarray(np.take_along_axis(each, level[None], axis=0)[0])

    def describe(self) -> dict[str, Any]:
        """Give all that defines the task, as plain JSON types."""
        return definition(self)

    def __repr__(self) -> str:
        """The objectives, where they are read, and what is reported."""
        return f"<Task {in_words(self)}>"
