"""A conformance suite for searchers: a pytest class to inherit, each check a test with a name."""

from __future__ import annotations

import dataclasses
import tracemalloc
from collections.abc import Sequence
from typing import Any

import numpy as np

from nasbench_sim.oracle import Budget, Task, Trajectories
from nasbench_sim.search.configured import Configured, searcher
from nasbench_sim.search.driver import run
from nasbench_sim.search.multi_fidelity import MultiFidelitySearcher
from nasbench_sim.search.planted import LANDSCAPES, planted_task, small_spaces
from nasbench_sim.search.searcher import Context, Searcher
from nasbench_sim.spaces import SearchSpace
from nasbench_sim.spaces.checks import must

__all__ = ["LANDSCAPES", "SearcherConformance", "conform", "planted_task", "small_spaces"]

_WIDTHS = ("int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64")


class SearcherConformance:
    """Check that a searcher keeps what the driver, comparisons and studies rely on.

    Inherit it in a test module and say which searcher; pytest finds the checks. They run on a small space
    whose positions differ in size and on NAS-Bench-201, on planted tables whose evaluations draw one of
    several runs, with fidelities or two objectives where the searcher needs them. They fail by exceptions of
    their own, so that they also work under ``python -O``.

    Attributes
    ----------
    evaluations
        Budget of a check: more than any first population should need.
    guided
        Whether it must beat random search.
    replicates
        Of that comparison: fewer for a searcher that is far better, or slow.

    Examples
    --------
    >>> class TestMySearcher(SearcherConformance):
    ...     def searcher(self):
    ...         return "regularized_evolution"
    ...     def spaces(self):
    ...         return [SearchSpace("tiny", ["abcd"] * 3)]
    >>> TestMySearcher().test_a_seed_fixes_its_replicate()
    """

    evaluations: int = 60
    guided: bool = True
    replicates: int = 20

    def searcher(self) -> Any:
        """Return the searcher to check, as `nasbench_sim.run` takes it; to be overridden."""
        raise NotImplementedError("say which searcher to check: override `searcher`")

    def spaces(self) -> Sequence[SearchSpace]:
        """Return the spaces to check it on, the one where it must beat random search last."""
        from nasbench_sim.spaces import space

        return [SearchSpace("small", ["abc", "d", "efghi", "jk"]), space("nas-bench-201")]

    # -- a replicate is its own

    def test_a_seed_fixes_its_replicate(self) -> None:
        """A seed fixes its replicate bit for bit: run again, in another order, alone."""
        seeds = (3, 2**63 + 5, 17, 0, 4)
        budget = Budget(evaluations=self.evaluations)
        for task in self._tasks():
            together = self._run(task, budget, seeds)
            _same(together, self._run(task, budget, seeds), "run a second time")
            _same(together, self._run(task, budget, seeds[::-1]), "with its seeds in reverse order")
            for seed in seeds[:3]:
                _same(together, self._run(task, budget, [seed]), "run alone")

    def test_a_seed_gives_the_same_in_another_process(self) -> None:
        """A seed gives the same replicate in another process."""
        import joblib

        budget = Budget(evaluations=self.evaluations)
        task = self._tasks()[0]
        jobs = (joblib.delayed(run)(self._chosen(), task, budget=budget, seeds=[seed]) for seed in (3, 17))
        here = self._run(task, budget, [3, 17])
        for elsewhere in joblib.Parallel(n_jobs=2)(jobs):
            _same(here, elsewhere, "in another process")

    def test_a_replicate_that_has_ended_changes_nothing_for_the_others(self) -> None:
        """Replicates spend their seconds at different evaluations, and each is as it is alone."""
        for task in self._tasks():
            budget = Budget(seconds=self._seconds(task))
            together = self._run(task, budget, range(6))
            for seed in range(6):
                _same(together, self._run(task, budget, [seed]), "run alone on a budget in seconds")

    def test_budgets_that_end_exactly_on_an_evaluation(self) -> None:
        """An evaluation counts if the clock before it is below the budget: alone and among others."""
        for task in self._tasks():
            whole = self._run(task, Budget(seconds=self._seconds(task)), range(3))
            for row in range(3):
                length = int(whole.length[row])
                at = float(whole.clock[row, length // 2])
                for seconds in (at, np.nextafter(at, 0.0), np.nextafter(at, np.inf)):
                    among = self._run(task, Budget(seconds=float(seconds)), range(3))
                    _same(among, self._run(task, Budget(seconds=float(seconds)), [row]), f"for {seconds!r} s")
                    before = np.concatenate([[0.0], whole.clock[row, : length - 1]])
                    expected = int((before < seconds).sum())
                    made = int(among.length[row])
                    must(
                        made == expected, f"{made} evaluations in {seconds!r} s, and {expected} began in time"
                    )

    # -- what is evaluated

    def test_the_budget_is_spent(self) -> None:
        """The budget is spent and not overspent; only who has evaluated the whole space ends early."""
        for task in self._tasks():
            runs = self._run(task, Budget(evaluations=self.evaluations), range(3))
            for index, length in zip(runs.index, runs.length, strict=True):
                complete = len(set(index[:length].tolist())) == task.space.size
                must(
                    length == self.evaluations or (complete and length < self.evaluations),
                    f"{length} evaluations of {self.evaluations}",
                )
            seconds = self._seconds(task)
            runs = self._run(task, Budget(seconds=seconds), range(3))
            for clock, cost, length in zip(runs.clock, runs.cost, runs.length, strict=True):
                must(bool(length), "nothing was evaluated")
                must(clock[length - 1] - cost[length - 1] < seconds, f"it went on after its {seconds:g} s")

    def test_what_is_observed_is_what_the_table_says(self) -> None:
        """Only architectures of the space are evaluated, and each gives one of its own runs."""
        for task in self._tasks():
            runs = self._run(task, Budget(evaluations=self.evaluations), range(3))
            tables = _published(task)
            for row, length in enumerate(runs.length):
                own = runs.index[row, :length]
                must(bool(length), "nothing was evaluated")
                must(
                    own.min() >= 0 and own.max() < task.space.size, f"architecture {own.min()} or {own.max()}"
                )
                must(bool(task.space.valid(task.space.ops(own)).all()), "what is no architecture")
                level = runs.level[row, :length] if task.fidelities else np.zeros(length, dtype=np.int64)
                seen = runs.observed[row, :length]
                score = seen[:, :1] if task.several else seen[:, None]
                known = tables[level, own]
                must(bool((np.abs(known - score) < 1e-9).any(axis=1).all()), "values of other architectures")

    def test_proposals_of_every_integer_width(self) -> None:
        """Proposals may be integers of any width that holds them: what is evaluated is the same."""
        budget = Budget(evaluations=self.evaluations)
        for task in self._tasks():
            expected = self._run(task, budget, [3, 4])
            for width in _WIDTHS:
                if task.space.size <= np.iinfo(width).max and task.space.index_dtype.kind == "i":
                    narrow = _in_width(self._chosen(), width)
                    _same(expected, run(narrow, task, budget=budget, seeds=[3, 4]), f"in {width}")

    # -- what it makes of values

    def test_ties_constants_missing_values_and_minimising(self) -> None:
        """Ties, a constant, missing values and an objective to minimise are survived; missing never wins."""
        for space in self.spaces():
            for landscape in LANDSCAPES:
                for better in ("max", "min"):
                    task = self._task(space, landscape=landscape, better=better)
                    runs = self._run(task, Budget(evaluations=self.evaluations), range(3))
                    must(bool((runs.length > 0).all()), f"nothing was evaluated on {landscape} values")
                    if not task.several:
                        some = ~np.isnan(runs.observed).all(axis=1)
                        best = runs.final()["observed"].to_numpy()[some]
                        must(not np.isnan(best).any(), "a missing value is the best at the end")

    def test_memory_in_proportion_to_the_evaluations(self) -> None:
        """Four times the evaluations need at most some four times the memory (2 MB are let pass)."""
        task = self._tasks()[0]
        peaks = []
        for factor in (1, 4):
            tracemalloc.start()
            try:
                self._run(task, Budget(evaluations=factor * self.evaluations), [0, 1])
                peaks.append(tracemalloc.get_traced_memory()[1] / 1e6)
            finally:
                tracemalloc.stop()
        grown = f"memory grows from {peaks[0]:.1f} to {peaks[1]:.1f} MB for 4 times the evaluations"
        must(peaks[1] <= 6 * peaks[0] + 2, grown)

    def test_better_than_random_search(self) -> None:
        """It ends closer to the planted optimum than random search, by two standard errors, if `guided`."""
        if not self.guided:
            return
        task = self._task(self.spaces()[-1], seed=3)
        budget = Budget(evaluations=200)
        if task.fidelities:
            budget = Budget(seconds=200 * float(np.median(task.costs)))
        seeds = range(self.replicates)
        own = _shortfall(self._run(task, budget, seeds))
        blind = _shortfall(run("random_search", task, budget=budget, seeds=seeds))
        error = float(np.hypot(own.std(), blind.std()) / np.sqrt(self.replicates))
        must(
            own.mean() + 2 * error < blind.mean(),
            f"it falls short by {own.mean():.3f} in the mean, random search by {blind.mean():.3f}",
        )

    # -- what the checks are made of

    def _chosen(self) -> Configured:
        return searcher(self.searcher())

    def _run(self, task: Task, budget: Budget, seeds: Sequence[int]) -> Trajectories:
        return run(self._chosen(), task, budget=budget, seeds=seeds)

    def _task(self, space: SearchSpace, **more: Any) -> Task:
        own = getattr(self._chosen().start, "func", None)
        if isinstance(own, type) and issubclass(own, Searcher):
            more["fidelities"] = issubclass(own, MultiFidelitySearcher)
            more["objectives"] = 2 if own.objectives == "several" else 1
        return planted_task(space, **more)

    def _tasks(self) -> list[Task]:
        return [self._task(space) for space in self.spaces()]

    def _seconds(self, task: Task) -> float:
        return float(np.median(task.costs[task.costs > 0])) * self.evaluations


def conform(
    which: Any,
    spaces: Sequence[SearchSpace] | None = None,
    *,
    evaluations: int = SearcherConformance.evaluations,
    guided: bool = True,
    seeds: int = SearcherConformance.replicates,
) -> None:
    """Run all checks of `SearcherConformance` where there is no pytest, in a notebook, say.

    Parameters
    ----------
    which
        The searcher.
    spaces, evaluations, guided, seeds
        As the class has them; `seeds` are its replicates.

    Raises
    ------
    AssertionError
        That says which check failed, and how.

    Examples
    --------
    >>> conform("regularized_evolution", [SearchSpace("tiny", ["abcd"] * 5)])
    """
    own: dict[str, Any] = {"searcher": lambda self: which}
    if spaces is not None:
        own["spaces"] = lambda self: spaces
    suite = type("Conformance", (SearcherConformance,), own)()
    suite.evaluations, suite.guided, suite.replicates = evaluations, guided, seeds
    for name in dir(suite):
        if name.startswith("test_"):
            try:
                getattr(suite, name)()
            except AssertionError as error:
                raise AssertionError(f"{name.removeprefix('test_').replace('_', ' ')}: {error}") from error


def _published(task: Task) -> np.ndarray:
    """Return the score of every fidelity, architecture and run, shape (fidelities, size, runs)."""
    column = task.table.column("score", dataset=task.dataset)
    asked: Any = {"dataset": task.dataset, "schedule": column.schedule}
    epochs = column.epochs if task.fidelities else column.epochs[-1:]
    return np.stack(
        [
            np.stack(
                [task.table.values("score", epoch=epoch, seed=seed, **asked) for seed in column.seeds], axis=1
            )
            for epoch in epochs
        ]
    )


def _shortfall(runs: Trajectories) -> np.ndarray:
    """Return how far each replicate stays from the best: the regret, or the hypervolume that it lacks."""
    if runs.task.several:
        return -runs.hypervolume([int(runs.length.max())])["hypervolume"].to_numpy()
    return runs.final()["regret"].to_numpy()


def _in_width(chosen: Configured, width: str) -> Configured:
    """Return the searcher with its proposals in an integer type."""

    def start(context: Context) -> Searcher:
        strategy = chosen.start(context)
        changed: Any = strategy
        if isinstance(strategy, MultiFidelitySearcher):
            propose = strategy.propose
            changed.propose = lambda: dataclasses.replace(made := propose(), index=_as(made.index, width))
        else:
            ask = strategy.ask
            changed.ask = lambda: _as(ask(), width)
        return strategy

    return dataclasses.replace(chosen, start=start)


def _as(index: np.ndarray, width: str) -> np.ndarray:
    """Convert proposals, unless some are -1 and the type has no sign."""
    return index if width.startswith("u") and index.min() < 0 else index.astype(width)


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
        must(same, f"{runs.searcher}: the replicate of seed {seed} differs {how}")
