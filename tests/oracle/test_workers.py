"""Simulated workers: against a plain event queue, one worker against none, hand-worked clocks."""

from __future__ import annotations

import heapq
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nasbench_sim as nbs
from nasbench_sim.errors import RequestError
from nasbench_sim.oracle import Streams, Workers
from nasbench_sim.oracle.streams import SEARCH
from nasbench_sim.search import Context, Searcher, searcher, testing
from nasbench_sim.search.hooks import Rounds
from nasbench_sim.search.parallel import run_in_parallel
from nasbench_sim.spaces import SearchSpace

SPACE = SearchSpace("small", ["abcd", "efgh", "ij"])


def through_workers(which: str, task: nbs.Task, budget: nbs.Budget, seeds: Any) -> nbs.Trajectories:
    """Run by the event-driven clock, also where the budget has one worker."""
    chosen = searcher(which)
    workers = Workers(task, budget, seeds)
    strategy = chosen.start(Context(task.space, Streams(seeds, SEARCH), task, budget))
    run_in_parallel(strategy, workers, which, Rounds(None, workers), lambda: None)
    return nbs.Trajectories(
        workers.record(),
        task=task,
        budget=budget,
        searcher=which,
        hyperparameters={},
        seeds=seeds,
        wall_seconds=0.0,
    )


@pytest.mark.parametrize(
    "which", ["random_search", "regularized_evolution", "local_search", "genetic_algorithm"]
)
@pytest.mark.parametrize("repeats", ["charged", "free"])
@pytest.mark.parametrize(
    "budget",
    [
        nbs.Budget(evaluations=70),
        nbs.Budget(seconds=4321.5),
        nbs.Budget(seconds=4321.5, overshoot="drop"),
    ],
    ids=str,
)
def test_one_worker_is_the_sequential_run(which: str, repeats: Any, budget: nbs.Budget) -> None:
    planted = testing.planted_task(nbs.space("nas-bench-201"))
    task = nbs.Task(planted.table, dataset="planted", objective="score", cost="train_time", repeats=repeats)
    expected = nbs.run(which, task, budget=budget, seeds=[4, 0, 9])
    actual = through_workers(which, task, budget, [4, 0, 9])
    for name in ("index", "observed", "cost", "clock", "start", "worker", "length"):
        np.testing.assert_array_equal(getattr(actual, name), getattr(expected, name), err_msg=name)


class Scripted(Searcher):
    """Proposes a list, one after the other, without a look at the values."""

    name = "scripted"
    script: tuple[int, ...] = ()
    overlapping = True

    def start(self) -> None:
        self.told: list[tuple[list[int], list[float]]] = []
        self._next = 0

    def ask(self) -> Any:
        if self._next == len(self.script):
            return np.full((self.replicates, 1), -1)
        self._next += 1
        return np.full((self.replicates, 1), self.script[self._next - 1])

    def overlaps(self) -> bool:
        return self.overlapping

    def tell(self, index: Any, values: Any) -> None:
        self.told.append((index[0].tolist(), values[0].tolist()))


def timed_task(costs: list[float]) -> nbs.Task:
    space = SearchSpace("timed", [[str(i) for i in range(len(costs))]])
    column = nbs.Column(metric="score", dataset="d", source="made up", better="max")
    table = nbs.Table("timed", space, [(column, np.arange(len(costs), dtype=float))])
    return nbs.Task(table, dataset="d", objective="score", cost=np.array(costs))


def scripted(script: list[int]) -> type[Scripted]:
    return type("Now", (Scripted,), {"script": tuple(script)})


def by_hand(costs: list[float], script: list[int], workers: int, synchronous: bool) -> list[tuple[Any, ...]]:
    """(end, order, index, start, worker) by a plain queue of events."""
    if synchronous:
        done, now = [], 0.0
        for first in range(0, len(script), workers):
            group = script[first : first + workers]
            done += [(now + costs[a], first + k, a, now, k) for k, a in enumerate(group)]
            now = max(end for end, *_ in done)
        return sorted(done)
    free = [(0.0, worker) for worker in range(workers)]
    done = []
    for order, a in enumerate(script):
        now, worker = heapq.heappop(free)
        done.append((now + costs[a], order, a, now, worker))
        heapq.heappush(free, (now + costs[a], worker))
    return sorted(done)


@given(
    costs=st.lists(st.integers(1, 9).map(float), min_size=1, max_size=5),
    data=st.data(),
    workers=st.integers(2, 4),
    synchronous=st.booleans(),
)
@settings(max_examples=60, deadline=None)
def test_the_clock_equals_a_queue_of_events(
    costs: list[float], data: Any, workers: int, synchronous: bool
) -> None:
    script = data.draw(st.lists(st.integers(0, len(costs) - 1), min_size=1, max_size=12))
    budget = nbs.Budget(
        evaluations=len(script), workers=workers, mode="synchronous" if synchronous else "asynchronous"
    )
    runs = nbs.run(scripted(script), timed_task(costs), budget=budget, seeds=2)
    expected = by_hand(costs, script, workers, synchronous)
    assert runs.length.tolist() == [len(script)] * 2
    assert runs.index[1].tolist() == [a for _, _, a, _, _ in expected]
    assert runs.clock[1].tolist() == [end for end, *_ in expected]
    assert runs.start[1].tolist() == [start for *_, start, _ in expected]
    busy = [(w, s, e) for w, s, e in zip(runs.worker[0], runs.start[0], runs.clock[0], strict=True)]
    for w, s, e in busy:  # no worker does two things at once
        assert sum(w == other and s < end and start < e for other, start, end in busy) == 1


