"""A task as a function of nevergrad."""

from __future__ import annotations

from typing import Any

import numpy as np

from nasbench_sim.errors import RequestError
from nasbench_sim.oracle import Task
from nasbench_sim.search.adapters.library import Evaluation, imported
from nasbench_sim.spaces import SearchSpace


def nevergrad_function(task: Task, seed: int = 0) -> Any:
    """Give a `nevergrad.functions.ExperimentFunction`, with its parametrization.

    Parameters
    ----------
    task
        A task of one objective.
    seed
        Of the noise, and of the parametrization's random numbers.

    Returns
    -------
    ExperimentFunction
        Its parametrization is a tuple of one choice a position, by number; it gives the objective signed so
        that smaller is better, inf where the table has no value.

    Raises
    ------
    RequestError
        For a task of several objectives.
    MissingDependencyError
        Where nevergrad is not installed.

    Examples
    --------
    >>> import nasbench_sim as nbs
    >>> function = nevergrad_function(nbs.Task(nbs.load_table(), dataset="cifar10", noise="mean"))
    >>> round(function((3, 3, 3, 3, 3, 3)), 3)
    -90.199
    """
    functions = imported("nevergrad.functions")
    if task.several:
        raise RequestError("a nevergrad function is one number, and the task has several objectives")
    evaluation = Evaluation(task, seed)

    def loss(ops: Any) -> float:
        return float(evaluation(np.array([ops]))[0])

    return functions.ExperimentFunction(loss, parametrization(task.space, seed).set_name(task.space.name))


def parametrization(space: SearchSpace, seed: int) -> Any:
    """Give nevergrad's description of a space: a tuple of one choice a position, by number.

    The choices are deterministic ones: the point that an optimiser asks for is one architecture.
    """
    parameters = imported("nevergrad").p
    numbers = space.cardinalities.tolist()
    if len(set(numbers)) == 1:  # the same tuple, which nevergrad handles several times as fast
        ops = parameters.Choice(numbers[0], repetitions=len(numbers), deterministic=True)
    else:
        ops = parameters.Tuple(*[parameters.Choice(n, deterministic=True) for n in numbers])
    described = parameters.Instrumentation(ops)
    described.random_state = np.random.RandomState(seed)
    return described
