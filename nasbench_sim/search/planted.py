"""Tasks whose best architecture is known, to check searchers on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from nasbench_sim.errors import RequestError
from nasbench_sim.oracle import Task
from nasbench_sim.spaces import SearchSpace
from nasbench_sim.tables import Column, Table

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

Landscape = Literal["planted", "ties", "constant", "missing"]
LANDSCAPES: tuple[Landscape, ...] = ("planted", "ties", "constant", "missing")

EPOCHS = (1, 2, 4)
_RUNS = 3
_LARGEST = 2**20


def planted_task(
    space: SearchSpace,
    landscape: Landscape = "planted",
    *,
    seed: int = 0,
    better: Literal["max", "min"] = "max",
    fidelities: bool = False,
    objectives: Literal[1, 2] = 1,
) -> Task:
    """Make a task whose best architecture is known: each choice adds its part, and some noise is added.

    Parameters
    ----------
    space
        A space of at most 2**20 architectures.
    landscape
        ``"planted"``: the best choices at all positions make the best architecture; each has three runs, of
        which an evaluation draws one. ``"ties"``: the same, rounded so that few values differ, and without
        noise. ``"constant"``: one value. ``"missing"``: a third has no value.
    seed
        Of the parts of the choices.
    better
        ``"max"``, or ``"min"`` for the same landscape upside down.
    fidelities
        Whether the score can be read at the epochs 1, 2 and 4 of its training.
    objectives
        One, the score, or two, the score and a size that costs something of it.

    Examples
    --------
    >>> space = SearchSpace("tiny", ["abc", "de"])
    >>> task = planted_task(space)
    >>> float(task.reported.max()) == task.optimum == 100.0
    True
    """
    if space.size > _LARGEST:
        raise RequestError(f"{space.name} has {space.size:,} architectures: too many for a planted table")
    random = np.random.Generator(np.random.Philox(seed))
    ops = space.ops(space.all_indices())
    value = np.zeros(space.size)
    for position, cardinality in enumerate(space.cardinalities):
        part = random.permutation(cardinality) / max(cardinality - 1, 1)
        value += part[ops[:, position]] / len(space.cardinalities)
    value = 100 * value - random.random(space.size) * np.where(value < value.max(), 2.0, 0.0)
    cost = 50 + 100 * random.random(space.size)
    size = value + 20 * random.standard_normal(space.size)
    spread = np.where(value < value.max(), 0.5 * random.random(space.size), 0.0)
    if landscape == "ties":
        value = np.round(value / 25) * 25
    elif landscape == "constant":
        value = np.full(space.size, 50.0)
    elif landscape == "missing":
        gone = random.random(space.size) < 1 / 3
        gone[0] = False
        value[gone] = np.nan
    if landscape in ("ties", "constant"):
        spread[:] = 0.0
    runs = value[:, None] + spread[:, None] * np.arange(-1, _RUNS - 1)
    behind = (random.random(space.size) * 20)[:, None] * (1 / np.array(EPOCHS) - 1 / EPOCHS[-1])
    curves = runs[..., None] - behind[:, None]
    sign = 1.0 if better == "max" else -1.0
    facts: dict[str, Any] = {"dataset": "planted", "source": "made for a check"}
    training: dict[str, Any] = {"trained_on": "train", "schedule": EPOCHS[-1], "epochs": EPOCHS}
    columns = [
        (
            Column(metric="score", better=better, seeds=tuple(range(_RUNS)), **training, **facts),
            sign * curves,
        ),
        (Column(metric="train_time", **training, **facts), cost[:, None] * np.array(EPOCHS) / EPOCHS[-1]),
        (Column(metric="params", **facts), size),
    ]
    objective: Any = "score" if objectives == 1 else ["score", "params"]
    table = Table("planted", space, columns)
    if fidelities:
        return Task(table, dataset="planted", objective=objective, fidelities=EPOCHS)
    return Task(table, dataset="planted", objective=objective, cost="train_time")


def small_spaces() -> SearchStrategy[SearchSpace]:
    """Return a hypothesis strategy for small spaces, positions of one choice and of many included."""
    from hypothesis import strategies

    cardinalities = strategies.lists(strategies.integers(1, 6), min_size=1, max_size=5)

    def built(numbers: list[int]) -> SearchSpace:
        return SearchSpace("small", [[f"c{i}" for i in range(number)] for number in numbers])

    return cardinalities.map(built)
