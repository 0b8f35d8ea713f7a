"""What each strategy does on tasks small enough to follow by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_task import small_space, small_task, started, trajectory

import nasbench_sim as nbs
from nasbench_sim.errors import RequestError
from nasbench_sim.spaces import SearchSpace
from nasbench_sim.tables import Column, Table

TABLE = nbs.load_table("nas-bench-201")
TASK = nbs.Task(TABLE, dataset="cifar100", noise="mean")

# -- baselines


def test_without_replacement_every_architecture_comes_once() -> None:
    task = small_task(small_space(3, 4, 5), np.arange(60))
    runs = trajectory("random_search", task, 100, 20, replacement=False)
    assert runs.length.tolist() == [60] * 20
    assert all(sorted(row) == list(range(60)) for row in runs.index.tolist())


def test_without_replacement_the_first_is_uniform() -> None:
    task = small_task(small_space(5), np.arange(5))
    runs = trajectory("random_search", task, 5, 2000, replacement=False)
    for slot in range(5):
        counts = np.bincount(runs.index[:, slot], minlength=5)
        assert np.abs(counts - 400).max() < 100  # some five standard deviations


def test_exhaustive_search_is_in_official_order() -> None:
    task = small_task(small_space(20, 20), np.arange(400))
    runs = trajectory("exhaustive_search", task, 1000, 2)
    assert runs.index.tolist() == [list(range(400))] * 2


def test_enumerating_searchers_refuse_a_space_too_large() -> None:
    class Huge:
        """As much of a task as is looked at before the space is found too large."""

        space = SearchSpace("huge", ["abcd"] * 30)
        several = False
        fidelities = ()
        penalty = None

    for name in ("exhaustive_search", "gaussian_process"):
        with pytest.raises(RequestError, match="huge has 1,152,921,504,606,846,976 architectures"):
            started(name, Huge(), [0])  # type: ignore[arg-type]


@pytest.mark.parametrize("n", [1, 10, 100])
def test_best_of_n_by_the_truth_is_the_order_statistic(n: int) -> None:
    task = nbs.Task(TABLE, dataset="cifar100", noise="mean", repeats="charged")
    runs = trajectory("best_of_n_by_proxy", task, 1, 4000, pool=n, proxy="val_accuracy")
    value = np.sort(task.reported)
    size = len(value)
    chance = (np.arange(1, size + 1) / size) ** n - (np.arange(size) / size) ** n
    mean = (chance * value).sum()
    error = np.sqrt((chance * (value - mean) ** 2).sum() / 4000)
    assert runs.final()["val_accuracy"].mean() == pytest.approx(mean, abs=4 * error)


def test_best_of_n_goes_down_its_pool_and_draws_another() -> None:
    space = small_space(2, 2)
    table = Table(
        "small",
        space,
        [
            (Column(metric="score", dataset="d", source="made up", better="max"), np.arange(4.0)),
            (Column(metric="cheap", source="made up", better="min"), np.array([3.0, 1.0, np.nan, 2.0])),
        ],
    )
    task = nbs.Task(table, dataset="d", objective="score")
    runs = trajectory("best_of_n_by_proxy", task, 8, 1, pool=50, proxy="cheap")
    assert runs.index[0].tolist() == [0, 3, 1, 2, 0, 3, 1, 2]  # the missing score last, then the next pool
    runs = trajectory("best_of_n_by_proxy", task, 4, 1, pool=50, proxy="cheap", better="min")
    assert runs.index[0].tolist() == [1, 3, 0, 2]


def test_a_proxy_must_be_in_the_table() -> None:
    with pytest.raises(RequestError, match="unknown metric 'synflo'"):
        trajectory("zero_cost_evolution", TASK, 20, 1, proxy="synflo")
    with pytest.raises(RequestError, match="hyperparameter proxy is the name of a metric"):
        trajectory("best_of_n_by_proxy", TASK, 20, 1, proxy=3)


def test_params_are_computed_where_the_table_has_none() -> None:
    space = nbs.space("nas-bench-201")
    column = Column(metric="val_accuracy", dataset="cifar100", trained_on="train", source="made up")
    task = nbs.Task(Table("bare", space, [(column, np.arange(15625.0))]), dataset="cifar100")
    runs = trajectory("best_of_n_by_proxy", task, 1, 50, pool=1000)
    mean = space.params(runs.index[:, 0], dataset="cifar100").mean()
    assert mean > np.quantile(space.params(space.all_indices(), dataset="cifar100"), 0.99)


# -- evolution


def test_tournament_evolution_never_loses_its_best() -> None:
    searcher = started("tournament_evolution", TASK, range(30))
    values = TASK.reported
    best = np.full(30, -np.inf)
    for _ in range(60):
        index = searcher.ask()
        searcher.tell(index, values[index])
        best = np.maximum(best, values[index].max(axis=1))
        assert (searcher._value.max(axis=1) == best).all()


def test_aging_evolution_forgets_the_oldest() -> None:
    searcher = started("regularized_evolution", TASK, [3], population=5, sample=2)
    told: list[int] = []
    for _ in range(40):
        index = searcher.ask()
        searcher.tell(index, TASK.reported[index])
        told += index[0].tolist()
        assert sorted(searcher._index[0].tolist()) == sorted(told[-5:])


def test_warm_start_comes_first() -> None:
    given_ = [9930, TASK.space.string(7)]
    for name in ("regularized_evolution", "tournament_evolution", "zero_cost_evolution", "growing_evolution"):
        runs = trajectory(name, TASK, 20, 3, warm_start=given_)
        assert runs.index[:, :2].tolist() == [[9930, 7]] * 3, name
    runs = trajectory("genetic_algorithm", TASK, 50, 3, warm_start=given_)
    assert runs.index[:, :2].tolist() == [[9930, 7]] * 3
    for name in ("local_search", "tabu_search", "simulated_annealing"):
        runs = trajectory(name, TASK, 100, 3, warm_start=given_)
        assert runs.index[:, 0].tolist() == [9930] * 3, name
    neighbors = set(TASK.space.neighbors(9930).tolist())
    runs = trajectory("local_search", TASK, 25, 3, warm_start=given_)
    assert all(set(row[1:]) == neighbors for row in runs.index.tolist())


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ([3, 3], "listed more than once"),
        ([1651, "|none~0|+|none~0|none~1|+|none~0|none~1|none~2|"], "listed more than once"),
        ([15625], "index 15625 is not in nas-bench-201"),
        ([-1], "index -1 is not in"),
        (["conv"], "is not a NAS-Bench-201 string"),
        ([1.5], "a list of official indices or architecture strings"),
        ([True], "a list of official indices or architecture strings"),
        (7, "a list of official indices or architecture strings"),
    ],
)
def test_wrong_warm_starts(wrong: Any, words: str) -> None:
    for name in ("regularized_evolution", "local_search", "simulated_annealing", "genetic_algorithm"):
        with pytest.raises(RequestError, match=words):
            trajectory(name, TASK, 60, 1, warm_start=wrong)


@pytest.mark.parametrize(
    ("name", "hyperparameters", "words"),
    [
        ("regularized_evolution", {"warm_start": list(range(11))}, "11 architectures for a population of 10"),
        ("genetic_algorithm", {"warm_start": list(range(51))}, "51 architectures for a population of 50"),
        ("genetic_algorithm", {"parents": 51}, "parents is 51, more than the population of 50"),
        ("genetic_algorithm", {"crossovers": 51}, "crossovers is 51, more than the population"),
        ("zero_cost_evolution", {"pool": 9}, "a pool of 9 cannot fill a population of 10"),
        ("population_based_incremental_learning", {"selected": 101}, "selected is 101, more than"),
        ("simulated_annealing", {"cooling": 1.5}, "cooling is a number from 0 to 1"),
        ("local_search", {"improvement": "worst"}, "unknown value of hyperparameter improvement 'worst'"),
        ("asng", {"sample": 1}, "sample is a whole number of 2 or more"),
    ],
)
def test_hyperparameters_that_contradict(name: str, hyperparameters: Any, words: str) -> None:
    with pytest.raises(RequestError, match=words):
        trajectory(name, TASK, 200, 1, **hyperparameters)


@pytest.mark.parametrize(
    ("name", "needed"),
    [
        ("regularized_evolution", 10),
        ("tournament_evolution", 10),
        ("growing_evolution", 10),
        ("zero_cost_evolution", 10),
        ("genetic_algorithm", 50),
        ("population_based_incremental_learning", 100),
        ("ppo_controller", 10),
        ("asng", 2),
    ],
)
def test_a_budget_smaller_than_the_population(name: str, needed: int) -> None:
    with pytest.raises(RequestError, match=f"a budget of {needed - 1} evaluations ends within the first"):
        trajectory(name, TASK, needed - 1, 1)
    assert trajectory(name, TASK, needed, 1).length.tolist() == [needed]


def test_zero_cost_evolution_chooses_by_the_proxy() -> None:
    params = TABLE.values("params", dataset="cifar100")
    warm = trajectory("zero_cost_evolution", TASK, 10, 50, pool=1000)
    assert params[warm.index].mean() > np.quantile(params, 0.98)
    assert all(len(set(row)) == 10 for row in warm.index.tolist())
    plain = trajectory("zero_cost_evolution", TASK, 100, 50, pool=10, mutants=1)
    moved = trajectory("zero_cost_evolution", TASK, 100, 50, pool=10, mutants=8)
    assert params[moved.index[:, 10:]].mean() > params[plain.index[:, 10:]].mean() + 0.1


def test_growing_evolution_keeps_to_its_operations() -> None:
    runs = trajectory("growing_evolution", TASK, 100, 30, first_operations=2, every=20)
    ops = TASK.space.ops(runs.index)
    for end, allowed in ((20, 2), (30, 3), (50, 4), (100, 5)):
        used = [len(set(replicate[:end].ravel().tolist())) for replicate in ops]
        assert max(used) <= allowed
    assert np.mean([len(set(replicate.ravel().tolist())) for replicate in ops]) > 4.5
    pairs = {tuple(sorted(set(replicate[:10].ravel().tolist()))) for replicate in ops}
    assert len(pairs) > 5  # each replicate has its own order


def test_growing_evolution_with_positions_that_share_nothing() -> None:
    space = SearchSpace("apart", ["ab", "c", "defg"])
    runs = trajectory("growing_evolution", small_task(space, np.arange(8)), 60, 20, every=10)
    assert set(runs.index.ravel().tolist()) == set(range(8))
    early = space.ops(runs.index[:, :10])
    assert all(len({tuple(ops) for ops in replicate.tolist()}) <= 3 for replicate in early)


def test_genetic_algorithm_repeats_nothing_while_there_is_something_new() -> None:
    runs = trajectory("genetic_algorithm", TASK, 200, 20)
    assert np.mean([len(set(row)) for row in runs.index.tolist()]) > 190


def test_crossover_alone_keeps_to_the_genes_of_the_parents() -> None:
    runs = trajectory(
        "genetic_algorithm", TASK, 60, 10, population=20, parents=3, crossovers=20, warm_start=[]
    )
    ops = TASK.space.ops(runs.index)
    values = TASK.reported[runs.index]
    for replicate, value in zip(ops, values, strict=True):
        parents = replicate[np.argsort(-value[:20], kind="stable")[:3]]
        for position in range(6):
            assert set(replicate[20:40, position].tolist()) <= set(parents[:, position].tolist())


# -- local search


def line(*values: float) -> nbs.Task:
    """Bits, so that neighbours can be read off: index 0bXY has the neighbours 0bXy and 0bxY."""
    return small_task(small_space(*[2] * int(np.log2(len(values)))), values)


def test_local_search_climbs_by_best_improvement() -> None:
    task = line(0, 1, 5, 2, 3, 9, 4, 8)  # from 000: 001, 010, 100 -> 010 -> 110 (4 < 5), 011: optimum
    runs = trajectory("local_search", task, 6, 10, warm_start=[0])
    for row in runs.index.tolist():
        assert row[0] == 0
        assert set(row[1:4]) == {1, 2, 4}
        assert set(row[4:6]) == {3, 6}


def test_local_search_climbs_by_first_improvement() -> None:
    task = small_task(small_space(5), [0, 1, 2, 3, 4])
    best = trajectory("local_search", task, 5, 50, warm_start=[0], improvement="best")
    assert (best.index[:, 0] == 0).all()
    task = line(*range(16))  # every bit set is better: four improvements lead to 1111
    first = trajectory("local_search", task, 16, 50, warm_start=[0], improvement="first")
    reached = (first.index == 15).argmax(axis=1)
    full = trajectory("local_search", task, 16, 50, warm_start=[0], improvement="best")
    assert reached.mean() < (full.index == 15).argmax(axis=1).mean()
    for row in first.index.tolist():
        assert row[1] in (1, 2, 4, 8)
        assert sorted(row) == list(range(16))


@given(st.integers(0, 1000))
def test_local_search_evaluates_nothing_twice_and_ends(seed: int) -> None:
    values = np.random.default_rng(seed).integers(0, 4, 24)
    for name in ("local_search", "tabu_search"):
        runs = trajectory(name, small_task(small_space(2, 3, 4), values), 100, [seed])
        assert sorted(runs.index[0].tolist()) == list(range(24))


def test_tabu_search_walks_through_a_valley() -> None:
    values = [9, 1, 1, 1, 1, 1, 1, 10]  # 000 is a local optimum, 111 the best, three steps away
    task = line(*values)
    runs = trajectory("tabu_search", task, 8, 200, warm_start=[0], patience=10)
    assert (runs.index[:, 0] == 0).all()
    assert all(sorted(row) == list(range(8)) for row in runs.index.tolist())


def test_simulated_annealing_at_no_temperature_never_descends() -> None:
    searcher = started("simulated_annealing", TASK, range(20), temperature=0.0, patience=10**6)
    last = np.full(20, -np.inf)
    for _ in range(100):
        index = searcher.ask()
        searcher.tell(index, TASK.reported[index])
        assert (searcher._value >= last).all()
        last = searcher._value


def test_simulated_annealing_accepts_as_often_as_it_says() -> None:
    # Values 0 and 1 in turn: the deviation is a half, a step down by 1 is taken with exp(-2 / T).
    task = line(0, 1)
    searcher = started(
        "simulated_annealing", task, range(500), temperature=2.0, cooling=1.0, patience=10**9, warm_start=[1]
    )
    taken = steps = 0
    deviation = np.zeros(500)
    for time in range(200):
        index = searcher.ask()
        before = searcher._value.copy()
        searcher.tell(index, index.astype(float))
        if time > 100:
            down = (before == 1) & (index[:, 0] == 0)
            taken += int((searcher._value[down] == 0).sum())
            steps += int(down.sum())
            deviation = np.sqrt(searcher._squares / searcher._count)
    expected = np.exp(-1 / (2.0 * deviation.mean()))
    assert taken / steps == pytest.approx(expected, abs=0.02)


def test_simulated_annealing_restarts_at_the_warm_start_in_turn() -> None:
    task = small_task(small_space(4, 4), np.zeros(16))
    runs = trajectory("simulated_annealing", task, 12, 5, patience=3, warm_start=[3, 8, 12])
    assert runs.index[:, 0].tolist() == [3] * 5
    assert runs.index[:, 4].tolist() == [8] * 5
    assert runs.index[:, 8].tolist() == [12] * 5


# -- distributions


def test_pbil_as_umda_takes_the_frequencies_of_the_selected() -> None:
    searcher = started(
        "population_based_incremental_learning",
        TASK,
        [0, 1],
        population=8,
        selected=3,
        learning_rate=1.0,
        mutation_probability=0.0,
    )
    index = searcher.ask()
    values = TASK.reported[index]
    searcher.tell(index, values)
    for row in range(2):
        best = TASK.space.ops(index[row][np.argsort(-values[row])[:3]])
        expected = [np.bincount(best[:, position], minlength=5) / 3 for position in range(6)]
        np.testing.assert_allclose(searcher._probability[row], expected)


def test_pbil_learns_nothing_from_missing_values_but_keeps_its_distributions() -> None:
    searcher = started("population_based_incremental_learning", TASK, [0], population=8)
    for _ in range(50):
        index = searcher.ask()
        searcher.tell(index, np.full(index.shape, -np.inf))
    np.testing.assert_allclose(searcher._probability.sum(axis=2), 1.0)
    assert np.abs(searcher._probability - 0.2).max() < 0.25  # the mutations alone


@given(st.lists(st.integers(1, 4), min_size=1, max_size=4), st.integers(0, 50))
def test_asng_keeps_distributions(cardinalities: list[int], seed: int) -> None:
    space = small_space(*cardinalities)
    values = np.random.default_rng(seed).normal(size=space.size)
    searcher = started("asng", small_task(space, values), [seed, seed + 1])
    for _ in range(60):
        index = searcher.ask()
        searcher.tell(index, values[index])
        np.testing.assert_allclose(searcher._theta.sum(axis=2), 1.0)
        assert (searcher._theta >= 0).all()


# -- what is missing


@pytest.mark.parametrize("name", ["reinforce", "ppo_controller", "asng"])
def test_nothing_is_learned_from_missing_values(name: str) -> None:
    searcher = started(name, TASK, [0, 1])
    parts = {"reinforce": "_logits", "asng": "_theta"}

    def state() -> np.ndarray:
        if name == "ppo_controller":
            return searcher._policy._parameters["head"].copy()
        return getattr(searcher, parts[name]).copy()

    before = state()
    index = searcher.ask()
    searcher.tell(index, np.full(index.shape, -np.inf))
    if name == "ppo_controller":  # the entropy alone: Adam turns its tiny gradient into steps of its rate
        assert np.abs(state() - before).max() <= 4 * 0.00035 * 1.01
    else:
        np.testing.assert_array_equal(state(), before)


@pytest.mark.parametrize("crossovers", [0, 10, 25, 40])
def test_how_many_children_of_a_generation_are_crossovers(crossovers: int) -> None:
    # All of the best have the first choice at the first position, so that every crossover has it; with every
    # position drawn anew, a mutant has it in one case of five.
    space = small_space(5, 5, 5, 5, 5)
    ops = space.ops(space.all_indices())
    values = np.where(ops[:, 0] == 0, 100.0, 0.0) + np.random.default_rng(0).random(space.size)
    runs = trajectory(
        "genetic_algorithm",
        small_task(space, values),
        90,
        40,
        population=40,
        parents=3,
        crossovers=crossovers,
        mutation_probability=1.0,
        warm_start=np.flatnonzero(ops[:, 0] == 0)[[0, 300, 600]],
    )
    second = space.ops(runs.index[:, 40:80])[:, :, 0] == 0
    assert second[:, :crossovers].all()
    if crossovers < 40:
        assert second[:, crossovers:].mean() == pytest.approx(0.2, abs=0.04)
        assert second[:, crossovers].mean() < 0.6  # the first mutant is one
