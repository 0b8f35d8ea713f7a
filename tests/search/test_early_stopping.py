"""Early stopping of any searcher: a hand-worked case, what is paid, what the other searcher sees."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from curves import curve_table, with_long_schedule

import nasbench_sim as nbs
from nasbench_sim.errors import RequestError
from nasbench_sim.search import searcher
from nasbench_sim.search.strategies.multi_fidelity.foretelling import EXTRAPOLATIONS, LEAST, Foretelling
from nasbench_sim.spaces import SearchSpace

ENDS = np.array([60.0, 62, 64, 66, 68, 50, 69, 40, 70])
RISES = np.array([9.0, 11, 10, 9, 11, 10, 10, 10, 10])  # from epoch 2 to 3
CURVES = np.stack([ENDS - RISES - 20, ENDS - RISES, ENDS], axis=1)
SPACE = SearchSpace("nine", ["abcdefghi"])
TABLE = curve_table(SPACE, CURVES, np.arange(1.0, 10), (1, 2, 3))
LARGE = nbs.load_table("nas-bench-201-digits")
DIGITS = nbs.Task(LARGE, dataset="digits", fidelities=range(1, 7))


def task(table: nbs.Table = TABLE, **more: Any) -> nbs.Task:
    return nbs.Task(table, **{"dataset": "cifar10", "fidelities": [1, 2, 3], **more})


def stopped(which: str, one: nbs.Task, budget: nbs.Budget, seeds: Any = 1, **more: Any) -> nbs.Trajectories:
    return nbs.run(searcher("early_stopping", searcher=which, **more), one, budget=budget, seeds=seeds)


def test_by_hand() -> None:
    told = {}

    class Watched(nbs.search.Searcher):
        """Everything in its order, three at a time."""

        name = "watched"

        def start(self) -> None:
            self._begun = -1

        def ask(self) -> Any:
            self._begun += 1
            first = 3 * min(self._begun, 2)
            return np.tile(np.arange(first, first + 3), (self.replicates, 1))

        def tell(self, index: Any, values: Any) -> None:
            told.update(zip(index[0].tolist(), values[0].tolist(), strict=True))

    from nasbench_sim.search import registry

    registry.register(Watched)
    try:
        more = {"extrapolation": "last_value", "chance": 0.05}
        runs = stopped("watched", task(), nbs.Budget(evaluations=25), **more)
    finally:
        registry.registry.unregister("watched")
    # The first five are whole. Errors at epoch 1: 29, 31, 30, 29, 31; at epoch 2: 20 less; deviation 1.
    # Architecture 5 reads 20 at epoch 1: 50 is foretold, the best is 68, 50 + 1.64 < 68, so that it stops;
    # 6 reads 39: 69 + 1.64 is not below 68, nor at epoch 2; it becomes the best. 7 stops, 8 does not.
    assert runs.index[0].tolist() == [0] * 3 + [1] * 3 + [2] * 3 + [3] * 3 + [4] * 3 + [
        5,
        6,
        6,
        6,
        7,
        8,
        8,
        8,
        6,
        6,
    ]
    assert runs.level[0].tolist() == [0, 1, 2] * 5 + [0] + [0, 1, 2] + [0] + [0, 1, 2] + [0, 1]
    assert runs.cost[0].tolist() == [a + 1.0 for a in runs.index[0]]  # an epoch each
    assert {a: told[a] for a in (0, 4, 6, 8)} == {0: 60.0, 4: 68.0, 6: 69.0, 8: 70.0}
    assert told[5] == pytest.approx(50.0)
    assert told[7] == pytest.approx(40.0)
    assert runs.final()["index"].tolist() == [8]


@pytest.mark.parametrize("which", ["regularized_evolution", "random_search", "local_search", "tpe"])
def test_it_pays_the_epochs_that_were_seen_and_ends_with_whole_trainings(which: str) -> None:
    second = float(DIGITS.costs.mean())
    budget = nbs.Budget(seconds=30 * second)
    runs = stopped(which, DIGITS, budget, seeds=4, chance=0.3)
    for row in range(4):
        n = int(runs.length[row])
        index, level, cost = runs.index[row, :n], runs.level[row, :n], runs.cost[row, :n]
        begins = np.flatnonzero(level == 0)
        assert level[0] == 0
        for begin, end in zip(begins, [*begins[1:], n], strict=True):
            assert (index[begin:end] == index[begin]).all()
            assert level[begin:end].tolist() == list(range(end - begin))
            until = DIGITS.fidelities[end - begin - 1].costs[index[begin]]
            assert cost[begin:end].sum() == pytest.approx(until)
        assert (level[: 6 * LEAST] == np.tile(np.arange(6), LEAST)).all()
        assert len(begins) > 30
    assert (runs.final()["index"] >= 0).all()


def test_a_chance_that_is_never_too_small_changes_nothing() -> None:
    """Where all curves are alike nothing can be told apart, and the other searcher runs as without it."""
    flat = np.tile([10.0, 20.0, 30.0], (9, 1))
    one = task(curve_table(SPACE, flat, np.ones(9), (1, 2, 3)))
    plain = nbs.run("regularized_evolution", one, budget=nbs.Budget(evaluations=60), seeds=3)
    runs = stopped("regularized_evolution", one, nbs.Budget(evaluations=180), seeds=3)
    whole = [row[level == 2].tolist() for row, level in zip(runs.index, runs.level, strict=True)]
    assert whole == plain.index.tolist()
    assert (runs.length == 180).all()


@pytest.mark.parametrize("extrapolation", EXTRAPOLATIONS)
def test_replicates_on_their_own(extrapolation: str) -> None:
    budget, more = nbs.Budget(evaluations=150), {"extrapolation": extrapolation, "chance": 0.4}
    among = stopped("regularized_evolution", DIGITS, budget, [3, 17, 5], **more)
    alone = stopped("regularized_evolution", DIGITS, budget, [17], **more)
    for part in ("index", "level", "observed", "clock"):
        assert getattr(among, part)[1].tolist() == getattr(alone, part)[0].tolist()
    assert (among.level == 0).sum() > 3 * 150 / 6  # some were stopped


def test_workers_share_what_is_proposed_at_once() -> None:
    budget = nbs.Budget(evaluations=120, workers=4)
    runs = stopped("random_search", DIGITS, budget, seeds=2, chance=0.4)
    assert set(runs.worker.ravel().tolist()) == {0, 1, 2, 3}
    for row in range(2):
        for architecture in np.unique(runs.index[row]):
            levels = runs.level[row][runs.index[row] == architecture]
            assert levels.tolist() == sorted(levels)


def test_more_is_seen_and_no_less_is_found() -> None:
    budget = nbs.Budget(seconds=60 * float(DIGITS.costs.mean()))
    plain = nbs.run("regularized_evolution", DIGITS, budget=budget, seeds=40)
    runs = stopped("regularized_evolution", DIGITS, budget, seeds=40)
    assert (runs.level == 0).sum(axis=1).mean() > 1.1 * plain.length.mean()
    spread = np.sqrt((runs.final()["observed"].var() + plain.final()["observed"].var()) / 40)
    assert runs.final()["observed"].mean() > plain.final()["observed"].mean() - 2 * spread


def test_errors_are_known_before_anything_is_foretold() -> None:
    foretelling = Foretelling(2, [1, 2, 3], "last_value")
    row = np.array([0])
    for _ in range(LEAST - 1):
        foretelling.learn(row, np.array([[1.0, 2.0, 4.0]]))
    assert np.isnan(foretelling.ends(row, np.array([[1.0]]))[0]).all()
    foretelling.learn(row, np.array([[1.0, np.nan, 4.0]]))
    end, deviation = foretelling.ends(np.array([0, 1]), np.array([[5.0], [5.0]]))
    assert end[0] == 8.0
    assert deviation[0] == 0.0
    assert np.isnan(end[1])  # the other replicate has seen nothing
    assert np.isnan(foretelling.ends(row, np.array([[1.0, 2.0]]))[0]).all()  # four errors only at epoch 2


def test_hyperparameters_of_the_other_searcher() -> None:
    which = searcher("early_stopping", searcher="regularized_evolution", population=7)
    assert which.label == "early_stopping(searcher=regularized_evolution, population=7)"
    assert which.hyperparameters["population"] == 7
    assert which.hyperparameters["extrapolation"] == "parametric"
    assert searcher("early_stopping", searcher="gaussian_process").chunk == searcher("gaussian_process").chunk
    with pytest.raises(RequestError, match=r"has no hyperparameter 'populatoin'.*'population'"):
        searcher("early_stopping", searcher="regularized_evolution", populatoin=7)


@pytest.mark.parametrize("which", ["hyperband", "early_stopping", "nothing"])
def test_who_can_be_stopped(which: str) -> None:
    with pytest.raises(RequestError, match=r"unknown searcher to be stopped early|nothing is left to stop"):
        searcher("early_stopping", searcher=which)


def test_wrong_tasks() -> None:
    budget = nbs.Budget(evaluations=60)
    long = with_long_schedule(TABLE, ENDS, np.full(9, 300.0))
    with pytest.raises(
        RequestError, match="reads one training at several epochs, and these are: val_accuracy at"
    ):
        stopped("random_search", task(long, fidelities=[(3, 3), (200, 200)]), budget)
    with pytest.raises(RequestError, match="continues trainings, and the task says resume=False"):
        stopped("random_search", task(resume=False), budget)
    with pytest.raises(RequestError, match="early_stopping needs a task with fidelities"):
        stopped("random_search", nbs.Task(TABLE, dataset="cifar10"), budget)
    with pytest.raises(RequestError, match="nsga_ii searches for several objectives"):
        stopped("nsga_ii", task(), budget)
