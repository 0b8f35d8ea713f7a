"""Multi-fidelity searchers: hand-worked brackets, plain references, replicates on their own."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pytest
from curves import curve_table
from hypothesis import given, settings
from hypothesis import strategies as st

import nasbench_sim as nbs
from nasbench_sim.errors import RequestError
from nasbench_sim.oracle.streams import SEARCH, Streams
from nasbench_sim.search import MultiFidelitySearcher, searchers
from nasbench_sim.search.strategies.multi_fidelity.categorical_density import CategoricalDensity
from nasbench_sim.search.strategies.multi_fidelity.halving import halved
from nasbench_sim.search.strategies.multi_fidelity.rungs import geometric
from nasbench_sim.search.strategies.multi_fidelity.successive_halving import SuccessiveHalving
from nasbench_sim.spaces import SearchSpace

NAMES = [name for name, cls in searchers().items() if issubclass(cls, MultiFidelitySearcher)]
MANY = tuple(range(1, 13))


def saturating(space: SearchSpace, seed: int = 0, runs: int = 1, epochs: tuple[int, ...] = MANY) -> nbs.Task:
    """Curves that rise to a value made of the choices, at rates of their own, with some noise."""
    random = np.random.default_rng(seed)
    ops = space.ops(space.all_indices())
    worth = [random.normal(size=n) for n in space.cardinalities]
    final = 70 + 5 * sum(part[ops[:, k]] for k, part in enumerate(worth))
    rate = random.uniform(0.2, 0.6, space.size)
    curves = final[:, None] * (1 - np.exp(-rate[:, None] * np.array(epochs)))
    noisy = curves[:, None] + random.normal(0, 0.5, (space.size, runs, len(epochs)))
    table = curve_table(space, noisy, random.uniform(5, 20, space.size), epochs)
    return nbs.Task(table, dataset="cifar10", fidelities=epochs)


SMALL = saturating(SearchSpace("small", ["abcd", "efg", "hij"]), runs=3)
LARGE = saturating(nbs.space("nas-bench-201"))


# -- every one of them


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("unit", ["evaluations", "seconds"])
@pytest.mark.parametrize("workers", [1, 3])
def test_replicates_do_not_depend_on_each_other(name: str, unit: str, workers: int) -> None:
    budget = nbs.Budget(**{unit: 60 if unit == "evaluations" else 2000.0}, workers=workers)
    among = nbs.run(name, SMALL, budget=budget, seeds=[3, 17, 5])
    turned = nbs.run(name, SMALL, budget=budget, seeds=[5, 17, 3])
    for place, seed in enumerate([3, 17, 5]):
        alone = nbs.run(name, SMALL, budget=budget, seeds=[seed])
        n = int(alone.length[0])
        assert n == among.length[place] == turned.length[2 - place]
        for part in ("index", "level", "observed", "clock"):
            expected = getattr(alone, part)[0].tolist()
            assert getattr(among, part)[place, :n].tolist() == expected
            assert getattr(turned, part)[2 - place, :n].tolist() == expected


@pytest.mark.parametrize("name", NAMES)
def test_better_than_random_search(name: str) -> None:
    budget = nbs.Budget(seconds=100 * float(LARGE.costs.mean()))
    own, blind = (
        nbs.run(which, LARGE, budget=budget, seeds=40).final()["regret"] for which in (name, "random_search")
    )
    assert own.mean() < blind.mean() - np.sqrt((own.var() + blind.var()) / 40)


@pytest.mark.parametrize("name", NAMES)
def test_tasks_without_fidelities_are_refused(name: str) -> None:
    plain = nbs.Task(SMALL.table, dataset="cifar10")
    with pytest.raises(RequestError, match=f"{name} needs a task with fidelities"):
        nbs.run(name, plain, budget=nbs.Budget(evaluations=60))


@pytest.mark.parametrize("name", NAMES)
def test_missing_values_are_the_worst(name: str) -> None:
    space = SearchSpace("holes", ["abcd", "efgh"])
    curves = np.full((16, 3), np.nan)
    curves[::2] = np.arange(8)[:, None] + np.array([0.0, 1.0, 2.0])
    task = nbs.Task(
        curve_table(space, curves, np.ones(16), (1, 2, 3)), dataset="cifar10", fidelities=[1, 2, 3]
    )
    runs = nbs.run(name, task, budget=nbs.Budget(evaluations=200), seeds=5)
    assert (runs.final()["observed"] >= 8.0).all()  # of 2 to 9


# -- successive halving and Hyperband


def test_successive_halving_by_hand() -> None:
    values = np.array([4, 9, 2, 7, 1, 8, 3, 6, 5.0])
    curves = np.stack([values, values, -values, values], axis=1)  # at epoch 3 the order is turned round
    task = nbs.Task(
        curve_table(SearchSpace("nine", ["abcdefghi"]), curves, np.arange(1.0, 10)),
        dataset="cifar10",
        fidelities=[1, 3, 4],
    )

    class Fixed(SuccessiveHalving):
        def newcomers(self, most: int) -> Any:
            return np.tile(np.arange(most), (self.replicates, 1))

        def start(self) -> None:
            super().start()
            self.rungs = [0, 1, 2]

    runs = nbs.run(
        Fixed, task, budget=nbs.Budget(evaluations=14), seeds=2, hyperparameters={"configurations": 9}
    )
    # All nine at epoch 1; the best are 1 (9), 5 (8) and 3 (7); of these 3 is the best at epoch 3, with -7.
    assert runs.index[1].tolist() == [*range(9), 1, 5, 3, 3, 0]
    assert runs.level[1].tolist() == [0] * 9 + [1] * 3 + [2, 0]
    # Seconds: a + 1 an epoch, and from epoch 1 to 3 only the two that are new, and so on; then a new bracket.
    assert runs.cost[1].tolist() == [*np.arange(1.0, 10), 4.0, 12.0, 8.0, 4.0, 1.0]


@pytest.mark.parametrize(
    ("epochs", "eta", "places"),
    [
        (range(1, 13), 3, [0, 3, 11]),
        (range(1, 201), 3, [1, 6, 21, 65, 199]),
        ([1, 3, 9, 27], 3, [0, 1, 2, 3]),
        ([10, 11, 12], 3, [2]),
        ([1, 4, 12], 2, [0, 1, 2]),
    ],
)
def test_rungs(epochs: Any, eta: float, places: list[int]) -> None:
    assert geometric(list(epochs), eta) == places


def test_the_brackets_of_hyperband_and_of_bohb() -> None:
    def sizes(name: str, epochs: Any) -> list[tuple[int, int]]:
        task = nbs.Task(SMALL.table, dataset="cifar10", fidelities=epochs)
        runs = nbs.run(name, task, budget=nbs.Budget(evaluations=60))
        change = np.flatnonzero(np.diff(runs.level[0])) + 1
        return [(int(part[0]), len(part)) for part in np.split(runs.level[0], change)]

    # Li et al.: 9, 3, 1; ceil(3/2 * 3) = 5, 1; 3; HpBandSter begins the second bracket with 1 * 3.
    assert sizes("hyperband", range(1, 13))[:6] == [(0, 9), (3, 3), (11, 1), (3, 5), (11, 1 + 3), (0, 9)]
    assert sizes("bohb", range(1, 13))[:6] == [(0, 9), (3, 3), (11, 1), (3, 3), (11, 1 + 3), (0, 9)]


@pytest.mark.parametrize(
    ("more", "first"), [({}, [81, 34, 15, 8, 5]), ({"form": "table"}, [81, 27, 9, 6, 5])]
)
def test_whose_brackets_hyperband_has(more: dict[str, Any], first: list[int]) -> None:
    epochs = (1, 3, 9, 27, 81)
    table = curve_table(SMALL.space, np.arange(36.0)[:, None] + np.arange(5), np.ones(36), epochs)
    task = nbs.Task(table, dataset="cifar10", fidelities=epochs)
    listed = nbs.search.brackets("hyperband", task, **more)
    assert listed.groupby("bracket")["architectures"].first().tolist() == first
    # What is listed is what is run.
    budget = nbs.Budget(evaluations=int(listed["architectures"].sum()))
    runs = nbs.run("hyperband", task, budget=budget, hyperparameters=more)
    expected = [task.fidelities[level].label for level in runs.level[0]]
    assert expected == listed["fidelity"].repeat(listed["architectures"]).tolist()


def test_brackets_of_what_has_none() -> None:
    with pytest.raises(RequestError, match="asha has no brackets"):
        nbs.search.brackets("asha", SMALL)
    with pytest.raises(RequestError, match="needs a task with fidelities"):
        nbs.search.brackets("hyperband", nbs.Task(SMALL.table, dataset="cifar10"))


@given(st.integers(1, 100), st.integers(2, 5), st.integers(1, 6))
def test_halved(first: int, eta: int, number: int) -> None:
    assert halved(first, eta, number) == [max(first // eta**k, 1) for k in range(number)]


# -- BOHB's model


@given(st.data())
@settings(max_examples=40, deadline=None)
def test_the_density_equals_a_plain_loop_and_sums_to_one(data: Any) -> None:
    cardinalities = data.draw(st.lists(st.integers(1, 4), min_size=1, max_size=3))
    space = SearchSpace("s", [[str(i) for i in range(n)] for n in cardinalities])
    n = data.draw(st.integers(1, 6))
    index = data.draw(st.lists(st.integers(0, space.size - 1), min_size=n, max_size=n))
    least = data.draw(st.sampled_from([0.0, 0.1, 0.3, 1.0]))
    points = space.ops(index)
    density = CategoricalDensity(points[None], space.cardinalities, least)
    everything = space.ops(space.all_indices())
    found = density.density(everything[None])[0]
    for one, value in zip(everything, found, strict=True):
        total = 0.0
        for point in points:
            product = 1.0
            for k, c in enumerate(cardinalities):
                spread = 1.06 * np.std([p[k] for p in points]) * n ** (-1 / (4 + len(cardinalities)))
                h = min(max(spread, least), (c - 1) / c)
                product *= 1 - h if one[k] == point[k] else h / (c - 1)
            total += product / n
        np.testing.assert_allclose(value, total, rtol=1e-9)
    np.testing.assert_allclose(found.sum(), 1.0, rtol=1e-9)


def test_draws_follow_the_density() -> None:
    space = SearchSpace("s", ["abc", "de"])
    points = space.ops([0, 0, 5, 3])
    density = CategoricalDensity(points[None], space.cardinalities, 0.3)
    uniform = np.random.default_rng(0).random((1, 200_000, 5))
    drawn = np.bincount(space.index_of_valid_ops(density.draw(uniform)[0]), minlength=6) / 200_000
    # A position that is drawn anew may come out as it was: the bandwidth of the draws is h (c - 1) / c.
    expected = np.zeros(6)
    for point in points:
        factors = []
        for k, c in enumerate(space.cardinalities):
            h = density.bandwidth[0, k]
            factors.append(np.where(np.arange(c) == point[k], 1 - h + h / c, h / c))
        expected += np.multiply.outer(*factors).ravel() / 4
    np.testing.assert_allclose(drawn, expected, atol=0.005)


def test_bohb_without_a_model_is_random() -> None:
    runs = nbs.run("bohb", LARGE, budget=nbs.Budget(evaluations=300), seeds=30)
    late = runs.index[:, 150:300]
    first = runs.index[:, :9]
    final = LARGE.reported
    assert final[late].mean() > final[first].mean() + 3


# -- ASHA


def test_asha_promotes_only_the_best_third_so_far() -> None:
    runs = nbs.run("asha", SMALL, budget=nbs.Budget(evaluations=150), seeds=6)
    levels = [0, 3, 11]
    for row in range(6):
        seen: dict[int, list[tuple[float, int]]] = {level: [] for level in levels}
        promoted: dict[int, list[int]] = {level: [] for level in levels}
        for step in range(150):
            index, level = int(runs.index[row, step]), int(runs.level[row, step])
            rank = {k: sorted(range(len(v)), key=lambda i, v=v: (-v[i][0], i)) for k, v in seen.items()}
            ready = [
                (k, i) for k in levels[1::-1] for i in rank[k][: len(seen[k]) // 3] if i not in promoted[k]
            ]
            if level == 0:
                assert not ready
            else:
                below = levels[levels.index(level) - 1]
                k, i = ready[0]
                assert (k, seen[k][i][1]) == (below, index)
                promoted[k].append(i)
            seen[level].append((float(runs.observed[row, step]), index))


def test_asha_keeps_all_workers_busy() -> None:
    runs = nbs.run("asha", LARGE, budget=nbs.Budget(seconds=2e3, workers=8), seeds=5)
    work = np.nansum(np.minimum(runs.clock, 2e3) - runs.start, axis=1)
    np.testing.assert_allclose(work, 8 * 2e3)


def runs_of(task: nbs.Task, level: int) -> Any:
    """What each published run of each architecture gives at a fidelity, shape (size, runs)."""
    return np.stack(
        [
            task.table.values("val_accuracy", dataset="cifar10", schedule=12, epoch=level + 1, seed=seed)
            for seed in task.table.column("val_accuracy", dataset="cifar10").seeds
        ],
        axis=1,
    )


@pytest.mark.parametrize("workers", [1, 4])
@pytest.mark.parametrize("name", ["asha", "successive_halving", "early_stopping"])  # always begin below
def test_each_configuration_continues_its_own_training(name: str, workers: int) -> None:
    # 36 architectures, three runs each: many are drawn twice in 150 evaluations.
    runs = nbs.run(name, SMALL, budget=nbs.Budget(evaluations=150, workers=workers), seeds=8)
    values = {level: runs_of(SMALL, level) for level in range(12)}
    twice = 0
    for row in range(8):
        begun: Counter[tuple[int, int, int]] = Counter()  # of an architecture and run, by fidelity
        for step in np.argsort(runs.start[row], kind="stable"):
            index, level = int(runs.index[row, step]), int(runs.level[row, step])
            run = int(np.flatnonzero(values[level][index] == runs.observed[row, step])[0])
            begun[index, run, level] += 1
            twice += level == 0 and sum(begun[index, other, 0] for other in range(3)) > 1
            below = [at for at in range(level) if any(k[2] == at for k in begun)]
            if below:  # no more go on from a run than came that far
                assert begun[index, run, level] <= begun[index, run, below[-1]]
    assert twice > 20


def test_a_promotion_does_not_wait_for_another_training_of_its_architecture() -> None:
    runs = nbs.run("asha", SMALL, budget=nbs.Budget(seconds=400.0, workers=6), seeds=8)
    work = np.nansum(np.minimum(runs.clock, 400.0) - runs.start, axis=1)
    np.testing.assert_allclose(work, 6 * 400.0)  # nobody ever waits


# -- progressive dynamic hurdles


def hurdles_in_words(seed: int, task: nbs.Task, population: int, sample: int, every: int, n: int) -> Any:
    """The paper's loop for one replicate: hurdles are made after a whole architecture, never within one."""
    streams = Streams([seed], SEARCH)
    everything = task.space.all_indices()
    value = [
        task.observe(everything, None, np.full_like(everything, at)) for at in range(len(task.fidelities))
    ]
    alive = [[int(i), float(value[0][i]), 0] for i in streams.architectures(task.space, population)[0]]
    history = [(index, 0) for index, _, _ in alive]
    hurdles: list[float] = []
    made = population

    def best_of(sign: float) -> int:
        drawn = [int(u * population) for u in uniforms]
        return max(drawn, key=lambda place: sign * alive[place][1])

    while len(history) < n:
        while len(hurdles) < min(made // every, len(value) - 1):
            most = max(reached for _, _, reached in alive)
            hurdles.append(float(np.mean([v for _, v, reached in alive if reached == most])))
        first, *uniforms = streams.uniform(sample + 1)[0].tolist()
        child = int(task.space.mutated(np.array([alive[best_of(1.0)][0]]), np.array([first]))[0])
        level = 0
        while True:
            history.append((child, level))
            if level >= len(hurdles) or value[level][child] <= hurdles[level]:
                break
            level += 1
        uniforms = streams.uniform(sample)[0].tolist()
        alive[best_of(-1.0)] = [child, float(value[level][child]), level]
        made += 1
    return history[:n]


@pytest.mark.parametrize(("population", "every"), [(6, 10), (20, 10), (20, 5), (10, 3)])
def test_hurdles_are_made_between_architectures(population: int, every: int) -> None:
    task = nbs.Task(LARGE.table, dataset="cifar10", fidelities=[1, 2, 4, 12], noise="mean", resume=True)
    more = {"population": population, "sample": 3, "every": every}
    runs = nbs.run(
        "progressive_dynamic_hurdles",
        task,
        budget=nbs.Budget(evaluations=120),
        seeds=20,
        hyperparameters=more,
    )
    for row in range(20):
        found = list(zip(runs.index[row].tolist(), runs.level[row].tolist(), strict=True))
        assert found == hurdles_in_words(row, task, population, 3, every, 120)


def test_hurdles_are_means_of_those_trained_the_longest() -> None:
    which, more = "progressive_dynamic_hurdles", {"population": 6, "sample": 2, "every": 10}
    runs = nbs.run(which, SMALL, budget=nbs.Budget(evaluations=40), seeds=20, hyperparameters=more)
    level = runs.level
    assert (level[:, :6] == 0).all()
    goes_on = level[:, 1:] > level[:, :-1]
    assert (level[:, 1:][~goes_on] == 0).all()  # a child goes on at once, or the next begins at the cheapest
    assert (level[:, 1:][goes_on] - level[:, :-1][goes_on] == 1).all()
    assert (runs.index[:, 1:][goes_on] == runs.index[:, :-1][goes_on]).all()
    first = goes_on.argmax(axis=1)
    assert (first[goes_on.any(axis=1)] >= 9).all()  # no hurdle before ten were made


def test_hurdles_refuse_a_proxy() -> None:
    table = SMALL.table.extended(
        [(nbs.Column(metric="synflow", source="made here"), np.arange(float(SMALL.space.size)))]
    )
    task = nbs.Task(table, dataset="cifar10", fidelities=["synflow", 12])
    with pytest.raises(RequestError, match="compares values of all fidelities: synflow, val_accuracy do not"):
        nbs.run("progressive_dynamic_hurdles", task, budget=nbs.Budget(evaluations=60))
