"""Models that learn the cost of architectures from measured ones, by name."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.errors import MissingDependencyError, unknown
from nasbench_sim.estimators.lookup_table import LookUpTable
from nasbench_sim.estimators.measurements import measured, unlearned
from nasbench_sim.spaces import SearchSpace
from nasbench_sim.spaces.product import Array


class CostModel(Protocol):
    """Learns from official indices and their costs, those that are missing left out.

    A prediction before anything was learned is a `RequestError`.
    """

    def fit(self, index: Array, values: NDArray[np.float64], /) -> Any:
        """Learn from indices and costs, shape (n,); missing costs are NaN and left out."""

    def predict(self, index: Array, /) -> NDArray[np.float64]:
        """Give the costs, shape (n,)."""


class _OnFeatures:
    """A regressor with scikit-learn's two methods on features of the architectures, costs standardised."""

    def __init__(self, regressor: Any, features: Callable[[Array], Array]) -> None:
        self._regressor = regressor
        self._features = features
        self._mean, self._spread = float("nan"), 1.0

    def fit(self, index: Array, values: NDArray[np.float64]) -> _OnFeatures:
        from sklearn.exceptions import ConvergenceWarning

        index, values = measured(index, values, "cost model")
        self._mean, self._spread = float(values.mean()), float(values.std()) or 1.0
        with warnings.catch_warnings():  # costs without noise: what is fitted of it ends at its bound
            warnings.simplefilter("ignore", ConvergenceWarning)
            self._regressor.fit(self._features(index), (values - self._mean) / self._spread)
        return self

    def predict(self, index: Array) -> NDArray[np.float64]:
        if np.isnan(self._mean):
            raise unlearned("cost model")
        return np.asarray(self._regressor.predict(self._features(index)) * self._spread + self._mean)


class _OnFlops:
    """The naive proxy: a straight line over the FLOPs."""

    def __init__(self, flops: NDArray[np.float64]) -> None:
        self._flops = flops
        self._line: NDArray[np.float64] = np.full(2, np.nan)

    def fit(self, index: Array, values: NDArray[np.float64]) -> _OnFlops:
        index, values = measured(index, values, "cost model")
        self._line = np.asarray(np.linalg.lstsq(self._design(index), values, rcond=None)[0], np.float64)
        return self

    def predict(self, index: Array) -> NDArray[np.float64]:
        if np.isnan(self._line).any():
            raise unlearned("cost model")
        return np.asarray(self._design(index) @ self._line)

    def _design(self, index: Array) -> NDArray[np.float64]:
        flops = self._flops[np.asarray(index)]
        return np.stack([np.ones(len(flops)), flops], axis=1)


COST_MODELS = (
    "lookup_table",
    "shared_lookup_table",
    "linear",
    "gradient_boosting",
    "gaussian_process",
    "mlp",
    "flops",
)
"""Names that `cost_model` knows."""


def cost_model(name: str, space: SearchSpace, dataset: str, seed: int = 0) -> CostModel:
    """Give a cost model that has learned nothing yet.

    Parameters
    ----------
    name
        ``"lookup_table"`` and ``"shared_lookup_table"``: `LookUpTable`. ``"linear"``: ridge regression,
        ``"gradient_boosting"``, ``"gaussian_process"`` (an isotropic radial kernel with noise, fitted by
        marginal likelihood) and ``"mlp"`` (two layers of 64): scikit-learn's, on one-hot encodings.
        ``"flops"``: a line over the FLOPs.
    space, dataset
        Of the architectures; the FLOPs depend on the data set.
    seed
        Fixes all that is random in the training.

    Raises
    ------
    RequestError
        For an unknown name, and FLOPs of a space that does not count them.
    MissingDependencyError
        Where scikit-learn is needed and not installed.

    Examples
    --------
    >>> import nasbench_sim as nbs
    >>> table = nbs.load_table("nas-bench-201")
    >>> latency = table.values("latency:fpga", dataset="cifar10")
    >>> index = table.space.sample(40, seed=0)
    >>> learned = cost_model("lookup_table", table.space, "cifar10").fit(index, latency[index])
    >>> bool(np.allclose(learned.predict(np.arange(15625)), latency))
    True
    """
    if name not in COST_MODELS:
        raise unknown("cost model", name, COST_MODELS)
    if name in ("lookup_table", "shared_lookup_table"):
        return LookUpTable(space, shared=name == "shared_lookup_table")
    if name == "flops":
        counted = getattr(space, "flops", None)
        if counted is None:
            raise unknown(f"cost model of {space.name}", name, set(COST_MODELS) - {"flops"})
        return _OnFlops(np.asarray(counted(space.all_indices(), dataset=dataset)))
    try:
        regressor = _regressor(name, seed)
    except ModuleNotFoundError as error:
        raise MissingDependencyError(
            f"cost model {name!r} needs scikit-learn: pip install nasbench-sim[predictors]"
        ) from error
    return _OnFeatures(regressor, lambda index: space.encode(index).astype(np.float64))


def _regressor(name: str, seed: int) -> Any:
    if name == "linear":
        from sklearn.linear_model import Ridge

        return Ridge(alpha=0.1)
    if name == "gradient_boosting":
        from sklearn.ensemble import GradientBoostingRegressor

        return GradientBoostingRegressor(random_state=seed)
    if name == "gaussian_process":
        from sklearn.gaussian_process import GaussianProcessRegressor
        from sklearn.gaussian_process.kernels import RBF, ConstantKernel, WhiteKernel

        kernel = ConstantKernel(1.0, (1e-2, 1e4)) * RBF(3.0, (0.1, 1e3)) + WhiteKernel(1e-2, (1e-8, 1.0))
        return GaussianProcessRegressor(kernel, random_state=seed)
    from sklearn.neural_network import MLPRegressor

    return MLPRegressor(
        hidden_layer_sizes=(64, 64), solver="lbfgs", alpha=1e-2, max_iter=2000, random_state=seed
    )
