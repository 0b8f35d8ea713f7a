from __future__ import annotations

import sys
from typing import Any

import numpy as np
import pytest
from small_task import assert_alone_as_among, small_space, small_task, trajectory

import nasbench_sim as nbs
from nasbench_sim.errors import ArchitectureError, MissingDependencyError, RequestError
from nasbench_sim.search import adapters
from nasbench_sim.search.adapters.library import Evaluation

SEARCHERS = [
    ("optuna", {}),
    ("optuna", {"sampler": "nsgaii"}),
    ("pymoo", {}),
    ("pymoo", {"algorithm": "de"}),
    ("nevergrad", {}),
    ("nevergrad", {"optimizer": "TwoPointsDE"}),
]
LIBRARY = {"optuna": "optuna", "pymoo": "pymoo", "nevergrad": "nevergrad"}


@pytest.fixture(scope="module")
def task() -> nbs.Task:
    return nbs.Task(nbs.load_table("nas-bench-201"), dataset="cifar100", noise="mean")


# -- theirs under our driver


@pytest.mark.parametrize(("name", "hyperparameters"), SEARCHERS)
def test_alone_as_among(task: nbs.Task, name: str, hyperparameters: dict[str, Any]) -> None:
    pytest.importorskip(LIBRARY[name])
    assert_alone_as_among(name, task, 30, **hyperparameters)


@pytest.mark.parametrize(("name", "hyperparameters"), SEARCHERS)
@pytest.mark.parametrize("values", ["ties", "missing"])
def test_small_spaces(name: str, hyperparameters: dict[str, Any], values: str) -> None:
    pytest.importorskip(LIBRARY[name])
    space = small_space(2, 1, 3)
    table = np.full(6, 1.0) if values == "ties" else np.array([np.nan, 1.0, np.nan, 2.0, np.nan, 0.0])
    runs = trajectory(name, small_task(space, table, better="min"), 40, 2, **hyperparameters)
    assert (runs.length == 40).all()


def test_nevergrad_beats_random_search(task: nbs.Task) -> None:
    pytest.importorskip("nevergrad")
    names = ("nevergrad", "random_search")
    regret = [trajectory(name, task, 150, 16).final()["regret"].mean() for name in names]
    assert regret[0] < 0.7 * regret[1]


def test_optuna_is_told_what_it_would_have_seen_itself(task: nbs.Task) -> None:
    optuna = pytest.importorskip("optuna")
    from nasbench_sim.search.adapters.library import seed_of
    from nasbench_sim.search.generator import _PURPOSE, counter_based

    runs = trajectory("optuna", task, 30, [4])
    seed = seed_of(np.random.Generator(counter_based(4, _PURPOSE)))
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    study = optuna.create_study(direction="maximize", sampler=optuna.samplers.TPESampler(seed=seed))
    study.optimize(adapters.optuna_objective(task), n_trials=30)
    assert [trial.user_attrs["index"] for trial in study.trials] == runs.index[0].tolist()
    assert [trial.value for trial in study.trials] == runs.observed[0].tolist()


@pytest.mark.parametrize("name", LIBRARY)
def test_says_what_is_missing(task: nbs.Task, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, LIBRARY[name], None)
    with pytest.raises(MissingDependencyError, match=r"nasbench-sim\[optimizers\]"):
        trajectory(name, task, 30, 1)


def test_refuses_a_budget_smaller_than_the_population(task: nbs.Task) -> None:
    pytest.importorskip("pymoo")
    with pytest.raises(RequestError, match="first population"):
        trajectory("pymoo", task, 10, 1)


# -- ours for them


def test_evaluation_draws_the_runs_that_a_search_with_its_seed_sees() -> None:
    noisy = nbs.Task(nbs.load_table("nas-bench-201"), dataset="cifar100")
    runs = trajectory("random_search", noisy, 20, [9])
    evaluation = Evaluation(noisy, 9)
    observed = [-evaluation(noisy.space.ops([index]))[0] for index in runs.index[0]]
    assert observed == runs.observed[0].tolist()