def test_stragglers_hold_synchronous_workers_up() -> None:
    task = timed_task([1.0, 10.0])
    script = scripted([0, 1, 0, 0])
    ends = {
        mode: nbs.run(script, task, budget=nbs.Budget(evaluations=4, workers=2, mode=mode)).clock[0].tolist()
        for mode in ("asynchronous", "synchronous")
    }
    assert ends == {"asynchronous": [1.0, 2.0, 3.0, 10.0], "synchronous": [1.0, 10.0, 11.0, 11.0]}


@pytest.mark.parametrize(("overshoot", "kept"), [("keep", [1, 0, 1]), ("drop", [1, 0])])
def test_seconds_are_those_of_the_clock_not_of_the_workers(overshoot: Any, kept: list[int]) -> None:
    task = timed_task([3.0, 2.0])
    budget = nbs.Budget(seconds=3, workers=2, overshoot=overshoot)
    runs = nbs.run(scripted([0, 1, 1, 0, 0]), task, budget=budget)
    assert runs.index[0, : runs.length[0]].tolist() == kept  # the fourth would begin at 3


def test_a_free_repeat_of_a_running_evaluation_ends_with_it() -> None:
    base = timed_task([5.0, 2.0])
    task = nbs.Task(base.table, dataset="d", objective="score", cost=base.costs, repeats="free")
    runs = nbs.run(scripted([0, 1, 0, 1]), task, budget=nbs.Budget(evaluations=3, workers=2))
    assert runs.index[0].tolist() == [1, 0, 0, 1]
    assert runs.clock[0].tolist() == [2.0, 5.0, 5.0, 5.0]
    assert runs.cost[0].tolist() == [2.0, 5.0, 0.0, 0.0]


def test_values_are_told_when_evaluations_end() -> None:
    class Watched(Scripted):
        script = (0, 1, 1, 1, 1)
        seen: Any = None

        def start(self) -> None:
            super().start()
            Watched.seen = self.told

    nbs.run(Watched, timed_task([5.0, 2.0]), budget=nbs.Budget(evaluations=9, workers=2))
    assert Watched.seen[:3] == [([1], [1.0]), ([1], [1.0]), ([0], [0.0])]


def test_a_searcher_that_waits_is_asked_when_its_batch_has_ended() -> None:
    waiting = type("Waiting", (Scripted,), {"script": (0, 1, 1), "overlapping": False})
    runs = nbs.run(waiting, timed_task([5.0, 2.0]), budget=nbs.Budget(evaluations=3, workers=2))
    assert runs.start[0].tolist() == [0.0, 5.0, 7.0]


@pytest.mark.parametrize("workers", [4, 16])
def test_random_search_keeps_every_worker_busy(workers: int) -> None:
    task = testing.planted_task(nbs.space("nas-bench-201"))
    runs = nbs.run("random_search", task, budget=nbs.Budget(seconds=2e4, workers=workers), seeds=10)
    work = np.nansum(np.minimum(runs.clock, 2e4) - runs.start, axis=1)
    np.testing.assert_allclose(work, workers * 2e4)


def test_replicates_do_not_depend_on_each_other() -> None:
    task = testing.planted_task(nbs.space("nas-bench-201"))
    budget = nbs.Budget(seconds=3000, workers=3)
    among = nbs.run("regularized_evolution", task, budget=budget, seeds=[5, 1, 8])
    alone = nbs.run("regularized_evolution", task, budget=budget, seeds=[8])
    n = alone.length[0]
    assert n == among.length[2]
    assert alone.index[0].tolist() == among.index[2, :n].tolist()
    assert alone.clock[0].tolist() == among.clock[2, :n].tolist()


def test_frames_say_who_did_what_when() -> None:
    runs = nbs.run("random_search", timed_task([2.0, 3.0]), budget=nbs.Budget(evaluations=6, workers=3))
    frame = runs.to_frame()
    assert (frame["clock"] - frame["start"] == frame["cost"]).all()
    assert set(frame["worker"]) == {0, 1, 2}
    assert runs.describe()["budget"]["workers"] == 3


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"workers": 0}, "workers is a whole number of 1 or more, not 0"),
        ({"workers": True}, "not True"),
        ({"workers": 2.0}, "not 2.0"),
        ({"workers": 2, "mode": "async"}, "did you mean 'asynchronous'"),
    ],
)
def test_wrong_workers_are_refused(wrong: Any, message: str) -> None:
    with pytest.raises(RequestError, match=message):
        nbs.Budget(evaluations=10, **wrong)


def test_workers_need_a_clock() -> None:
    column = nbs.Column(metric="score", dataset="d", source="made up", better="max")
    table = nbs.Table("still", SPACE, [(column, np.arange(32.0))])
    task = nbs.Task(table, dataset="d", objective="score")
    with pytest.raises(RequestError, match="a clock with several workers needs the cost"):
        nbs.run("random_search", task, budget=nbs.Budget(evaluations=5, workers=2))
