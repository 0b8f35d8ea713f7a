"""The driver: runs a searcher on a task for all seeds, with its budget, clock, record and progress."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from nasbench_sim.checks import is_whole
from nasbench_sim.errors import RequestError, shown
from nasbench_sim.oracle import Budget, Oracle, Streams, Task, Trajectories, Workers
from nasbench_sim.oracle.charging import check_budget
from nasbench_sim.oracle.record import Record, joined
from nasbench_sim.oracle.streams import SEARCH
from nasbench_sim.oracle.target import check_target
from nasbench_sim.search import exchange
from nasbench_sim.search.configured import Configured, searcher
from nasbench_sim.search.hooks import Callback, Rounds, check_hooks
from nasbench_sim.search.parallel import run_in_parallel
from nasbench_sim.search.searcher import Context


def run(
    which: Any,
    task: Task,
    *,
    budget: Budget,
    seeds: int | Sequence[int] = 1,
    hyperparameters: Mapping[str, Any] | None = None,
    progress: bool = False,
    callback: Callback | None = None,
    attributes: Mapping[str, Any] | None = None,
) -> Trajectories:
    """Run one searcher on one task, once a seed, all replicates in lockstep.

    Parameters
    ----------
    which
        A registered name, a configured searcher, a `Searcher` subclass, a generator function
        ``f(space, random)`` that is sent the value of each architecture that it yields, signed so that larger
        is better (a latency negative), an object with ``ask`` and ``tell`` or what makes one, or a mapping of
        a label to any of these; see `nasbench_sim.search.searcher`.
    task
        What is optimised.
    budget
        What each replicate may spend.
    seeds
        The number of replicates (seeds 0, 1, ...) or the seeds themselves.
    hyperparameters
        Those that differ from the published defaults.
    progress
        Whether a progress bar is shown.
    callback
        Called after every round with a `nasbench_sim.search.hooks.Round`; it can end replicates early.
    attributes
        Plain values of one's own that go with the results: into provenance, manifests and reports.

    Returns
    -------
    Trajectories
        A seed fixes its trajectory bit for bit, whatever the other seeds are.

    Raises
    ------
    RequestError
        Before any evaluation, for anything that is wrong with the request.

    Examples
    --------
    >>> import nasbench_sim as nbs
    >>> task = nbs.Task(nbs.load_table("nas-bench-201"), dataset="cifar10")
    >>> runs = nbs.run("regularized_evolution", task, budget=nbs.Budget(evaluations=100), seeds=20)
    >>> len(runs)
    20
    """
    if hyperparameters is not None and not isinstance(hyperparameters, Mapping):
        raise RequestError(f"hyperparameters is a mapping of names to values, not {hyperparameters!r}")
    chosen = searcher(which, **(hyperparameters or {}))
    numbers = checked_seeds(seeds)
    own = check_hooks(callback, attributes)
    check(chosen, task, budget, len(numbers))
    began = time.perf_counter()
    records = []
    with _Progress(progress, f"{chosen.label} on {task.dataset}", len(numbers)) as bar:
        for start in range(0, len(numbers), chosen.chunk):
            part = tuple(numbers[start : start + chosen.chunk])
            records.append(_run_together(chosen, task, budget, part, bar, callback))
    return Trajectories(
        joined(records),
        task=task,
        budget=budget,
        searcher=chosen.label,
        hyperparameters=chosen.hyperparameters,
        seeds=numbers,
        wall_seconds=time.perf_counter() - began,
        attributes=own,
    )


def check(chosen: Configured, task: Task, budget: Budget, replicates: int = 1) -> None:
    """Start the searcher for one replicate, so that whatever it refuses is refused before any work."""
    if not isinstance(task, Task):
        raise RequestError(
            f"a search runs on a Task, not on {type(task).__name__}: nbs.Task(table, dataset=...)"
        )
    if not isinstance(budget, Budget):
        raise RequestError(f"a budget is Budget(evaluations=...) or Budget(seconds=...), not {budget!r}")
    if chosen.once and replicates > 1:
        raise RequestError(
            f"{chosen.label} is one object with one state, and {replicates} replicates need one each: give a "
            "function of (space, random) that makes it"
        )
    check_budget(task, budget)
    check_target(task, budget)
    chosen.start(Context(task.space, Streams([0], SEARCH), task, budget))


def checked_seeds(seeds: int | Sequence[int]) -> Sequence[int]:
    """Give the search seeds: 0 to n-1, as a range, for a number n, otherwise those that are listed."""
    if is_whole(seeds):
        if not 1 <= seeds < 2**63:
            raise RequestError(
                f"seeds is a number of replicates of 1 or more, or a list, not {shown(int(seeds))}"
            )
        return range(int(seeds))
    listable = isinstance(seeds, Sequence) or np.ndim(seeds) == 1
    if isinstance(seeds, (int, str, bytes, float)) or not listable:
        raise RequestError(f"seeds is a number of replicates of 1 or more, or a list, not {seeds!r}")
    listed = list(seeds)
    if not listed:
        raise RequestError("no seeds: at least one replicate is needed")
    for seed in listed:
        if not is_whole(seed) or not 0 <= seed < 2**64:
            raise RequestError(f"a seed is a whole number from 0 to 2**64 - 1, not {seed!r}")
    if len(set(listed)) != len(listed):
        raise RequestError("the seeds must differ: equal seeds give equal replicates")
    return tuple(int(seed) for seed in listed)


def _run_together(
    chosen: Configured,
    task: Task,
    budget: Budget,
    seeds: Sequence[int],
    bar: _Progress,
    callback: Callback | None,
) -> Record:
    strategy = chosen.start(Context(task.space, Streams(seeds, SEARCH), task, budget))
    if budget.workers > 1:
        workers = Workers(task, budget, seeds)
        rounds = Rounds(callback, workers)
        run_in_parallel(strategy, workers, chosen.label, rounds, lambda: bar.show(workers.oracle))
        bar.finish(len(seeds))
        return workers.record()
    oracle = Oracle(task, budget, seeds)
    rounds = Rounds(callback, oracle)
    while True:
        asked = exchange.ask(strategy, oracle, chosen.label)
        active = rounds.active()
        values = oracle.evaluate(asked.index, asked.level, asked.configuration)
        rounds.ended(asked.index, values, active)
        if not oracle.running.any():
            break
        bar.show(oracle)
        exchange.tell(strategy, asked, values)
    bar.finish(len(seeds))
    return oracle.record()


class _Progress:
    """A progress bar over replicates that moves with the budget that they have spent."""

    def __init__(self, wanted: bool, label: str, replicates: int) -> None:
        self._bar = None
        self._done = 0.0
        self._shown = 0.0
        if wanted:
            from tqdm.auto import tqdm

            self._bar = tqdm(
                total=replicates,
                desc=label,
                bar_format="{l_bar}{bar}| {elapsed}<{remaining}",
                disable=None,  # where no person watches
            )

    def __enter__(self) -> _Progress:
        return self

    def __exit__(self, *error: object) -> None:
        if self._bar is not None:
            self._bar.close()

    def show(self, oracle: Oracle) -> None:
        """Move to what the replicates now running have spent."""
        if self._bar is not None and time.perf_counter() - self._shown > 0.1:
            self._shown = time.perf_counter()
            self._move(self._done + oracle.fraction_spent() * len(oracle.seeds))

    def finish(self, replicates: int) -> None:
        """Count replicates as done."""
        self._done += replicates
        self._move(self._done)

    def _move(self, position: float) -> None:
        if self._bar is not None:
            self._bar.update(position - self._bar.n)
