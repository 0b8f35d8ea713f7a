"""Searchers by name: those of the package, registered ones, and those of installed plug-ins."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeVar

from nasbench_sim.errors import RequestError
from nasbench_sim.registry import Registry
from nasbench_sim.search.searcher import Searcher

S = TypeVar("S", bound=type[Searcher])

_FAMILIES = {
    "bayesian": {
        "gaussian_process": "GaussianProcess",
        "parego": "ParEgo",
        "tpe": "TreeParzen",
    },
    "distributions": {
        "asng": "Asng",
        "population_based_incremental_learning": "PopulationBasedIncrementalLearning",
        "ppo_controller": "PpoController",
        "reinforce": "Reinforce",
    },
    "evolution": {
        "genetic_algorithm": "GeneticAlgorithm",
        "growing_evolution": "GrowingEvolution",
        "multi_objective_regularized_evolution": "MultiObjectiveRegularizedEvolution",
        "nsga_ii": "NsgaII",
        "progressive_dynamic_hurdles": "ProgressiveDynamicHurdles",
        "regularized_evolution": "RegularizedEvolution",
        "tournament_evolution": "TournamentEvolution",
        "zero_cost_evolution": "ZeroCostEvolution",
    },
    "libraries": {
        "nevergrad": "Nevergrad",
        "optuna": "Optuna",
        "pymoo": "Pymoo",
    },
    "multi_fidelity": {
        "asha": "Asha",
        "bohb": "Bohb",
        "early_stopping": "EarlyStopping",
        "hyperband": "Hyperband",
        "successive_halving": "SuccessiveHalving",
    },
    "predictors": {
        "bananas": "Bananas",
        "gumbel_relaxation": "GumbelRelaxation",
        "predictor_evolution": "PredictorEvolution",
    },
    "sampling": {
        "best_of_n_by_proxy": "BestOfNByProxy",
        "exhaustive_search": "ExhaustiveSearch",
        "random_search": "RandomSearch",
    },
    "walks": {
        "local_search": "LocalSearch",
        "multi_objective_local_search": "MultiObjectiveLocalSearch",
        "simulated_annealing": "SimulatedAnnealing",
        "staged_search": "StagedSearch",
        "tabu_search": "TabuSearch",
    },
}
"""Family -> name -> class; the modules are called as the searchers."""

registry: Registry[type[Searcher]] = Registry(
    "searchers",
    {
        name: f"nasbench_sim.search.strategies.{family}.{name}:{own}"
        for family, members in _FAMILIES.items()
        for name, own in members.items()
    },
)
"""Open to entry points of the group ``nasbench_sim.searchers``, each of a `Searcher` subclass."""


def register(searcher: S) -> S:
    """Register a searcher class under its name: a class decorator.

    Raises
    ------
    RequestError
        For a class without a name, and a name that another searcher has.

    Examples
    --------
    >>> import numpy as np
    >>> from nasbench_sim.search import Searcher, register, searchers
    >>> @register
    ... class First(Searcher):
    ...     '''Always the first architecture.'''
    ...     name = "first"
    ...     def ask(self):
    ...         return np.zeros((self.replicates, 1), dtype=np.int64)
    ...     def tell(self, index, values):
    ...         pass
    >>> "first" in searchers()
    True
    >>> registry.unregister("first")
    """
    if not (isinstance(searcher, type) and issubclass(searcher, Searcher)):
        raise RequestError(f"what is registered is a Searcher subclass, not {searcher!r}")
    if not getattr(searcher, "name", None):
        raise RequestError(f"the searcher {searcher.__name__} lacks a name")
    return registry.register(searcher.name, searcher)


def searcher_class(name: str) -> type[Searcher]:
    """Return the class of a name; only its module is imported.

    Raises
    ------
    RequestError
        For an unknown name, and a plug-in that is no `Searcher` subclass.
    """
    found = registry.get(name)
    if not (isinstance(found, type) and issubclass(found, Searcher)):
        raise RequestError(f"the searcher {name!r} of {registry.origin(name)} is no Searcher subclass")
    return found


class Searchers(Mapping[str, type[Searcher]]):
    """All searchers by name; a class is imported when it is asked for."""

    def __getitem__(self, name: str) -> type[Searcher]:
        """Return the class of a name."""
        if name not in registry:
            raise KeyError(name)
        return searcher_class(name)

    def __iter__(self) -> Iterator[str]:
        """Go through the names, sorted."""
        return iter(sorted(registry.names()))

    def __len__(self) -> int:
        """Count the searchers."""
        return len(registry.names())

    def __contains__(self, name: object) -> bool:
        """Whether there is a searcher of this name; nothing is imported."""
        return name in registry

    def __repr__(self) -> str:
        """List the names."""
        return f"searchers: {', '.join(self)}"


def searchers() -> Searchers:
    """Return all searchers: name -> class, each imported when it is asked for.

    Examples
    --------
    >>> "random_search" in searchers()
    True
    >>> searchers()["random_search"].objectives
    'any'
    """
    return Searchers()
