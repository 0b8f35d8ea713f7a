"""A task as an objective of optuna."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from nasbench_sim.errors import RequestError
from nasbench_sim.oracle import Task
from nasbench_sim.search.adapters.library import Evaluation, imported
from nasbench_sim.spaces import SearchSpace
from nasbench_sim.spaces.product import Array


def optuna_objective(task: Task, seed: int = 0) -> Callable[[Any], float]:
    """Give the objective function for ``study.optimize``.

    Parameters
    ----------
    task
        A task of one objective.
    seed
        Of the noise.

    Returns
    -------
    callable
        From an `optuna.Trial` to the observed objective in its own unit: create the study with direction
        "maximize" where ``task.sign`` is 1, else "minimize". The parameters are the positions, their
        choices the names of the operations; the trial's user attribute "index" is the official index. A
        trial whose architecture has no value is pruned.

    Raises
    ------
    RequestError
        For a task of several objectives.
    MissingDependencyError
        Where optuna is not installed.

    Examples
    --------
    >>> import nasbench_sim as nbs, optuna
    >>> optuna.logging.set_verbosity(optuna.logging.WARNING)
    >>> task = nbs.Task(nbs.load_table("nas-bench-201"), dataset="cifar10", noise="mean")
    >>> study = optuna.create_study(direction="maximize", sampler=optuna.samplers.RandomSampler(seed=0))
    >>> study.optimize(optuna_objective(task), n_trials=20)
    >>> study.best_value > 85
    True
    """
    optuna = imported("optuna")
    if task.several:
        raise RequestError("an optuna objective is one number, and the task has several objectives")
    evaluation = Evaluation(task, seed)

    def objective(trial: Any) -> float:
        space = task.space
        for position, options in zip(space.positions, space.choices, strict=True):
            trial.suggest_categorical(position, options)
        ops = ops_of_parameters(space, trial.params)
        trial.set_user_attr("index", int(space.repaired(np.asarray(ops))))
        loss = float(evaluation(ops[None])[0])
        if loss == np.inf:
            raise optuna.TrialPruned("the table has no value")
        return -task.sign * loss

    return objective


def distributions(space: SearchSpace) -> dict[str, Any]:
    """Give optuna's description of a space: position -> categorical distribution."""
    categorical = imported("optuna.distributions").CategoricalDistribution
    return {
        position: categorical(options)
        for position, options in zip(space.positions, space.choices, strict=True)
    }


def ops_of_parameters(space: SearchSpace, parameters: dict[str, str]) -> Array:
    """Give the ops, shape (positions,), of the names of the choices at all positions."""
    return np.array(
        [
            options.index(parameters[position])
            for position, options in zip(space.positions, space.choices, strict=True)
        ]
    )
