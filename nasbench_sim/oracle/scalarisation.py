"""Several objectives as one number, so that any searcher of one objective runs on them."""

from __future__ import annotations

import dataclasses
import math
import numbers
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.errors import RequestError, unknown
from nasbench_sim.oracle.objective import Objective


class Scalarisation(ABC):
    """A rule that makes one number, larger is better, of the observed objectives.

    A rule of one's own is a frozen dataclass with a `name`: its fields, plain data, are what a task remembers
    of it.
    """

    name: ClassVar[str]

    def to_json(self) -> dict[str, Any]:
        """Write the name and the fields, as plain JSON types.

        Raises
        ------
        RequestError
            For a rule that is no dataclass: nobody could tell what it was.
        """
        if not dataclasses.is_dataclass(self):
            raise RequestError(
                f"a scalarisation is a dataclass, so that its fields tell what it is: {self!r}"
            )
        fields = dataclasses.asdict(self).items()
        return {"name": self.name} | {k: list(v) if isinstance(v, tuple) else v for k, v in fields}

    @abstractmethod
    def check(self, objectives: Sequence[Objective]) -> None:
        """Raise a `RequestError` where the rule does not fit the objectives."""

    @abstractmethod
    def value(self, observed: NDArray[np.float64], objectives: Sequence[Objective]) -> NDArray[np.float64]:
        """Compute the number.

        Parameters
        ----------
        observed
            In the objectives' own units and directions, shape (..., objectives).
        objectives
            Their directions and ranges.

        Returns
        -------
        array of float64, shape (...)
            NaN where an objective is.
        """


@dataclasses.dataclass(frozen=True)
class WeightedSum(Scalarisation):
    """The weighted mean of objectives, each scaled to 0 (the table's worst) and 1 (its best).

    Parameters
    ----------
    weights
        One an objective, 0 or more, not all 0.

    Examples
    --------
    >>> import nasbench_sim as nbs
    >>> from nasbench_sim.oracle import WeightedSum
    >>> task = nbs.Task(nbs.load_table("nas-bench-201"), dataset="cifar10", noise="mean",
    ...                 objective=["val_accuracy", "latency:eyeriss"], scalarisation=WeightedSum([0.8, 0.2]))
    >>> task.objective.label
    'weighted_sum'
    """

    weights: Sequence[float]
    name: ClassVar[str] = "weighted_sum"

    def __post_init__(self) -> None:
        """Keep the weights as plain data."""
        object.__setattr__(self, "weights", _plain_weights(self.weights))

    def check(self, objectives: Sequence[Objective]) -> None:
        """One weight an objective is needed."""
        _check_weights(self.weights, objectives)

    def value(self, observed: NDArray[np.float64], objectives: Sequence[Objective]) -> NDArray[np.float64]:
        """Compute the mean, from 0 to 1 for means of the table."""
        weights = np.asarray(self.weights) / np.sum(self.weights)
        return np.asarray((scaled(observed, objectives) * weights).sum(axis=-1))


@dataclasses.dataclass(frozen=True)
class Chebyshev(Scalarisation):
    """The negative augmented Chebyshev distance from the table's best of every objective.

    ``-(max_k w_k d_k + augmentation * sum_k w_k d_k)``, where d_k is 0 at the table's best of objective k and
    1 at its worst. Unlike a weighted sum it reaches every point of a front.

    Parameters
    ----------
    weights
        One an objective, 0 or more, not all 0; scaled to a sum of 1.
    augmentation
        0.05 as in ParEGO.

    References
    ----------
    Knowles. ParEGO. IEEE Transactions on Evolutionary Computation 10, 2006.
    """

    weights: Sequence[float]
    augmentation: float = 0.05
    name: ClassVar[str] = "chebyshev"

    def __post_init__(self) -> None:
        """Keep the weights as plain data."""
        object.__setattr__(self, "weights", _plain_weights(self.weights))

    def check(self, objectives: Sequence[Objective]) -> None:
        """One weight an objective is needed, and an augmentation of 0 or more."""
        _check_weights(self.weights, objectives)
        if not (_is_number(self.augmentation) and self.augmentation >= 0):
            raise RequestError(f"augmentation is a number of 0 or more, not {self.augmentation!r}")

    def value(self, observed: NDArray[np.float64], objectives: Sequence[Objective]) -> NDArray[np.float64]:
        """Compute the negative distance."""
        weights = np.asarray(self.weights) / np.sum(self.weights)
        return negative_chebyshev(1.0 - scaled(observed, objectives), weights, self.augmentation)


