"""Checks that every search strategy must pass, for authors of their own.

Each check raises an `AssertionError` that says what went wrong; `conform` runs them all::

    from nasbench_sim.search import testing

    @pytest.mark.parametrize("check", testing.CHECKS, ids=testing.CHECKS)
    def test_my_searcher(check):
        testing.CHECKS[check](MySearcher, testing.planted_task(nbs.space("nas-bench-201")))

A searcher is anything that `nasbench_sim.run` takes, also configured by `nasbench_sim.search.searcher`.
"""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from nasbench_sim.errors import RequestError
from nasbench_sim.oracle import Budget, Task, Trajectories
from nasbench_sim.search.configured import searcher
from nasbench_sim.search.driver import run
from nasbench_sim.spaces import SearchSpace
from nasbench_sim.tables import Column, Table

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

Landscape = Literal["planted", "ties", "constant", "missing"]
LANDSCAPES: tuple[Landscape, ...] = ("planted", "ties", "constant", "missing")

EVALUATIONS = 60
"""Budget of a check by default: more than any first population should need."""


def planted_task(
    space: SearchSpace, landscape: Landscape = "planted", *, seed: int = 0, better: str = "max"
) -> Task:
    """Give a task whose best architecture is known: each choice adds its part, and some noise is added.

    Parameters
    ----------
    space
        A space that can be enumerated.
    landscape
        ``"planted"``: the best choices at all positions make the best architecture. ``"ties"``: the same,
        rounded so that few values differ. ``"constant"``: one value. ``"missing"``: a third has no value.
    seed
        Of the parts of the choices.
    better
        ``"max"``, or ``"min"`` for the same landscape upside down.

    Examples
    --------
    >>> space = SearchSpace("tiny", ["abc", "de"])
    >>> task = planted_task(space)
    >>> float(task.reported.max()) == task.optimum == 100.0
    True
    """
    random = np.random.Generator(np.random.Philox(seed))
    ops = space.ops(space.all_indices())
    value = np.zeros(space.size)
    for position, cardinality in enumerate(space.cardinalities):
        part = random.permutation(cardinality) / max(cardinality - 1, 1)
        value += part[ops[:, position]] / len(space.cardinalities)
    value = 100 * value - random.random(space.size) * np.where(value < value.max(), 2.0, 0.0)
    cost = 50 + 100 * random.random(space.size)
    size = value + 20 * random.standard_normal(space.size)
    if landscape == "ties":
        value = np.round(value / 25) * 25
    elif landscape == "constant":
        value = np.full(space.size, 50.0)
    elif landscape == "missing":
        gone = random.random(space.size) < 1 / 3
        gone[0] = False
        value[gone] = np.nan
    sign = 1.0 if better == "max" else -1.0
    facts: dict[str, Any] = {"dataset": "planted", "source": "made for a check"}
    columns = [
        (Column(metric="score", better="max" if better == "max" else "min", **facts), sign * value),
        (Column(metric="train_time", **facts), cost),
        (Column(metric="params", **facts), size),
    ]
    table = Table("planted", space, columns)
    return Task(table, dataset="planted", objective="score", cost="train_time")


def small_spaces() -> SearchStrategy[SearchSpace]:
    """Give a hypothesis strategy for small spaces, positions of one choice and of many included."""
    from hypothesis import strategies

    cardinalities = strategies.lists(strategies.integers(1, 6), min_size=1, max_size=5)

    def built(numbers: list[int]) -> SearchSpace:
        return SearchSpace("small", [[f"c{i}" for i in range(number)] for number in numbers])

    return cardinalities.map(built)


# -- the checks


def check_determinism(which: Any, task: Task, evaluations: int = EVALUATIONS) -> None:
    """A seed fixes its replicate bit for bit: run again, in another order, in larger and smaller batches."""
    budget = Budget(evaluations=evaluations)
    seeds = (3, 2**63 + 5, 17, 0, 4)
    together = run(which, task, budget=budget, seeds=seeds)
    _same(together, run(which, task, budget=budget, seeds=seeds), "run a second time")
    _same(together, run(which, task, budget=budget, seeds=seeds[::-1]), "with its seeds in reverse order")
    for seed in seeds:
        _same(together, run(which, task, budget=budget, seeds=[seed]), "run alone")


def check_process(which: Any, task: Task, evaluations: int = EVALUATIONS) -> None:
    """A seed gives the same replicate in another process."""
    import joblib

    budget = Budget(evaluations=evaluations)
    jobs = (joblib.delayed(run)(searcher(which), task, budget=budget, seeds=[seed]) for seed in (3, 17))
    here = run(which, task, budget=budget, seeds=[3, 17])
    for elsewhere in joblib.Parallel(n_jobs=2)(jobs):
        _same(here, elsewhere, "in another process")


def check_isolation(which: Any, task: Task, evaluations: int = EVALUATIONS) -> None:
    """A replicate that has spent its seconds changes nothing for those that go on."""
    seconds = float(np.median(task.costs[task.costs > 0])) * evaluations
    budget = Budget(seconds=seconds)
    together = run(which, task, budget=budget, seeds=6)
    for seed in range(6):
        _same(together, run(which, task, budget=budget, seeds=[seed]), "run alone on a budget in seconds")


def check_budget(which: Any, task: Task, evaluations: int = EVALUATIONS) -> None:
    """The budget is spent and not overspent, in evaluations and in seconds.

    A replicate may end early only when it has evaluated the whole space.
    """
    runs = run(which, task, budget=Budget(evaluations=evaluations), seeds=3)
    for index, length in zip(runs.index, runs.length, strict=True):
        complete = len(set(index[:length].tolist())) == task.space.size
        assert length == evaluations or (complete and length < evaluations), (
            f"{runs.searcher} made {length} evaluations of {evaluations}"
        )
    seconds = float(np.median(task.costs[task.costs > 0])) * evaluations
    runs = run(which, task, budget=Budget(seconds=seconds), seeds=3)
    for clock, cost, length in zip(runs.clock, runs.cost, runs.length, strict=True):
        assert length, f"{runs.searcher} evaluated nothing"
        started = clock[length - 1] - cost[length - 1]
        assert started < seconds, f"{runs.searcher} went on after its {seconds:g} seconds"


