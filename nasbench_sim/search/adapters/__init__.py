"""Tasks and spaces for other optimisation libraries (extra ``[optimizers]``); theirs for us are searchers."""

from nasbench_sim.search.adapters.config_space import (
    configuration,
    configuration_space,
    index_of_configuration,
)
from nasbench_sim.search.adapters.nevergrad import nevergrad_function
from nasbench_sim.search.adapters.optuna import optuna_objective
from nasbench_sim.search.adapters.pymoo import pymoo_problem

__all__ = [
    "configuration",
    "configuration_space",
    "index_of_configuration",
    "nevergrad_function",
    "optuna_objective",
    "pymoo_problem",
]