@dataclasses.dataclass(frozen=True)
class MnasNet(Scalarisation):
    """The weighted product of MnasNet: ``quality * (cost / target) ** w``.

    Parameters
    ----------
    target
        Of the second objective, in its unit.
    kind
        ``"soft"``: w = -0.07 everywhere. ``"hard"``: w = 0 up to the target, -1 beyond.

    References
    ----------
    Tan et al. MnasNet: platform-aware neural architecture search for mobile. CVPR 2019, equations 2 and 3.

    Examples
    --------
    >>> import nasbench_sim as nbs
    >>> from nasbench_sim.oracle import MnasNet
    >>> task = nbs.Task(nbs.load_table("nas-bench-201"), dataset="cifar10", noise="mean",
    ...                 objective=["val_accuracy", "latency:eyeriss"], scalarisation=MnasNet(5.0, "hard"))
    >>> runs = nbs.run("regularized_evolution", task, budget=nbs.Budget(evaluations=200), seeds=2)
    >>> index = runs.final()["index"].to_numpy(int)
    >>> bool((task.table.query(index, "latency:eyeriss", dataset="cifar10") < 5.1).all())
    True
    """

    target: float
    kind: Literal["soft", "hard"] = "soft"
    name: ClassVar[str] = "mnasnet"

    def check(self, objectives: Sequence[Objective]) -> None:
        """A quality to maximise and a cost to minimise are needed, in this order."""
        if self.kind not in ("soft", "hard"):
            raise unknown("kind of MnasNet's reward", self.kind, ("soft", "hard"))
        if not (_is_number(self.target) and self.target > 0):
            raise RequestError(f"MnasNet's target is a number above 0, not {self.target!r}")
        if [objective.better for objective in objectives] != ["max", "min"]:
            listed = ", ".join(f"{one.label} ({one.better})" for one in objectives)
            raise RequestError(f"MnasNet's reward takes a quality (max) and a cost (min), not {listed}")

    def value(self, observed: NDArray[np.float64], objectives: Sequence[Objective]) -> NDArray[np.float64]:
        """Compute the product, in the unit of the first objective."""
        ratio = observed[..., 1] / self.target
        exponent = -0.07 if self.kind == "soft" else np.where(ratio > 1, -1.0, 0.0)
        return np.asarray(observed[..., 0] * ratio**exponent)


def scalarisation_from_json(fields: Mapping[str, Any]) -> Scalarisation:
    """Read what `Scalarisation.to_json` wrote: of one's own rules those that are defined by now.

    Examples
    --------
    >>> scalarisation_from_json(WeightedSum([1, 2]).to_json())
    WeightedSum(weights=(1, 2))

    Raises
    ------
    RequestError
        For an unknown rule.
    """
    known = {rule.name: rule for rule in _rules() if hasattr(rule, "name")}
    if fields["name"] not in known:
        raise unknown("scalarisation", fields["name"], known)
    return known[fields["name"]](**{key: value for key, value in fields.items() if key != "name"})


def _rules() -> list[type[Scalarisation]]:
    """List the rules that are defined, ours and others'."""
    found: list[type[Scalarisation]] = list(Scalarisation.__subclasses__())
    for rule in found:  # grows
        found += rule.__subclasses__()
    return found


def _plain_weights(weights: Any) -> Any:
    """Keep a list or an array as a tuple of plain numbers; what is neither is left for `check` to refuse."""
    if not isinstance(weights, (list, tuple, np.ndarray)) or np.ndim(weights) != 1:
        return weights
    return tuple(one.item() if isinstance(one, np.generic) else one for one in weights)


def scaled(observed: NDArray[np.float64], objectives: Sequence[Objective]) -> NDArray[np.float64]:
    """Scale observed objectives to 0 at the table's worst and 1 at its best, shape (..., objectives)."""
    worst = np.array([objective.worst for objective in objectives])
    best = np.array([objective.best for objective in objectives])
    span = np.where(best == worst, 1.0, best - worst)
    return np.asarray((observed - worst) / span)


def negative_chebyshev(
    distance: NDArray[np.float64], weights: NDArray[np.float64], augmentation: float
) -> NDArray[np.float64]:
    """Compute ``-(max_k w_k d_k + augmentation * sum_k w_k d_k)`` along the last axis.

    Examples
    --------
    >>> float(negative_chebyshev(np.array([0.2, 0.4]), np.array([0.5, 0.5]), 0.1))
    -0.23
    """
    weighted = distance * weights
    return np.asarray(-(weighted.max(axis=-1) + augmentation * weighted.sum(axis=-1)))


def _is_number(value: object) -> bool:
    return isinstance(value, numbers.Real) and not isinstance(value, bool) and math.isfinite(value)


def _check_weights(weights: Sequence[float], objectives: Sequence[Objective]) -> None:
    listed = list(weights) if isinstance(weights, (Sequence, np.ndarray)) else []
    fit = len(listed) == len(objectives) and all(_is_number(one) and one >= 0 for one in listed)
    if not fit or not sum(listed) > 0:
        raise RequestError(
            f"weights are a list of {len(objectives)} numbers of 0 or more, not all 0, one for each of "
            f"{', '.join(objective.label for objective in objectives)}; not {weights!r}"
        )