def check_validity(which: Any, task: Task, evaluations: int = EVALUATIONS) -> None:
    """Only architectures of the space are evaluated, and their values are the table's."""
    runs = run(which, task, budget=Budget(evaluations=evaluations), seeds=3)
    for index, observed, length in zip(runs.index, runs.observed, runs.length, strict=True):
        own, seen = index[:length], observed[:length]
        assert length, f"{runs.searcher} evaluated nothing"
        assert own.min() >= 0, f"{runs.searcher} evaluated architecture {own.min()}"
        assert own.max() < task.space.size, f"{runs.searcher} evaluated architecture {own.max()}"
        if not task.draws:
            assert np.array_equal(seen, task.observe(own, None), equal_nan=True), (
                f"{runs.searcher}: the record is not what the table says"
            )


def check_landscapes(which: Any, task: Task, evaluations: int = EVALUATIONS) -> None:
    """Ties, a constant, missing values and an objective to minimise are survived; missing never wins."""
    for landscape in LANDSCAPES:
        for better in ("max", "min"):
            other = planted_task(task.space, landscape, better=better)
            runs = run(which, other, budget=Budget(evaluations=evaluations), seeds=3)
            assert (runs.length > 0).all(), f"{runs.searcher} evaluated nothing on {landscape} values"
            some = ~np.isnan(runs.observed).all(axis=1)
            best = runs.final()["observed"].to_numpy()
            assert not np.isnan(best[some]).any(), f"{runs.searcher} ended with a missing value as its best"


def check_memory(which: Any, task: Task, evaluations: int = EVALUATIONS) -> None:
    """Four times the evaluations need at most some four times the memory (2 MB are let pass)."""
    peaks = []
    for factor in (1, 4):
        tracemalloc.start()
        try:
            run(which, task, budget=Budget(evaluations=factor * evaluations), seeds=2)
            peaks.append(tracemalloc.get_traced_memory()[1])
        finally:
            tracemalloc.stop()
    assert peaks[1] <= 6 * peaks[0] + 2e6, (
        f"memory grows from {peaks[0] / 1e6:.1f} to {peaks[1] / 1e6:.1f} MB for 4 times the evaluations"
    )


CHECKS: dict[str, Callable[..., None]] = {
    "determinism": check_determinism,
    "process": check_process,
    "isolation": check_isolation,
    "budget": check_budget,
    "validity": check_validity,
    "landscapes": check_landscapes,
    "memory": check_memory,
}
"""What must hold of every searcher: name -> function of the searcher, a task and a number of evaluations."""


def check_optimum(which: Any, task: Task, evaluations: int = 200, seeds: int = 50) -> None:
    """On a planted optimum the searcher ends closer to it than random search, by two standard errors.

    Not among `CHECKS`: a baseline need not pass it.
    """
    budget = Budget(evaluations=evaluations)
    regret = run(which, task, budget=budget, seeds=seeds).final()["regret"].to_numpy()
    random = run("random_search", task, budget=budget, seeds=seeds).final()["regret"].to_numpy()
    error = float(np.hypot(regret.std(), random.std()) / np.sqrt(seeds))
    assert regret.mean() + 2 * error < random.mean(), (
        f"{searcher(which).label}: mean regret {regret.mean():.3f}, random search {random.mean():.3f}"
    )


def conform(
    which: Any,
    spaces: Sequence[SearchSpace] | None = None,
    *,
    evaluations: int = EVALUATIONS,
    guided: bool = True,
    seeds: int = 50,
) -> None:
    """Run all checks.

    Parameters
    ----------
    which
        The searcher.
    spaces
        On which spaces; by default NAS-Bench-201 and a small one with positions of unlike size.
    evaluations
        Budget of each check.
    guided
        Whether it must beat random search.
    seeds
        Replicates of that comparison: fewer for a searcher that is far better, or slow.

    Raises
    ------
    AssertionError
        That says which check failed, on which space, and how.

    Examples
    --------
    >>> conform("regularized_evolution", [SearchSpace("tiny", ["abcd"] * 5)])
    """
    if spaces is None:
        from nasbench_sim.spaces import space

        spaces = [space("nas-bench-201"), SearchSpace("small", ["abc", "d", "efghi", "jk"])]
    for one in spaces:
        if one.size > 2**20:
            raise RequestError(f"{one.name} has {one.size:,} architectures: too many for a planted table")
        task = planted_task(one)
        for name, check in CHECKS.items():
            try:
                check(which, task, evaluations)
            except AssertionError as error:
                raise AssertionError(f"{name}, on {one.name}: {error}") from error
    if guided:
        check_optimum(which, planted_task(max(spaces, key=lambda one: one.size)), seeds=seeds)


def _same(runs: Trajectories, other: Trajectories, how: str) -> None:
    """Compare the replicates that both have, bit for bit."""
    for row, seed in enumerate(other.seeds):
        mine = runs.seeds.index(seed)
        length = int(runs.length[mine])
        same = length == other.length[row] and all(
            np.array_equal(
                getattr(runs, part)[mine, :length], getattr(other, part)[row, :length], equal_nan=True
            )
            for part in ("index", "observed", "clock")
        )
        assert same, f"{runs.searcher}: the replicate of seed {seed} differs {how}"