def test_optuna_objective_of_what_is_minimised_and_missing() -> None:
    optuna = pytest.importorskip("optuna")
    space = small_space(2, 2)
    objective = adapters.optuna_objective(small_task(space, [3.0, np.nan, 2.0, 5.0], better="min"))
    fixed = {
        index: optuna.trial.FixedTrial(
            dict(zip(space.positions, space.string(index).split(":"), strict=True))
        )
        for index in range(4)
    }
    assert [objective(fixed[index]) for index in (0, 2, 3)] == [3.0, 2.0, 5.0]
    with pytest.raises(optuna.TrialPruned):
        objective(fixed[1])


def test_pymoo_minimises_the_task(task: nbs.Task) -> None:
    pytest.importorskip("pymoo")
    from pymoo.algorithms.soo.nonconvex.ga import GA
    from pymoo.operators.crossover.sbx import SBX
    from pymoo.operators.mutation.pm import PM
    from pymoo.operators.repair.rounding import RoundingRepair
    from pymoo.operators.sampling.rnd import IntegerRandomSampling
    from pymoo.optimize import minimize

    problem = adapters.pymoo_problem(task)
    algorithm = GA(
        pop_size=20,
        sampling=IntegerRandomSampling(),
        crossover=SBX(vtype=float, repair=RoundingRepair()),
        mutation=PM(vtype=float, repair=RoundingRepair()),
    )
    found = minimize(problem, algorithm, ("n_eval", 200), seed=1)
    index = task.space.from_ops(found.X.astype(int))
    assert found.F[0] == -task.reported[index]
    assert task.optimum - task.reported[index] < 3


def test_pymoo_problem_of_several_objectives() -> None:
    pytest.importorskip("pymoo")
    two = nbs.Task(
        nbs.load_table("nas-bench-201"),
        dataset="cifar10",
        objective=["val_accuracy", "latency:eyeriss"],
        noise="mean",
    )
    problem = adapters.pymoo_problem(two)
    assert problem.n_obj == 2
    values = problem.evaluate(two.space.ops([6111, 7]))
    table = two.table
    np.testing.assert_allclose(values[:, 0], -table.query([6111, 7], "val_accuracy", dataset="cifar10"))
    np.testing.assert_allclose(
        values[:, 1], table.query([6111, 7], "latency", dataset="cifar10", device="eyeriss")
    )
    with pytest.raises(RequestError, match="several"):
        adapters.optuna_objective(two)
    with pytest.raises(RequestError, match="several"):
        adapters.nevergrad_function(two)


def test_nevergrad_function_is_a_loss(task: nbs.Task) -> None:
    nevergrad = pytest.importorskip("nevergrad")
    function = adapters.nevergrad_function(task, seed=2)
    for index in (0, 6111):
        assert function(tuple(task.space.ops(index).tolist())) == -task.reported[index]
    found = nevergrad.optimizers.OnePlusOne(function.parametrization, budget=20).minimize(function)
    assert found.loss == function(*found.args)


def test_config_space_there_and_back() -> None:
    pytest.importorskip("ConfigSpace")
    space = nbs.space("nas-bench-201")
    described = adapters.configuration_space(space, seed=1)
    assert set(described) == set(space.positions)
    for index in (0, 6111, 15624):
        asked = adapters.configuration(space, index, described)
        assert dict(asked) == dict(
            zip(space.positions, [space.choices[0][op] for op in space.ops(index)], strict=True)
        )
        assert adapters.index_of_configuration(space, asked) == index
    same = [adapters.configuration_space(space, seed=1).sample_configuration(5) for _ in range(2)]
    assert same[0] == same[1]
    with pytest.raises(ArchitectureError):
        adapters.configuration(space, 15625, described)
