"""The clock: budgets that end exactly on an evaluation, against a plain loop of events, bit for bit."""

from __future__ import annotations

import functools
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nasbench_sim as nbs
from nasbench_sim.errors import RequestError
from nasbench_sim.oracle import Streams
from nasbench_sim.oracle.streams import SEARCH
from nasbench_sim.search import Context, searcher
from nasbench_sim.search.configured import Configured

TABLE = nbs.load_table("nas-bench-201")
SEARCHERS = (
    searcher("random_search"),
    searcher("regularized_evolution", population=6, sample=2),
    searcher("local_search"),
    searcher("genetic_algorithm", population=12, crossovers=3),
    searcher("simulated_annealing"),
    searcher("reinforce"),
)
MANY = 230  # replicates that are added up in whole rows


@functools.cache
def task_of(costs: str) -> nbs.Task:
    if costs == "tenths":  # 0.1 + 0.1 + ... meets no round number
        tenths = np.full(TABLE.space.size, 0.1)
        tenths[::3] = 0.7
        tenths[15] = 1e-6
        return nbs.Task(TABLE, dataset="cifar10", noise="mean", cost=tenths)
    return nbs.Task(TABLE, dataset="cifar10", noise="mean")


def plain(which: Configured, task: nbs.Task, budget: nbs.Budget, seed: int) -> list[tuple[Any, ...]]:
    """(end, index, start, worker) of one replicate, in order of the end: one event after the other."""
    strategy = which.start(Context(task.space, Streams([seed], SEARCH), task, budget))
    values, costs = task.objectives[0].mean, np.asarray(task.costs)
    limit = budget.seconds or math.inf
    now, busy, waiting, batch, ended, done, begun = 0.0, {}, [], None, {}, [], 0
    idle = list(range(budget.workers))
    while now < limit and begun < 500:
        while idle:
            if not waiting:
                overlaps = budget.workers > 1 and strategy.overlaps()
                if busy and not overlaps:
                    break
                batch = strategy.ask()
                waiting, ended = list(enumerate(batch[0].tolist())), {}
                alone = overlaps
            slot, index = waiting.pop(0)
            worker = min(idle)
            idle.remove(worker)
            busy[worker] = (now + costs[index], index, now, slot)
            begun += 1
        worker = min(busy, key=lambda one: (busy[one][0], one))
        end, index, start, slot = busy.pop(worker)
        idle.append(worker)
        now = end
        done.append((end, index, start, worker))
        if alone:
            strategy.tell(np.array([[index]]), np.array([[values[index]]]))
        else:
            ended[slot] = values[index]
            if len(ended) == batch.shape[1]:
                strategy.tell(batch, np.array([[ended[slot] for slot in range(len(ended))]]))
    done += [(end, index, start, worker) for worker, (end, index, start, _) in busy.items()]
    kept = [one for one in done if one[2] < limit and (budget.overshoot == "keep" or one[0] <= limit)]
    return sorted(kept, key=lambda one: one[0])


def found(runs: nbs.Trajectories, place: int) -> list[tuple[Any, ...]]:
    n = runs.length[place]
    fields = (runs.clock, runs.index, runs.start, runs.worker)
    return sorted(zip(*(field[place, :n].tolist() for field in fields), strict=True), key=lambda one: one[0])


@given(
    which=st.sampled_from(SEARCHERS),
    workers=st.integers(1, 8),
    overshoot=st.sampled_from(["keep", "drop"]),
    costs=st.sampled_from(["tenths", "published"]),
    on=st.integers(1, 25),
    beside=st.sampled_from([-1, 0, 1]),
    seed=st.integers(0, 6),
    among=st.sampled_from([1, 7, MANY]),
)
@settings(max_examples=120, deadline=None)
def test_what_counts_is_what_begins_before_the_budget_ends(
    which: Configured, workers: int, overshoot: Any, costs: str, on: int, beside: int, seed: int, among: int
) -> None:
    task = task_of(costs)
    ends = nbs.run(which, task, budget=nbs.Budget(evaluations=30, workers=workers), seeds=[seed]).clock[0]
    seconds = float(np.nextafter(ends[on], beside * np.inf)) if beside else float(ends[on])
    budget = nbs.Budget(seconds=seconds, workers=workers, overshoot=overshoot)
    seeds = [seed] if among == 1 else list(range(among))
    runs = nbs.run(which, task, budget=budget, seeds=seeds)
    expected = plain(which, task, budget, seed)
    actual = found(runs, seeds.index(seed))
    assert sorted(actual) == sorted(expected)


def test_nineteen_tenths_are_nineteen_evaluations() -> None:
    task = nbs.Task(TABLE, dataset="cifar10", cost=np.full(TABLE.space.size, 0.1))
    clock = 0.0
    for _ in range(19):
        clock += 0.1
    assert clock == 1.9000000000000006
    for seeds in (1, 7, MANY):
        runs = nbs.run("random_search", task, budget=nbs.Budget(seconds=clock), seeds=seeds)
        assert set(runs.length) == {19}


def test_the_published_clock_of_one_seed_among_others() -> None:
    task = nbs.Task(TABLE, dataset="cifar10")
    sixteen = nbs.run("regularized_evolution", task, budget=nbs.Budget(evaluations=16), seeds=[15])
    budget = nbs.Budget(seconds=float(sixteen.clock[0, -1]))
    alone = nbs.run("regularized_evolution", task, budget=budget, seeds=[15])
    among = nbs.run("regularized_evolution", task, budget=budget, seeds=30)
    assert alone.length.tolist() == [16]
    assert among.length[15] == 16


@pytest.mark.parametrize("workers", [1, 4])
def test_a_budget_below_one_training_says_so(workers: int) -> None:
    task = nbs.Task(TABLE, dataset="cifar10")
    runs = nbs.run("random_search", task, budget=nbs.Budget(seconds=1, workers=workers), seeds=3)
    assert set(runs.length) == {workers}
    said = f"the cheapest takes {task.costs.min():,g} s, so each replicate makes one"
    assert said in repr(runs)
    assert said in runs.note
    assert said in " ".join(repr(nbs.Comparison([runs])).split())
    with pytest.raises(RequestError, match="nothing can be evaluated within 1 seconds"):
        nbs.run("random_search", task, budget=nbs.Budget(seconds=1, workers=workers, overshoot="drop"))
    exact = nbs.Budget(seconds=float(task.costs.min()), overshoot="drop")  # the cheapest fits
    assert "makes one" in nbs.run("random_search", task, budget=exact).note
    assert "makes one" not in nbs.run("random_search", task, budget=nbs.Budget(seconds=12_000)).note
