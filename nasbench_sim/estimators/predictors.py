"""Predictors of a metric from an architecture's features, by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from nasbench_sim.errors import MissingDependencyError
from nasbench_sim.registry import Registry
from nasbench_sim.spaces.product import Array


class Predictor(Protocol):
    """Anything with scikit-learn's two methods."""

    def fit(self, features: Array, values: Array, /) -> Any:
        """Learn from features, shape (n, features), and values, shape (n,)."""

    def predict(self, features: Array, /) -> Array:
        """Give the predicted values, shape (n,)."""


def _ridge(seed: int) -> Predictor:
    from sklearn.linear_model import Ridge

    found: Predictor = Ridge(random_state=seed)
    return found


def _gradient_boosting(seed: int) -> Predictor:
    from sklearn.ensemble import GradientBoostingRegressor

    found: Predictor = GradientBoostingRegressor(random_state=seed)
    return found


def _random_forest(seed: int) -> Predictor:
    from sklearn.ensemble import RandomForestRegressor

    found: Predictor = RandomForestRegressor(random_state=seed)
    return found


def _network_ensemble(seed: int) -> Predictor:
    import numpy as np

    from nasbench_sim.estimators.network_ensemble import NetworkEnsemble

    random = np.random.Generator(np.random.Philox(seed))
    return NetworkEnsemble(lambda k: random.random((1, k)))


_PREDICTORS: Registry[Callable[[int], Predictor]] = Registry(
    "predictors",
    {
        "gradient_boosting": _gradient_boosting,
        "network_ensemble": _network_ensemble,
        "random_forest": _random_forest,
        "ridge": _ridge,
    },
)


def predictors() -> tuple[str, ...]:
    """List the names of the predictors."""
    return _PREDICTORS.names()


def register_predictor(name: str, make: Callable[[int], Predictor]) -> Callable[[int], Predictor]:
    """Add a predictor of one's own.

    An installed package does so by an entry point of the group ``nasbench_sim.predictors``.

    Parameters
    ----------
    name
        Of the predictor.
    make
        A function of a seed that returns one that has learned nothing yet.

    Raises
    ------
    RequestError
        For a name that is taken.
    """
    return _PREDICTORS.register(name, make)


def predictor(name: str, seed: int = 0) -> Predictor:
    """Give a predictor that has learned nothing yet.

    Parameters
    ----------
    name
        ``"ridge"``, ``"gradient_boosting"`` and ``"random_forest"`` are scikit-learn's, with its defaults;
        ``"network_ensemble"`` is that of BANANAS.
    seed
        Fixes all that is random in its training.

    Raises
    ------
    RequestError
        For an unknown name.
    MissingDependencyError
        Where scikit-learn is needed and not installed.

    Examples
    --------
    >>> import numpy as np
    >>> features = np.eye(3)
    >>> learned = predictor("ridge").fit(features, np.array([1.0, 2.0, 6.0]))
    >>> learned.predict(features).round(2)
    array([2. , 2.5, 4.5])
    """
    make = _PREDICTORS.get(name)
    try:
        return make(seed)
    except ModuleNotFoundError as error:
        raise MissingDependencyError(
            f"predictor {name!r} needs scikit-learn: pip install nasbench-sim[predictors]"
        ) from error
