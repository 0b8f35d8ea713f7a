"""What a search optimises: the objectives, their noise and cost, and what is reported at the end."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.errors import RequestError
from nasbench_sim.oracle.answering import Answering
from nasbench_sim.oracle.asked import Asked, Repeats
from nasbench_sim.oracle.constraint import Handling
from nasbench_sim.oracle.definition import follows, in_words
from nasbench_sim.oracle.fidelity import Level
from nasbench_sim.oracle.objective import Noise
from nasbench_sim.oracle.scalarisation import Scalarisation
from nasbench_sim.oracle.source import Source, TableSource
from nasbench_sim.tables import Table, load_table
from nasbench_sim.tables.metrics import Better


class Task(Answering):
    """One optimisation problem: what was asked, as plain data, and the source that answers it.

    A task never changes. `asked` holds what was asked for, as it was given; `to_json` writes it down with the
    source's identity, and `from_json` makes the same task of that. Two tasks are equal if and only if these
    are. What source and question make together (objectives, costs, what is reported) is read-only.

    Parameters
    ----------
    table
        Where values and costs are looked up; also any other `nasbench_sim.oracle.source.Source`.
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
    >>> nbs.Task.from_json(task.to_json()) == task, two == task
    (True, False)
    """

    def __init__(
        self,
        table: Table | Source,
        *,
        dataset: str,
        objective: str | Sequence[str] | Mapping[str, Better] = "val_accuracy",
        schedule: int | None = None,
        epoch: int | None = None,
        trained_on: str | None = None,
        noise: Noise = "run",
        report: str | Mapping[str, Better] | None = None,
        cost: str | Sequence[str] | NDArray[np.float64] | None = None,
        repeats: Repeats = "charged",
        scalarisation: Scalarisation | None = None,
        constraints: str | Sequence[str] = (),
        infeasible: Handling = "death",
        fidelities: Sequence[Level] | None = None,
        resume: bool | None = None,
    ) -> None:
        source = TableSource(table) if isinstance(table, Table) else table
        if not hasattr(source, "bind"):
            raise RequestError(f"table of a task is no {type(table).__name__}: {table!r}")
        asked: dict[str, Any] = {
            "dataset": dataset,
            "objective": objective,
            "schedule": schedule,
            "epoch": epoch,
            "trained_on": trained_on,
            "noise": noise,
            "report": report,
            "cost": cost,
            "repeats": repeats,
            "scalarisation": scalarisation,
            "constraints": constraints,
            "infeasible": infeasible,
            "fidelities": fidelities,
            "resume": resume,
        }
        super().__init__(source, Asked(**asked))

    # -- the task as data

    @classmethod
    def _of(cls, source: Source, asked: Asked) -> Task:
        """Make a task of its two parts."""
        found = cls.__new__(cls)
        Answering.__init__(found, source, asked)
        return found

    def to_json(self) -> dict[str, Any]:
        """Write the task down as plain JSON types: the source's identity and what was asked.

        Costs that were given as an array are written with their hash and all their numbers.
        """
        return {**self.source.identity, **self.asked.to_json()}

    @classmethod
    def from_json(cls, fields: Mapping[str, Any], source: Table | Source | None = None) -> Task:
        """Make the task that `to_json` or `describe` wrote down.

        Parameters
        ----------
        fields
            What was written. Of costs that are written by their hash alone, nothing else is known: an
            evaluation of the task costs an unknown time.
        source
            What answers it; by default the installed or embedded table of that name.

        Raises
        ------
        RequestError
            For a source other than the one that was written down, for what defines no task, and where this
            version reads what was asked otherwise than it is written.
        """
        given = dict(fields)
        written = given.pop("follows", None)
        if source is None:
            source = load_table(given.get("table"))
        answering = TableSource(source) if isinstance(source, Table) else source
        for name, value in answering.identity.items():
            if given.pop(name, None) != value:
                raise RequestError(
                    f"the task is of table {fields.get('table')!r} with content "
                    f"{str(fields.get('table_hash'))[:12]}, but {answering.known.name!r} has "
                    f"{answering.known.hash[:12]}: name the file of that table"
                )
        found = cls._of(answering, Asked.from_json(given))
        if written is not None and _but_charges(written) != _but_charges(follows(found._binding)):
            raise RequestError(
                f"this version reads the task on {found.dataset} otherwise than it is written down: "
                f"{follows(found._binding)}, not {written}"
            )
        return found

    def describe(self) -> dict[str, Any]:
        """Say what the task is, for provenance, as plain JSON types: equal for equal tasks.

        Returns
        -------
        dict
            As `to_json`, but for costs that were given as an array, of which it has the hash; and as
            ``follows`` how the source reads it, with all that was left open filled in: what is ``observed``,
            what is ``reported``, and what is charged.
        """
        asked = self.asked.to_json(whole=False)
        return {**self.source.identity, **asked, "follows": follows(self._binding)}

    @functools.cached_property
    def _key(self) -> str:
        return json.dumps({**self.source.identity, **self.asked.to_json(whole=False)})

    def __eq__(self, other: object) -> bool:
        """Tell whether source and question are the same."""
        return self is other or (isinstance(other, Task) and self._key == other._key)

    def __hash__(self) -> int:
        """Equal for equal tasks."""
        return hash(self._key)

    def __reduce__(self) -> Any:
        """Send source and question: what follows is made again where they arrive."""
        return Task._of, (self.source, self.asked)

    def __repr__(self) -> str:
        """The objectives, where they are read, and what is reported."""
        return f"<Task {in_words(self.asked, self._binding, self.table.name)}>"


def _but_charges(follows: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out what is charged: of costs that are written by their hash alone nobody knows it."""
    fidelities = [one["fidelity"] for one in follows.get("fidelities", ())]
    return {**follows, "charges": None, "fidelities": fidelities}
