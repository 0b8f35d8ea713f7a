"""What is spent, counted and kept: free repeats, free evaluations, ends, large seeds, overshoot."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from curves import curve_table

import nasbench_sim as nbs
from nasbench_sim.search import MultiFidelitySearcher, Proposals

TABLE = nbs.load_table("nas-bench-201")
TWO = ["val_accuracy", "latency:eyeriss"]


def single(runs: nbs.Trajectories, place: int) -> tuple[Any, ...]:
    length = int(runs.length[place])
    return (length, runs.index[place, :length].tolist(), runs.clock[place, :length].tolist())


@pytest.mark.parametrize("workers", [1, 3])
def test_a_replicate_that_finds_nothing_new_ends_alone_as_among_others(workers: int) -> None:
    task = nbs.Task(TABLE, dataset="cifar10", noise="mean", repeats="free")
    budget = nbs.Budget(evaluations=60, workers=workers)
    stuck = {"population": 1, "sample": 1}
    among = nbs.run("tournament_evolution", task, budget=budget, seeds=12, hyperparameters=stuck)
    assert len(set(among.length.tolist())) > 1  # some were stuck, and ended before the others
    for seed in range(12):
        alone = nbs.run("tournament_evolution", task, budget=budget, seeds=[seed], hyperparameters=stuck)
        assert single(among, seed) == single(alone, 0)


def test_free_repeats_count_for_no_evaluation_wherever_evaluations_are_named() -> None:
    task = nbs.Task(TABLE, dataset="cifar10", repeats="free")
    runs = nbs.run("regularized_evolution", task, budget=nbs.Budget(evaluations=30), seeds=40)
    assert (runs.length > 30).any()
    assert (runs.evaluations == 30).all()
    assert (runs.final()["evaluations"] == 30).all()
    summary = nbs.compare(
        ["regularized_evolution"], task, budget=nbs.Budget(evaluations=30), seeds=40
    ).summary()
    assert summary["evaluations"].tolist() == [30]
    frame = runs.to_frame()
    for place, seed in enumerate(runs.seeds):
        own = frame[frame["seed"] == seed]
        assert (own["counts"] == ~own["index"].duplicated()).all()
        assert (own["counts"].cumsum() == runs.counted[place, : runs.length[place]]).all()


def test_hypervolume_of_free_repeats_ends_where_the_results_do() -> None:
    task = nbs.Task(TABLE, dataset="cifar10", objective=TWO, repeats="free")
    runs = nbs.run("multi_objective_regularized_evolution", task, budget=nbs.Budget(evaluations=60), seeds=5)
    last = runs.hypervolume([60]).set_index("seed")["hypervolume"]
    pd.testing.assert_series_equal(last, runs.results(), check_names=False)


def test_results_of_several_objectives_are_of_the_whole_front_also_of_what_overshoots() -> None:
    task = nbs.Task(TABLE, dataset="cifar10", objective=TWO)
    runs = nbs.run("random_search", task, budget=nbs.Budget(seconds=20_000), seeds=60)
    corner = {one.label: one.worst for one in task.objectives}
    for seed, front in runs.final().groupby("seed"):
        volume = nbs.analysis.hypervolume(front, {TWO[0]: "max", TWO[1]: "min"}, corner)
        assert runs.results()[seed] == pytest.approx(volume, rel=1e-12)


def test_evaluations_that_cost_nothing_end_a_run_of_seconds() -> None:
    costs = np.zeros(TABLE.space.size)
    costs[17] = 1.0
    task = nbs.Task(TABLE, dataset="cifar10", cost=costs)
    runs = nbs.run("random_search", task, budget=nbs.Budget(seconds=100), seeds=2)
    assert (runs.length >= 1000).all()
    assert (runs.clock[:, -1] < 100).all()


def test_large_seeds_stay_whole_numbers() -> None:
    task = nbs.Task(TABLE, dataset="cifar10")
    runs = nbs.run("random_search", task, budget=nbs.Budget(evaluations=2), seeds=[1, 2**63 + 1])
    for frame in (runs.to_frame(), runs.final()):
        assert frame["seed"].unique().tolist() == [1, 2**63 + 1]


def test_the_direction_is_part_of_what_defines_a_task() -> None:
    least, most = (
        nbs.Task(TABLE, dataset="cifar10", objective={"latency:eyeriss": b}) for b in ("min", "max")
    )
    assert least != most
    assert least.describe()["follows"]["observed"] == [{"metric": "latency:eyeriss", "better": "min"}]
    assert most.describe()["follows"]["observed"] == [{"metric": "latency:eyeriss", "better": "max"}]


def test_bounds_that_differ_are_written_differently() -> None:
    bounds = ("latency:eyeriss <= 5.000001 ms", "latency:eyeriss <= 5.000004 ms")
    written = [nbs.Task(TABLE, dataset="cifar10", constraints=text).describe() for text in bounds]
    assert [one["constraints"] for one in written] == [[text] for text in bounds]


class ShortThenLong(MultiFidelitySearcher):
    """Proposes one architecture at the first epoch and, while that may still run, at the last."""

    name = "short_then_long"

    def start(self) -> None:
        self._places = [0, len(self.context.task.fidelities) - 1] * 50

    def propose(self) -> Proposals:
        index = np.zeros((self.replicates, 1), dtype=np.int64)
        return Proposals(index, np.full_like(index, self._places.pop(0)))

    def overlaps(self) -> bool:
        return True

    def learn(self, proposals: Proposals, values: Any) -> None:
        """Learn nothing."""


@pytest.mark.parametrize("repeats", ["charged", "free"])
def test_a_training_is_continued_when_its_earlier_epochs_are_through(repeats: Any) -> None:
    space = nbs.SearchSpace("small", ["ab"])
    table = curve_table(space, [[1, 2, 3, 4], [2, 3, 4, 5]], [10.0, 20.0])
    task = nbs.Task(table, dataset="cifar10", fidelities=[1, 2, 3, 4], repeats=repeats)
    runs = nbs.run(ShortThenLong, task, budget=nbs.Budget(evaluations=2, workers=2))
    assert runs.start[0].tolist() == [0.0, 10.0]
    assert runs.clock[0].tolist() == [10.0, 40.0]
