"""A space as ConfigSpace describes one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from nasbench_sim.search.adapters.library import imported
from nasbench_sim.search.adapters.optuna import ops_of_parameters
from nasbench_sim.spaces import SearchSpace


def configuration_space(space: SearchSpace, seed: int | None = None) -> Any:
    """Give a `ConfigSpace.ConfigurationSpace`: one categorical hyperparameter a position.

    Parameters
    ----------
    space
        The space.
    seed
        Of what is sampled from it.

    Raises
    ------
    MissingDependencyError
        Where ConfigSpace is not installed.

    Examples
    --------
    >>> import nasbench_sim as nbs
    >>> described = configuration_space(nbs.space("nas-bench-201"), seed=0)
    >>> described.estimate_size()
    15625
    >>> index = index_of_configuration(nbs.space("nas-bench-201"), described.sample_configuration())
    >>> 0 <= index < 15625
    True
    """
    library = imported("ConfigSpace")
    described = library.ConfigurationSpace(name=space.name, seed=seed)
    for position, options in zip(space.positions, space.choices, strict=True):
        described.add(library.CategoricalHyperparameter(position, options))
    return described


def configuration(space: SearchSpace, architecture: int | str, described: Any) -> Any:
    """Give an architecture as a `ConfigSpace.Configuration` of what `configuration_space` gave."""
    ops = space.ops(architecture)
    values = {
        position: options[op]
        for position, options, op in zip(space.positions, space.choices, ops, strict=True)
    }
    return imported("ConfigSpace").Configuration(described, values=values)


def index_of_configuration(space: SearchSpace, configuration: Mapping[str, Any]) -> int:
    """Give the official index of a configuration (anything that maps positions to names of choices)."""
    return int(space.from_ops(np.asarray(ops_of_parameters(space, dict(configuration)))))
